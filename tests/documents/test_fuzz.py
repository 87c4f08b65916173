"""Whatever a document holds: it loads, or a `DocumentError` says everything."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

import privflow as pf
from conditions.strategies import written
from documents.samples import SAMPLES
from privflow.documents.table import TABLE

DOCUMENTS: Final = [pf.dump(v) for kind in TABLE.values() for v in SAMPLES[kind]]
WORDS: Final = sorted({
    "type",
    "value",
    *TABLE,
    *(word for document in DOCUMENTS for word in json.dumps(document).split('"')),
})

words = st.sampled_from(WORDS) | st.text(max_size=5) | st.just("\ud800")
numbers = st.integers(-3, 400) | st.sampled_from([
    10**20,
    10**301,
    -(10**400),
    float("nan"),
    float("inf"),
    1e308,
    0.5,
    -0.0,
])
plain = st.recursive(
    st.none() | st.booleans() | numbers | words,
    lambda parts: (
        st.lists(parts, max_size=4) | st.dictionaries(words, parts, max_size=4)
    ),
    max_leaves=8,
)


def loads_or_says_why(document: object) -> None:
    """The law: a value that comes back, or one error whose problems all teach."""
    try:
        value = pf.load(document)  # type: ignore[arg-type]  # that is the question
    except pf.DocumentError as error:
        refusal = error
    else:
        assert pf.load(pf.dump(value)) == value
        return
    assert str(refusal).encode()
    assert refusal.problems
    for problem in refusal.problems:
        assert problem.path.startswith("$")
        assert problem.message
        assert problem.hint != pf.PrivflowError().hint


def places(whole: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - plain data
    """Every part of plain data, as a container and the key in it."""
    keys = list(whole) if isinstance(whole, dict) else range(len(whole))
    for key in keys:
        yield whole, key
        if isinstance(whole[key], dict | list):
            yield from places(whole[key])


@st.composite
def broken(
    draw: st.DrawFn, documents: st.SearchStrategy[dict[str, Any]]
) -> dict[str, Any]:
    """A valid document with one to three changes at random places."""
    document = copy.deepcopy(draw(documents))
    for _ in range(draw(st.integers(1, 3))):
        whole, key = draw(st.sampled_from(list(places(document)) or [(document, "x")]))
        match draw(st.integers(0, 4)):
            case 0:
                del whole[key]
            case 1 if isinstance(whole, dict):
                whole[draw(words)] = whole.pop(key)
            case 2 if isinstance(whole, list):
                whole.append(copy.deepcopy(whole[key]))
            case 3:
                other, place = draw(st.sampled_from(list(places(document))))
                whole[key] = copy.deepcopy(other[place])
            case _:
                whole[key] = draw(plain)
    return document


@given(broken(st.sampled_from(DOCUMENTS)))
def test_a_broken_document_loads_or_says_why(document):
    """E5."""
    loads_or_says_why(document)


@given(broken(written.map(pf.dump)))
def test_a_broken_condition_loads_or_says_why(document):
    """C5, E5: of every kind of node, as the strategies have them."""
    loads_or_says_why(document)


@given(st.sampled_from(sorted(TABLE)), plain)
def test_any_value_of_any_class_loads_or_says_why(name, value):
    loads_or_says_why({"schema": 1, "type": name, "value": value})


@given(plain)
def test_any_data_loads_or_says_why(document):
    loads_or_says_why(document)
