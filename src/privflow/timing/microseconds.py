"""What instants, spans and times of day share: one number that never changes."""

from __future__ import annotations

from typing import Never, Self

from typing_extensions import override


class Microseconds:
    """A whole number of microseconds, compared only with its own kind."""

    __slots__ = ("us",)
    us: int

    @override
    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(self._immutable())

    @override
    def __delattr__(self, name: str) -> Never:
        raise AttributeError(self._immutable())

    def _immutable(self) -> str:
        return f"{self!r} never changes: make a new {type(self).__name__}"

    @override
    def __reduce__(self) -> tuple[type[Self], tuple[int]]:
        return type(self), (self.us,)

    @override
    def __eq__(self, other: object) -> bool:
        if other.__class__ is self.__class__:
            return self.us == other.us
        return NotImplemented

    @override
    def __hash__(self) -> int:
        return hash(self.us)

    def __lt__(self, other: Self) -> bool:
        if other.__class__ is self.__class__:
            return self.us < other.us
        return NotImplemented

    def __le__(self, other: Self) -> bool:
        if other.__class__ is self.__class__:
            return self.us <= other.us
        return NotImplemented

    def __gt__(self, other: Self) -> bool:
        if other.__class__ is self.__class__:
            return self.us > other.us
        return NotImplemented

    def __ge__(self, other: Self) -> bool:
        if other.__class__ is self.__class__:
            return self.us >= other.us
        return NotImplemented


# The slot's own setter: the way past `__setattr__`, and cheaper than object's.
set_us = Microseconds.__dict__["us"].__set__
