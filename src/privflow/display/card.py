"""The drawn form of a node: its size, its outline and its text."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from attrs import frozen

from privflow.display.escape import escape
from privflow.display.graph import Node
from privflow.display.svg import SMALL, SMALL_LINE, folded, number, text, text_width

_COLUMNS, _HEAD_LINES, _REST_LINES = 30, 3, 9
_LINE = 18.0
_SIDE, _ABOVE = 13.0, 9.0
_LEAST = 56.0
_BOLD = 1.1
_DIAMOND = 1.7  # how much wider than its text a diamond is


@frozen
class Card:
    """A node with folded text and a size in pixels."""

    shape: str
    heads: tuple[str, ...]
    rest: tuple[str, ...]
    full: str
    width: float
    height: float

    def reach(self, offset: float) -> float:
        """How far the outline is from the middle line, sideways, at an offset below."""
        half = self.height / 2
        away = min(abs(offset), half)
        if self.shape == "diamond":
            return self.width / 2 * (1 - away / half)
        if self.shape == "round":
            return self.width / 2 - half + sqrt(half * half - away * away)
        return self.width / 2

    def depth(self, offset: float) -> float:
        """How far the outline is below the centre, at an offset sideways."""
        if self.shape == "diamond":
            away = min(abs(offset), self.width / 2)
            return self.height / 2 * (1 - away / (self.width / 2))
        return self.height / 2

    def drawn(self, x: float, y: float, width: float) -> str:
        """The card with its top left corner at a point, as wide as asked."""
        middle = self.shape != "box"
        anchor = " pd-middle" if middle else ""
        text_x = x + width / 2 if middle else x + _SIDE
        text_height = len(self.heads) * _LINE + len(self.rest) * SMALL_LINE
        line_y = y + (self.height - text_height) / 2
        told: list[str] = []
        for line in self.heads:
            told.append(text(text_x, line_y + 13.5, line, f"pd-strong{anchor}"))
            line_y += _LINE
        for line in self.rest:
            told.append(text(text_x, line_y + 12, line, f"pd-small{anchor}"))
            line_y += SMALL_LINE
        return (
            f"<g><title>{escape(self.full)}</title>"
            f"{self._outline(x, y, width)}{''.join(told)}</g>"
        )

    def _outline(self, x: float, y: float, width: float) -> str:
        if self.shape == "diamond":
            half, centre = width / 2, y + self.height / 2
            points = (
                (x, centre),
                (x + half, y),
                (x + width, centre),
                (x + half, y + self.height),
            )
            told = " ".join(f"{number(px)},{number(py)}" for px, py in points)
            return f'<polygon class="pd-diamond" points="{told}"/>'
        radius = self.height / 2 if self.shape == "round" else 6.0
        return (
            f'<rect class="pd-{self.shape}" x="{number(x)}" y="{number(y)}" '
            f'width="{number(width)}" height="{number(self.height)}" '
            f'rx="{number(radius)}"/>'
        )


def card_of(node: Node) -> Card:
    """The card of a node, as small as its text allows."""
    first, *others = node.lines or ("",)
    heads = folded(first, _COLUMNS, _HEAD_LINES)
    rest = folded("\n".join(others), _COLUMNS + 4, _REST_LINES)
    text_height = len(heads) * _LINE + len(rest) * SMALL_LINE
    wide = _widest(heads, rest)
    width, height = wide + 2 * _SIDE, max(text_height, _LINE) + 2 * _ABOVE
    if node.shape == "round":
        width += height / 3
    if node.shape == "diamond":
        width = max(wide, _LEAST) * _DIAMOND
        height = max(text_height, _LINE) * _DIAMOND / (_DIAMOND - 1)
    return Card(
        shape=node.shape,
        heads=tuple(heads),
        rest=tuple(rest),
        full="\n".join(node.lines),
        width=max(width, _LEAST),
        height=height,
    )


def _widest(heads: Sequence[str], rest: Sequence[str]) -> float:
    widths = [text_width(line, scale=_BOLD) for line in heads]
    return max([*widths, *(text_width(line, scale=SMALL) for line in rest)], default=0)
