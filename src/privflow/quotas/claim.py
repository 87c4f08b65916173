"""What a touch asks of a quota that contacts share."""

from __future__ import annotations

from attrs import frozen
from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.facts import required_instant, required_text
from privflow.quotas.limit import whole_number
from privflow.timing import Instant


@frozen(kw_only=True)
class Claim:
    """One use of a quota that contacts share (共享额度申请), asked of a `QuotaStore`.

    Args:
        quota: the name of the quota.
        subject: whose quota it is, as canonical text: `"staff=zhang"`,
            `"campaign=618,staff=zhang"`, `"plan"`.
        limit: the most that may be taken at once; 0 lets nothing through.
        since: the first instant whose uses count now: the start of the window.
        until: when this use stops counting; None means never.
        cost: the places that the use takes, 1 or more.

    Raises:
        DefinitionError: a part that cannot mean anything.

    >>> from privflow.timing import instant
    >>> now = instant("2026-10-20T09:30+08:00")
    >>> print(Claim(quota="staff-day", subject="staff=zhang", limit=100, since=now))
    1 of 100 places of staff-day for staff=zhang
    """

    quota: str
    subject: str
    limit: int
    since: Instant
    until: Instant | None = None
    cost: int = 1

    def __attrs_post_init__(self) -> None:
        required_text("Claim.quota", self.quota)
        required_text("Claim.subject", self.subject)
        whole_number("Claim.limit", self.limit, least=0)
        whole_number("Claim.cost", self.cost)
        required_instant("Claim.since", self.since)
        if self.until is not None:
            required_instant("Claim.until", self.until)
            if self.until <= self.since:
                problem = f"got {self.until!r}, which is not after since={self.since!r}"
                remedy = "until is when the use leaves the window; None means never"
                raise DefinitionError("Claim.until", problem, remedy)

    @override
    def __str__(self) -> str:
        places = f"{self.cost} of {self.limit} places"
        return f"{places} of {self.quota} for {self.subject}"
