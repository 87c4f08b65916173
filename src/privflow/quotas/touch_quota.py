"""At most so many touches in a window of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.facts import EMPTY, Properties, channel_matches, required_text
from privflow.quotas.counting import MOMENTS, counted_at, standing
from privflow.quotas.keep import kept_of, places_kept
from privflow.quotas.limit import SHORTEST_MONTH, LimitRule, limit_of
from privflow.quotas.written import written
from privflow.timing import Calendar, Instant, Span, Window, span
from privflow.touches import (
    KINDS,
    Allow,
    Deny,
    Hold,
    Ledger,
    Ruling,
    Touch,
    View,
    one_of,
)

_DAY = span("1d").us


class _Use(NamedTuple):
    """A touch that takes a place: since when (None: pending), and its priority."""

    at: int | None
    priority: str


class _Room(NamedTuple):
    """How a window stands for one touch.

    `spare` is what is left of the limit, `kept` what of it is for higher priorities.
    """

    taken: int
    pending: int
    limit: int
    spare: int
    kept: int

    def facts(self, window: Window) -> Properties:
        """The numbers as a ruling tells them; pending and kept ones where some are."""
        return Properties({
            "count": self.taken,
            "limit": self.limit,
            "window": str(window),
            "pending": self.pending or None,
            "kept": self.kept or None,
        })


def _window_of(given: Window) -> Window:
    if isinstance(given, type) or not isinstance(given, Window):
        raise DefinitionError(
            "TouchQuota.per",
            f"got {given!r}, expected a window",
            "write rolling('7d'), calendar('day') or aligned('1h')",
        )
    return given


@frozen(kw_only=True, repr=False)
class TouchQuota:
    """At most so many touches of a contact in a window of time (触达频控).

    A touch is judged and counted by what was frozen into it: a label that a message
    gets later changes no count (Q3). Without channel, kind, label and journey, every
    touch is meant.

    Args:
        limit: 1 or more; or `days_in_month`, for a calendar month.
        per: the window; without a zone of its own, in the contact's zone.
        channel: a channel, or a family: `"wecom"` covers `"wecom.message"`.
        kind: `"marketing"`, say.
        label: one of the message's labels.
        journey: the journey that decides the touch.
        counts_on: the moment that puts a touch into a window: `"submitted"` (when it is
            decided), `"confirmed"` or `"delivered"`. A touch that has not got there
            takes a place in every window until it has, or is released (Q4).
        keep: priority to the places that lower priorities must leave free. A touch
            of that priority or a higher one fills such a place, once (Q5).

    Raises:
        DefinitionError: a part that cannot mean anything.

    >>> from privflow.timing import rolling
    >>> print(TouchQuota("calm-week", 3, per=rolling("7d"), kind="marketing"))
    at most 3 marketing touches, 7d rolling
    """

    name: str = field(kw_only=False)
    limit: int | LimitRule = field(kw_only=False, converter=limit_of)
    per: Window = field(converter=_window_of)
    channel: str | None = None
    kind: str | None = None
    label: str | None = None
    journey: str | None = None
    counts_on: str = "submitted"
    keep: Mapping[str, int] = field(default=EMPTY, converter=kept_of)

    def __attrs_post_init__(self) -> None:
        required_text("TouchQuota.name", self.name)
        for what in ("channel", "label", "journey"):
            if getattr(self, what) is not None:
                required_text(f"TouchQuota.{what}", getattr(self, what))
        if self.kind is not None:
            one_of("TouchQuota.kind", self.kind, KINDS)
        one_of("TouchQuota.counts_on", self.counts_on, MOMENTS)
        if self._follows_months and not _is_month(self.per):
            problem = f"got days_in_month per {self.per!r}"
            remedy = "write per=calendar('month'), or a number as the limit"
            raise DefinitionError("TouchQuota.limit", problem, remedy)
        least = SHORTEST_MONTH if isinstance(self.limit, LimitRule) else self.limit
        if sum(self.keep.values()) > least:
            problem = f"keeps {sum(self.keep.values())} places of {least}"
            raise DefinitionError("TouchQuota.keep", problem, f"keep {least} at most")

    @property
    def _follows_months(self) -> bool:
        return self.limit is LimitRule.DAYS_IN_MONTH

    def matches(self, touch: Touch) -> bool:
        """Whether the quota is about this touch at all."""
        return (
            (self.channel is None or channel_matches(self.channel, touch.channel))
            and (self.kind is None or self.kind == touch.kind)
            and (self.label is None or self.label in touch.labels)
            and (self.journey is None or self.journey == touch.journey)
        )

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        """Hold until a place is free; deny where time alone will free none."""
        if not self.matches(touch):
            return Allow()
        zone = view.timezone
        uses = self._uses(view.ledger, now.us, zone)
        room = self._room(uses, touch.priority, now.us, zone)
        facts = room.facts(self.per)
        if room.spare > room.kept:
            return Allow(facts=facts)
        reason = "room_kept" if room.spare > 0 else "quota_full"
        until = self._free_at(uses, touch.priority, now.us, zone)
        if until is None:
            return Deny(reason, facts=facts)
        return Hold(reason, until=Instant(until), facts=facts)

    def next_allowed(self, touch: Touch, view: View, *, now: Instant) -> Instant | None:
        """The first instant from `now` on with room, if only time passes (Q5).

        Returns:
            None where time alone makes no room: pending touches are in the way, or
            places that are kept.
        """
        ruling = self.judge(touch, view, now=now)
        if isinstance(ruling, Allow):
            return now
        return ruling.until if isinstance(ruling, Hold) else None

    def _uses(self, ledger: Ledger, now_us: int, zone: str) -> list[_Use]:
        """The touches that take a place now, one by one."""
        start, _ = self.per.bounds(now_us, zone)
        uses = []
        for record in standing(ledger):
            if self.matches(record.touch):
                at = counted_at(record, self.counts_on)
                if at is None or at >= start:
                    uses.append(_Use(at, record.touch.priority))
        return uses

    def _room(self, uses: list[_Use], priority: str, now_us: int, zone: str) -> _Room:
        taken, pending = len(uses), sum(use.at is None for use in uses)
        limit = self._limit_at(now_us, zone)
        spare = limit - taken
        if self._follows_months and self.counts_on != "submitted":
            # a touch may come to count in any later month, the shortest included
            spare = min(spare, SHORTEST_MONTH - pending)
        kept = places_kept(self.keep, priority, (use.priority for use in uses))
        return _Room(taken, pending, limit, spare, kept)

    def _limit_at(self, now_us: int, zone: str) -> int:
        if not isinstance(self.limit, LimitRule):
            return self.limit
        start, end = self.per.bounds(now_us, zone)
        return (end - start + _DAY // 2) // _DAY  # a change of offset is under half

    def _free_at(
        self, uses: list[_Use], priority: str, now_us: int, zone: str
    ) -> int | None:
        """The first later instant with room; only then something leaves or turns."""
        pending = [use for use in uses if use.at is None]
        leaving = [
            (self.per.leaves_at(use.at, zone), use)
            for use in uses
            if use.at is not None
        ]
        instants = {at for at, _ in leaving}
        if self._follows_months:
            instants |= self._month_turns(now_us, zone)
        for at in sorted(instants):
            staying = [use for leaves, use in leaving if leaves > at]
            room = self._room([*pending, *staying], priority, at, zone)
            if room.spare > room.kept:
                return at
        return None

    def _month_turns(self, now_us: int, zone: str) -> set[int]:
        """The next two starts of a month; one of two months in a row has 31 days."""
        _, first = self.per.bounds(now_us, zone)
        return {first, self.per.bounds(first, zone)[1]}

    def recalls(self) -> Mapping[str, Span | None]:
        """It looks at touches alone, and at no event."""
        return {}

    @override
    def __str__(self) -> str:
        noun = f"{self.kind} touch" if self.kind else "touch"
        most = f"at most {self.limit} {noun}{'' if self.limit == 1 else 'es'}"
        about = [
            f"as many {noun}es" if self._follows_months else most,
            f"on {self.channel}" if self.channel else "",
            f"about {self.label}" if self.label else "",
            f"of journey {self.journey}" if self.journey else "",
            "as the month has days" if self._follows_months else "",
        ]
        details = [
            str(self.per),
            f"counted when {self.counts_on}" if self.counts_on != "submitted" else "",
            *(f"{places} kept for {name}" for name, places in self.keep.items()),
        ]
        return f"{' '.join(filter(None, about))}, {', '.join(filter(None, details))}"

    @override
    def __repr__(self) -> str:
        return written(self)


def _is_month(window: Window) -> bool:
    return isinstance(window, Calendar) and window.unit == "month"
