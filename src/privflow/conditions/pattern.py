"""Regular expressions that no text can make slow: read here, run without backtracking.

Theory of operation
-------------------
1. A pattern is read into a tree, and the tree into *places*: one for each character
   that it can consume, each with the set of places that may come next (Glushkov).
2. Searching keeps the set of places reached so far, as the bits of one integer, and
   takes one step for each character. So the time grows with the length of the text and
   of the pattern, and never with the ways in which one could fit the other.
3. Steps are kept and found again; what is kept is bounded, and so are places.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from attrs import field, frozen

from privflow.conditions.pattern_syntax import (
    MOST_PLACES,
    Characters,
    Choice,
    Part,
    Repeat,
    Row,
    pattern_error,
    read_pattern,
)

_MOST_STEPS = 10_000
_START = -1


@frozen
class _Piece:
    """A part as places: whether it can be empty, where it begins, where it ends."""

    empty: bool
    first: int
    last: int


@frozen
class _Places:
    """The characters of each place, and which places may follow it."""

    text: str
    characters: list[Characters] = field(factory=list)
    following: list[int] = field(factory=list)

    def piece(self, part: Part) -> _Piece:
        match part:
            case Characters():
                return self._one(part)
            case Row(parts):
                return self._joined([self.piece(one) for one in parts])
            case Choice(parts):
                pieces = [self.piece(one) for one in parts]
                return _Piece(
                    any(piece.empty for piece in pieces),
                    _union(piece.first for piece in pieces),
                    _union(piece.last for piece in pieces),
                )
            case Repeat(of, least, most):
                return self._repeated(of, least, most)

    def _one(self, characters: Characters) -> _Piece:
        place = len(self.characters)
        if place >= MOST_PLACES:
            problem = f"stands for more than {MOST_PLACES} characters"
            raise pattern_error(self.text, problem)
        self.characters.append(characters)
        self.following.append(0)
        return _Piece(empty=False, first=1 << place, last=1 << place)

    def _joined(self, pieces: list[_Piece]) -> _Piece:
        found = _Piece(empty=True, first=0, last=0)
        for piece in pieces:
            self._connect(found.last, piece.first)
            found = _Piece(
                found.empty and piece.empty,
                found.first | piece.first if found.empty else found.first,
                found.last | piece.last if piece.empty else piece.last,
            )
        return found

    def _repeated(self, of: Part, least: int, most: int | None) -> _Piece:
        pieces = [self.piece(of) for _ in range(least)]
        if most is None:
            again = self.piece(of)
            self._connect(again.last, again.first)
            pieces.append(_Piece(True, again.first, again.last))
        else:
            optional = [self.piece(of) for _ in range(most - least)]
            pieces += [_Piece(True, piece.first, piece.last) for piece in optional]
        return self._joined(pieces)

    def _connect(self, sources: int, targets: int) -> None:
        for place in _bits(sources):
            self.following[place] |= targets


class Pattern:
    r"""A pattern that is ready to be looked for.

    >>> Pattern(r"1[3-9]\d{9}").is_found_in("call 13800138000")
    True
    """

    def __init__(self, text: str) -> None:
        places = _Places(text)
        self._once = self._anew = self._ends = self._ends_last = 0
        self._always = self._if_empty = False
        for branch in read_pattern(text):
            piece = places.piece(branch.part)
            if branch.from_start:
                self._once |= piece.first
            else:
                self._anew |= piece.first
            if branch.to_end:
                self._ends_last |= piece.last
            else:
                self._ends |= piece.last
            if piece.empty and branch.from_start and branch.to_end:
                self._if_empty = True
            elif piece.empty:
                self._always = True
        self._characters = places.characters
        self._following = places.following
        self._steps: dict[tuple[int, str], int] = {}

    @property
    def steps_kept(self) -> int:
        """How many steps are kept to be found again."""
        return len(self._steps)

    def is_found_in(self, text: str) -> bool:
        """Whether some part of the text fits; all of it, between `^` and `$`."""
        if self._always or not text:
            return self._always or self._if_empty
        steps, ends, reached = self._steps, self._ends, _START
        for char in text:
            following = steps.get((reached, char))
            reached = self._step(reached, char) if following is None else following
            if reached & ends:
                return True
        return bool(reached & self._ends_last)

    def _step(self, reached: int, char: str) -> int:
        possible = self._anew
        if reached == _START:
            possible |= self._once
        else:
            possible |= _union(self._following[place] for place in _bits(reached))
        fitting = _union(
            1 << place for place in _bits(possible) if self._characters[place].has(char)
        )
        if len(self._steps) >= _MOST_STEPS:
            self._steps.clear()
        self._steps[reached, char] = fitting
        return fitting


def _bits(mask: int) -> list[int]:
    return [place for place, bit in enumerate(f"{mask:b}"[::-1]) if bit == "1"]


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


@lru_cache(maxsize=1_024)
def pattern_of(text: str) -> Pattern:
    """The pattern of a text, made once.

    Raises:
        ConditionError: it is no pattern of the subset; says where.
    """
    return Pattern(text)
