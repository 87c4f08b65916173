"""Immutable mappings of what is known: attributes of a contact, fields of an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from math import isfinite, isnan
from sys import intern
from typing import Never, Self

from typing_extensions import override

from privflow.errors import DefinitionError, brief
from privflow.facts.number import MOST_DIGITS, Number, in_range
from privflow.timing import Instant, instant

type_names = "text, bool, int, float, Decimal, date, instant or a list of these"
Scalar = str | bool | int | float | Decimal | date | Instant
Value = Scalar | tuple[Scalar, ...]

_PLAIN = frozenset({bool, date, Instant})
_SHORT = 24
"""Texts up to this length are kept once, however many contacts share them."""


def is_missing(given: object) -> bool:
    """Whether it stands for nothing: None, NaN, or the NaT and the NA of pandas."""
    if isinstance(given, float | datetime):
        return given.__ne__(given) is True
    return given is None or type(given).__name__ == "NAType"


def value_of(what: str, given: object) -> Value | None:
    """The value as facts keep it; None means missing, as do NaN, NaT and NA (C7a)."""
    if isinstance(given, (list, tuple)):
        parts = (_scalar_of(f"{what}[{i}]", part) for i, part in enumerate(given))
        return tuple(part for part in parts if part is not None)
    return _scalar_of(what, given)


def _scalar_of(what: str, given: object) -> Scalar | None:
    """The value without a subclass: those of enums and arrays compare by class, too."""
    if given.__class__ in _PLAIN:
        return given  # type: ignore[return-value]  # it is one of the plain ones
    match given:
        case None:
            return None
        case str():
            text = str.__str__(given)
            return intern(text) if len(text) <= _SHORT else text
        case int():
            return _ranged(what, int.__index__(given))
        case float() | Decimal():
            return _finite(what, given)
        case datetime():
            return None if is_missing(given) else _instant(what, given)
        case date():
            return date(given.year, given.month, given.day)
        case _ if is_missing(given):
            return None
        case _:
            problem = f"got {type(given).__name__} {given!r}, expected {type_names}"
            raise DefinitionError(what, problem, _plainly(given))


def _plainly(given: object) -> str:
    """How to make a value of a fact of it."""
    if hasattr(given, "tolist"):
        return "take the plain value out of numpy or pandas: value.tolist()"
    if isinstance(given, set | frozenset):
        return "write a list: sorted(value)"
    return "flatten or convert the value"


def _instant(what: str, given: datetime) -> Instant:
    try:
        return instant(given)
    except DefinitionError as error:
        raise error.at(what) from None


def _finite(what: str, given: float | Decimal) -> Number | None:
    if isinstance(given, Decimal):
        # Not math.isnan, which fails on a signalling NaN.
        number: Number = Decimal(given)
        missing, finite = given.is_nan(), given.is_finite()
    else:
        number = float(given)
        missing, finite = isnan(number), isfinite(number)
    if missing:
        return None
    if not finite:
        raise DefinitionError(what, f"got {given!r}", "leave it out instead")
    return _ranged(what, number)


def _ranged(what: str, number: Number) -> Number:
    if not in_range(number):
        problem = f"got a number of more than {MOST_DIGITS} digits"
        raise DefinitionError(what, problem, "keep it as text, or in a larger unit")
    return number


def _name_of(given: object) -> str:
    if not isinstance(given, str) or not given:
        raise DefinitionError("name", f"got {given!r}", "use a non-empty text")
    return given


class Properties(dict[str, Value]):
    """A mapping of names to values: immutable, hashable, equal by value.

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
        try:
            named = dict(given)
        except (TypeError, ValueError):
            problem = f"got {brief(given)}, expected names and values"
            raise DefinitionError("properties", problem, "write {'name': 1}") from None
        for name, raw in named.items():
            value = value_of(_name_of(name), raw)
            if value is not None:
                clean[name] = value
        super().__init__(clean)

    @classmethod
    def of_clean(cls, values: dict[str, Value]) -> Self:
        """The same as `Properties(values)`, for values that came out of facts."""
        properties = cls.__new__(cls)
        dict.__init__(properties, values)
        return properties

    def updated(self, changes: Mapping[str, object]) -> Properties:
        """A copy with the changes; a change to None removes the name."""
        return Properties({**self, **changes})

    @override
    def __hash__(self) -> int:  # type: ignore[override]  # dict has none
        try:
            return self._hash
        except AttributeError:
            self._hash = hash(frozenset(self.items()))
            return self._hash

    @override
    def __repr__(self) -> str:
        return f"Properties({dict.__repr__(self)})"

    @override
    def __reduce__(self) -> tuple[object, ...]:
        return Properties, (dict(self),)

    def _refuse(self, *_: object, **__: object) -> Never:
        raise TypeError(_IMMUTABLE)

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


_IMMUTABLE = "Properties is immutable: make an updated() copy"
EMPTY = Properties()


def properties_of(given: Mapping[str, object]) -> Properties:
    """The mapping as `Properties`; unchanged where it is that already."""
    return given if isinstance(given, Properties) else Properties(given)
