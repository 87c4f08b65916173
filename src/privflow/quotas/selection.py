"""Which touches a quota is about, by what was frozen into them (Q3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from attrs import evolve, field, frozen

from privflow.facts import channel_matches, required_text
from privflow.touches import KINDS, Touch, Traits, one_of


@frozen(kw_only=True)
class Selection:
    """The touches of a channel, a kind, a label and a journey; None stands for any.

    A touch keeps the name that its journey had. `under` gives what chooses it all the
    same when the journey has another one by now (J6).
    """

    channel: str | None = None
    kind: str | None = None
    label: str | None = None
    journey: str | None = None
    _journeys: frozenset[str] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        owner = type(self).__name__
        for what in ("channel", "label", "journey"):
            if getattr(self, what) is not None:
                required_text(f"{owner}.{what}", getattr(self, what))
        if self.kind is not None:
            one_of(f"{owner}.kind", self.kind, KINDS)
        names = () if self.journey is None else (self.journey,)
        object.__setattr__(self, "_journeys", frozenset(names))

    def under(self, names: Iterable[str]) -> Self:
        """The same about a journey that has, and had, these names."""
        made = evolve(self)
        object.__setattr__(made, "_journeys", frozenset(names))
        return made

    def matches(self, touch: Touch | Traits) -> bool:
        """Whether the quota is about this touch at all."""
        return (
            (self.channel is None or channel_matches(self.channel, touch.channel))
            and (self.kind is None or self.kind == touch.kind)
            and (self.label is None or self.label in touch.labels)
            and (self.journey is None or touch.journey in self._journeys)
        )

    def noun(self, *, count: int) -> str:
        """The touches as a sentence calls them: `marketing touches on sms`."""
        parts = [
            f"{self.kind} touch" if self.kind else "touch",
            f"on {self.channel}" if self.channel else "",
            f"about {self.label}" if self.label else "",
            f"of journey {self.journey}" if self.journey else "",
        ]
        parts[0] += "" if count == 1 else "es"
        return " ".join(filter(None, parts))
