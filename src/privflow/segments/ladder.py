"""The line of numbers, cut where the masks of a field change.

Theory of operation
-------------------
1. A clause sees of a number only how it lies to its thresholds. Threshold `i` of a
   field is *position* `2 i + 1`; what lies below, between and above are the even ones.
   Clauses are judged about positions, which are in the order of what they stand for.
2. A *step* is a run of positions with the same masks. From each to the next, only the
   parts that flip there are known, and every so often all masks: making the masks of a
   step costs little, however many segments and thresholds there are.
3. `floors` and `least` tell how far a number may fall and stay on its step: `least` for
   counts, 0 where they can fall no further.
4. Where no part flips back (`turns` is False), no two steps have the same masks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from math import ceil, inf
from math import floor as floor_of

from privflow.facts import Number
from privflow.segments.part import Part

Masks = tuple[int, ...]
Floor = tuple[int | Decimal, bool]
"""The number at the lower edge of a step, exact, and whether it belongs to the step."""

_STRIDE = 32
_MOST_MASKS = 1_000


class Ladder:
    """The steps of a field's numbers, and the masks of each.

    Args:
        parts: at most one for each layer and segment.
        layers: of the masks, in their order.
        everyone: the mask of all segments.
    """

    __slots__ = (
        "_flips",
        "_made",
        "_marks",
        "_numbers",
        "_steps",
        "floors",
        "least",
        "turns",
    )

    def __init__(
        self, parts: Sequence[Part], layers: tuple[int, ...], everyone: int
    ) -> None:
        thresholds = [part.thresholds() for part in parts]
        numbers: list[Number] = sorted(set().union(*thresholds))
        places = {number: place + place + 1 for place, number in enumerate(numbers)}
        lowest = [everyone if layer == 0 else 0 for layer in layers]
        flips: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for part, own in zip(parts, thresholds, strict=True):
            flip = layers.index(part.layer), part.segment
            was_in = part.layer == 0
            for position in _samples([places[number] for number in own]):
                if part.lets_in(position, places) != was_in:
                    was_in = not was_in
                    flips[position].append(flip)
        for layer, segment in flips.pop(0, ()):
            lowest[layer] ^= 1 << segment
        edges = sorted(flips)
        self._flips = [(), *(tuple(flips[edge]) for edge in edges)]
        self.turns = _turns(self._flips)
        self.floors: tuple[Floor | None, ...]
        self.floors = (None, *(_floor_of(edge, numbers) for edge in edges))
        self.least = list(map(_least, self.floors))
        self._numbers = [*numbers, inf]
        self._steps = _steps(edges, 2 * len(self._numbers))
        self._made: dict[int, Masks] = {}
        self._marks = self._marked(tuple(lowest))

    def step_of(self, value: Number) -> int:
        """The step on which a number stands."""
        numbers = self._numbers
        place = bisect_left(numbers, value)
        return self._steps[place + place + (numbers[place] == value)]

    def masks(self, step: int) -> Masks:
        """For each layer, the segments that the numbers of a step let in."""
        masks = self._made.get(step)
        if masks is None:
            if len(self._made) >= _MOST_MASKS:
                self._made.clear()
            first = step - step % _STRIDE
            masks = self._climbed(self._marks[step // _STRIDE], first + 1, step + 1)
            self._made[step] = masks
        return masks

    def _climbed(self, masks: Masks, start: int, end: int) -> Masks:
        """The masks after the flips of some steps."""
        found = list(masks)
        for flips in self._flips[start:end]:
            for layer, segment in flips:
                found[layer] ^= 1 << segment
        return tuple(found)

    def _marked(self, lowest: Masks) -> list[Masks]:
        marks = [lowest]
        for start in range(_STRIDE, len(self._flips), _STRIDE):
            marks.append(self._climbed(marks[-1], start - _STRIDE + 1, start + 1))
        return marks


def _samples(thresholds: list[int]) -> list[int]:
    """A position of each stretch in which a part cannot change, in order."""
    found = [0]
    for position in sorted(thresholds):
        found += (position, position + 1)
    return found


def _turns(flips: Sequence[tuple[tuple[int, int], ...]]) -> bool:
    seen = Counter(flip for several in flips for flip in several)
    return any(times > 1 for times in seen.values())


def _steps(edges: list[int], size: int) -> list[int]:
    """The step of each position."""
    steps, step = [], 0
    for position in range(size):
        step += step < len(edges) and edges[step] == position
        steps.append(step)
    return steps


def _floor_of(edge: int, numbers: list[Number]) -> Floor:
    number = numbers[(edge - 1) // 2]
    exact = Decimal(number) if isinstance(number, float) else number
    return exact, edge % 2 == 1


def _least(floor: Floor | None) -> int:
    """The smallest whole number that does not fall off a step; 0 if none can."""
    if floor is None:
        return 0
    bound, is_inside = floor
    return max(0, ceil(bound) if is_inside else floor_of(bound) + 1)
