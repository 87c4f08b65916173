"""A named set of contacts, described by a condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from attrs import field, frozen
from typing_extensions import override

from privflow.conditions import (
    NOWHERE,
    Condition,
    Explanation,
    Language,
    Predicate,
    Scope,
    Subject,
    Verdict,
    required_condition,
)
from privflow.errors import ConditionTypeError, NotABooleanError
from privflow.facts import required_text
from privflow.segments.progress import Progress, counted
from privflow.timing import Instant, required_now

SubjectT = TypeVar("SubjectT", bound=Subject)


@frozen(kw_only=True)
class Segment:
    """Everybody of whom a condition says YES (人群包).

    Args:
        condition: who belongs to it.
        description: for people; it decides nothing.

    Raises:
        ConditionTypeError: the condition is not one.
    """

    name: str = field(kw_only=False)
    condition: Condition = field(kw_only=False)
    description: str = ""

    def __attrs_post_init__(self) -> None:
        required_text("Segment.name", self.name)
        required_condition(f"condition of segment {self.name!r}", self.condition)

    def __bool__(self) -> bool:
        what, remedy = f"segment {self.name!r}", "join with `a & b`, `a | b`, `a - b`"
        raise NotABooleanError(what, f"{remedy}; ask `.contains(state, now=now)`")

    def contains(self, state: Subject, *, now: Instant, scope: Scope = NOWHERE) -> bool:
        """Whether the contact belongs to it; unknown means no."""
        return self.condition.holds(state, required_now(now), scope)

    def predicate(self) -> Predicate:
        """The compiled form, a plain function of state and instant for hot loops."""
        return self.condition.holds

    def judge(
        self,
        state: Subject,
        *,
        now: Instant,
        scope: Scope = NOWHERE,
        language: Language = "en",
    ) -> Verdict:
        """The truth about a contact, how long time alone leaves it so, and why."""
        return self.condition.judge(state, now=now, scope=scope, language=language)

    def explain(
        self,
        state: Subject,
        *,
        now: Instant,
        scope: Scope = NOWHERE,
        language: Language = "en",
    ) -> Explanation:
        """The tree of clauses with facts, truths and what would flip each."""
        condition = self.condition
        return condition.explain(state, now=now, scope=scope, language=language)

    def select(
        self,
        states: Iterable[SubjectT],
        *,
        now: Instant,
        scope: Scope = NOWHERE,
        progress: Progress | None = None,
    ) -> Iterator[SubjectT]:
        """The contacts that belong to it, in their order, one after another.

        Args:
            states: any number of them; they are not kept.
            progress: told how many have been looked at; see `Progress`.
        """
        holds, now = self.condition.holds, required_now(now)
        for state in counted(states, progress):
            if holds(state, now, scope):
                yield state

    def __and__(self, other: Segment) -> Segment:
        """Who is in both."""
        other = required_segment("operand of &, | or -", other)
        name = f"({self.name} & {other.name})"
        return Segment(name, self.condition & other.condition)

    def __or__(self, other: Segment) -> Segment:
        """Who is in at least one of them."""
        other = required_segment("operand of &, | or -", other)
        name = f"({self.name} | {other.name})"
        return Segment(name, self.condition | other.condition)

    def __sub__(self, other: Segment) -> Segment:
        """Who is in this one and not in the other; unknown there means not in it."""
        other = required_segment("operand of &, | or -", other)
        name = f"({self.name} - {other.name})"
        return Segment(name, self.condition & ~other.condition.surely())

    @override
    def __str__(self) -> str:
        return format(self)

    @override
    def __format__(self, spec: str) -> str:
        described = f" ({self.description})" if self.description else ""
        return f"{self.name}{described}: {self.condition:{spec}}"


def required_segment(what: str, given: object) -> Segment:
    """The segment, if it is one.

    Raises:
        ConditionTypeError: it is not; a condition alone has no name.
    """
    if not isinstance(given, Segment):
        raise ConditionTypeError(what, given, "a segment like Segment('vip', …)")
    return given
