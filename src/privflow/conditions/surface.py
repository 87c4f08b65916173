"""How conditions are written: `attr.city == "上海"`, `event("purchase").within("30d")`."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve
from typing_extensions import override

from privflow.conditions.condition import Condition
from privflow.conditions.node import (
    Aggregate,
    Attribute,
    Bucket,
    Exists,
    Happening,
    LocalPart,
    LocalTime,
    Measure,
    Missing,
    Property,
    Tagged,
    Term,
    Test,
    literal,
)
from privflow.conditions.text import happening_source, term_source
from privflow.errors import (
    ConditionError,
    ConditionTypeError,
    NotABooleanError,
    UnknownNameError,
)
from privflow.facts import Tag, TagGroup, required_text
from privflow.timing import Span, Window, rolling


class Operand:
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

    def __bool__(self) -> bool:
        raise NotABooleanError(repr(self), "compare it: `attr.subscribed == True`")

    def between(self, low: object, high: object) -> Condition:
        """At least the one and at most the other bound."""
        return self._test("between", [low, high])

    def is_in(self, values: Iterable[object]) -> Condition:
        """One of the values."""
        return self._test("is_in", _listed("is_in", values))

    def contains(self, part: object) -> Condition:
        """Text contains the text, or a list the value."""
        return self._test("contains", part)

    def contains_any(self, parts: Iterable[object]) -> Condition:
        """Text contains one of the texts, or a list one of the values."""
        return self._test("contains_any", _listed("contains_any", parts))

    def contains_all(self, parts: Iterable[object]) -> Condition:
        """Text contains all of the texts, or a list all of the values."""
        return self._test("contains_all", _listed("contains_all", parts))

    def starts_with(self, text: str) -> Condition:
        """Text begins so."""
        return self._test("starts_with", text)

    def ends_with(self, text: str) -> Condition:
        """Text ends so."""
        return self._test("ends_with", text)

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


def _listed(method: str, values: Iterable[object]) -> list[object]:
    """The values of a list, a tuple or a set; a bare text is no list."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ConditionTypeError(f"argument of {method}", values, "a list of values")
    found = list(values)
    return sorted(found, key=repr) if isinstance(values, set | frozenset) else found


class _Attributes:
    """`attr.city`, or `attr["city of birth"]` for a name that Python cannot spell."""

    def __getattr__(self, name: str) -> Operand:
        if name.startswith("_"):
            raise AttributeError(name)
        return Operand(Attribute(name))

    def __getitem__(self, name: str) -> Operand:
        return Operand(Attribute(required_text("attribute", name)))

    @override
    def __repr__(self) -> str:
        return "attr"


class _Properties:
    """`prop.amount`: a property of the event at hand."""

    def __getattr__(self, name: str) -> Operand:
        if name.startswith("_"):
            raise AttributeError(name)
        return Operand(Property(name))

    def __getitem__(self, name: str) -> Operand:
        return Operand(Property(required_text("property", name)))

    @override
    def __repr__(self) -> str:
        return "prop"


class _Now:
    """`now.hour`: parts of the present instant in the contact's zone."""

    @property
    def hour(self) -> Operand:
        """From 0 to 23."""
        return _local("hour")

    @property
    def weekday(self) -> Operand:
        """From 1 for Monday to 7 for Sunday."""
        return _local("weekday")

    @property
    def day(self) -> Operand:
        """Of the month, from 1."""
        return _local("day")

    @property
    def month(self) -> Operand:
        """Of the year, from 1."""
        return _local("month")

    @override
    def __repr__(self) -> str:
        return "now"


def _local(part: LocalPart) -> Operand:
    return Operand(LocalTime(part))


attr = _Attributes()
prop = _Properties()
now = _Now()


def bucket(salt: str) -> Operand:
    """A sticky number from 0 up to 1 for each contact: `bucket("pilot") < 0.1`."""
    return Operand(Bucket(required_text("salt", salt)))


class TagOperand:
    """The tags of one group: `tag(TIER).at_least("fond")`."""

    __slots__ = ("group", "labels", "ordered")

    def __init__(self, group: str, labels: tuple[str, ...], *, ordered: bool) -> None:
        self.group, self.labels, self.ordered = group, labels, ordered

    def has(self, label: str | Tag) -> Condition:
        """The contact holds the label."""
        return Condition(Tagged(self.group, "has", (self._label(label),)))

    def any_of(self, labels: Iterable[str | Tag]) -> Condition:
        """The contact holds at least one of the labels."""
        found = tuple(self._label(label) for label in labels)
        return Condition(Tagged(self.group, "any_of", found))

    def none_of(self, labels: Iterable[str | Tag]) -> Condition:
        """The contact holds none of the labels."""
        found = tuple(self._label(label) for label in labels)
        return Condition(Tagged(self.group, "none_of", found))

    def at_least(self, label: str | Tag) -> Condition:
        """The contact holds the label or a higher one; an ordered group only."""
        order = self._order("at_least")
        found = (self._label(label),)
        return Condition(Tagged(self.group, "at_least", found, order))

    def at_most(self, label: str | Tag) -> Condition:
        """The contact holds the label or a lower one; an ordered group only."""
        order = self._order("at_most")
        return Condition(Tagged(self.group, "at_most", (self._label(label),), order))

    def _label(self, given: str | Tag) -> str:
        label = given.label if isinstance(given, Tag) else given
        if self.labels and label not in self.labels:
            raise UnknownNameError(f"tag of group {self.group!r}", label, self.labels)
        return required_text("label", label)

    def _order(self, method: str) -> tuple[str, ...]:
        if self.ordered:
            return self.labels
        remedy = "declare the group with ordered=True, or use any_of([...])"
        raise ConditionError(f"{self!r}.{method}", "the group has no order", remedy)

    @override
    def __repr__(self) -> str:
        order = f", order={list(self.labels)!r}" if self.ordered else ""
        return f"tag({self.group!r}{order})"


def tag(group: TagGroup | str, *, order: Iterable[str] = ()) -> TagOperand:
    """The tags of a group, to be compared.

    Args:
        group: the group, or its name alone.
        order: the labels of an ordered group in ascending order, with a bare name.
    """
    if isinstance(group, TagGroup):
        return TagOperand(group.name, group.labels, ordered=group.ordered)
    labels = tuple(order)
    return TagOperand(required_text("tag group", group), labels, ordered=bool(labels))


class Events:
    """The events of one name, to be counted, added up or looked for."""

    __slots__ = ("happening",)

    def __init__(self, happening: Happening) -> None:
        self.happening = happening

    def where(self, condition: Condition) -> Events:
        """Only those whose properties satisfy the condition, written with `prop`."""
        if not isinstance(condition, Condition):
            raise ConditionTypeError("argument of where", condition, "a condition")
        if self.happening.where is not None:
            condition = Condition(self.happening.where) & condition
        return Events(evolve(self.happening, where=condition.node))

    def within(self, length: Span | str) -> Events:
        """Those of the last so much time; what is exactly that old is out (T2)."""
        return self.in_(rolling(length))

    def in_(self, window: Window) -> Events:
        """Those in a window: `calendar("day")` is today."""
        if self.happening.window is not None:
            problem = f"has the window {self.happening.window} already"
            raise ConditionError(repr(self), problem, "write one clause for each window")
        return Events(evolve(self.happening, window=window))

    def since_entry(self) -> Events:
        """Those after the contact entered the journey."""
        return Events(evolve(self.happening, since="entry"))

    def since_stage(self) -> Events:
        """Those after the contact entered the stage."""
        return Events(evolve(self.happening, since="stage"))

    def exists(self) -> Condition:
        """It happened at least once."""
        return Condition(Exists(self.happening))

    def at_least(self, times: int) -> Condition:
        """It happened so many times, or more."""
        return self.count() >= times

    def count(self) -> Operand:
        """How many times it happened."""
        return self._measure("count", "")

    def sum(self, name: str) -> Operand:
        """The sum of a property; 0 where nothing happened."""
        return self._measure("sum", name)

    def mean(self, name: str) -> Operand:
        """The mean of a property; missing where it never had a number."""
        return self._measure("mean", name)

    def min(self, name: str) -> Operand:
        """The smallest number of a property; missing where it never had one."""
        return self._measure("min", name)

    def max(self, name: str) -> Operand:
        """The largest number of a property; missing where it never had one."""
        return self._measure("max", name)

    def distinct(self, name: str) -> Operand:
        """How many different values a property had."""
        return self._measure("distinct", name)

    def first(self, name: str) -> Operand:
        """The property of the oldest event."""
        return self._measure("first", name)

    def last(self, name: str) -> Operand:
        """The property of the newest event."""
        return self._measure("last", name)

    def _measure(self, what: Aggregate, name: str) -> Operand:
        if what != "count":
            required_text(f"property of {what}", name)
        return Operand(Measure(what, self.happening, name))

    def __bool__(self) -> bool:
        raise NotABooleanError(repr(self), "ask `.exists()` or `.count() >= 1`")

    @override
    def __repr__(self) -> str:
        return happening_source(self.happening)


def event(name: str) -> Events:
    """The events of a name: `event("purchase").within("30d").count() >= 2`."""
    return Events(Happening(required_text("event name", name)))
