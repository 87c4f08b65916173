"""What a journey may be put together from, checked when it is written."""

from __future__ import annotations

from collections.abc import Iterable

from privflow.conditions import required_condition
from privflow.errors import DefinitionError, DuplicateNameError, brief
from privflow.timing import Schedule
from privflow.touches import names_of


def required_part(
    what: str, given: object, kinds: type | tuple[type, ...], remedy: str = ""
) -> None:
    """Refuse what is none of the classes.

    Args:
        remedy: what to write, where that is no call of the class.

    Raises:
        DefinitionError: says which classes are meant.
    """
    if not isinstance(given, kinds):
        named = kinds if isinstance(kinds, tuple) else (kinds,)
        names = " or ".join(kind.__name__ for kind in named)
        problem = f"got {brief(given)}, expected {names}"
        raise DefinitionError(what, problem, remedy or f"write {names}(...)")


def required_parts(what: str, given: Iterable[object], kind: type) -> None:
    """Refuse a list in which something is not of the class."""
    for place, part in enumerate(given):
        required_part(f"{what}[{place}]", part, kind)


def required_schedule(what: str, given: object) -> None:
    """Refuse what says no instant."""
    if isinstance(given, type) or not isinstance(given, Schedule):
        problem = f"got {given!r}, expected a schedule"
        remedy = "write after('2h'), day(3, '20:00') or weekly('fri', '20:00')"
        raise DefinitionError(what, problem, remedy)


def formerly_of(given: Iterable[str]) -> tuple[str, ...]:
    """The names that a part had before."""
    return names_of(given, "formerly")


def all_names(name: str, formerly: Iterable[str]) -> tuple[str, ...]:
    """The name of a part and those that it had, of which one may have come back."""
    return tuple(dict.fromkeys((name, *formerly)))


def optional_condition(what: str, given: object) -> None:
    """Refuse what is neither None nor a condition."""
    if given is not None:
        required_condition(what, given)


def distinct(what: str, names: Iterable[str]) -> None:
    """Refuse names of which two are alike."""
    seen = set()
    for name in names:
        if name in seen:
            raise DuplicateNameError(what, name)
        seen.add(name)
