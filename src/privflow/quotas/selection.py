"""Which touches a quota is about, by what was frozen into them (Q3)."""

from __future__ import annotations

from attrs import frozen

from privflow.facts import channel_matches, required_text
from privflow.touches import KINDS, Touch, Traits, one_of


@frozen(kw_only=True)
class Selection:
    """The touches of a channel, a kind, a label and a journey; None stands for any."""

    channel: str | None = None
    kind: str | None = None
    label: str | None = None
    journey: str | None = None

    def __attrs_post_init__(self) -> None:
        owner = type(self).__name__
        for what in ("channel", "label", "journey"):
            if getattr(self, what) is not None:
                required_text(f"{owner}.{what}", getattr(self, what))
        if self.kind is not None:
            one_of(f"{owner}.kind", self.kind, KINDS)

    def matches(self, touch: Touch | Traits) -> bool:
        """Whether the quota is about this touch at all."""
        return (
            (self.channel is None or channel_matches(self.channel, touch.channel))
            and (self.kind is None or self.kind == touch.kind)
            and (self.label is None or self.label in touch.labels)
            and (self.journey is None or self.journey == touch.journey)
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
