"""How a number fades by half-lives, in whole numbers: the same on every machine.

Theory of operation
-------------------
1. Scores are counted in billionths of a point. What is left of `nanos` after `age` is
   `nanos` times a factor, rounded towards zero once.
2. The factor of k whole half-lives is a shift by k. That of a part of a half-life is a
   product: the part is cut to 48 binary places, and each place that is set stands for a
   constant, 2 to the power of minus 1/2, 1/4, 1/8 and so on, in 128 binary places.
3. One step of the part changes the factor by far more than all roundings together. So
   what is left never rises with age, and `fades_below` can look for the part place by
   place, from the largest, with the very same products.
"""

from __future__ import annotations

from math import isqrt

NANOS = 1_000_000_000
"""Billionths in one point."""

_PLACES = 48
_BITS = 128


def _roots() -> tuple[int, ...]:
    roots = []
    root = 1 << (_BITS - 1)
    for _ in range(_PLACES):
        root = isqrt(root << _BITS)
        roots.append(root)
    return tuple(roots)


_ROOTS = _roots()
_FLAGS = tuple(1 << (_PLACES - 1 - place) for place in range(_PLACES))


def faded(nanos: int, age_us: int, half_life_us: int) -> int:
    """What is left of a number after so many microseconds; nearer to zero, never past.

    >>> faded(8 * NANOS, 30, 10), faded(-8 * NANOS, 10, 10)
    (1000000000, -4000000000)
    """
    if nanos < 0:
        return -faded(-nanos, age_us, half_life_us)
    halves, rest = divmod(age_us, half_life_us)
    if halves > nanos.bit_length():
        return 0
    part = (rest << _PLACES) // half_life_us
    return nanos * _factor(part) >> (_BITS + halves)


def _factor(part: int) -> int:
    """Two to the power of minus a part of one, in 128 binary places."""
    factor = 1 << _BITS
    for flag, root in zip(_FLAGS, _ROOTS, strict=True):
        if part & flag:
            factor = factor * root >> _BITS
    return factor


def fades_below(nanos: int, floor: int, half_life_us: int) -> int:
    """The first age in microseconds at which less than `floor` is left.

    Args:
        nanos: at least the floor.
        floor: above zero.

    >>> fades_below(8 * NANOS, 2 * NANOS, 10)
    21
    """
    halves = nanos.bit_length() - floor.bit_length()
    if nanos >> halves < floor:
        halves -= 1
    part, factor = 0, 1 << _BITS
    for flag, root in zip(_FLAGS, _ROOTS, strict=True):
        less = factor * root >> _BITS
        if nanos * less >> (_BITS + halves) >= floor:
            part, factor = part | flag, less
    whole = halves * half_life_us
    return whole - (-(part + 1) * half_life_us >> _PLACES)
