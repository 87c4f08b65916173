"""Long runs over many contacts, and who wants to know how far they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from privflow.facts import several

Progress = Callable[[int], None]
"""Told how many contacts have been looked at, after each thousand and at the end."""

_STRIDE = 1_000
T = TypeVar("T")


def counted(states: Iterable[T], progress: Progress | None) -> Iterator[T]:
    """The states, while the progress is told how many have gone by."""
    number = 0
    for number, state in enumerate(several("states", states), start=1):
        yield state
        if progress is not None and number % _STRIDE == 0:
            progress(number)
    if progress is not None and number % _STRIDE:
        progress(number)
