"""What happened and why, one entry for each decision."""

from __future__ import annotations

from attrs import field, frozen
from typing_extensions import override

from privflow.facts import EMPTY, Properties
from privflow.timing import Instant
from privflow.touches import one_of

WORDS = {
    "received": "took in",
    "late": "took in late",
    "repeated": "knew already",
    "unknown_touch": "does not know the touch of",
    "not_consented": "holds no consent without",
    "rule": "rule fired",
    "not_fired": "rule did not fire",
    "emitted": "made",
    "not_emitted": "did not make",
    "scored": "added to score",
    "tasked": "gave a task to staff",
    "tagged": "tagged",
    "not_tagged": "did not tag",
    "untagged": "untagged",
    "attribute": "set attribute",
    "entered": "entered",
    "not_entered": "did not enter",
    "refreshed": "entered anew the stage",
    "moved": "moved to stage",
    "stayed": "stayed in stage",
    "ended": "left",
    "timed": "timed anew",
    "edited": "went on by version",
    "unknown": "is in a journey that the plan does not know",
    "sent": "sent",
    "assigned": "gave to staff",
    "reminded": "reminded staff of",
    "withdrawn": "took back from staff",
    "deferred": "deferred",
    "skipped": "skipped",
    "expired": "expired",
    "receipt": "heard back",
    "lapsed": "waited in vain for word of the touch",
}
"""The closed vocabulary of entries, as people read it."""


@frozen(kw_only=True, weakref_slot=False)
class Entry:
    """One line of the journal (决策日志).

    Args:
        at: the instant that was decided about.
        what: one of `WORDS`.
        source: `"journey:…"` or `"rule:…"`; empty for inputs.
        subject: the step, tag, event or stage that it is about.
        reason: the code of the reason, where there is one.
        facts: the numbers behind it.
    """

    at: Instant
    what: str = field(kw_only=False)
    source: str = ""
    subject: str = ""
    reason: str = ""
    facts: Properties = EMPTY

    def __attrs_post_init__(self) -> None:
        if self.what not in WORDS:
            one_of("Entry.what", self.what, tuple(WORDS))

    @override
    def __str__(self) -> str:
        parts = (str(self.at), self.source, WORDS[self.what], self.subject)
        because = f" ({self.reason})" if self.reason else ""
        return " ".join(part for part in parts if part) + because
