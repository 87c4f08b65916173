"""Where one contact stands in one journey.

Theory of operation
-------------------
1. Each visit of a journey is an enrolment of its own and counts one higher than the
   one before. Where a journey has no key, one visit runs at a time.
2. A visit of a stage has a `StepState` for each of its steps, from the entry on.
3. A step is open (`waiting`, `deferred`) or closed (`sent`, `skipped`, `expired`); the
   table is `STEP_LIFE`. A closed one never opens again, unless the host held its touch
   back and nothing left; a recurring step goes on as its next occurrence, which is a
   new state with a higher number.
4. Steps are known by name. What was closed under a name stays closed for the visit of
   its stage, whatever an edit does to the journey (J6).
"""

from __future__ import annotations

from attrs import evolve, field, frozen

from privflow.facts import EMPTY, Properties, maker
from privflow.journeys.life import OPEN, STATES, required_change
from privflow.timing import Instant
from privflow.touches import one_of


@frozen(kw_only=True, weakref_slot=False)
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


@frozen(kw_only=True, weakref_slot=False)
class StepState:
    """How far a step has come in this visit of its stage.

    Args:
        occurrence: counts a recurring step from 1.
        due_at: when it was due; None where its schedule never comes, or where what it
            counts from has not come yet.
        since: what it counts from, where that is not the entry into the stage.
        status: `"waiting"`, `"deferred"`, `"sent"`, `"skipped"` or `"expired"`.
        reason: why it was deferred, skipped or expired.
        again_at: when a deferred step is judged again, or given up.
        opens_at: when its gates may open; None where it is given up before.
        decided_at: when it was last judged.
        touch_id: of the touch that was sent.
        lines: what the gates said when it was last judged.
        stage: where it was, for a step of an earlier stage.
        held: the channels on which a quota that contacts share had no room, one for
            each attempt that the host held back.

    Raises:
        DefinitionError: there is no such status.
    """

    step: str = field(kw_only=False)
    due_at: Instant | None
    since: Instant | None = None
    occurrence: int = 1
    status: str = "waiting"
    reason: str = ""
    again_at: Instant | None = None
    opens_at: Instant | None = None
    decided_at: Instant | None = None
    touch_id: str = ""
    lines: tuple[GateLine, ...] = ()
    stage: str = ""
    held: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.status not in STATES:
            one_of("StepState.status", self.status, STATES)

    @property
    def is_open(self) -> bool:
        """Whether it may still be sent."""
        return self.status in OPEN

    @property
    def next_at(self) -> Instant | None:
        """When it wants to be looked at next; None when never."""
        status = self.status
        if status == "waiting":
            return self.due_at
        return self.again_at if status == "deferred" else None

    def of_stage(self, stage: str) -> StepState:
        """The state, as that of a step of a stage that is over."""
        return evolve(self, stage=stage)

    def closed(
        self,
        status: str,
        *,
        at: Instant,
        reason: str = "",
        lines: tuple[GateLine, ...] = (),
        touch_id: str = "",
    ) -> StepState:
        """The state with its final outcome, decided at an instant.

        Raises:
            ProtocolError: it has one already.
        """
        required_change(self.step, self.status, status)
        due_at = self.due_at
        if due_at is not None and due_at.us == at.us:
            at = due_at  # nearly every step: one object less in the state
        return _made_state(
            self.step,
            due_at,
            self.since,
            self.occurrence,
            status,
            reason,
            None,
            None,
            at,
            touch_id,
            lines or self.lines,
            "",
            self.held,
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
        """The state after it was blocked at an instant, to be judged again.

        Raises:
            ProtocolError: it is closed.
        """
        required_change(self.step, self.status, "deferred")
        return _made_state(
            self.step,
            self.due_at,
            self.since,
            self.occurrence,
            "deferred",
            reason,
            again_at,
            opens_at,
            at,
            "",
            lines,
            "",
            self.held,
        )


_made_state = maker(StepState)


def waiting(step: str, due_at: Instant, since: Instant | None = None) -> StepState:
    """The state of a step that is due at an instant, for the first time."""
    return _made_state(
        step, due_at, since, 1, "waiting", "", None, None, None, "", (), "", ()
    )


@frozen(kw_only=True, weakref_slot=False)
class Enrolment:
    """One visit of a journey (旅程实例).

    Args:
        visit: counts the visits of this journey from 1.
        key: which of several visits it is, where the journey has a key.
        control: whether the contact is of the control group, for as long as it lasts.
        entered_at: `since_entry()` counts after it.
        stage: where the contact is, or was at the end.
        stage_at: when that stage was entered; its steps count from it.
        stage_visit: counts the stages entered in this visit from 1.
        steps: of this stage, in its order.
        earlier: of the stages before it, as they ended; for `why`.
        ended_at: when the journey was left; None while the contact is in it.
        ended_by: one of `ENDINGS`: `"goal"`, `"exit"`, `"completed"` and so on.
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
    key: str = ""
    control: bool = False

    @property
    def place(self) -> tuple[str, int]:
        """What no two enrolments of a contact share."""
        return self.journey, self.visit

    def step(self, name: str) -> StepState | None:
        """How far a step has come, in this stage or in an earlier one."""
        for state in (*self.steps, *reversed(self.earlier)):
            if state.step == name:
                return state
        return None

    def opening(self, steps: tuple[StepState, ...]) -> Enrolment:
        """The enrolment with the steps of its first stage."""
        return self._with(steps, self.earlier)

    def moved(
        self, stage: str, *, at: Instant, steps: tuple[StepState, ...]
    ) -> Enrolment:
        """The enrolment in another stage, entered at an instant."""
        entered = {state.step for state in steps}
        past = (*self.earlier, *(state.of_stage(self.stage) for state in self.steps))
        return evolve(
            self,
            stage=stage,
            stage_at=at,
            stage_visit=self.stage_visit + 1,
            steps=steps,
            earlier=tuple(state for state in past if state.step not in entered),
        )

    def refreshed(self, *, at: Instant, steps: tuple[StepState, ...]) -> Enrolment:
        """The enrolment with its stage entered anew; what is closed stays closed."""
        fresh = {state.step: state for state in steps}
        kept = (
            fresh.get(old.step, old) if old.is_open and old.occurrence == 1 else old
            for old in self.steps
        )
        return evolve(self, stage_at=at, steps=tuple(kept))

    def with_step(self, new: StepState, *, past: StepState | None = None) -> Enrolment:
        """The enrolment with a new state of one of its steps.

        Args:
            past: the occurrence that is over, of a step that recurs.
        """
        earlier = self.earlier
        if past is not None:
            past = past.of_stage(self.stage)
            earlier = (*(s for s in earlier if s.step != past.step), past)
        steps = tuple([new if s.step == new.step else s for s in self.steps])
        return self._with(steps, earlier)

    def _with(
        self, steps: tuple[StepState, ...], earlier: tuple[StepState, ...]
    ) -> Enrolment:
        """The enrolment with other states; made by hand, since steps change often."""
        return _made_enrolment(
            self.journey,
            self.version,
            self.visit,
            self.entered_at,
            self.stage,
            self.stage_at,
            self.stage_visit,
            steps,
            earlier,
            self.ended_at,
            self.ended_by,
            self.key,
            self.control,
        )

    def left(self, *, at: Instant, by: str) -> Enrolment:
        """The enrolment after its end; open steps stay as they are, and unsent."""
        return evolve(self, ended_at=at, ended_by=by)


_made_enrolment = maker(Enrolment)
