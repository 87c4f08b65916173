"""Values to be compared, and the comparisons that make conditions of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NoReturn

from attrs import evolve
from typing_extensions import override

from privflow.conditions.condition import Condition
from privflow.conditions.node import Missing, Term, Test, literal
from privflow.conditions.term import Attribute, Derivation, Derived, Property
from privflow.conditions.text import term_source
from privflow.conditions.unfinished import Unfinished, asking
from privflow.errors import (
    ConditionError,
    ConditionTypeError,
    NotABooleanError,
    brief,
)
from privflow.timing import Instant, Span, span


class Operand(Unfinished):
    """A value to be compared: an attribute, a property, a number made from events."""

    __slots__ = ("term",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, term: Term) -> None:
        self.term = term

    @property
    def name(self) -> str:
        """The name of the attribute or property."""
        if isinstance(self.term, Attribute | Property):
            return self.term.name
        problem = "has no name"
        raise ConditionError(repr(self), problem, "name an attribute: `attr.birthday`")

    def _test(self, operator: str, argument: object) -> Condition:
        what = f"{self!r} {operator}"
        if isinstance(argument, Operand):
            raise ConditionTypeError(what, argument, "a value that everybody shares")
        return Condition(Test(self.term, operator, literal(what, argument)))

    @override
    def __eq__(self, other: object) -> Condition:  # type: ignore[override]
        return self._test("==", other)

    @override
    def __ne__(self, other: object) -> Condition:  # type: ignore[override]
        return self._test("!=", other)

    def __lt__(self, other: object) -> Condition:
        return self._test("<", other)

    def __le__(self, other: object) -> Condition:
        return self._test("<=", other)

    def __gt__(self, other: object) -> Condition:
        return self._test(">", other)

    def __ge__(self, other: object) -> Condition:
        return self._test(">=", other)

    @property
    @override
    def remedy(self) -> str:
        """How to make a condition of it."""
        return "compare it, and put comparisons in parentheses: `(attr.vip == True)`"

    if not TYPE_CHECKING:

        def __contains__(self, part: object) -> NoReturn:
            remedy = f"write `.contains({brief(part)})` instead of `in`"
            raise NotABooleanError(brief(self), remedy)

    def between(self, low: object, high: object) -> Condition:
        """At least the one and at most the other bound."""
        return self._test("between", [low, high])

    def is_in(self, values: Iterable[object]) -> Condition:
        """One of the values."""
        return self._test("is_in", listed("is_in", values))

    def contains(self, part: object) -> Condition:
        """Text contains the text, or a list the value."""
        return self._test("contains", part)

    def contains_any(self, parts: Iterable[object]) -> Condition:
        """Text contains one of the texts, or a list one of the values."""
        return self._test("contains_any", listed("contains_any", parts))

    def contains_all(self, parts: Iterable[object]) -> Condition:
        """Text contains all of the texts, or a list all of the values."""
        return self._test("contains_all", listed("contains_all", parts))

    def starts_with(self, text: str) -> Condition:
        """Text begins so."""
        return self._test("starts_with", text)

    def ends_with(self, text: str) -> Condition:
        """Text ends so."""
        return self._test("ends_with", text)

    def matches(self, pattern: str) -> Condition:
        """Some part of a text fits a regular expression; all of it, with `^` and `$`.

        Raises:
            ConditionError: the pattern is not in the subset that is always fast.
        """
        return self._test("matches", pattern)

    def before(self, time: date | Instant) -> Condition:
        """A date is before the date, or an instant before the instant."""
        return self._test("before", time)

    def after(self, time: date | Instant) -> Condition:
        """A date is after the date, or an instant after the instant."""
        return self._test("after", time)

    @asking
    def length(self) -> Operand:
        """How many characters a text has, or how many values a list."""
        return self._derived("length")

    @asking
    def age(self) -> Operand:
        """Whole years since a date or an instant, by the contact's own calendar."""
        return self._derived("age")

    @asking
    def days_to_anniversary(self) -> Operand:
        """Days until a date returns, by the contact's own calendar; 0 on the day."""
        return self._derived("days_to_anniversary")

    def anniversary_within(self, length: Span | str) -> Condition:
        """A date returns today or in so many days: `"7d"`.

        Raises:
            ConditionTypeError: the length is not a number of whole days.
        """
        days, rest = divmod(span(length).us, span("1d").us)
        if rest:
            what = "argument of anniversary_within"
            raise ConditionTypeError(what, length, "whole days like '7d'")
        return self.days_to_anniversary() <= days

    def _derived(self, what: Derivation) -> Operand:
        if isinstance(self.term, Attribute | Property):
            return Operand(Derived(what, self.term))
        problem, remedy = f"has no {what}", f"ask an attribute: `attr.x.{what}()`"
        raise ConditionError(repr(self), problem, remedy)

    @asking
    def is_missing(self) -> Condition:
        """Nothing is known; YES or NO, never UNKNOWN."""
        return Condition(Missing(self._fillable()))

    def fill(self, value: object) -> Operand:
        """The operand with a value to stand in where it is missing."""
        filled = literal(f"{self!r}.fill", value)
        return Operand(evolve(self._fillable(), filled=filled))

    def _fillable(self) -> Attribute | Property:
        if isinstance(self.term, Attribute | Property):
            return self.term
        problem = "is never missing"
        raise ConditionError(repr(self), problem, "compare it as it is")

    @override
    def __repr__(self) -> str:
        return term_source(self.term)


def listed(method: str, values: object) -> list[object]:
    """The values of a list, a tuple or a set; a bare text is no list."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        what = f"argument of {method}"
        raise ConditionTypeError(what, values, "a list of values")
    found = list(values)
    return sorted(found, key=repr) if isinstance(values, set | frozenset) else found
