"""What other systems answer to their own worked examples, and what privflow answers.

`docs/differences.md` tells them to people; it is held to this table row by row.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from differences import caps, delays, edits, hours, people, visits
from differences.example import Example

PAGE: Final = Path(__file__).parents[2] / "docs" / "differences.md"
TABLES: Final = (people, delays, hours, caps, visits, edits)
EXAMPLES: Final = [example for table in TABLES for example in table.EXAMPLES]
ROW: Final = re.compile(
    r"^\| `(?P<name>[a-z0-9-]+)` \| (?P<peer>[^|\[]+) \[(?P<source>[^\]]+)\]: [^|]+"
    r" \| (?P<theirs>[^|]+) \| (?P<ours>[^|]+) \| (?P<verdict>same|different)\b"
    r"(?P<why>[^|]*) \|$",
    re.MULTILINE,
)


def named(example: Example) -> str:
    return example.name


def rows() -> list[re.Match[str]]:
    """The rows of the page that are examples with two answers."""
    return list(ROW.finditer(PAGE.read_text(encoding="utf-8")))


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_privflow_answers_as_the_page_says(example: Example) -> None:
    assert example.found() == example.ours


def test_the_page_and_the_tests_have_the_same_examples() -> None:
    shown = [row["name"] for row in rows()]
    assert shown == [example.name for example in EXAMPLES]
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_a_row_of_the_page_tells_both_answers(example: Example) -> None:
    [row] = [row for row in rows() if row["name"] == example.name]
    assert (row["peer"], row["source"]) == (example.peer, example.source)
    assert (row["theirs"], row["ours"]) == (example.theirs, example.ours)
    assert row["verdict"] == example.verdict


def test_every_difference_has_its_reason_and_every_row_is_read() -> None:
    found = rows()
    bare = [row["name"] for row in found if row["verdict"] == "different"]
    assert [n for n in bare if not _reason(n, found)] == []
    text = PAGE.read_text(encoding="utf-8")
    assert len(re.findall(r"^\| `", text, re.MULTILINE)) == len(found)


def _reason(name: str, found: list[re.Match[str]]) -> str:
    [row] = [row for row in found if row["name"] == name]
    return row["why"].removeprefix(":").strip()


def test_every_source_is_of_a_known_kind() -> None:
    assert {example.source for example in EXAMPLES} <= {"S", "D", "d", "RUN"}
