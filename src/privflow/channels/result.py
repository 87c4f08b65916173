"""The closed vocabulary of what platforms answer, and the receipts that follow."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from privflow.channels.quote import quoted
from privflow.errors import DefinitionError
from privflow.facts import required_text
from privflow.timing import Instant
from privflow.touches import Receipt, one_of

OUTCOMES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "task_created": ("submitted", ""),
    "waiting": ("submitted", ""),
    "confirmed": ("confirmed", ""),
    "sent": ("submitted", ""),
    "duplicate": ("submitted", ""),
    "delivered": ("delivered", ""),
    "cancelled": ("cancelled", ""),
    "not_friend": ("failed", "not_friend"),
    "over_limit": ("failed", "over_limit"),
    "refused": ("failed", "refused"),
    "window_closed": ("failed", "window_closed"),
    "grant_exhausted": ("failed", "grant_exhausted"),
    "rate_limited": ("failed", "rate_limited"),
    "retryable": ("failed", "retryable"),
    "invalid": ("failed", "invalid"),
    "forbidden": ("failed", "forbidden"),
    "ambiguous": ("failed", "unknown"),
    "unknown": ("unknown", "unknown"),
})
"""Outcome to the status and reason of its receipt.

`ambiguous` is a definite failure for one of several reasons: it frees the reservation.
`unknown` is not known to have failed: it frees nothing (Q4).
"""

REPEATABLE: Final = frozenset({"rate_limited", "retryable"})
"""Outcomes after which the same request may be sent again, and may go through."""


def receipt_of(
    touch_id: str,
    outcome: str,
    *,
    at: Instant,
    raw: str = "",
    candidates: tuple[str, ...] = (),
) -> Receipt:
    """The receipt of an outcome.

    Args:
        candidates: of an ambiguous one; if any of them is no failure, the touch may
            have arrived, and keeps counting.

    >>> from privflow.timing import instant
    >>> at = instant("2026-10-20T09:30+08:00")
    >>> receipt = receipt_of("t-1", "over_limit", at=at, raw="3")
    >>> receipt.status, receipt.reason, receipt.raw
    ('failed', 'over_limit', '3')
    """
    one_of("outcome", outcome, tuple(OUTCOMES))
    if any(OUTCOMES[candidate][0] != "failed" for candidate in candidates):
        outcome = "unknown"
    status, reason = OUTCOMES[outcome]
    return Receipt(touch_id, status, at=at, reason=reason, raw=raw)


@frozen(kw_only=True)
class Meaning:
    """What one of a platform's codes means.

    Args:
        outcome: one of `OUTCOMES`.
        candidates: of an ambiguous code, the outcomes that it stands for.
        says: the platform's own words, for the host's log.
    """

    outcome: str = field(kw_only=False)
    says: str = field(default="", kw_only=False)
    candidates: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        one_of("Meaning.outcome", self.outcome, tuple(OUTCOMES))
        for name in self.candidates:
            one_of("Meaning.candidates", name, tuple(OUTCOMES))
        if bool(self.candidates) != (self.outcome == "ambiguous"):
            problem = f"{self.outcome!r} with the candidates {self.candidates}"
            remedy = "name the candidates of an ambiguous code, and of no other"
            raise DefinitionError("Meaning", problem, remedy)


Codes = Mapping[str, Meaning]
"""A platform's own codes, as text, to what they mean."""

UNDOCUMENTED: Final = Meaning("unknown", "a code that is in no table of ours")


@frozen(kw_only=True)
class Result:
    """What became of a request, in words that every platform shares (发送结果).

    Args:
        outcome: one of `OUTCOMES`, for the call as a whole.
        raw: the platform's own code, kept as it came.
        says: what the platform wrote, cut short.
        reference: the platform's id of the message or task, to ask about it later.
        candidates: of an ambiguous outcome, what it may be.
        receipts: for the engine; one for each recipient of which something is known.
    """

    outcome: str = field(kw_only=False)
    raw: str = ""
    says: str = ""
    reference: str = ""
    candidates: tuple[str, ...] = ()
    receipts: tuple[Receipt, ...] = ()

    def __attrs_post_init__(self) -> None:
        one_of("Result.outcome", self.outcome, tuple(OUTCOMES))

    @property
    def may_repeat(self) -> bool:
        """Whether the same request may be sent again, later, and may go through.

        While the host still tries, it keeps the receipts back: they free the touch.
        """
        return self.outcome in REPEATABLE


@frozen(kw_only=True)
class Report:
    """What a platform tells later about something it was sent (送达报告).

    The platform names its own reference and not the touch: the host kept the reference
    of the `Result`, and makes the receipt.

    Args:
        reference: the platform's id of the message or task.
        outcome: one of `OUTCOMES`.
        address: the person, where the report names one; left out of the repr.
        raw: the platform's own code or word.
    """

    reference: str = field(kw_only=False)
    outcome: str = field(kw_only=False)
    at: Instant
    address: str = field(default="", repr=False)
    raw: str = ""

    def __attrs_post_init__(self) -> None:
        required_text("Report.reference", self.reference)
        one_of("Report.outcome", self.outcome, tuple(OUTCOMES))

    def receipt(self, touch_id: str) -> Receipt:
        """The receipt of the touch that the reference stands for."""
        return receipt_of(touch_id, self.outcome, at=self.at, raw=self.raw)


def said(given: object) -> str:
    """A platform's own words, cut short for a log; empty where there are none."""
    return quoted(given) if isinstance(given, str) and given else ""
