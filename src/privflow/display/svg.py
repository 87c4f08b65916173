"""The elements of an SVG drawing: text, lines, arrow tips, labels, the frame around."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

from attrs import frozen

from privflow.display.escape import clean, escape, one_line
from privflow.display.stylesheet import SVG_SHEET
from privflow.display.width import columns, wrap

Point = tuple[float, float]

SMALL = 0.97
SMALL_LINE = 16.0
TIP = 8.0

_MARGIN, _TITLE_HEIGHT = 16, 34
_COLUMN = 7.4
_LABEL_COLUMNS, _LABEL_LINES = 24, 6
_ROUNDING = 8.0
_TIP_SIDE = 4.0


def text_width(text: str, *, scale: float = 1.0) -> float:
    """About how many pixels one line of text takes, on the safe side.

    Args:
        text: one line; wide characters count double.
        scale: 1 for ordinary text.
    """
    return columns(text) * _COLUMN * scale


def number(value: float) -> str:
    """A coordinate with at most one decimal.

    >>> number(3.0), number(2.26), number(-0.01)
    ('3', '2.3', '0')
    """
    rounded = round(float(value), 1) or 0.0
    return f"{rounded:.0f}" if rounded.is_integer() else f"{rounded}"


def text(x: float, y: float, line: str, kind: str = "") -> str:
    """One line of text with its base line at y."""
    name = f' class="{kind}"' if kind else ""
    return (
        f'<text{name} x="{number(x)}" y="{number(y)}">{escape(one_line(line))}</text>'
    )


def folded(label: str, width: int, most: int) -> list[str]:
    """The first lines of a text broken to a width, with an ellipsis for the rest.

    Args:
        label: any text.
        width: in columns.
        most: how many lines are shown.
    """
    known = clean(label).strip()[: width * (most + 1)]
    lines = [line for line in wrap(known, width) if line.strip()]
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]}…"]


def curve(points: Sequence[Point], *, dashed: bool = False) -> str:
    """A line that is level at every point, and swings between them."""
    parts = [f"M{_pair(points[0])}"]
    for (x0, y0), (x1, y1) in pairwise(points):
        if abs(y0 - y1) < 1:
            parts.append(f"L{_pair((x1, y1))}")
            continue
        middle = (x0 + x1) / 2
        parts.append(f"C{_pair((middle, y0))} {_pair((middle, y1))} {_pair((x1, y1))}")
    return _path("".join(parts), dashed=dashed)


def corners(points: Sequence[Point], *, dashed: bool = False) -> str:
    """A line through the points with rounded corners."""
    parts = [f"M{_pair(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into = _towards(corner, before)
        out = _towards(corner, after)
        parts.append(f"L{_pair(into)}Q{_pair(corner)} {_pair(out)}")
    parts.append(f"L{_pair(points[-1])}")
    return _path("".join(parts), dashed=dashed)


def tip(point: Point, direction: Point) -> str:
    """The head of an arrow that ends at a point.

    Args:
        point: where it touches.
        direction: one step along the axis it points to: `(1, 0)` is to the right.
    """
    (x, y), (dx, dy) = point, direction
    back = (x - dx * TIP, y - dy * TIP)
    one = (back[0] - dy * _TIP_SIDE, back[1] + dx * _TIP_SIDE)
    two = (back[0] + dy * _TIP_SIDE, back[1] - dx * _TIP_SIDE)
    return f'<path class="pd-tip" d="M{_pair(point)}L{_pair(one)}L{_pair(two)}Z"/>'


@frozen
class Label:
    """The folded text of an edge, with a size in pixels; nothing has no size."""

    lines: tuple[str, ...]
    full: str

    @property
    def width(self) -> float:
        """With a little space at both sides."""
        widths = [text_width(line, scale=SMALL) for line in self.lines]
        return max(widths) + 10 if widths else 0.0

    @property
    def height(self) -> float:
        """With a little space above and below."""
        return len(self.lines) * SMALL_LINE + 4 if self.lines else 0.0

    def drawn(self, x: float, y: float, ground: str = "pd-paper") -> str:
        """The text around a centre, on a ground that hides the line below."""
        if not self.lines:
            return ""
        top = y - self.height / 2
        told = "".join(
            text(x, top + 13.5 + index * SMALL_LINE, line, "pd-small pd-middle")
            for index, line in enumerate(self.lines)
        )
        return (
            f"<g><title>{escape(self.full)}</title>"
            f'<rect class="{ground}" x="{number(x - self.width / 2)}" '
            f'y="{number(top)}" width="{number(self.width)}" '
            f'height="{number(self.height)}" rx="4"/>{told}</g>'
        )


def label_of(full: str) -> Label:
    """The label of an edge."""
    return Label(tuple(folded(full, _LABEL_COLUMNS, _LABEL_LINES)), full)


def document(
    parts: Sequence[str], width: float, height: float, *, title: str = ""
) -> str:
    """A whole drawing.

    Args:
        parts: elements in coordinates from 0 to width and height.
        width: in pixels, without the margin.
        height: in pixels, without the margin and the title.
        title: stands above the parts.
    """
    line = one_line(title).strip()
    top = _MARGIN + (_TITLE_HEIGHT if line else 0)
    broad = number(max(width, text_width(line, scale=1.35)) + 2 * _MARGIN)
    tall = number(height + top + _MARGIN)
    head = f"<title>{escape(line)}</title>" if line else ""
    heading = text(_MARGIN, 34, line, "pd-title") if line else ""
    inner = "\n".join(part for part in parts if part)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="pd-svg" role="img" '
        f'width="{broad}" height="{tall}" viewBox="0 0 {broad} {tall}">'
        f"{head}<style>{SVG_SHEET}</style>"
        f'<rect class="pd-paper" width="{broad}" height="{tall}" rx="8"/>{heading}'
        f'<g transform="translate({_MARGIN} {top})">\n{inner}\n</g></svg>'
    )


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _path(drawn: str, *, dashed: bool) -> str:
    kind = "pd-edge pd-dashed" if dashed else "pd-edge"
    return f'<path class="{kind}" d="{drawn}"/>'


def _towards(start: Point, end: Point) -> Point:
    """A little way from one point to another, at most half of it."""
    length = hypot(end[0] - start[0], end[1] - start[1])
    share = min(_ROUNDING, length / 2) / length if length else 0.0
    return (
        start[0] + (end[0] - start[0]) * share,
        start[1] + (end[1] - start[1]) * share,
    )
