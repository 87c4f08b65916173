"""Numbers as facts keep them, and sums that do not depend on the order (C7a)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal
from math import fsum
from typing import TypeGuard, cast

Number = int | float | Decimal

MOST_DIGITS = 300
"""Before the point and after it: no sum of such numbers overflows or is rounded."""

_BOUND: int = 10**MOST_DIGITS

# Wide enough for the sum of 10**100 numbers of the most digits before the point, and
# behind it for the exact value of any float, which has up to 1,074 there.
EXACT = Context(prec=MOST_DIGITS + 100 + 1_074)
_MEAN = Context(prec=28)


def is_number(value: object) -> TypeGuard[Number]:
    """Whether a value counts as a number; a bool does not (C3)."""
    kind = value.__class__
    return kind is int or kind is float or kind is Decimal


def in_range(number: Number) -> bool:
    """Whether a finite number has no more than `MOST_DIGITS` digits on either side."""
    if isinstance(number, Decimal):
        exponent = number.as_tuple().exponent
        fine = isinstance(exponent, int) and exponent >= -MOST_DIGITS
        return fine and number.adjusted() < MOST_DIGITS
    return abs(number) < _BOUND


def plus(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    """The exact sum of two exact numbers, whatever the host's decimal context."""
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    return EXACT.add(Decimal(left), Decimal(right))


def minus(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    """The exact difference of two exact numbers."""
    if isinstance(left, int) and isinstance(right, int):
        return left - right
    return EXACT.subtract(Decimal(left), Decimal(right))


def added_up(numbers: Iterable[Number]) -> Number:
    """The sum: exact for int and Decimal, correctly rounded where a float is in it."""
    numbers = list(numbers)
    if {*map(type, numbers)} == {float}:
        return fsum(cast("list[float]", numbers))
    total: int | Decimal = 0
    floats = []
    for number in numbers:
        if isinstance(number, float):
            floats.append(number)
        else:
            total = plus(total, number)
    return fsum([*floats, float(total)]) if floats else total


def divided(total: Number, count: int) -> Number:
    """The mean: a float, or a Decimal of 28 digits for a sum of Decimals."""
    if isinstance(total, Decimal):
        return _MEAN.divide(total, Decimal(count))
    return total / count
