"""What values that are kept in columns share: nobody sets a part of theirs."""

from __future__ import annotations

from typing import ClassVar, Never, Self

from typing_extensions import override


class Unchanging:
    """A value that says what to do instead when somebody changes it; it is its copy.

    >>> class Pair(Unchanging):
    ...     _never = "a pair never changes: swapped() makes a new one"
    >>> Pair().left = 1
    Traceback (most recent call last):
    AttributeError: a pair never changes: swapped() makes a new one
    """

    __slots__ = ()
    _never: ClassVar[str]

    @override
    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(self._never)

    @override
    def __delattr__(self, name: str) -> Never:
        raise AttributeError(self._never)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self
