"""One attempt to reach a contact, and what came back about it."""

from __future__ import annotations

from attrs import field, frozen

from privflow.errors import DefinitionError
from privflow.facts import (
    EMPTY,
    Properties,
    maker,
    properties_of,
    required_instant,
    required_text,
)
from privflow.timing import Instant, Span
from privflow.touches.message import names_of, one_of, whole_cost
from privflow.touches.traits import PARTS, Traits, shared_traits

PROGRESS = ("submitted", "confirmed", "delivered", "read", "clicked", "replied")
"""Each implies the ones before it."""

RELEASES = ("failed", "refused", "expired", "cancelled", "held")
"""Definite ends without a touch: what was reserved is free again (Q4).

A touch that the host `held` back never left it, and may be tried again.
"""

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


@frozen(kw_only=True, weakref_slot=False)
class Touch:
    """One message to one contact on one channel (触达); its id is the key to repeats.

    Args:
        source: what decided it: `"journey:new-friend"` or `"rule:price-asked"`.
        step: the SOP step; empty for a rule.
        labels: as they were when the touch was decided (Q3); so are `personalised` and
            `asks_for`, which are the message's.
        cost: what it takes of quotas that count cost: SMS segments, or money (Q3).
        subjects: who else it is about: `{"staff": "zhang", "campaign": "618"}` (Q2).
        confirm_within: how long it keeps its place unless somebody confirms it; None
            for as long as nothing is heard.

    Raises:
        DefinitionError: a cost below 1.
    """

    id: str
    contact_id: str
    channel: str
    message: str
    kind: str
    source: str
    step: str = ""
    labels: tuple[str, ...] = field(default=(), converter=names_of)
    variant: str = ""
    priority: str = "normal"
    parameters: Properties = field(default=EMPTY, converter=properties_of)
    personalised: bool = True
    asks_for: str = ""
    cost: int = 1
    subjects: Properties = field(default=EMPTY, converter=properties_of)
    confirm_within: Span | None = None
    traits: Traits = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        whole_cost("Touch.cost", self.cost)
        parts = [getattr(self, name) for name in PARTS]
        object.__setattr__(self, "traits", shared_traits(*parts))

    @property
    def journey(self) -> str:
        """The journey that decided it; empty for a rule."""
        return self.traits.journey


_touch = maker(Touch)


def touch_of(touch_id: str, contact_id: str, traits: Traits) -> Touch:
    """The touch of a contact with these traits."""
    return _touch(
        touch_id,
        contact_id,
        traits.channel,
        traits.message,
        traits.kind,
        traits.source,
        traits.step,
        traits.labels,
        traits.variant,
        traits.priority,
        traits.parameters,
        traits.personalised,
        traits.asks_for,
        traits.cost,
        traits.subjects,
        traits.confirm_within,
        traits,
    )


@frozen(kw_only=True)
class Receipt:
    """What the host or the platform reports about a touch (回执).

    Args:
        status: one of `PROGRESS` or `RELEASES`, or `"unknown"`: the outcome is not
            known, and the touch keeps counting.
        at: when it happened there.
        reason: one of `REASONS`, for a failure.
        raw: the platform's own code, kept as it came.
        retry_at: with `"held"`: when a quota that contacts share may have room; None
            where nobody knows.

    Raises:
        DefinitionError: a status or reason outside the closed vocabulary, or a
            `retry_at` that does not belong there.
    """

    touch_id: str = field(kw_only=False)
    status: str = field(kw_only=False)
    at: Instant
    reason: str = ""
    raw: str = ""
    retry_at: Instant | None = None

    def __attrs_post_init__(self) -> None:
        required_text("Receipt.touch_id", self.touch_id)
        one_of("Receipt.status", self.status, (*PROGRESS, *RELEASES, "unknown"))
        if self.reason:
            one_of("Receipt.reason", self.reason, REASONS)
        required_instant("Receipt.at", self.at)
        if self.retry_at is not None:
            required_instant("Receipt.retry_at", self.retry_at)
            if self.status != "held":
                problem = f"got {self.retry_at!r} with status {self.status!r}"
                remedy = "only what the host held back is tried again: say 'held'"
                raise DefinitionError("Receipt.retry_at", problem, remedy)
