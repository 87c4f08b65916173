"""One attempt to reach a contact, and what came back about it."""

from __future__ import annotations

from attrs import field, frozen

from privflow.facts import EMPTY, Properties, required_instant, required_text
from privflow.timing import Instant
from privflow.touches.message import one_of

PROGRESS = ("submitted", "confirmed", "delivered", "read", "clicked", "replied")
"""Each implies the ones before it."""

RELEASES = ("failed", "refused", "expired", "cancelled")
"""Definite ends without a touch: what was reserved is free again (Q4)."""

REASONS = (
    "not_friend",
    "over_limit",
    "refused",
    "window_closed",
    "grant_exhausted",
    "rate_limited",
    "retryable",
    "duplicate",
    "invalid",
    "forbidden",
    "unknown",
)
"""Why a platform or a staff member did not let a touch through."""


@frozen(kw_only=True)
class Touch:
    """One message to one contact on one channel (触达); its id is the key to repeats.

    Args:
        source: what decided it: `"journey:new-friend"` or `"rule:price-asked"`.
        step: the SOP step; empty for a rule.
        labels: as they were when the touch was decided (Q3); so are `personalised` and
            `asks_for`, which are the message's.
    """

    id: str
    contact_id: str
    channel: str
    message: str
    kind: str
    source: str
    step: str = ""
    labels: tuple[str, ...] = ()
    variant: str = ""
    priority: str = "normal"
    parameters: Properties = EMPTY
    personalised: bool = True
    asks_for: str = ""

    @property
    def journey(self) -> str:
        """The journey that decided it; empty for a rule."""
        kind, _, name = self.source.partition(":")
        return name if kind == "journey" else ""


@frozen(kw_only=True)
class Receipt:
    """What the host or the platform reports about a touch (回执).

    Args:
        status: one of `PROGRESS` or `RELEASES`, or `"unknown"`: the outcome is not
            known, and the touch keeps counting.
        at: when it happened there.
        reason: one of `REASONS`, for a failure.
        raw: the platform's own code, kept as it came.

    Raises:
        DefinitionError: a status or reason outside the closed vocabulary.
    """

    touch_id: str = field(kw_only=False)
    status: str = field(kw_only=False)
    at: Instant
    reason: str = ""
    raw: str = ""

    def __attrs_post_init__(self) -> None:
        required_text("Receipt.touch_id", self.touch_id)
        one_of("Receipt.status", self.status, (*PROGRESS, *RELEASES, "unknown"))
        if self.reason:
            one_of("Receipt.reason", self.reason, REASONS)
        required_instant("Receipt.at", self.at)
