"""The data dictionary of a brand: which attributes, events and tags there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Protocol

from attrs import field, frozen

from privflow.errors import ConditionError, DefinitionError, DuplicateNameError
from privflow.facts.tag import TagGroup
from privflow.timing import Instant

KINDS = (str, bool, int, float, Decimal, date, Instant, tuple)
"""The types that an attribute or an event property can be declared with."""


class Checkable(Protocol):
    """What a catalogue can check: something that knows its own problems."""

    def problems(self, catalog: Catalog) -> tuple[ConditionError, ...]:
        """Everything in it that contradicts the catalogue."""


def _kinds(given: Mapping[str, type]) -> Mapping[str, type]:
    for name, kind in given.items():
        if kind not in KINDS:
            names = ", ".join(kind.__name__ for kind in KINDS)
            problem = f"{name!r} has type {kind!r}, expected one of {names}"
            raise DefinitionError("Catalog", problem, "use tuple for a list of values")
    return dict(given)


def _events(given: Mapping[str, Mapping[str, type]]) -> dict[str, Mapping[str, type]]:
    return {name: _kinds(properties) for name, properties in given.items()}


def _groups(given: Iterable[TagGroup]) -> tuple[TagGroup, ...]:
    groups = tuple(given)
    names = [group.name for group in groups]
    for name in names:
        if names.count(name) > 1:
            raise DuplicateNameError("Catalog.tags", name)
    return groups


@frozen(kw_only=True)
class Catalog:
    """What a brand knows about its contacts (数据字典): names, types, tag groups.

    Args:
        attributes: name to Python type: `{"city": str, "age": int}`.
        events: name to the types of its properties: `{"purchase": {"amount": int}}`.
        tags: the tag groups.

    Raises:
        DefinitionError: a type that no fact has.
        DuplicateNameError: two tag groups of one name.
    """

    attributes: Mapping[str, type] = field(factory=dict, converter=_kinds)
    events: Mapping[str, Mapping[str, type]] = field(factory=dict, converter=_events)
    tags: tuple[TagGroup, ...] = field(default=(), converter=_groups)

    def check(self, condition: Checkable) -> tuple[ConditionError, ...]:
        """Every problem of a condition at once, each with path and hint."""
        return condition.problems(self)

    def group(self, name: str) -> TagGroup | None:
        """The tag group of a name, if it is declared."""
        return next((group for group in self.tags if group.name == name), None)
