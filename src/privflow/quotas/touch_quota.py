"""At most so many touches in a window of time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from attrs import field, fields, frozen
from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.facts import EMPTY, Properties, required_text
from privflow.quotas.claim import Claim
from privflow.quotas.counting import MOMENTS
from privflow.quotas.keep import kept_of
from privflow.quotas.limit import Limit, LimitRule, Pool, limit_of
from privflow.quotas.reach import checked_window, counts_until, reach
from privflow.quotas.room import Rooms, limit_of_window, plain_room
from privflow.quotas.selection import Selection
from privflow.quotas.subject import CONTACT, Group, each_of, group_of, subject_text
from privflow.quotas.tally import LAPSING, Tally, hold
from privflow.quotas.written import written
from privflow.timing import Aligned, Calendar, Instant, Rolling, Span, Window
from privflow.touches import (
    Allow,
    Deny,
    Hold,
    Ruling,
    Touch,
    TouchRecord,
    Traits,
    View,
    one_of,
)

_IN_ORDER = (Aligned, Calendar, Rolling)
"""Windows that touches leave in the order in which they came."""
_COUNTS: Final = ("touches", "cost")
_NOT_ABOUT_IT = Allow()
_CLAIMED = Allow(facts={"claimed": True})


def _window_of(given: Window) -> Window:
    return checked_window("TouchQuota.per", given)


@frozen(kw_only=True, repr=False)
class TouchQuota(Selection):
    """At most so many touches of a contact in a window of time (触达频控).

    A touch is judged and counted by what was frozen into it: a label that a message
    gets later changes no count (Q3). Without channel, kind, label and journey, every
    touch is meant.

    Args:
        limit: 1 or more; `days_in_month`, for a calendar month; or a `Pool`.
        per: the window; without a zone of its own, in the contact's zone.
        channel: a channel, or a family: `"wecom"` covers `"wecom.message"`.
        kind: `"marketing"`, say.
        label: one of the message's labels.
        journey: the journey that decides the touch.
        each: whose limit it is: `"contact"`, `"staff"`, `"group"`, `"account"`,
            `"device"`, `"campaign"`, several of them, or `"plan"` for everybody
            together. Without the contact among them it is shared: `claim` says what to
            take of it, and a store keeps the count. A touch that names no such subject
            is not meant (Q2).
        counts: `"touches"`, or `"cost"` for what they cost (Q3).
        counts_on: the moment that puts a touch into a window: `"submitted"` (when it is
            decided), `"confirmed"` or `"delivered"`. A touch that has not got there
            takes a place in every window until it has, or is released, or its
            reservation lapses (Q4).
        keep: priority to the places that lower priorities must leave free. A touch
            of that priority or a higher one fills such a place, once (Q5).

    Raises:
        DefinitionError: a part that cannot mean anything.

    >>> from privflow.timing import rolling
    >>> print(TouchQuota("calm-week", 3, per=rolling("7d"), kind="marketing"))
    at most 3 marketing touches, 7d rolling
    """

    name: str = field(kw_only=False)
    limit: Limit = field(kw_only=False, converter=limit_of)
    per: Window = field(converter=_window_of)
    each: tuple[str, ...] = field(default=CONTACT, converter=each_of)
    counts: str = "touches"
    counts_on: str = "submitted"
    keep: Mapping[str, int] = field(default=EMPTY, converter=kept_of)
    _tally: Tally = field(init=False, eq=False, repr=False)
    _rooms: Rooms = field(init=False, eq=False, repr=False)
    _is_plain: bool = field(init=False, default=False, eq=False, repr=False)

    @override
    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        required_text("TouchQuota.name", self.name)
        one_of("TouchQuota.counts", self.counts, _COUNTS)
        one_of("TouchQuota.counts_on", self.counts_on, MOMENTS)
        if self.limit is LimitRule.DAYS_IN_MONTH and not _is_month(self.per):
            problem = f"got days_in_month per {self.per!r}"
            remedy = "write per=calendar('month'), or a number as the limit"
            raise DefinitionError("TouchQuota.limit", problem, remedy)
        self._check_subject()
        tally = Tally(
            self.per,
            weigh=self._weight,
            limit=partial(limit_of_window, self.limit),
            tell=self._facts,
        )
        object.__setattr__(self, "_tally", tally)
        rooms = Rooms(
            limit=self.limit,
            per=self.per,
            counts_on=self.counts_on,
            keep=self.keep,
            bounds=tally.bounds,
        )
        object.__setattr__(self, "_rooms", rooms)
        least = rooms.least
        if sum(self.keep.values()) > least:
            problem = f"keeps {sum(self.keep.values())} places of {least}"
            raise DefinitionError("TouchQuota.keep", problem, f"keep {least} at most")
        is_plain = (
            isinstance(self.per, _IN_ORDER)
            and self.each is CONTACT
            and self.counts_on == "submitted"
            and not self.keep
        )
        object.__setattr__(self, "_is_plain", is_plain)

    def _check_subject(self) -> None:
        """What a store counts, it counts when it is asked; and a pool is for all."""
        if not self.is_shared:
            if isinstance(self.limit, Pool):
                problem = f"got {self.limit!r} for each contact"
                raise DefinitionError("TouchQuota.limit", problem, "add each='plan'")
            return
        if self.counts_on != "submitted":
            problem = f"got {self.counts_on!r} with each={self.each!r}"
            remedy = "leave it out: a shared use counts from its claim"
            raise DefinitionError("TouchQuota.counts_on", problem, remedy)
        if self.keep:
            problem = f"got {dict(self.keep)!r} with each={self.each!r}"
            remedy = "write a second quota with a lower limit, for the lower priorities"
            raise DefinitionError("TouchQuota.keep", problem, remedy)

    @property
    def is_shared(self) -> bool:
        """Whether contacts share the limit, so that no ledger of one can hold it."""
        return "contact" not in self.each

    # ── Judging ──────────────────────────────────────────────────────────────

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        """Hold until a place is free; deny where time alone will free none."""
        us, tally = now.us, self._tally
        if not self._is_plain:
            return self._judged_for_group(touch, view, us)
        weight = tally.weights[touch.traits]
        if not weight:
            return _NOT_ABOUT_IT
        if tally.length:
            start = us - tally.length + 1
            limit, allows = tally.rolling
        else:
            start, end, limit, allows, _ = tally.periods[view.timezone]
            if not start <= us < end:
                start, _, limit, allows, _ = tally.period_at(us, view.timezone)
        ledger, taken = view.ledger, 0
        if ledger.times and ledger.times[-1] >= start:
            taken = ledger.weight_since(start, tally.weigh)
        if taken + weight <= limit:
            return allows[taken]
        if taken >= LAPSING or weight > limit or self._rooms.follows_months:
            return self._judged(touch, view, us)
        return self._full(view, start, taken, taken + weight - limit)

    def _judged_for_group(self, touch: Touch, view: View, now: int) -> Ruling:
        """The ruling of a quota that needs to know more than what was decided when."""
        group = group_of(self.each, touch)
        if group is None or not self._tally.of_group[group][touch.traits]:
            return _NOT_ABOUT_IT
        if self.is_shared:
            return self._judged_alone(touch, view.timezone, now)
        return self._judged(touch, view, now)

    def _weight(self, traits: Traits, group: Group) -> int:
        """How many places a touch of these traits takes; 0 where it is not meant."""
        if not self.matches(traits) or group_of(self.each, traits) != group:
            return 0
        return traits.cost if self.counts == "cost" else 1

    def _facts(self, taken: int, limit: int) -> Properties:
        """The numbers of a window in which nothing is pending and nothing kept."""
        return plain_room(taken, limit).facts(self.per)

    def _full(self, view: View, start: int, taken: int, over: int) -> Hold:
        """Until enough has left the window; what was decided first leaves first."""
        tally, ledger, zone = self._tally, view.ledger, view.timezone
        if tally.length:
            allows = tally.rolling[1]
        else:
            _, end, _, allows, holds = tally.period_at(start, zone)
            if ledger.times[-1] < end:
                found = holds.get(taken)
                if found is None:
                    found = holds[taken] = hold(end, allows, taken)
                return found
        last = ledger.weighing(over, since=start, weights=tally.weigh)
        return hold(self.per.leaves_at(last, zone), allows, taken)

    def _judged(self, touch: Touch, view: View, now: int) -> Ruling:
        rooms, zone = self._rooms, view.timezone
        group = group_of(self.each, touch) or ()
        weight = self._weight(touch.traits, group)
        weigh = partial(self._weight, group=group)
        places = rooms.places(view.ledger, weigh, now, zone)
        room = rooms.room(places, touch.priority, now, zone)
        facts = room.facts(self.per)
        if room.spare >= room.kept + weight:
            return Allow(facts=facts)
        reason = "room_kept" if room.spare >= weight else "quota_full"
        until = rooms.free_at(places, touch.priority, weight, now, zone)
        if until is not None:
            return Hold(reason, until=Instant(until), facts=facts)
        if weight > self._rooms.most:
            return Deny("cost_over_limit", facts=facts.updated({"cost": weight}))
        return Deny(reason, facts=facts)

    def _judged_alone(self, touch: Touch, zone: str, now: int) -> Ruling:
        """Let it through to the store, unless no store can have room for it."""
        limit = self._rooms.limit_at(now, zone)
        weight = self._weight(touch.traits, group_of(self.each, touch) or ())
        if weight <= limit:
            return _CLAIMED
        facts = {"cost": weight, "limit": limit, "window": str(self.per)}
        return Deny("cost_over_limit", facts=facts)

    def next_allowed(self, touch: Touch, view: View, *, now: Instant) -> Instant | None:
        """The first instant from `now` on with room, if only time passes (Q5).

        Returns:
            None where time alone makes no room: pending touches without a deadline are
            in the way, or places that are kept.
        """
        ruling = self.judge(touch, view, now=now)
        if isinstance(ruling, Allow):
            return now
        return ruling.until if isinstance(ruling, Hold) else None

    def claim(self, touch: Touch, view: View, *, now: Instant) -> Claim | None:
        """What the touch takes of a limit that contacts share.

        Returns:
            None where the quota is the contact's own, or is not about the touch.
        """
        group = group_of(self.each, touch)
        if not self.is_shared or group is None or not self.matches(touch):
            return None
        us, zone = now.us, view.timezone
        start, _ = self._tally.bounds(us, zone)
        return Claim(
            quota=self.name,
            subject=subject_text(self.each, group),
            limit=self._rooms.limit_at(us, zone),
            since=Instant(start),
            until=Instant(self.per.leaves_at(us, zone)),
            cost=self._weight(touch.traits, group),
        )

    # ── Copies, memory, words ─────────────────────────────────────────────────

    @override
    def __reduce__(self) -> tuple[object, ...]:
        """A copy begins with a tally of its own."""
        made = {f.name: getattr(self, f.name) for f in fields(TouchQuota) if f.init}
        return _remade, (made, self._journeys)

    def recalls(self) -> Mapping[str, Span | None]:
        """It looks at touches alone, and at no event."""
        return {}

    def matters_until(self, record: TouchRecord) -> Instant | None:
        """A touch matters as long as a window may hold it, now or after a receipt."""
        if self.is_shared or not self.matches(record.touch):
            return record.decided_at
        return counts_until(record, self.counts_on, reach(self.per))

    @override
    def __str__(self) -> str:
        many = self.limit != 1
        months = self._rooms.follows_months
        noun = self.noun(count=2 if many else 1)
        most = f"as many {noun}" if months else f"at most {self.limit} {noun}"
        if self.counts == "cost":
            most = f"{self.noun(count=2)} that cost at most {self.limit} together"
        about = [
            most,
            "as the month has days" if months else "",
            f"for each {' and '.join(self.each)}" if self.each != CONTACT else "",
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


def _remade(parts: Mapping[str, Any], journeys: frozenset[str]) -> TouchQuota:
    return TouchQuota(**parts).under(journeys)


def _is_month(window: Window) -> bool:
    return isinstance(window, Calendar) and window.unit == "month"
