"""Two small drawings that this report needs besides those of privflow."""

from __future__ import annotations

from attrs import frozen
from typing_extensions import override

import privflow as pf
from privflow.display import Drawable, escape

_ROW = "display:flex;flex-wrap:wrap;gap:.8em;margin:0"
_CARD = (
    "flex:1 1 8.5em;padding:.7em .9em;border-radius:8px;"
    "border:1px solid rgba(127,140,160,.35)"
)
_BIG = (
    "font-size:1.7em;font-weight:650;line-height:1.2;font-variant-numeric:tabular-nums"
)
_FITTING = '<svg style="max-width:100%;height:auto" '
_SMALL = "font-size:.85em;opacity:.75"


@frozen
class Cards(Drawable):
    """A few numbers to be seen first, each with what it counts."""

    cards: tuple[tuple[str, str], ...]

    @override
    def to_text(self) -> str:
        return pf.Table(["", ""], [(label, n) for n, label in self.cards]).to_text()

    @override
    def to_markdown(self) -> str:
        rows = [(label, n) for n, label in self.cards]
        return pf.Table(["", ""], rows).to_markdown()

    @override
    def to_html(self, *, styled: bool = True) -> str:
        inner = "".join(
            f'<div style="{_CARD}"><div style="{_BIG}">{escape(number)}</div>'
            f'<div style="{_SMALL}">{escape(label)}</div></div>'
            for number, label in self.cards
        )
        return f'<div class="pd" style="{_ROW}">{inner}</div>'


@frozen
class Stack(Drawable):
    """Several drawings below one heading."""

    parts: tuple[Drawable, ...]

    @override
    def to_text(self) -> str:
        return "\n\n".join(part.to_text() for part in self.parts)

    @override
    def to_markdown(self) -> str:
        return "\n\n".join(part.to_markdown() for part in self.parts)

    @override
    def to_html(self, *, styled: bool = True) -> str:
        return "\n".join(part.to_html(styled=styled) for part in self.parts)


@frozen
class Sketch(Drawable):
    """A journey as its drawing."""

    journey: pf.Journey

    @override
    def to_text(self) -> str:
        return format(self.journey, "text")

    @override
    def to_markdown(self) -> str:
        return format(self.journey, "md")

    @override
    def to_html(self, *, styled: bool = True) -> str:
        drawn = format(self.journey, "svg").replace("<svg ", _FITTING, 1)
        return f'<div class="pd">{drawn}</div>'
