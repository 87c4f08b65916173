"""A journey: how it begins, its stages, and how it ends."""

from __future__ import annotations

from attrs import field, frozen
from typing_extensions import override

from privflow.conditions import Condition, Crossing, Events, Trigger, trigger_of
from privflow.display import render
from privflow.errors import DefinitionError, UnknownNameError
from privflow.facts import required_text
from privflow.journeys.drawing import drawn
from privflow.journeys.part import (
    distinct,
    optional_condition,
    required_part,
    required_parts,
)
from privflow.journeys.policy import ONCE, Reentry
from privflow.journeys.stage import Stage
from privflow.journeys.step import SOPStep


def _entry(given: Events | Trigger | Crossing) -> Trigger | Crossing:
    return given if isinstance(given, Crossing) else trigger_of(given)


@frozen(kw_only=True, repr=False)
class Journey:
    """Stages that a contact goes through, each with its own SOP (用户旅程).

    Args:
        enter_on: the event, or the crossing of a segment's border, that starts it.
        audience: who may enter, judged at that instant; everybody if None.
        version: raised by its author when the journey is edited.
        goal: what it is for; reaching it ends the journey.
        exit_when: what else ends it. Goal and exit are judged on every input and every
            wake, before any step (J1).
        reentry: whether it may be entered again; once by default.
        stages: the first one is entered first.

    Raises:
        DefinitionError: no stages, or a part that no journey has.
        DuplicateNameError: two stages, or two steps of the journey, share a name.
        UnknownNameError: a way leads to a stage that is not there.
    """

    name: str = field(kw_only=False)
    enter_on: Trigger | Crossing = field(converter=_entry)
    stages: tuple[Stage, ...] = field(converter=tuple[Stage, ...])
    version: int = 1
    audience: Condition | None = None
    goal: Condition | None = None
    exit_when: Condition | None = None
    reentry: Reentry = ONCE

    def __attrs_post_init__(self) -> None:
        required_text("Journey.name", self.name)
        if not self.stages:
            problem = f"journey {self.name!r} has no stage"
            raise DefinitionError("Journey.stages", problem, "give it at least one")
        required_parts("Journey.stages", self.stages, Stage)
        required_part("Journey.reentry", self.reentry, Reentry)
        for role in ("audience", "goal", "exit_when"):
            optional_condition(f"{role} of journey {self.name!r}", getattr(self, role))
        stages = [stage.name for stage in self.stages]
        steps = (step.name for stage in self.stages for step in stage.steps)
        distinct(f"stages of journey {self.name!r}", stages)
        distinct(f"steps of journey {self.name!r}", steps)
        self._check_ways(stages)

    def _check_ways(self, stages: list[str]) -> None:
        for place, stage in enumerate(self.stages):
            for way, to in enumerate(stage.then):
                if to.stage not in stages:
                    what = f"stage of journey {self.name!r}"
                    path = f"$.stages[{place}].then[{way}].stage"
                    raise UnknownNameError(what, to.stage, stages).at(path)

    def stage(self, name: str) -> Stage | None:
        """The stage of a name."""
        return next((stage for stage in self.stages if stage.name == name), None)

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
    def __format__(self, spec: str) -> str:
        if not spec:
            return repr(self)
        return render(drawn(self.name, self.stages, self._ends()), spec)

    def _ends(self) -> tuple[tuple[str, str], ...]:
        named = (
            ("enter", self.enter_on),
            ("goal", self.goal),
            ("exit", self.exit_when),
        )
        return tuple((role, str(what)) for role, what in named if what is not None)

    def _repr_html_(self) -> str:
        return format(self, "svg")
