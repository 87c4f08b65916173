"""How conditions on events are written: `event("reply").within("7d").exists()`."""

from __future__ import annotations

from attrs import evolve
from typing_extensions import override

from privflow.conditions.condition import Condition, node_of
from privflow.conditions.node import (
    Aggregate,
    Anchor,
    Exists,
    Followed,
    Happening,
    Measure,
    conjoined,
)
from privflow.conditions.operand import Operand
from privflow.conditions.text import happening_source
from privflow.conditions.unfinished import Unfinished, asking
from privflow.errors import ConditionError, ConditionTypeError
from privflow.timing import Instant, Span, Window, rolling, span


class Events(Unfinished):
    """The events of one name, to be counted, added up or looked for."""

    __slots__ = ("happening",)

    def __init__(self, happening: Happening) -> None:
        self.happening = happening

    def where(self, condition: Condition) -> Events:
        """Only those whose properties satisfy the condition, written with `prop`."""
        found = node_of("argument of where", condition)
        if self.happening.where is not None:
            found = conjoined(self.happening.where, found)
        return Events(evolve(self.happening, where=found))

    def within(self, length: Span | str) -> Events:
        """Those of the last so much time; what is exactly that old is out (T2)."""
        return self.in_(rolling(length))

    def in_(self, window: Window) -> Events:
        """Those in a window: `calendar("day")` is today."""
        if self.happening.window is not None:
            problem = f"has the window {self.happening.window} already"
            remedy = "write one clause for each window"
            raise ConditionError(repr(self), problem, remedy)
        return Events(evolve(self.happening, window=_window_of(window)))

    def since_entry(self) -> Events:
        """Those after the contact entered the journey."""
        return self._since("entry")

    def since_stage(self) -> Events:
        """Those after the contact entered the stage."""
        return self._since("stage")

    def _since(self, anchor: Anchor) -> Events:
        if self.happening.since:
            problem = f"counts since the {self.happening.since} already"
            raise ConditionError(repr(self), problem, "write one clause for each")
        return Events(evolve(self.happening, since=anchor))

    def between(self, start: Instant, end: Instant) -> Events:
        """Those from an instant on and before another one."""
        if self.happening.start is not None:
            problem, remedy = "has its bounds already", "write one clause for each"
            raise ConditionError(repr(self), problem, remedy)
        start, end = _instant_of(start), _instant_of(end)
        return Events(evolve(self.happening, start=start, end=end))

    def then(self, other: Events, *, within: Span | str) -> Condition:
        """One of them was followed by one of the others, so much later at most.

        What follows comes later in the order of instants, and of keys in one instant.
        """
        return self._followed(other, within, wanted=True)

    def not_followed_by(self, other: Events, *, within: Span | str) -> Condition:
        """One of them was not followed so by any of the others, and its time is over.

        What is exactly so much later is still in time.
        """
        return self._followed(other, within, wanted=False)

    def _followed(
        self, other: Events, within: Span | str, *, wanted: bool
    ) -> Condition:
        first, then = self.happening, _happening_of(other)
        return Condition(Followed(first, then, span(within), wanted))

    @asking
    def exists(self) -> Condition:
        """It happened at least once."""
        return Condition(Exists(self.happening))

    def at_least(self, times: int) -> Condition:
        """It happened so many times, or more."""
        if type(times) is not int or times < 0:
            what = "argument of at_least"
            raise ConditionTypeError(what, times, "a whole number, 0 or more")
        return self.count() >= times

    @asking
    def count(self) -> Operand:
        """How many times it happened."""
        return self._measure("count", "")

    @asking
    def days_with(self) -> Operand:
        """On how many different days it happened, by the contact's own calendar."""
        return self._measure("days_with", "")

    @asking
    def sum(self, name: str) -> Operand:
        """The sum of a property; 0 where nothing happened."""
        return self._measure("sum", name)

    @asking
    def mean(self, name: str) -> Operand:
        """The mean of a property; missing where it never had a number."""
        return self._measure("mean", name)

    @asking
    def min(self, name: str) -> Operand:
        """The smallest number of a property; missing where it never had one."""
        return self._measure("min", name)

    @asking
    def max(self, name: str) -> Operand:
        """The largest number of a property; missing where it never had one."""
        return self._measure("max", name)

    @asking
    def distinct(self, name: str) -> Operand:
        """How many different values a property had."""
        return self._measure("distinct", name)

    @asking
    def first(self, name: str) -> Operand:
        """The property of the oldest event."""
        return self._measure("first", name)

    @asking
    def last(self, name: str) -> Operand:
        """The property of the newest event."""
        return self._measure("last", name)

    def _measure(self, what: Aggregate, name: str) -> Operand:
        return Operand(Measure(what, self.happening, name))

    @property
    @override
    def remedy(self) -> str:
        """What to ask of them."""
        return "ask `.exists()` or `.count() >= 1`"

    @override
    def __repr__(self) -> str:
        return happening_source(self.happening)


def _happening_of(given: object) -> Happening:
    if not isinstance(given, Events):
        what = "what follows"
        raise ConditionTypeError(what, given, "event('name')")
    return given.happening


def _instant_of(given: object) -> Instant:
    if not isinstance(given, Instant):
        what = "bound of between"
        raise ConditionTypeError(what, given, "an instant like pf.instant('…Z')")
    return given


def _window_of(given: object) -> Window:
    if not isinstance(given, Window):
        what = "argument of in_"
        raise ConditionTypeError(what, given, "a window like calendar('day')")
    return given


def event(name: str) -> Events:
    """The events of a name: `event("purchase").within("30d").count() >= 2`."""
    return Events(Happening(name))
