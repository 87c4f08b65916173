"""Horizontal bars of named amounts."""

from __future__ import annotations

import math
from collections.abc import Iterable

from attrs import field, frozen
from typing_extensions import override

from privflow.display.drawable import Drawable, pairs_of
from privflow.display.escape import escape, escape_markdown, one_line
from privflow.display.stylesheet import fragment
from privflow.display.svg import document, number, text_width
from privflow.display.width import columns, pad
from privflow.errors import DefinitionError

_TEXT_WIDTH = 40
_EIGHTHS = " ▏▎▍▌▋▊▉"
_ROW, _BAR, _TRACK, _SPACE = 26, 14, 360, 12


def _rows(rows: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    return tuple(
        (label, amount) for label, amount in pairs_of("Bars.rows", rows, "amount")
    )


@frozen(kw_only=True, str=False)
class Bars(Drawable):
    """One bar for each named amount, the longest over the full width.

    Args:
        rows: pairs of label and amount; an amount is finite and not negative.
        title: stands above the bars.
        unit: follows each amount.

    Raises:
        DefinitionError: a row is no pair, or an amount is negative or not finite.

    >>> print(Bars([("Monday", 8), ("Tuesday", 2)], unit="sent"))
    Monday   ████████████████████████████████████████ 8 sent
    Tuesday  ██████████ 2 sent
    """

    rows: tuple[tuple[str, float], ...] = field(converter=_rows, kw_only=False)
    title: str = ""
    unit: str = ""

    def __attrs_post_init__(self) -> None:
        for label, amount in self.rows:
            if not math.isfinite(amount) or amount < 0:
                where = f"Bars.rows: {label!r}"
                got = f"got {amount!r}, expected a finite amount of 0 or more"
                raise DefinitionError(where, got, "leave the row out or draw a table")

    @override
    def to_text(self) -> str:
        """Bars of block characters."""
        labels = [one_line(label) for label, _ in self.rows]
        width = max(map(columns, labels), default=0)
        lines = [
            f"{pad(label, width)}  {_blocks(share)} {self._amount(amount)}"
            for label, share, (_, amount) in zip(
                labels, self._shares(), self.rows, strict=True
            )
        ]
        return "\n".join([one_line(self.title), *lines] if self.title else lines)

    @override
    def to_markdown(self) -> str:
        """A table with the bars in its last column."""
        lines = ["| | | |", "| --- | ---: | --- |"]
        lines += [
            f"| {escape_markdown(label)} | {escape_markdown(self._amount(amount))} "
            f"| {_blocks(share / 2)} |"
            for share, (label, amount) in zip(self._shares(), self.rows, strict=True)
        ]
        title = [f"**{escape_markdown(self.title)}**", ""] if self.title else []
        return "\n".join([*title, *lines])

    @override
    def to_html(self, *, styled: bool = True) -> str:
        """A table whose cells hold the bars."""
        title = f"<caption>{escape(self.title)}</caption>" if self.title else ""
        rows = "".join(
            f'<tr><th scope="row">{escape(label)}</th><td class="pd-track">'
            f'<div class="pd-bar" style="width:{number(share * 100)}%"></div></td>'
            f'<td class="pd-number">{escape(self._amount(amount))}</td></tr>'
            for share, (label, amount) in zip(self._shares(), self.rows, strict=True)
        )
        table = f'<table class="pd-bars">{title}<tbody>{rows}</tbody></table>'
        return fragment(table, styled=styled)

    def to_svg(self) -> str:
        """A drawing of its own, with labels at the left and amounts at the right."""
        labels = [one_line(label) for label, _ in self.rows]
        amounts = [self._amount(amount) for _, amount in self.rows]
        left = _SPACE + max(map(text_width, labels), default=0) + _SPACE
        parts: list[str] = []
        for index, share in enumerate(self._shares()):
            middle = index * _ROW + _ROW / 2
            bar_y, text_y = number(middle - _BAR / 2), number(middle + 4.5)
            length = share * _TRACK
            parts.append(
                f'<text class="pd-end" x="{number(left - _SPACE)}" y="{text_y}">'
                f"{escape(labels[index])}</text>"
                f'<rect class="pd-track" x="{number(left)}" y="{bar_y}" '
                f'width="{_TRACK}" height="{_BAR}" rx="3"/>'
                f'<rect class="pd-bar" x="{number(left)}" y="{bar_y}" '
                f'width="{number(length)}" height="{_BAR}" rx="3"/>'
                f'<text class="pd-small" x="{number(left + _TRACK + _SPACE)}" '
                f'y="{text_y}">{escape(amounts[index])}</text>'
            )
        right = max(map(text_width, amounts), default=0)
        width = left + _TRACK + _SPACE + right + _SPACE
        height = len(self.rows) * _ROW + _SPACE
        return document(parts, width, height, title=self.title)

    def _amount(self, amount: float) -> str:
        """The amount in full if whole, else with two decimals, and its unit."""
        told = f"{amount:.0f}" if amount == int(amount) else f"{amount:.2f}"
        return f"{told} {one_line(self.unit)}" if self.unit else told

    def _shares(self) -> list[float]:
        """Each amount as a part of the largest one."""
        most = max((amount for _, amount in self.rows), default=0)
        return [amount / most if most else 0.0 for _, amount in self.rows]


def _blocks(share: float) -> str:
    eighths = round(share * _TEXT_WIDTH * 8)
    part = _EIGHTHS[eighths % 8].strip()
    return "█" * (eighths // 8) + part
