"""One step of a standard procedure: when, what, through which channel, and if."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from privflow.conditions import Condition
from privflow.errors import DefinitionError
from privflow.facts import required_text
from privflow.journeys.anchor import Anchor, anchor_of
from privflow.journeys.confirm import Confirm
from privflow.journeys.part import (
    all_names,
    formerly_of,
    optional_condition,
    required_part,
    required_schedule,
)
from privflow.journeys.policy import (
    WAIT,
    Defer,
    End,
    Fallback,
    OnBlocked,
    Skip,
    maybe_span,
)
from privflow.timing import Instant, Schedule, Span
from privflow.touches import PRIORITIES, Message, names_of, one_of

_CONFIRM = "write Confirm(within='24h')"
_ON = "write Skip(), Defer(), Defer(until_at_most='2d'), Fallback() or End()"


def _via_of(given: Iterable[str]) -> tuple[str, ...]:
    return names_of(given, "SOPStep.via")


@frozen(kw_only=True)
class SOPStep:
    """One message at its time (SOP 步骤).

    Shape:
        Due once per visit of its stage, or once per occurrence of a recurring
        schedule. Its outcome is sent, skipped or expired, and is final (J2).

    Args:
        schedule: when it is due, counted from `since`: `after("2h")`,
            `day(3, "20:00")`, `weekly("fri", "20:00")`.
        via: channels in order of preference. One that cannot carry the touch at all
            (no identity, no consent, no token) gives way to the next.
        when: judged when the step is due and again after every wait; always if None.
        on_blocked: what happens when a gate says "not now".
        valid_for: how long after it was due it may still leave; while the stage lasts,
            or until the next occurrence, if None (J3).
        since: what the schedule counts from (T5): `"stage"` or `"journey"`, its entry;
            `"relation"`; `"group"`, joining one; an event, `event("purchase")` for the
            first of the visit, `latest(event("purchase"))` for the newest; a tag; a
            date, `attr.birthday`. The step waits for what has not come yet. What was
            due before the stage was entered is skipped.
        confirm: until when staff confirm it, and their reminders, on a channel where a
            send is a task (J7); the deadline is the channel's own if None.
        formerly: names that it had in earlier versions, the oldest first, its
            own included where that came back (J6).

    Raises:
        DefinitionError: no channel, an unknown priority, or the like.
    """

    name: str = field(kw_only=False)
    schedule: Schedule = field(kw_only=False)
    message: Message = field(kw_only=False)
    via: tuple[str, ...] = field(converter=_via_of)
    when: Condition | None = None
    on_blocked: OnBlocked = WAIT
    priority: str = "normal"
    valid_for: Span | None = field(default=None, converter=maybe_span)
    since: Anchor | None = field(default=None, converter=anchor_of)
    confirm: Confirm | None = None
    formerly: tuple[str, ...] = field(default=(), converter=formerly_of)

    def __attrs_post_init__(self) -> None:
        required_text("SOPStep.name", self.name)
        one_of("SOPStep.priority", self.priority, PRIORITIES)
        if not self.via:
            problem = f"step {self.name!r} has no channel"
            raise DefinitionError("SOPStep.via", problem, "name one, like ['sms']")
        required_schedule("SOPStep.schedule", self.schedule)
        required_part("SOPStep.message", self.message, Message)
        blocked = self.on_blocked
        required_part("SOPStep.on_blocked", blocked, (Skip, Defer, Fallback, End), _ON)
        optional_condition(f"condition of step {self.name!r}", self.when)
        if self.confirm is not None:
            required_part("SOPStep.confirm", self.confirm, Confirm, _CONFIRM)

    @property
    def names(self) -> tuple[str, ...]:
        """Its name, and those that it had."""
        return all_names(self.name, self.formerly)

    def following(
        self,
        anchor: Instant,
        after: Instant,
        timezone: str,
        attributes: Mapping[str, object],
    ) -> Instant | None:
        """The next occurrence after an instant; None where it does not recur."""
        us = self.schedule.due(
            anchor_us=anchor.us, after_us=after.us, tz=timezone, attributes=attributes
        )
        return None if us is None else Instant(us)
