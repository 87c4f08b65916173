"""Values of frozen classes, made quickly from parts that are known to be right.

A frozen attrs class sets each field through `object.__setattr__`, one call for each;
`attrs.evolve` finds out each time which fields there are. A maker or a changer fills an
open object of the same layout by plain assignment, and closes it by giving it its
class, all within one function: an eighth of the time, for the few classes of which
every input makes some. What it makes is in nothing different from what the class makes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar, cast

import attrs

from privflow.errors import DefinitionError, UnknownNameError

_T = TypeVar("_T")


def maker(kind: type[_T], **same: object) -> Callable[..., _T]:
    """A function that takes all fields of a frozen class by position, in their order.

    Nothing is converted or checked, and nothing is left out: not even what the class
    works out by itself. For values whose parts come out of other values.

    Args:
        same: fields that are the same in all that is made, and are not taken.

    Raises:
        DefinitionError: values of the class have room for more than their fields.
        UnknownNameError: what is to be the same is no field.

    >>> @attrs.frozen(weakref_slot=False)
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> maker(Point)(1, 2) == maker(Point, y=2)(1) == Point(1, 2)
    True
    """
    names = _names(kind, same)
    parts = {name: f"__same_{name}__" if name in same else name for name in names}
    taken = [name for name in names if name not in same]
    return _written(kind, taken, parts, {f"__same_{n}__": same[n] for n in same})


def changer(kind: type[_T], *changed: str) -> Callable[..., _T]:
    """A function from one value of a frozen class to another, by its new parts.

    It takes the value and then the fields that change, in the order that is given here.
    What is said of a `maker` holds for it, too.

    Raises:
        DefinitionError: values of the class have room for more than their fields.
        UnknownNameError: what is to change is no field.

    >>> @attrs.frozen(weakref_slot=False)
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> changer(Point, "y")(Point(1, 2), 3) == Point(1, 3)
    True
    """
    parts = {name: f"__old__.{name}" for name in _names(kind, changed)}
    return _written(kind, ["__old__", *changed], parts | {n: n for n in changed}, {})


def _names(kind: type[object], given: Iterable[str]) -> list[str]:
    """All fields, if those that are given are among them."""
    names = [field.name for field in attrs.fields(kind)]  # type: ignore[arg-type]  # an attrs class
    what = f"field of {kind.__name__}"
    for name in given:
        if name not in names:
            raise UnknownNameError(what, name, names)
    return names


def _written(
    kind: type[_T], taken: list[str], parts: dict[str, str], known: dict[str, object]
) -> Callable[..., _T]:
    """The function with these parameters; its own names no field can have.

    Args:
        parts: what each field is made of.
        known: what else is called by a name there.
    """
    opened = type(f"Open{kind.__name__}", (), {"__slots__": tuple(parts)})
    if opened.__basicsize__ != kind.__basicsize__:
        remedy = "decorate it with frozen(weakref_slot=False)"
        raise DefinitionError(kind.__name__, "has slots beside its fields", remedy)
    lines = [
        f"def __make__({', '.join(taken)}, /):",
        "    __made__ = __opened__()",
        *(f"    __made__.{name} = {part}" for name, part in parts.items()),
        "    __made__.__class__ = __kind__",
        "    return __made__",
    ]
    names: dict[str, object] = {"__opened__": opened, "__kind__": kind, **known}
    filename = f"<maker of {kind.__name__}>"
    exec(compile("\n".join(lines), filename, "exec"), names)  # noqa: S102 - names of fields alone
    return cast("Callable[..., _T]", names["__make__"])
