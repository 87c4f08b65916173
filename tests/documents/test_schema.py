"""Documents of every schema that there ever was: they load for ever (E5).

`golden/schema_N.jsonl` holds documents of every class and field, as that schema writes
them. Once a schema has been released, its file is changed by new lines alone:

    python -m documents.test_schema        (in `tests/`)

adds those for classes and fields that are new. Where a document of it does not load, or
is written otherwise than it stands there, the form has changed: raise `SCHEMA`, turn
documents of the schema before into those of the new one when they are loaded, and keep
the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

import privflow as pf
from documents.samples import SAMPLES
from privflow.documents import SCHEMA, dump_lines
from privflow.documents.table import TABLE

GOLDEN: Final = Path(__file__).parent / "golden"
FILES: Final = {
    number: GOLDEN / f"schema_{number}.jsonl" for number in range(1, SCHEMA + 1)
}


def lines_of(number: int) -> list[str]:
    file = FILES[number]
    return file.read_text(encoding="utf-8").splitlines(True) if file.exists() else []


def places_of(line: str) -> set[str]:
    """The class of a document, and every place in it where something may stand."""
    document = json.loads(line)
    return set(_places(document["type"], document["value"]))


def _places(name: str, raw: object) -> Iterator[str]:
    yield name
    if isinstance(raw, dict):
        kind = raw.get("type", "")
        for key, part in raw.items():
            yield from _places(f"{name}.{kind}{key}", part)
    elif isinstance(raw, list):
        for part in raw:
            yield from _places(name, part)


def missing() -> Iterator[str]:
    """Documents of samples with a class or a field that no document has yet."""
    known = set().union(*map(places_of, lines_of(SCHEMA)))
    for line in dump_lines(v for kind in TABLE.values() for v in SAMPLES[kind]):
        if not places_of(line) <= known:
            known |= places_of(line)
            yield line


def of_current_schema() -> list[Any]:
    return [pytest.param(line, id=f"{n}") for n, line in enumerate(lines_of(SCHEMA), 1)]


@pytest.mark.parametrize("number", FILES)
def test_every_document_that_was_ever_written_loads(number):
    """E5."""
    lines = lines_of(number)
    assert lines
    for place, line in enumerate(lines, 1):
        document = json.loads(line)
        assert document["schema"] == number, place
        assert type(pf.load(document)) is TABLE[document["type"]], place


@pytest.mark.parametrize("line", of_current_schema())
def test_the_form_of_the_current_schema_is_fixed(line):
    """E5: a document that is loaded is written as it was."""
    assert next(dump_lines([pf.load(json.loads(line))])) == line


def test_every_class_and_field_has_a_document_in_the_current_schema():
    """E5: else its form could change and nobody would notice."""
    assert list(missing()) == []


if __name__ == "__main__":
    added = list(missing())
    with FILES[SCHEMA].open("a", encoding="utf-8") as file:
        file.writelines(added)
