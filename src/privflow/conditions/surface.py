"""Where conditions begin to be written: `attr.city`, `prop.amount`, `now.hour`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from typing_extensions import override

from privflow.conditions.condition import Condition
from privflow.conditions.node import InJourney, Member
from privflow.conditions.operand import Operand
from privflow.conditions.term import Attribute, Bucket, LocalPart, LocalTime, Property
from privflow.errors import ConditionError, brief
from privflow.facts import required_text


class _Named:
    """What names are written behind; a call is refused with a hint.

    Type checkers do not see the call, and so refuse it before anything runs.
    """

    if not TYPE_CHECKING:

        def __call__(self, name: object = "x", *_: object) -> NoReturn:
            problem = "got a call, expected a name"
            remedy = f"write `{self}.age`, or with brackets `{self}[{brief(name)}]`"
            raise ConditionError(repr(self), problem, remedy)


class _Attributes(_Named):
    """`attr.city`, or `attr["city of birth"]` for a name that Python cannot spell."""

    def __getattr__(self, name: str) -> Operand:
        if name.startswith("_"):
            raise AttributeError(name)
        return Operand(Attribute(name))

    def __getitem__(self, name: str) -> Operand:
        return Operand(Attribute(name))

    @override
    def __repr__(self) -> str:
        return "attr"


class _Properties(_Named):
    """`prop.amount`: a property of the event at hand."""

    def __getattr__(self, name: str) -> Operand:
        if name.startswith("_"):
            raise AttributeError(name)
        return Operand(Property(name))

    def __getitem__(self, name: str) -> Operand:
        return Operand(Property(name))

    @override
    def __repr__(self) -> str:
        return "prop"


class _Now:
    """`now.hour`: parts of the present instant in the contact's zone."""

    if not TYPE_CHECKING:

        def __call__(self, *_: object) -> NoReturn:
            problem = "is no clock: privflow reads none"
            remedy = "for the present, pass pf.instant('2026-10-20T09:30+08:00')"
            raise ConditionError("now", problem, remedy)

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
"""The attributes of the contact: `attr.city`."""
prop = _Properties()
"""The properties of the event at hand: `prop.amount`."""
now = _Now()
"""The present on the contact's clock: `now.hour`, `now.weekday`."""


def bucket(salt: str) -> Operand:
    """A sticky number from 0 up to 1 for each contact: `bucket("pilot") < 0.1`."""
    return Operand(Bucket(salt))


def member(segment: str) -> Condition:
    """The contact is in a segment, called by its name: `member("vip")`.

    A `SegmentSet` or a `Plan` puts the segment's condition in its place. Whoever is not
    known to be in it, is not in it.
    """
    return Condition(Member(segment))


def in_journey(journey: str) -> Condition:
    """The contact is in a journey now."""
    return Condition(InJourney(journey))


def in_stage(journey: str, stage: str) -> Condition:
    """The contact is in a stage of a journey now."""
    return Condition(InJourney(journey, required_text("stage", stage)))
