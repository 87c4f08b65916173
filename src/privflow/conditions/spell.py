"""Spells: stretches of time in which something is so, and what they say of now."""

from __future__ import annotations

from collections.abc import Iterable

from privflow.facts import FOREVER

Spell = tuple[int, int]
"""From the first microsecond in which it is so, to the first in which it is not."""


def merged(spells: Iterable[Spell]) -> list[Spell]:
    """The same time in as few spells as possible, in order."""
    found: list[Spell] = []
    for start, end in sorted(spell for spell in spells if spell[0] < spell[1]):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def spell_at(spells: Iterable[Spell], now_us: int) -> tuple[bool, int]:
    """Whether now lies in one of the merged spells, and when that changes."""
    for start, end in spells:
        if now_us < start:
            return False, start
        if now_us < end:
            return True, end
    return False, FOREVER
