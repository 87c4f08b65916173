"""What clauses look at, apart from events: attributes, properties, the local time."""

from __future__ import annotations

from typing import Literal, get_args

from attrs import field, frozen

from privflow.conditions.operator import typed
from privflow.errors import UnknownNameError
from privflow.facts import Value, required_text

LocalPart = Literal["hour", "weekday", "day", "month"]
Derivation = Literal["length", "age", "days_to_anniversary"]


@frozen
class Attribute:
    """An attribute of the contact; `filled` stands in where it is missing."""

    name: str
    filled: Value | None = field(default=None, eq=typed)

    def __attrs_post_init__(self) -> None:
        required_text("attribute", self.name)


@frozen
class Property:
    """A property of the event at hand; `filled` stands in where it is missing."""

    name: str
    filled: Value | None = field(default=None, eq=typed)

    def __attrs_post_init__(self) -> None:
        required_text("property", self.name)


@frozen
class Derived:
    """A number made from one attribute or property; missing for values of other types.

    Args:
        what: `"length"` of a text or a list; `"age"` in whole years, and
            `"days_to_anniversary"`, of a date or an instant in the contact's zone.
    """

    what: Derivation
    of: Attribute | Property

    def __attrs_post_init__(self) -> None:
        if self.what not in get_args(Derivation):
            raise UnknownNameError("derivation", self.what, get_args(Derivation))

    @property
    def by_time(self) -> bool:
        """Whether it is another number on another day."""
        return self.what != "length"


@frozen
class LocalTime:
    """A part of the present instant in the contact's zone; Monday is weekday 1."""

    part: LocalPart


@frozen
class Bucket:
    """A sticky number from 0 up to 1 for each contact and salt."""

    salt: str

    def __attrs_post_init__(self) -> None:
        required_text("salt", self.salt)
