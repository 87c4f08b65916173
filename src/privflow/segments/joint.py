"""Whom the masks of all fields let in together, worked out again from where it changed.

Theory of operation
-------------------
1. A contact is in a segment if layer 0 of every field lets it in, and of each other
   layer at least one field; a segment without a clause in a layer is let in (`field`).
2. Three masks are kept for each contact, every one an And of the one before and of more
   fields: `layered`, of the layers behind the first; `settled`, with fields that change
   seldom; and the mask itself, with the moving ones, which time alone may change, too.
   How deep a field lies tells which of these masks must be made again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from privflow.segments.field import Field, WholeCondition
from privflow.segments.ladder import Masks
from privflow.segments.tally import Tallies

AnyField = Field | Tallies | WholeCondition
MOVING: Final = 1
SETTLED: Final = 2
LAYERED: Final = 3


class Joint:
    """The And of many fields, those first that time alone changes.

    Args:
        everyone: the mask of all segments.

    Attributes:
        fields: in the order of their masks, wherever these are asked for.
        timed: how many of them, the first ones, time alone may change.
        depths: which of the masks must be made again after a change of each.
    """

    def __init__(self, fields: Sequence[AnyField], everyone: int) -> None:
        self.fields = tuple(
            sorted(fields, key=lambda field: (not field.by_time, len(field.layers) > 1))
        )
        self.timed = sum(field.by_time for field in fields)
        self.depths = tuple(map(_depth, self.fields))
        self._moving = self.depths.count(MOVING)
        self._everyone = everyone
        self._layers = self._by_layer()

    def layered(self, masks: Sequence[Masks]) -> int:
        """Whom each layer behind the first lets in."""
        found = self._everyone
        for without, several in self._layers:
            let_in = without
            for place, number in several:
                let_in |= masks[place][number]
            found &= let_in
        return found

    def settled(self, masks: Sequence[Masks], layered: int) -> int:
        """Whom these layers let in, and all fields but the moving ones."""
        for found in masks[self._moving :]:
            layered &= found[0]
        return layered

    def inside(self, masks: Sequence[Masks], settled: int) -> int:
        """Whom these fields let in, and the moving ones."""
        for found in masks[: self._moving]:
            settled &= found[0]
        return settled

    def _by_layer(self) -> list[tuple[int, list[tuple[int, int]]]]:
        """Whom a layer lets in by itself, and where its masks are in each field."""
        asked: dict[int, int] = defaultdict(int)
        places: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place, field in enumerate(self.fields):
            for number, layer in enumerate(field.layers):
                if layer:
                    places[layer].append((place, number))
            for part in field.parts:
                asked[part.layer] |= 1 << part.segment
        return [(self._everyone & ~asked[layer], places[layer]) for layer in places]


def _depth(field: AnyField) -> int:
    if len(field.layers) > 1:
        return LAYERED
    return MOVING if field.by_time else SETTLED
