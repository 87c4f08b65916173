"""The generated conditions have every word in them, so that no law forgets one."""

from __future__ import annotations

from typing import Final, get_args

import pytest
from hypothesis import Phase, find, given, settings

from conditions.strategies import evenly, named, unnamed, written
from privflow.conditions import Condition
from privflow.conditions.node import Aggregate, Node
from privflow.conditions.operator import OPERATORS
from privflow.conditions.tag_node import TagHistory, TagTest
from privflow.conditions.term import Derivation, LocalPart

CLOSED: Final = (Aggregate, TagHistory, TagTest, Derivation, LocalPart)
LOGIC = {"And", "Or", "Not", "Surely"}
CLAUSES = {kind.__name__ for kind in get_args(Node)} - LOGIC
WORDS = {f"'{word}'" for words in (OPERATORS, *map(get_args, CLOSED)) for word in words}
seen: set[str] = set()
GENERATED = settings(max_examples=1_000, phases=[Phase.generate])


@given(evenly(*[unnamed] * 9, named))
@GENERATED
def collected(condition: Condition) -> None:
    text = repr(condition.node)
    seen.update(word for word in WORDS if word in text)
    seen.add(type(condition.node).__name__)


def test_every_kind_of_clause_and_every_word_is_generated() -> None:
    collected()
    assert (CLAUSES | WORDS) - seen == set()


@pytest.mark.parametrize("kind", [*sorted(LOGIC), "Member"])
def test_the_logic_between_clauses_is_generated(kind: str) -> None:
    find(
        written,
        lambda found: f"{kind}(" in repr(found.node),
        settings=GENERATED,
    )
