"""At most a share of the touches may be of one sort."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.facts import required_text
from privflow.quotas.counting import standing
from privflow.quotas.limit import whole_number
from privflow.quotas.reach import counts_until
from privflow.quotas.written import written
from privflow.timing import Instant, Rolling, Span
from privflow.touches import Allow, Deny, Hold, Ruling, Touch, TouchRecord, Use, View


def _share_of(given: float) -> float:
    if type(given) in {int, float} and 0 < given < 1:
        return given
    problem = f"got {given!r}, expected a share between 0 and 1"
    remedy = "write 0.5 for every second touch"
    raise DefinitionError("MixQuota.at_most", problem, remedy)


def _rolling_of(given: Rolling) -> Rolling:
    if not isinstance(given, Rolling):
        raise DefinitionError(
            "MixQuota.per",
            f"got {given!r}, expected a rolling window",
            "write rolling('14d')",
        )
    return given


@frozen(kw_only=True, repr=False)
class MixQuota:
    """At most a share of the touches in a window may carry a label (内容配比).

    The share is taken among all touches that were decided in the window and not
    released, the one that is judged included.

    Args:
        at_most: the share, between 0 and 1, both excluded.
        of: the label.
        per: the rolling window.
        after: how many touches the window must hold before the share is looked at.

    Raises:
        DefinitionError: a part that cannot mean anything.

    >>> from privflow.timing import rolling
    >>> mix = MixQuota("mix", at_most=0.5, of="promotion", per=rolling("14d"), after=2)
    >>> print(mix)
    at most 50% of the touches about promotion, 14d rolling, after 2 touches
    """

    name: str = field(kw_only=False)
    at_most: float = field(converter=_share_of)
    of: str
    per: Rolling = field(converter=_rolling_of)
    after: int

    def __attrs_post_init__(self) -> None:
        required_text("MixQuota.name", self.name)
        required_text("MixQuota.of", self.of)
        whole_number("MixQuota.after", self.after, least=0)

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        """Hold until the touches that leave the window make the share right."""
        if self.of not in touch.labels:
            return Allow()
        zone = view.timezone
        start, _ = self.per.bounds(now.us, zone)
        uses = sorted(
            (_leaves_at(use, self.per, zone), self.of in use.traits.labels)
            for use in standing(view.ledger, now=now.us, since=start)
        )
        total, count = len(uses), sum(labelled for _, labelled in uses)
        window = str(self.per)
        facts = {
            "count": count,
            "total": total,
            "limit": self.at_most,
            "window": window,
        }
        if self._fits(count, total):
            return Allow(facts=facts)
        for at, leaving in groupby(uses, key=itemgetter(0)):
            gone = [labelled for _, labelled in leaving]
            total, count = total - len(gone), count - sum(gone)
            if self._fits(count, total):
                return Hold("mix_full", until=Instant(at), facts=facts)
        return Deny("mix_full", facts=facts)

    def _fits(self, count: int, total: int) -> bool:
        """Whether one more labelled touch keeps the share.

        A quotient of floats is the nearest one to the exact share, as the limit that
        was written is: 29 of 100 is 0.29.
        """
        return total < self.after or (count + 1) / (total + 1) <= self.at_most

    def recalls(self) -> Mapping[str, Span | None]:
        """It looks at touches alone, and at no event."""
        return {}

    def matters_until(self, record: TouchRecord) -> Instant | None:
        """Every touch of the window matters, be it labelled or not."""
        return counts_until(record, "submitted", self.per.span)

    @override
    def __str__(self) -> str:
        share = f"at most {self.at_most * 100:g}% of the touches about {self.of}"
        return f"{share}, {self.per}, after {self.after} touches"

    @override
    def __repr__(self) -> str:
        return written(self)


def _leaves_at(use: Use, per: Rolling, zone: str) -> int:
    leaves = per.leaves_at(use.decided, zone)
    return leaves if use.lapses is None else min(leaves, use.lapses)
