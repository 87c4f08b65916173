"""Coming into a segment, or leaving it, as something that sets a journey off."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen
from typing_extensions import override

from privflow.facts import required_text


class Named(Protocol):
    """What is known by its name: a segment."""

    @property
    def name(self) -> str:
        """The name."""


@frozen(repr=False)
class Crossing:
    """A contact comes into a segment, or leaves it (进入或离开人群包).

    A contact who belongs to the segment when first looked at comes into it then.
    """

    segment: str
    into: bool

    @override
    def __repr__(self) -> str:
        return f"{'entered' if self.into else 'left'}({self.segment!r})"


def entered(segment: Named | str) -> Crossing:
    """The contact comes to belong to the segment."""
    return Crossing(_name_of(segment), into=True)


def left(segment: Named | str) -> Crossing:
    """The contact belonged to the segment and does so no longer."""
    return Crossing(_name_of(segment), into=False)


def _name_of(segment: Named | str) -> str:
    name = segment if isinstance(segment, str) else segment.name
    return required_text("segment", name)
