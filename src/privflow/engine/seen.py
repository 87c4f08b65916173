"""The keys of inputs taken in lately, so that a repeat is known for one (E1).

Theory of operation
-------------------
1. Keys stand in the order of their instants. A version sees those between its `start`
   and its `size`, and never changes.
2. Versions share their columns, which only ever grow at the end. Adding to the latest
   one is therefore O(1); adding to an older one copies what it sees.
3. Beyond a few keys, `places` tells the last place of each. A later version may have
   taken a key in again: an older one, which finds a place that it does not see, looks
   through its own.
4. Forgetting moves `start`. What is left is copied when it is the smaller part, so that
   no column holds more than twice what its latest version sees.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import final

from typing_extensions import override

from privflow.facts import Unchanging
from privflow.timing import Instant

_FEW = 16
"""Up to so many keys are looked through."""

_PARTS = ("_keys", "_times", "_places", "_start", "_size")


class _Open:
    """What was seen while it is written, which is faster before it is closed."""

    __slots__ = _PARTS
    _keys: list[str]
    _times: array[int]
    _places: dict[str, int] | None
    _start: int
    _size: int


@final
class Seen(_Open, Unchanging):
    """Keys of inputs and when they were taken in, as one value.

    Args:
        items: keys and instants, in any order.

    >>> Seen([("order-1", Instant(5))]).adding("order-2", Instant(7)).since(5)
    Seen([('order-2', instant('1970-01-01T00:00:00.000007Z'))])
    """

    __slots__ = ()
    _never = "what was seen never changes: adding() and since() make new ones"

    def __init__(self, items: Iterable[tuple[str, Instant]] = ()) -> None:
        ordered = sorted(items, key=itemgetter(1))
        keys = [key for key, _ in ordered]
        times = array("q", [at.us for _, at in ordered])
        parts = keys, times, _places_of(keys), 0, len(keys)
        for name, part in zip(_PARTS, parts, strict=True):
            object.__setattr__(self, name, part)

    def __contains__(self, key: object) -> bool:
        keys, places, size = self._keys, self._places, self._size
        if places is None:
            return key in keys and key in keys[self._start : size]
        place = places.get(key, -1)  # type: ignore[call-overload]  # no text is found
        return self._start <= place and (place < size or self._has(key))

    def _has(self, key: object) -> bool:
        """Whether it is among those seen here, where a later version has it anew."""
        return any(self._keys[place] == key for place in range(self._start, self._size))

    def adding(self, key: str, at: Instant) -> Seen:
        """The same with one key more."""
        us, size, start = at.us, self._size, self._start
        keys, times, places = self._keys, self._times, self._places
        if size == start:
            return _made([key], array("q", (us,)), None, 0, 1)
        if us < times[size - 1]:
            return Seen([*self, (key, at)])
        if len(keys) > size:
            keys, times = keys[start:size], times[start:size]
            places, start, size = _places_of(keys), 0, len(keys)
        keys.append(key)
        times.append(us)
        if places is not None:
            places[key] = size
        elif size >= _FEW:
            places = _places_of(keys)
        return _made(keys, times, places, start, size + 1)

    def since(self, us: int) -> Seen:
        """Those taken in after an instant alone; itself where that is all of them.

        Args:
            us: of that instant, in microseconds.
        """
        start, size, times = self._start, self._size, self._times
        if start == size or times[start] > us:
            return self
        first = bisect_right(times, us, start, size)
        if first == size:
            return NOTHING_SEEN
        if first > size - first:
            return self._copied(first)
        return _made(self._keys, times, self._places, first, size)

    def _copied(self, start: int) -> Seen:
        """Those from a place on, in columns of their own."""
        keys = self._keys[start : self._size]
        times = self._times[start : self._size]
        return _made(keys, times, _places_of(keys), 0, len(keys))

    def __iter__(self) -> Iterator[tuple[str, Instant]]:
        for place in range(self._start, self._size):
            yield self._keys[place], Instant(self._times[place])

    def __len__(self) -> int:
        return self._size - self._start

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Seen):
            return NotImplemented
        return self is other or tuple(self) == tuple(other)

    @override
    def __hash__(self) -> int:
        return hash(tuple(self))

    @override
    def __repr__(self) -> str:
        return f"Seen({list(self)!r})" if len(self) else "Seen()"

    @override
    def __reduce__(self) -> tuple[object, ...]:
        return Seen, (tuple(self),)


def _made(
    keys: list[str],
    times: array[int],
    places: dict[str, int] | None,
    start: int,
    size: int,
) -> Seen:
    seen = _Open()
    seen._keys, seen._times = keys, times  # noqa: SLF001 - its own maker
    seen._places, seen._start, seen._size = places, start, size  # noqa: SLF001 - same
    seen.__class__ = Seen
    return seen  # type: ignore[return-value]  # what it is since a line ago


def _places_of(keys: list[str]) -> dict[str, int] | None:
    """The last place of each key; None where looking through them is as fast."""
    if len(keys) <= _FEW:
        return None
    return {key: place for place, key in enumerate(keys)}


NOTHING_SEEN = Seen()


def seen_of(given: Seen | Iterable[tuple[str, Instant]]) -> Seen:
    """What was seen; itself, or made of keys and instants."""
    return given if given.__class__ is Seen else Seen(given)
