"""A stage of a journey: its steps, and the ways to other stages."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from privflow.conditions import Condition
from privflow.errors import DefinitionError
from privflow.facts import required_text, tuple_of
from privflow.journeys.part import (
    all_names,
    distinct,
    formerly_of,
    optional_condition,
    required_parts,
)
from privflow.journeys.policy import maybe_span
from privflow.journeys.split import WHOLE, maybe_share, part_of
from privflow.journeys.step import SOPStep
from privflow.timing import Span


@frozen(kw_only=True)
class To:
    """A way to another stage, taken when its condition holds or its time has come.

    Args:
        stage: where it leads.
        when: judged on every input and every wake.
        after: so long after the stage was entered, where `when` holds then, if given.
        share: which part of the contacts it is for, from 0.0001 to 1. The shares of a
            stage lie side by side in the order of its ways; a contact falls into one
            and the same for good (J5).

    Raises:
        DefinitionError: neither a condition nor a time nor a share.

    >>> [To("calls", share=0.5), To("letters", share=0.5)][0].share
    0.5
    """

    stage: str = field(kw_only=False)
    when: Condition | None = None
    after: Span | None = field(default=None, converter=maybe_span)
    share: float | None = field(default=None, converter=maybe_share)

    def __attrs_post_init__(self) -> None:
        required_text("To.stage", self.stage)
        if self.when is None and self.after is None and self.share is None:
            problem = f"the way to {self.stage!r} has no `when`, `after` or `share`"
            raise DefinitionError("To", problem, "say when it is taken")
        optional_condition(f"condition of the way to {self.stage!r}", self.when)


def _steps_of(given: Iterable[SOPStep]) -> tuple[SOPStep, ...]:
    return tuple_of("Stage.steps", given)


def _ways_of(given: Iterable[To]) -> tuple[To, ...]:
    return tuple_of("Stage.then", given)


@frozen(kw_only=True)
class Stage:
    """A part of a journey with its own procedure (阶段).

    Args:
        steps: its SOP; each is due counted from the entry into the stage.
        then: the ways out, tried in order; the first that is open is taken.
        formerly: names that it had in earlier versions, the oldest first, its
            own included where that came back (J6).

    Raises:
        DefinitionError: a part is no step, or no way, or the shares exceed 1.
        DuplicateNameError: two steps share a name.
    """

    name: str = field(kw_only=False)
    steps: tuple[SOPStep, ...] = field(default=(), converter=_steps_of)
    then: tuple[To, ...] = field(default=(), converter=_ways_of)
    formerly: tuple[str, ...] = field(default=(), converter=formerly_of)
    _steps: dict[str, SOPStep] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        required_text("Stage.name", self.name)
        required_parts("Stage.steps", self.steps, SOPStep)
        required_parts("Stage.then", self.then, To)
        distinct(f"steps of stage {self.name!r}", (step.name for step in self.steps))
        if sum(part_of(to.share) for to in self.then) > WHOLE:
            problem = f"the ways of stage {self.name!r} share out more than 1"
            raise DefinitionError("Stage.then", problem, "lower a share")
        object.__setattr__(self, "_steps", {step.name: step for step in self.steps})

    def step(self, name: str) -> SOPStep | None:
        """The step of a name."""
        return self._steps.get(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Its name, and those that it had."""
        return all_names(self.name, self.formerly)

    @property
    def origin(self) -> str:
        """The name that it had first: what splits go by."""
        return self.formerly[0] if self.formerly else self.name
