"""Immutable mappings of what is known: attributes of a contact, fields of an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from math import isfinite, isnan
from typing import Any, Never

from privflow.errors import DefinitionError
from privflow.timing import Instant, instant

type_names = "text, bool, int, float, Decimal, date, instant or a list of these"
Scalar = str | bool | int | float | Decimal | date | Instant
Value = Scalar | tuple[Scalar, ...]


def value_of(what: str, given: object) -> Value | None:
    """The value as facts keep it; None means missing, and so does NaN (C7a)."""
    if isinstance(given, (list, tuple)):
        parts = (_scalar_of(f"{what}[{i}]", part) for i, part in enumerate(given))
        return tuple(part for part in parts if part is not None)
    return _scalar_of(what, given)


def _scalar_of(what: str, given: object) -> Scalar | None:
    match given:
        case None:
            return None
        case str() | bool() | int() | Instant():
            return given
        case float() | Decimal():
            if isnan(given):
                return None
            if not isfinite(given):
                raise DefinitionError(what, f"got {given!r}", "leave it out instead")
            return given
        case datetime():
            return instant(given)
        case date():
            return given
        case _:
            problem = f"got {type(given).__name__} {given!r}, expected {type_names}"
            raise DefinitionError(what, problem, "flatten or convert the value")


class Properties(dict[str, Value]):
    """A mapping of names to values that cannot change, is hashable, and equals by value.

    Lists become tuples, aware datetimes become instants, None and NaN are left out.

    Raises:
        DefinitionError: a name is no text, or a value has a type that no fact has.
        NaiveTimeError: a datetime has no zone.

    >>> Properties({"city": "上海", "score": float("nan")})
    Properties({'city': '上海'})
    """

    __slots__ = ("_hash",)
    _hash: int

    def __init__(
        self, given: Mapping[str, object] | Iterable[tuple[str, object]] = ()
    ) -> None:
        clean = {}
        for name, raw in dict(given).items():
            if not isinstance(name, str) or not name:
                raise DefinitionError("name", f"got {name!r}", "use a non-empty text")
            value = value_of(name, raw)
            if value is not None:
                clean[name] = value
        super().__init__(clean)

    def updated(self, changes: Mapping[str, object]) -> Properties:
        """A copy with the changes; a change to None removes the name."""
        return Properties({**self, **changes})

    def __hash__(self) -> int:  # type: ignore[override]
        try:
            return self._hash
        except AttributeError:
            self._hash = hash(frozenset(self.items()))
            return self._hash

    def __repr__(self) -> str:
        return f"Properties({dict.__repr__(self)})"

    def __reduce__(self) -> tuple[object, ...]:
        return Properties, (dict(self),)

    def _refuse(self, *_: Any, **__: Any) -> Never:
        problem = "is immutable"
        raise TypeError(f"{type(self).__name__} {problem}: make an updated() copy")

    __setitem__ = __delitem__ = __ior__ = _refuse  # type: ignore[assignment]
    clear = pop = popitem = setdefault = update = _refuse  # type: ignore[assignment]


EMPTY = Properties()


def properties_of(given: Mapping[str, object]) -> Properties:
    """The mapping as `Properties`; unchanged where it is that already."""
    return given if isinstance(given, Properties) else Properties(given)
