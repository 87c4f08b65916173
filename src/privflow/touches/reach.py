"""Which touches a gate of hours is about: those of a channel, but for some kinds."""

from __future__ import annotations

from collections.abc import Iterable

from privflow.facts import channel_matches, required_text
from privflow.touches.message import KINDS, one_of
from privflow.touches.touch import Touch


def required_reach(what: str, channel: str | None, exempt: Iterable[str]) -> None:
    """Refuse a channel without a name, and kinds that there are not.

    Raises:
        DefinitionError: says which field of the gate is wrong.
    """
    if channel is not None:
        required_text(f"{what}.channel", channel)
    for kind in exempt:
        one_of(f"{what}.exempt", kind, KINDS)


def concerns(touch: Touch, channel: str | None, exempt: tuple[str, ...]) -> bool:
    """Whether the touch is on the channel or of its family, and of no exempt kind."""
    if touch.kind in exempt:
        return False
    return channel is None or channel_matches(channel, touch.channel)
