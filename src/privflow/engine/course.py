"""A journey as the engine walks it: what can be said of it once, for all contacts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from attrs import define, field

from privflow.conditions import Condition
from privflow.journeys import Defer, Journey, SOPStep, Stage, To
from privflow.timing import Span, is_due_once
from privflow.touches import KINDS, PRIORITIES, Message, Traits

_PLACES = {kind: place for place, kind in enumerate(KINDS)}
_RANKS = {priority: -rank for rank, priority in enumerate(PRIORITIES)}


@define(eq=False)
class Draft:
    """What is to be sent, before a channel is chosen.

    Args:
        source: `"journey:…"` or `"rule:…"`.
        confirm_within: until when staff confirm it; the channel's own if None.
        traits: by channel and variant, of touches that have nothing of their own.
    """

    message: Message
    source: str
    step: str = ""
    priority: str = "normal"
    confirm_within: Span | None = None
    traits: dict[tuple[str, str], Traits] = field(factory=dict)


@define(eq=False)
class Errand:
    """A step, ready to be tried.

    Args:
        order: kind and priority: where it stands among steps that compete.
        recurs: whether it may be due again.
        is_bounded: whether it says until when it may leave, or wait.
    """

    step: SOPStep
    draft: Draft
    order: tuple[int, int]
    recurs: bool
    is_bounded: bool


@define(eq=False)
class Timed:
    """A condition that time alone may change.

    Args:
        by_clock: even where no event is still to come.
    """

    condition: Condition
    by_clock: bool


@define(eq=False)
class Way:
    """A way out of a stage.

    Args:
        after: so many microseconds after the stage was entered; None for no such time.
        timed: its condition, where time alone may change that.
    """

    to: To
    after: int | None
    timed: Timed | None


@define(eq=False)
class Leg:
    """A stage of a journey: its steps by name, and its ways.

    Args:
        is_split: whether a way is for a share of the contacts.
    """

    stage: Stage
    errands: dict[str, Errand]
    ways: tuple[Way, ...]
    is_split: bool


class Course:
    """A journey in one version.

    Args:
        source: how the journal calls it.
        timed: goal and exit, as far as time alone may change them.
        awaited: the events that change them, or a way, when they come.
    """

    __slots__ = ("awaited", "journey", "legs", "source", "timed")

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.source = f"journey:{journey.name}"
        self.timed = tuple(_timed((journey.goal, journey.exit_when)))
        self.legs = {stage.name: self._leg(stage) for stage in journey.stages}
        ways = (way for leg in self.legs.values() for way in leg.ways)
        timed = (*self.timed, *(way.timed for way in ways if way.timed is not None))
        awaited = chain(*(sorted(one.condition.reads.events) for one in timed))
        self.awaited = tuple(dict.fromkeys(awaited))

    def _leg(self, stage: Stage) -> Leg:
        errands = {step.name: self._errand(step) for step in stage.steps}
        is_split = any(to.share is not None for to in stage.then)
        return Leg(stage, errands, tuple(_way(to) for to in stage.then), is_split)

    def _errand(self, step: SOPStep) -> Errand:
        draft = Draft(
            step.message,
            self.source,
            step=step.name,
            priority=step.priority,
            confirm_within=None if step.confirm is None else step.confirm.within,
        )
        order = _PLACES[step.message.kind], _RANKS[step.priority]
        policy = step.on_blocked
        waits_for = policy.until_at_most if isinstance(policy, Defer) else None
        is_bounded = step.valid_for is not None or waits_for is not None
        recurs = not is_due_once(step.schedule)
        return Errand(step, draft, order, recurs, is_bounded)


def _way(to: To) -> Way:
    timed = next(iter(_timed((to.when,))), None)
    return Way(to, None if to.after is None else to.after.us, timed)


def _timed(conditions: Iterable[Condition | None]) -> Iterable[Timed]:
    given = ((c, c.reads) for c in conditions if c is not None)
    return (Timed(c, reads.by_clock) for c, reads in given if reads.by_time)
