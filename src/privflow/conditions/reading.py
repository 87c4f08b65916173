"""What a condition reads: so an input finds the conditions that it can change."""

from __future__ import annotations

from attrs import frozen

from privflow.conditions.node import (
    Clause,
    Exists,
    Followed,
    InJourney,
    Measure,
    Member,
    Missing,
    Node,
    Term,
    Test,
    clauses_of,
    happenings_of,
)
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.term import Attribute, Derived, LocalTime, Property


@frozen(kw_only=True)
class Reads:
    """Names of everything that a condition looks at (C8).

    Args:
        journeys: whose stage the scope tells.
        segments: references that are not resolved yet.
        by_time: whether time alone can change the answer: through events that leave a
            window or are still to come, a tag that ends, a local time of day.
        by_clock: whether it can where no event is still to come.
        by_stage: whether another stage of a journey alone can: through what has
            happened since it was entered.
    """

    attributes: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    properties: frozenset[str] = frozenset()
    journeys: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    by_time: bool = False
    by_clock: bool = False
    by_stage: bool = False


def reads_of(node: Node) -> Reads:
    """Everything that a condition looks at."""
    clauses = list(clauses_of(node))
    terms = [_named(c.term) for c in clauses if isinstance(c, Test | Missing)]
    happenings = [of for clause in clauses for of in happenings_of(clause)]
    return Reads(
        attributes=frozenset(t.name for t in terms if isinstance(t, Attribute)),
        properties=frozenset(t.name for t in terms if isinstance(t, Property)),
        tags=frozenset(c.group for c in clauses if isinstance(c, Tagged | Held)),
        events=frozenset(of.name for of in happenings),
        journeys=frozenset(c.journey for c in clauses if isinstance(c, InJourney)),
        segments=frozenset(c.segment for c in clauses if isinstance(c, Member)),
        by_time=any(map(_is_by_time, clauses)),
        by_clock=any(map(_is_by_clock, clauses)),
        by_stage=any(of.since == "stage" for of in happenings),
    )


def _named(term: Term) -> Term:
    """What a term is made from, where it is made from something with a name."""
    return term.of if isinstance(term, Derived) else term


def _is_by_time(clause: Clause) -> bool:
    match clause:
        case Tagged() | Held() | Exists() | Followed() | Test(Measure() | LocalTime()):
            return True
        case Test(Derived() as term):
            return term.by_time
        case _:
            return False


def _is_by_clock(clause: Clause) -> bool:
    """Whether time changes more than which events have come by now."""
    match clause:
        case Exists(of) | Test(Measure(_, of)) if of.window is None:
            return False
        case _:
            return _is_by_time(clause)
