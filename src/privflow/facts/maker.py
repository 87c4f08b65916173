"""Values of frozen classes, made quickly from parts that are known to be right.

A frozen attrs class sets each field through `object.__setattr__`, one call for each. A
maker fills an open object of the same layout by plain assignment, and closes it by
giving it its class, all within one function: an eighth of the time, for the few classes
of which every input makes some. What it makes is in nothing different from what the
class makes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import attrs

from privflow.errors import DefinitionError

_T = TypeVar("_T")


def maker(kind: type[_T], **same: object) -> Callable[..., _T]:
    """A function that takes all fields of a frozen class by position, in their order.

    Nothing is converted or checked, and nothing is left out: not even what the class
    works out by itself. For values whose parts come out of other values.

    Args:
        same: fields that are the same in all that is made, and are not taken.

    Raises:
        DefinitionError: values of the class have room for more than their fields.

    >>> @attrs.frozen(weakref_slot=False)
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> maker(Point)(1, 2) == maker(Point, y=2)(1) == Point(1, 2)
    True
    """
    names = [field.name for field in attrs.fields(kind)]  # type: ignore[arg-type]  # an attrs class
    opened = type(f"Open{kind.__name__}", (), {"__slots__": tuple(names)})
    if opened.__basicsize__ != kind.__basicsize__:
        remedy = "decorate it with frozen(weakref_slot=False)"
        raise DefinitionError(kind.__name__, "has slots beside its fields", remedy)
    # names of its own that no field can have
    lines = [
        f"def __make__({', '.join(n for n in names if n not in same)}, /):",
        "    __made__ = __opened__()",
        *(f"    __made__.{n} = {f'__same_{n}__' if n in same else n}" for n in names),
        "    __made__.__class__ = __kind__",
        "    return __made__",
    ]
    namespace: dict[str, object] = {f"__same_{n}__": same[n] for n in same}
    namespace |= {"__opened__": opened, "__kind__": kind}
    filename = f"<maker of {kind.__name__}>"
    exec(compile("\n".join(lines), filename, "exec"), namespace)  # noqa: S102 - names of fields alone
    return cast("Callable[..., _T]", namespace["__make__"])
