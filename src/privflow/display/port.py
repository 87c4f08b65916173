"""Where edges may touch a card or a frame."""

from __future__ import annotations

from attrs import frozen

from privflow.display.card import Card


@frozen
class Port:
    """Where edges may touch a node or frame, from the block's top left corner."""

    x: float
    y: float
    card: Card

    def at(self, side: int, offset: float) -> tuple[float, float]:
        """A point of the outline: side -1 is the left one, 1 the right one."""
        return self.x + side * self.card.reach(offset), self.y + offset
