"""Ids of touches in a row: 12 bytes each as the engine makes them, else as written."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

_BYTES = 12

Ids = bytes | tuple[str, ...]
"""Hexadecimal ids of 24 digits packed end to end, or any ids one by one."""


@lru_cache(maxsize=4)
def packed(touch_id: str) -> bytes | None:
    """The id in 12 bytes; None where it would not come back the same.

    A ledger packs an id, and the step that sent the touch packs it again.
    """
    if len(touch_id) != 2 * _BYTES:
        return None
    try:
        short = bytes.fromhex(touch_id)
    except ValueError:
        return None
    return short if short.hex() == touch_id else None


def with_id(ids: Ids, touch_id: str) -> Ids:
    """The ids and one more."""
    if ids.__class__ is bytes:
        short = packed(touch_id)
        if short is not None:
            return ids + short
    return (*spelled(ids), touch_id)


def joined(first: Ids, second: Ids) -> Ids:
    """The ids of both, one after another."""
    if isinstance(first, bytes) and isinstance(second, bytes):
        return first + second
    return (*spelled(first), *spelled(second))


def spelled(ids: Ids) -> tuple[str, ...]:
    """All ids as texts."""
    if isinstance(ids, tuple):
        return ids
    return tuple(ids[i : i + _BYTES].hex() for i in range(0, len(ids), _BYTES))


def id_at(ids: Ids, place: int) -> str:
    """The id at a place."""
    if isinstance(ids, tuple):
        return ids[place]
    return ids[place * _BYTES : (place + 1) * _BYTES].hex()


def last_place(ids: Ids, touch_id: str) -> int:
    """The last place of an id; -1 where it is not among them."""
    if isinstance(ids, tuple):
        places = range(len(ids) - 1, -1, -1)
        return next((place for place in places if ids[place] == touch_id), -1)
    short = packed(touch_id)
    at = -1 if short is None else ids.rfind(short)
    while at % _BYTES and at > 0:  # the end of one id and the beginning of another
        at = ids.rfind(short or b"", 0, at + _BYTES - 1)
    return at // _BYTES


def ids_of(touch_ids: Iterable[str]) -> Ids:
    """The ids in a row."""
    texts = tuple(touch_ids)
    short = [packed(touch_id) for touch_id in texts]
    known = [each for each in short if each is not None]
    return b"".join(known) if len(known) == len(texts) else texts


def with_id_at(ids: Ids, place: int, touch_id: str) -> Ids:
    """The ids with one more at a place."""
    if isinstance(ids, bytes) and place * _BYTES == len(ids):
        return with_id(ids, touch_id)
    texts = spelled(ids)
    return ids_of((*texts[:place], touch_id, *texts[place:]))
