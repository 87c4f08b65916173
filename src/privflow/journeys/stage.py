"""A stage of a journey: its steps, and the ways to other stages."""

from __future__ import annotations

from attrs import field, frozen

from privflow.conditions import Condition
from privflow.errors import DefinitionError
from privflow.facts import required_text
from privflow.journeys.part import distinct, optional_condition, required_parts
from privflow.journeys.policy import maybe_span
from privflow.journeys.step import SOPStep
from privflow.timing import Span


@frozen(kw_only=True)
class To:
    """A way to another stage, taken when its condition holds or its time has come.

    Args:
        stage: where it leads.
        when: judged on every input and every wake.
        after: so long after the stage was entered, where `when` holds then, if given.

    Raises:
        DefinitionError: neither a condition nor a time.
    """

    stage: str = field(kw_only=False)
    when: Condition | None = None
    after: Span | None = field(default=None, converter=maybe_span)

    def __attrs_post_init__(self) -> None:
        required_text("To.stage", self.stage)
        if self.when is None and self.after is None:
            problem = f"the way to {self.stage!r} has neither `when` nor `after`"
            raise DefinitionError("To", problem, "say when it is taken")
        optional_condition(f"condition of the way to {self.stage!r}", self.when)


@frozen(kw_only=True)
class Stage:
    """A part of a journey with its own procedure (阶段).

    Args:
        steps: its SOP; each is due counted from the entry into the stage.
        then: the ways out, tried in order; the first that is open is taken.

    Raises:
        DefinitionError: a part is no step, or no way.
        DuplicateNameError: two steps share a name.
    """

    name: str = field(kw_only=False)
    steps: tuple[SOPStep, ...] = field(default=(), converter=tuple[SOPStep, ...])
    then: tuple[To, ...] = field(default=(), converter=tuple[To, ...])

    def __attrs_post_init__(self) -> None:
        required_text("Stage.name", self.name)
        required_parts("Stage.steps", self.steps, SOPStep)
        required_parts("Stage.then", self.then, To)
        distinct(f"steps of stage {self.name!r}", (step.name for step in self.steps))

    def step(self, name: str) -> SOPStep | None:
        """The step of a name."""
        return next((step for step in self.steps if step.name == name), None)
