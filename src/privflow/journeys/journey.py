"""A journey: how it begins, its stages, and how it ends."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import get_args

from attrs import field, frozen
from typing_extensions import override

from privflow.conditions import Condition, Crossing, Events, Trigger, trigger_of
from privflow.display import Diagram, Drawn
from privflow.errors import DefinitionError, UnknownNameError
from privflow.facts import required_text, tuple_of
from privflow.journeys.drawing import drawn
from privflow.journeys.ending import AtEnd
from privflow.journeys.former import NOTHING_FORMER, Former, remembered
from privflow.journeys.part import (
    all_names,
    distinct,
    formerly_of,
    optional_condition,
    required_part,
    required_parts,
)
from privflow.journeys.policy import ONCE, InFlight, Members, Reentry
from privflow.journeys.split import control_share, part_of, place_of
from privflow.journeys.stage import Stage, To
from privflow.journeys.step import SOPStep
from privflow.timing import Around
from privflow.touches import one_of

_REENTRY = (
    "write Reentry.once(), Reentry.after_exit(cooldown='90d') or Reentry.every_time()"
)

Entry = Trigger | Crossing | Around


def _entry(given: Events | Entry | None) -> Entry | None:
    if given is None or isinstance(given, Crossing | Around):
        return given
    return trigger_of(given)


def _stages_of(given: Iterable[Stage]) -> tuple[Stage, ...]:
    return tuple_of("Journey.stages", given)


def _at_end_of(given: Iterable[AtEnd]) -> tuple[AtEnd, ...]:
    return tuple_of("Journey.at_end", given)


@frozen(kw_only=True, repr=False)
class Journey(Drawn):
    """Stages that a contact goes through, each with its own SOP (用户旅程).

    Args:
        enter_on: the event, the crossing of a segment's border, or the day around a
            date of the contact that starts it; a rule or the host alone if None (J1a).
        audience: who may enter, judged at that instant; everybody if None.
        members: whom a segment brings in: those who belong to it when they are first
            looked at (`"current"`), those who come into it later (`"future"`), or both.
        version: raised by its author when the journey is edited.
        in_flight: what becomes of those who are in an earlier version: they `"follow"`
            at once; stay `"pinned"` to theirs; or stay `"until_safe_point"`, that is
            until they come to another stage or have no step left to wait for (J6). The
            plan keeps the earlier version in `retired`, except where they follow.
        formerly: names that it had in earlier versions, the oldest first, its own
            included where that came back.
        goal: what it is for; reaching it ends the journey.
        exit_when: what else ends it. Goal and exit are judged on every input and every
            wake, before any step (J1).
        reentry: whether it may be entered again; once by default.
        control: the share of contacts who go through it without its marketing touches,
            to compare with. They stay in the control group, or leave it for good where
            an edit lowers the share; nobody comes into it later (J5).
        at_end: what happens to a contact at its end: tags, and a hand-over.
        stages: the first one is entered first.

    Raises:
        DefinitionError: no stages, or a part that no journey has.
        DuplicateNameError: two stages, or two steps of the journey, share a name.
        UnknownNameError: a way leads to a stage that is not there.
    """

    name: str = field(kw_only=False)
    enter_on: Entry | None = field(default=None, converter=_entry)
    stages: tuple[Stage, ...] = field(converter=_stages_of)
    version: int = 1
    audience: Condition | None = None
    members: Members = "all"
    goal: Condition | None = None
    exit_when: Condition | None = None
    reentry: Reentry = ONCE
    control: float = field(default=0.0, converter=control_share)
    at_end: tuple[AtEnd, ...] = field(default=(), converter=_at_end_of)
    in_flight: InFlight = "follow"
    formerly: tuple[str, ...] = field(default=(), converter=formerly_of)
    _stages: dict[str, Stage] = field(init=False, eq=False, repr=False)
    _former: Former = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        required_text("Journey.name", self.name)
        if not self.stages:
            problem = f"journey {self.name!r} has no stage"
            raise DefinitionError("Journey.stages", problem, "give it at least one")
        required_parts("Journey.stages", self.stages, Stage)
        required_part("Journey.reentry", self.reentry, Reentry, _REENTRY)
        required_parts("Journey.at_end", self.at_end, AtEnd)
        one_of("Journey.in_flight", self.in_flight, get_args(InFlight))
        one_of("Journey.members", self.members, get_args(Members))
        self._check_members()
        for role in ("audience", "goal", "exit_when"):
            optional_condition(f"{role} of journey {self.name!r}", getattr(self, role))
        stages = [name for stage in self.stages for name in stage.names]
        steps = (step for stage in self.stages for step in stage.steps)
        distinct(f"stages of journey {self.name!r}", stages)
        names = (name for step in steps for name in step.names)
        distinct(f"steps of journey {self.name!r}", names)
        self._check_ways([stage.name for stage in self.stages])
        by_name = {stage.name: stage for stage in self.stages}
        object.__setattr__(self, "_stages", by_name)
        object.__setattr__(self, "_former", self.remembered(NOTHING_FORMER))

    def _check_members(self) -> None:
        start = self.enter_on
        is_into = isinstance(start, Crossing) and start.into
        if self.members != "all" and not is_into:
            problem = f"got {self.members!r}, and nobody enters by a segment"
            remedy = "write enter_on=entered(segment), or leave `members` out"
            raise DefinitionError("Journey.members", problem, remedy)

    def _check_ways(self, stages: list[str]) -> None:
        for place, stage in enumerate(self.stages):
            for way, to in enumerate(stage.then):
                if to.stage not in stages:
                    what = f"stage of journey {self.name!r}"
                    path = f"$.stages[{place}].then[{way}].stage"
                    raise UnknownNameError(what, to.stage, stages).at(path)

    def stage(self, name: str) -> Stage | None:
        """The stage of a name."""
        return self._stages.get(name)

    def stage_once(self, name: str, former: Former = NOTHING_FORMER) -> Stage | None:
        """The stage that has a name, or had it in an earlier version.

        Args:
            former: what a visit remembers that comes into this version.
        """
        known = (s for s in self.stages if name in former.of_stage(s.names))
        return next(known, None)

    @property
    def names(self) -> tuple[str, ...]:
        """Its name, and those that it had."""
        return all_names(self.name, self.formerly)

    @property
    def former(self) -> Former:
        """What a visit remembers that begins in this version."""
        return self._former

    def remembered(self, before: Former, called: str = "") -> Former:
        """What a visit remembers that comes into this version.

        Args:
            before: what it has remembered until now.
            called: how it called the journey.
        """
        names = tuple(dict.fromkeys((*self.names, called or self.name)))
        stages = [stage.names for stage in self.stages]
        steps = [step.names for stage in self.stages for step in stage.steps]
        return remembered(before, names, stages, steps)

    @property
    def seed(self) -> str:
        """What its splits go by: the name that it had first (J5)."""
        return self.formerly[0] if self.formerly else self.name

    def is_control(self, contact_id: str) -> bool:
        """Whether a contact falls into the control group."""
        if not self.control:
            return False
        place = place_of(f"{self.seed}/control", contact_id)
        return place < part_of(self.control)

    def takes(self, to: To, stage: Stage, contact_id: str) -> bool:
        """Whether a contact is of the share that a way of a stage is for."""
        if to.share is None:
            return True
        low = 0
        for way in stage.then:
            if way is to:
                break
            low += part_of(way.share)
        place = place_of(f"{self.seed}/{stage.origin}", contact_id)
        return low <= place < low + part_of(to.share)

    def step_once(self, name: str, former: Former) -> SOPStep | None:
        """The step that has a name, or had it in an earlier version, in any stage.

        Args:
            former: what a visit remembers.
        """
        steps = [step for stage in self.stages for step in stage.steps]
        called = (step for step in steps if step.name == name)
        had = (step for step in steps if name in former.of_step(step.names))
        return next(chain(called, had), None)

    def step(self, name: str) -> SOPStep:
        """The step of a name.

        Raises:
            UnknownNameError: there is none.
        """
        steps = {step.name: step for stage in self.stages for step in stage.steps}
        if name not in steps:
            what = f"step of journey {self.name!r}"
            raise UnknownNameError(what, name, steps)
        return steps[name]

    @override
    def __repr__(self) -> str:
        steps = sum(len(stage.steps) for stage in self.stages)
        counts = f"{len(self.stages)} stages, {steps} steps"
        return f"<Journey {self.name!r} {counts}>"

    @override
    def drawing(self) -> Diagram:
        return drawn(self.name, self.stages, self._ends())

    def _ends(self) -> tuple[tuple[str, str], ...]:
        named = (
            ("enter", self.enter_on),
            ("goal", self.goal),
            ("exit", self.exit_when),
        )
        given = tuple((role, str(what)) for role, what in named if what is not None)
        return given if self.enter_on else (("enter", "by a rule or by hand"), *given)

    @override
    def _repr_html_(self) -> str:
        return format(self, "svg")
