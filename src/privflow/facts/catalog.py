"""The data dictionary of a brand: which attributes, events and names there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Protocol

from attrs import field, frozen

from privflow.errors import (
    ConditionError,
    DefinitionError,
    DuplicateNameError,
    brief,
    shown,
)
from privflow.facts.identity import all_of, required_mapping, required_text
from privflow.facts.number import is_number
from privflow.facts.properties import Scalar, value_of
from privflow.facts.tag import TagGroup
from privflow.timing import Instant

KINDS = (str, bool, int, float, Decimal, date, Instant, tuple)
"""The types that an attribute or an event property can be declared with."""

Kind = type | tuple[Scalar, ...]
"""What an attribute or a property is declared as: a type, or all of its values."""


class Checkable(Protocol):
    """What a catalogue can check: something that knows its own problems."""

    def problems(self, catalog: Catalog) -> tuple[ConditionError, ...]:
        """Everything in it that contradicts the catalogue."""


def value_type(kind: Kind) -> type:
    """The type of the values of what is declared so.

    >>> value_type(("gold", "silver")), value_type((1, 2.5)), value_type(bool)
    (<class 'str'>, <class 'float'>, <class 'bool'>)
    """
    if isinstance(kind, type):
        return kind
    found = {part.__class__ for part in kind}
    return next(type_ for type_ in (str, float, Decimal, int) if type_ in found)


def _kind(name: str, given: object) -> Kind:
    if isinstance(given, type) and issubclass(given, Enum):
        return _values(name, [member.value for member in given])
    if isinstance(given, AbstractSet):
        return _values(name, sorted(given, key=repr))
    if isinstance(given, list | tuple):
        return _values(name, given)
    if not isinstance(given, type) or given not in KINDS:
        names = ", ".join(kind.__name__ for kind in KINDS)
        problem = f"{name!r} has type {given!r}, expected one of {names}"
        raise DefinitionError("Catalog", problem, "use tuple for a list of values")
    return given


def _values(name: str, given: Iterable[object]) -> tuple[Scalar, ...]:
    """The values of an enumeration, in the order in which they are declared."""
    values: dict[Scalar, None] = {}
    for raw in given:
        value = value_of(f"value of {name!r}", raw)
        if not isinstance(value, str) and not is_number(value):
            problem = f"{name!r} lists {raw!r}, expected texts or numbers"
            raise DefinitionError("Catalog", problem, "name its type instead")
        if value in values:
            what = f"Catalog: value of {name!r}"
            raise DuplicateNameError(what, str(value))
        values[value] = None
    if len({isinstance(value, str) for value in values}) != 1:
        problem = f"{name!r} lists {shown(values)}, expected all texts or all numbers"
        raise DefinitionError("Catalog", problem, "list values of one type")
    return tuple(values)


def _kinds(given: Mapping[str, object]) -> Mapping[str, Kind]:
    required_mapping("Catalog", given, "{'city': str}")
    return {name: _kind(name, kind) for name, kind in given.items()}


def _events(given: Mapping[str, Mapping[str, object]]) -> dict[str, Mapping[str, Kind]]:
    required_mapping("Catalog.events", given, "{'purchase': {'amount': int}}")
    return {name: _kinds(properties) for name, properties in given.items()}


def _unique(what: str, given: Iterable[str]) -> tuple[str, ...]:
    if isinstance(given, str):
        raise DefinitionError(what, f"got {given!r}", "write a list of names")
    names = sorted(given) if isinstance(given, AbstractSet) else tuple(given)
    seen: set[str] = set()
    for name in names:
        if required_text(what, name) in seen:
            raise DuplicateNameError(what, name)
        seen.add(name)
    return tuple(names)


def _groups(given: Iterable[TagGroup]) -> tuple[TagGroup, ...]:
    groups = all_of("Catalog.tags", TagGroup, given)
    _unique("Catalog.tags", [group.name for group in groups])
    return groups


def _journeys(
    given: Mapping[str, Iterable[str]] | None,
) -> Mapping[str, tuple[str, ...]] | None:
    if given is None:
        return None
    return {
        journey: _unique(f"Catalog.journeys: stage of {journey!r}", stages)
        for journey, stages in given.items()
    }


def _segments(given: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if given is None else _unique("Catalog.segments", given)


@frozen(kw_only=True)
class Catalog:
    """What a brand knows about its contacts (数据字典): names, types, values.

    Args:
        attributes: name to Python type, `{"city": str, "age": int}`, or to the list of
            all values that there are, texts or numbers: `{"level": ["gold", "silver"]}`
            or an `Enum` of them.
        events: name to the same of its properties: `{"purchase": {"amount": int}}`.
        tags: the tag groups.
        journeys: name to stages, for `in_journey` and `in_stage`; None leaves these
            names unchecked.
        segments: the names that `member` may use; None leaves them unchecked.

    Raises:
        DefinitionError: a type that no fact has, or values of several types.
        DuplicateNameError: two tag groups, stages, segments or values are the same.

    >>> from privflow import attr
    >>> catalog = Catalog(attributes={"level": ["gold", "silver"], "age": int})
    >>> [problem] = catalog.check((attr.age > 40) & (attr.level == "golf"))
    >>> print(problem)
    $.parts[1]: condition: attr.level is never 'golf' [condition]
    hint: did you mean 'gold'?
    """

    attributes: Mapping[str, Kind] = field(factory=dict, converter=_kinds)
    events: Mapping[str, Mapping[str, Kind]] = field(factory=dict, converter=_events)
    tags: tuple[TagGroup, ...] = field(default=(), converter=_groups)
    journeys: Mapping[str, tuple[str, ...]] | None = field(
        default=None, converter=_journeys
    )
    segments: tuple[str, ...] | None = field(default=None, converter=_segments)

    def check(self, condition: Checkable) -> tuple[ConditionError, ...]:
        """Every problem of a condition at once, each with path and hint.

        Raises:
            DefinitionError: it is no condition, but a segment, say, that has one.
        """
        if not hasattr(condition, "problems"):
            problem = f"got {brief(condition)}, expected a condition"
            remedy = "check the conditions in it, one by one: segment.condition"
            raise DefinitionError("Catalog.check", problem, remedy)
        return condition.problems(self)

    def group(self, name: str) -> TagGroup | None:
        """The tag group of a name, if it is declared."""
        return next((group for group in self.tags if group.name == name), None)
