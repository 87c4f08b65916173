"""Values of frozen classes, made quickly from parts that are known to be right.

A frozen attrs class sets each field through `object.__setattr__`, one call for each. A
maker fills an open object of the same layout by plain assignment, and closes it by
giving it its class: a fifth of the time, for the few classes of which every input makes
some. What it makes is in nothing different from what the class makes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import attrs

from privflow.errors import DefinitionError

_T = TypeVar("_T")


def maker(kind: type[_T]) -> Callable[..., _T]:
    """A function that takes all fields of a frozen class by position, in their order.

    Nothing is converted or checked, and nothing is left out: not even what the class
    works out by itself. For values whose parts come out of other values.

    Raises:
        DefinitionError: values of the class have room for more than their fields.

    >>> @attrs.frozen(weakref_slot=False)
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> maker(Point)(1, 2) == Point(1, 2)
    True
    """
    names = [field.name for field in attrs.fields(kind)]  # type: ignore[arg-type]  # an attrs class

    def close(made: object) -> None:
        made.__class__ = kind

    opened = attrs.make_class(
        f"Open{kind.__name__}",
        names,
        class_body={"__attrs_post_init__": close},
        slots=True,
        weakref_slot=False,
        eq=False,
    )
    if opened.__basicsize__ != kind.__basicsize__:
        remedy = "decorate it with frozen(weakref_slot=False)"
        raise DefinitionError(kind.__name__, "has slots beside its fields", remedy)
    return opened
