"""Where one contact stands in one journey.

Theory of operation
-------------------
1. A contact has at most one enrolment of a journey; a new visit replaces an ended one
   and counts one higher.
2. A visit of a stage has a `StepState` for each of its steps, from the entry on.
3. A step is open (`waiting`, `deferred`) or closed (`sent`, `skipped`, `expired`). A
   closed one never opens again; a recurring step goes on as its next occurrence, which
   is a new state with a higher number.
"""

from __future__ import annotations

from attrs import evolve, field, frozen

from privflow.facts import EMPTY, Properties
from privflow.timing import Instant

OPEN = ("waiting", "deferred")


@frozen(kw_only=True)
class GateLine:
    """What one gate said of one attempt: what `why` reads back.

    Args:
        ruling: `"allow"`, `"hold"` or `"deny"`.
        until: the next possible instant, for a hold.
    """

    gate: str
    channel: str
    ruling: str
    reason: str = ""
    until: Instant | None = None
    facts: Properties = EMPTY


@frozen(kw_only=True)
class StepState:
    """How far a step has come in this visit of its stage.

    Args:
        occurrence: counts a recurring step from 1.
        due_at: when it was due; None where its schedule never comes.
        status: `"waiting"`, `"deferred"`, `"sent"`, `"skipped"` or `"expired"`.
        reason: why it was deferred, skipped or expired.
        again_at: when a deferred step is judged again, or given up.
        opens_at: when its gates may open; None where it is given up before.
        decided_at: when it was last judged.
        touch_id: of the touch that was sent.
        lines: what the gates said when it was last judged.
    """

    step: str = field(kw_only=False)
    due_at: Instant | None
    occurrence: int = 1
    status: str = "waiting"
    reason: str = ""
    again_at: Instant | None = None
    opens_at: Instant | None = None
    decided_at: Instant | None = None
    touch_id: str = ""
    lines: tuple[GateLine, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it may still be sent."""
        return self.status in OPEN

    @property
    def next_at(self) -> Instant | None:
        """When it wants to be looked at next; None when never."""
        if not self.is_open:
            return None
        return self.again_at if self.status == "deferred" else self.due_at

    def closed(
        self,
        status: str,
        *,
        at: Instant,
        reason: str = "",
        lines: tuple[GateLine, ...] = (),
        touch_id: str = "",
    ) -> StepState:
        """The state with its final outcome, decided at an instant."""
        return StepState(
            self.step,
            due_at=self.due_at,
            occurrence=self.occurrence,
            status=status,
            reason=reason,
            decided_at=at,
            touch_id=touch_id,
            lines=lines or self.lines,
        )

    def deferred(
        self,
        reason: str,
        *,
        at: Instant,
        again_at: Instant,
        opens_at: Instant | None,
        lines: tuple[GateLine, ...],
    ) -> StepState:
        """The state after it was blocked at an instant, to be judged again."""
        return StepState(
            self.step,
            due_at=self.due_at,
            occurrence=self.occurrence,
            status="deferred",
            reason=reason,
            again_at=again_at,
            opens_at=opens_at,
            decided_at=at,
            lines=lines,
        )


@frozen(kw_only=True)
class Enrolment:
    """One visit of a journey (旅程实例).

    Args:
        visit: counts the visits of this journey from 1.
        entered_at: `since_entry()` counts after it.
        stage: where the contact is, or was at the end.
        stage_at: when that stage was entered; its steps count from it.
        stage_visit: counts the stages entered in this visit from 1.
        steps: of this stage, in its order.
        earlier: of the stages before it, as they ended; for `why`.
        ended_at: when the journey was left; None while the contact is in it.
        ended_by: `"goal"`, `"exit"`, `"completed"`, `"rule"` or `"step"`.
    """

    journey: str = field(kw_only=False)
    version: int
    visit: int
    entered_at: Instant
    stage: str
    stage_at: Instant
    stage_visit: int = 1
    steps: tuple[StepState, ...] = ()
    earlier: tuple[StepState, ...] = ()
    ended_at: Instant | None = None
    ended_by: str = ""

    def step(self, name: str) -> StepState | None:
        """How far a step has come, in this stage or in an earlier one."""
        for state in (*self.steps, *reversed(self.earlier)):
            if state.step == name:
                return state
        return None

    def moved(
        self, stage: str, *, at: Instant, steps: tuple[StepState, ...]
    ) -> Enrolment:
        """The enrolment in another stage, entered at an instant."""
        entered = {state.step for state in steps}
        past = (*self.earlier, *self.steps)
        return evolve(
            self,
            stage=stage,
            stage_at=at,
            stage_visit=self.stage_visit + 1,
            steps=steps,
            earlier=tuple(state for state in past if state.step not in entered),
        )

    def with_step(self, new: StepState, *, past: StepState | None = None) -> Enrolment:
        """The enrolment with a new state of one of its steps.

        Args:
            past: the occurrence that is over, of a step that recurs.
        """
        earlier = self.earlier
        if past is not None:
            earlier = (*(s for s in earlier if s.step != past.step), past)
        return Enrolment(
            self.journey,
            version=self.version,
            visit=self.visit,
            entered_at=self.entered_at,
            stage=self.stage,
            stage_at=self.stage_at,
            stage_visit=self.stage_visit,
            steps=tuple(new if s.step == new.step else s for s in self.steps),
            earlier=earlier,
            ended_at=self.ended_at,
            ended_by=self.ended_by,
        )

    def left(self, *, at: Instant, by: str) -> Enrolment:
        """The enrolment after its end; open steps stay as they are, and unsent."""
        return evolve(self, ended_at=at, ended_by=by)
