r"""The text of a regular expression, read into a tree: a subset of Python's `re`.

Literals, `.`, classes such as `[a-z\d]`, `\d \w \s` and their opposites, groups,
`|`, `? * + {m,n}`, and `^` and `$` around a whole branch. No look-around, references,
flags, lazy or possessive repeats: they ask for more than one pass over the text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Never

from attrs import frozen

from privflow.errors import ConditionError

MOST_CHARACTERS = 500
MOST_PLACES = 500
_MOST_DEPTH = 20

_KINDS: Mapping[str, Callable[[str], bool]] = {
    "d": str.isdecimal,
    "s": str.isspace,
    "w": lambda char: char.isalnum() or char == "_",
}
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_SPECIAL = frozenset(".^$*+?{}[]()|\\")


@frozen
class Characters:
    r"""Which characters fit one place.

    Args:
        ranges: pairs of first and last character.
        kinds: letters of `\d`, `\s`, `\w`, or of their opposites.
    """

    ranges: tuple[tuple[str, str], ...] = ()
    kinds: tuple[str, ...] = ()
    opposite: bool = False

    def has(self, char: str) -> bool:
        """Whether a character is one of them."""
        found = any(low <= char <= high for low, high in self.ranges) or any(
            _KINDS[kind.lower()](char) == kind.islower() for kind in self.kinds
        )
        return found != self.opposite


@frozen
class Row:
    """One part after the other."""

    parts: tuple[Part, ...]


@frozen
class Choice:
    """One of the parts."""

    parts: tuple[Part, ...]


@frozen
class Repeat:
    """A part so many times; without an upper bound where `most` is None."""

    of: Part
    least: int
    most: int | None


Part = Characters | Row | Choice | Repeat


@frozen
class Branch:
    """What stands between two `|` that are in no group."""

    part: Part
    from_start: bool
    to_end: bool


_ANY = Characters((("\n", "\n"),), opposite=True)


def pattern_error(text: str, problem: str) -> ConditionError:
    """The error for a text that is no pattern of the subset."""
    shown = text if len(text) <= MOST_CHARACTERS else f"{text[:80]}…"
    remedy = "use literals, classes, groups, | and ? * + {m,n}; \\ before a sign"
    return ConditionError(f"pattern {shown!r}", problem, remedy)


def read_pattern(text: str) -> tuple[Branch, ...]:
    """The branches of a pattern.

    Raises:
        ConditionError: it is no pattern of the subset; says where.
    """
    if len(text) > MOST_CHARACTERS:
        problem = f"has {len(text)} characters, at most {MOST_CHARACTERS} are read"
        raise pattern_error(text, problem)
    return _Reader(text).branches()


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0

    def refuse(self, what: str) -> Never:
        raise pattern_error(self.text, f"{what} at character {self.at + 1}")

    def next(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.text[place] if place < len(self.text) else ""

    def taken(self, sign: str) -> bool:
        if self.next() != sign:
            return False
        self.at += 1
        return True

    def branches(self) -> tuple[Branch, ...]:
        found = [self._branch()]
        while self.taken("|"):
            found.append(self._branch())
        if self.next():
            self.refuse(f"{self.next()!r} without its beginning")
        return tuple(found)

    def _branch(self) -> Branch:
        from_start = self.taken("^")
        row = self._row()
        return Branch(row, from_start, to_end=self.taken("$"))

    def _row(self) -> Row:
        parts: list[Part] = []
        while self.next() not in {"", "|", ")", "$"}:
            parts.append(self._repeated(self._single()))
        return Row(tuple(parts))

    def _single(self) -> Part:
        sign = self.next()
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._class()
        if sign == "\\":
            return self._escaped()
        if sign in _SPECIAL and sign != ".":
            self.refuse(f"{sign!r} where nothing can be repeated or closed")
        self.at += 1
        return _ANY if sign == "." else Characters(((sign, sign),))

    def _group(self) -> Part:
        if self.next(1) == "?" and self.next(2) != ":":
            self.refuse("a look-around, name or flag")
        self.at += 3 if self.next(1) == "?" else 1
        self.depth += 1
        if self.depth > _MOST_DEPTH:
            self.refuse(f"more than {_MOST_DEPTH} groups in each other")
        parts: list[Part] = [self._row()]
        while self.taken("|"):
            parts.append(self._row())
        if not self.taken(")"):
            self.refuse("a group that is not closed, or $ inside of it")
        self.depth -= 1
        return Choice(tuple(parts))

    def _repeated(self, part: Part) -> Part:
        bounds = self._bounds()
        if bounds is None:
            return part
        if self.next() in {"?", "*", "+", "{"} and self.next():
            self.refuse("a repeat of a repeat")
        least, most = bounds
        return Repeat(part, least, most)

    def _bounds(self) -> tuple[int, int | None] | None:
        simple: dict[str, tuple[int, int | None]] = {
            "?": (0, 1),
            "*": (0, None),
            "+": (1, None),
        }
        sign = self.next()
        if sign in simple:
            self.at += 1
            return simple[sign]
        if sign != "{":
            return None
        self.at += 1
        least = self._number()
        most = least
        if self.taken(","):
            most = self._number() if self.next() != "}" else None
        if least is None or not self.taken("}"):
            self.refuse("a repeat that is not {m}, {m,} or {m,n}")
        if most is not None and not least <= most <= MOST_PLACES:
            self.refuse(f"a repeat outside 0 to {MOST_PLACES}")
        return least, most

    def _number(self) -> int | None:
        start = self.at
        while self.next() and self.next() in "0123456789":
            self.at += 1
        digits = self.text[start : self.at]
        if len(digits) > len(str(MOST_PLACES)) or int(digits or 0) > MOST_PLACES:
            self.refuse(f"a repeat outside 0 to {MOST_PLACES}")
        return int(digits) if digits else None

    def _escaped(self) -> Characters:
        """What stands for itself, or for a kind of characters, behind a backslash."""
        sign = self.next(1)
        self.at += 2
        if sign.lower() in _KINDS and sign:
            return Characters(kinds=(sign,))
        if sign in _CONTROLS:
            sign = _CONTROLS[sign]
        elif not sign or sign.isalnum():
            self.at -= 2
            self.refuse(f"'\\{sign}', which is not in the subset")
        return Characters(((sign, sign),))

    def _class(self) -> Characters:
        self.at += 1
        opposite = self.taken("^")
        ranges: list[tuple[str, str]] = []
        kinds: list[str] = []
        while not self.taken("]"):
            low = self._of_class()
            kinds += low.kinds
            if low.kinds:
                continue
            [(first, last)] = low.ranges
            if self.next() == "-" and self.next(1) not in {"]", ""}:
                self.at += 1
                last = self._upper_bound(first)
            ranges.append((first, last))
        if not ranges and not kinds:
            self.refuse("an empty class")
        return Characters(tuple(ranges), tuple(kinds), opposite)

    def _upper_bound(self, first: str) -> str:
        high = self._of_class()
        if high.kinds or high.ranges[0][0] < first:
            self.refuse("a range that ends before it begins")
        return high.ranges[0][0]

    def _of_class(self) -> Characters:
        sign = self.next()
        if not sign:
            self.refuse("a class that is not closed")
        if sign == "\\":
            return self._escaped()
        if sign == "[":
            self.refuse("'[' in a class: write '\\['")
        self.at += 1
        return Characters(((sign, sign),))
