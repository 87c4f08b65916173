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
        origin: where the ids of its touches come from.
    """

    message: Message
    source: str
    step: str = ""
    priority: str = "normal"
    confirm_within: Span | None = None
    traits: dict[tuple[str, str], Traits] = field(factory=dict)
    origin: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.origin = origin_of(self.source, self.step)


def origin_of(source: str, step: str) -> str:
    """What the ids of a source and a step have in common."""
    return f"{source!r}, {step!r}"


@define(eq=False)
class Errand:
    """A step, ready to be tried.

    Args:
        course: the journey that it is part of.
        order: kind and priority: where it stands among steps that compete.
        recurs: whether it may be due again.
        is_bounded: whether it says until when it may leave, or wait.
        ends: whether there is an instant at which its time is over.
    """

    course: Course
    step: SOPStep
    draft: Draft
    order: tuple[int, int]
    recurs: bool
    is_bounded: bool
    ends: bool


@define(eq=False)
class Outlook:
    """What time alone may bring about in a stage: an end, or a way on.

    Args:
        after: how long after its entry a way may open, in microseconds.
        by_clock: of goal, exit and ways the conditions that change as time passes.
        timed: these, and those that change when an event comes which is known already.
        awaited: the names of such events.
    """

    after: tuple[int, ...]
    by_clock: tuple[Condition, ...]
    timed: tuple[Condition, ...]
    awaited: tuple[str, ...]


@define(eq=False)
class Leg:
    """A stage of a journey: its steps by name.

    Args:
        outlook: None where its ways are for shares of the contacts.
    """

    stage: Stage
    errands: dict[str, Errand]
    outlook: Outlook | None


class Course:
    """A journey in one version.

    Attributes:
        source: how the journal calls it.
        later_ends: its goal and its exit, as far as they look at the stage: to be asked
            again where a way leads on to another one.
    """

    __slots__ = ("_lost", "journey", "later_ends", "legs", "source")

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.source = f"journey:{journey.name}"
        self.legs = {stage.name: self._leg(stage) for stage in journey.stages}
        self._lost = self._outlook(())
        self.later_ends = _by_stage(journey.goal), _by_stage(journey.exit_when)

    def _leg(self, stage: Stage) -> Leg:
        errands = {step.name: self._errand(step) for step in stage.steps}
        is_split = any(to.share is not None for to in stage.then)
        return Leg(stage, errands, None if is_split else self._outlook(stage.then))

    def _outlook(self, ways: Iterable[To]) -> Outlook:
        ways, journey = tuple(ways), self.journey
        given = (journey.goal, journey.exit_when, *(to.when for to in ways))
        timed = tuple(c for c in given if c is not None and c.reads.by_time)
        awaited = chain.from_iterable(sorted(c.reads.events) for c in timed)
        return Outlook(
            after=tuple(to.after.us for to in ways if to.after is not None),
            by_clock=tuple(c for c in timed if c.reads.by_clock),
            timed=timed,
            awaited=tuple(dict.fromkeys(awaited)),
        )

    def outlook(self, stage: str, contact_id: str) -> Outlook:
        """What time may bring about for a contact in a stage, if it is known."""
        leg = self.legs.get(stage)
        if leg is None:
            return self._lost
        if leg.outlook is not None:
            return leg.outlook
        takes, of = self.journey.takes, leg.stage
        return self._outlook(to for to in of.then if takes(to, of, contact_id))

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
        ends = recurs or is_bounded
        return Errand(self, step, draft, order, recurs, is_bounded, ends)


def _by_stage(condition: Condition | None) -> Condition | None:
    """The condition, if another stage may change what it says."""
    return None if condition is None or not condition.reads.by_stage else condition
