"""Explanations and verdicts as people read them, compared with the files in `golden/`.

After a change of the words or of a drawing that is meant, write the files anew:

    python -m conditions.test_golden        (in `tests/`)
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from conditions.strategies import TIER, Person
from privflow.conditions import (
    Condition,
    Language,
    Scope,
    attr,
    bucket,
    event,
    in_stage,
    now,
    prop,
    tag,
)
from privflow.facts import Contact, Event, Timeline
from privflow.timing import calendar, instant

GOLDEN: Final = Path(__file__).parent / "golden"
NOW: Final = instant("2026-10-20T01:30Z")
SCOPE: Final = Scope(journeys={"welcome": "acquaint"})
BOUGHT: Final = event("purchase")


def happened(name: str, at: str, **properties: object) -> Event:
    return Event(name, "c-001", at=instant(at), properties=properties)


LIN: Final = Person(
    Contact(
        "c-001",
        timezone="Asia/Shanghai",
        attributes={
            "city": "上海",
            "age": "31",
            "likes": ["tea", "run"],
            "born": date(1995, 10, 24),
            "<b>note</b>": "*&*\u202e",
        },
    ).tagged(TIER["mid"], at=instant("2026-10-01T00:00Z")),
    Timeline([
        happened("purchase", "2026-09-28T04:00Z", amount=320),
        happened("purchase", "2026-10-10T13:00Z", amount=100),
        happened("purchase", "2026-10-11T13:00Z", amount="260"),
        happened("cart", "2026-10-18T03:00Z"),
    ]),
)
CONDITION: Final[Condition] = (
    (attr.city.is_in(["上海", "北京"]) | (attr.age > 30) | attr.email.is_missing())
    & ~(attr.likes.contains("tea") & (attr["<b>note</b>"] == "_x_"))
    & attr.born.anniversary_within("7d")
    & (attr.age.length() < 2).surely()
    & tag(TIER).at_least("top")
    & tag(TIER).held_for("mid", "30d")
    & (BOUGHT.within("30d").sum("amount") >= 500)
    & (BOUGHT.where(prop.amount > 200).in_(calendar("month")).count() >= 2)
    & ~event("complaint").within("7d").exists()
    & BOUGHT.since_entry().exists()
    & event("cart").not_followed_by(BOUGHT, within="3d")
    & in_stage("welcome", "convert")
    & (now.hour >= 10)
    & (bucket("pilot") < 0.1)
)


def explanation(spec: str, language: Language) -> str:
    found = CONDITION.explain(LIN, now=NOW, scope=SCOPE, language=language)
    return f"{found:{spec}}\n"


def verdict(spec: str, language: Language) -> str:
    found = CONDITION.judge(LIN, now=NOW, scope=SCOPE, language=language)
    return f"{found:{spec}}\n"


def sentence(_: str, language: Language) -> str:
    return f"{CONDITION:{language}}\n"


FORMATS: Final = {"text": "txt", "md": "md", "html": "html"}
FILES: Final = {
    f"{made.__name__}.{language}.{FORMATS[spec]}": (made, spec, language)
    for made, specs in (
        (explanation, FORMATS),
        (verdict, ["text", "md"]),
        (sentence, ["text"]),
    )
    for spec in specs
    for language in ("en", "zh")
}


@pytest.mark.parametrize("name", FILES)
def test_it_reads_as_it_is_stored(name: str) -> None:
    """C7."""
    made, spec, language = FILES[name]
    assert made(spec, language) == (GOLDEN / name).read_text(encoding="utf-8")


def test_every_stored_file_is_compared() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(FILES)


if __name__ == "__main__":
    for name, (made, spec, language) in FILES.items():
        (GOLDEN / name).write_text(made(spec, language), encoding="utf-8")
