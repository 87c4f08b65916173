"""Coming into a segment, or leaving it, as something that sets a journey off."""

from __future__ import annotations

from attrs import frozen
from typing_extensions import override

from privflow.segments.segment import Segment


@frozen
class Crossing:
    """A contact comes into a segment, or leaves it (进入/离开人群)."""

    segment: str
    into: bool

    @override
    def __repr__(self) -> str:
        return f"{'entered' if self.into else 'left'}({self.segment!r})"


def entered(segment: Segment | str) -> Crossing:
    """The contact comes to belong to the segment, or does so when first looked at."""
    return Crossing(_name_of(segment), into=True)


def left(segment: Segment | str) -> Crossing:
    """The contact belonged to the segment and does so no longer."""
    return Crossing(_name_of(segment), into=False)


def _name_of(segment: Segment | str) -> str:
    return segment.name if isinstance(segment, Segment) else segment
