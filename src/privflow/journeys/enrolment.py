"""Where one contact stands in one journey.

Theory of operation
-------------------
1. Each visit of a journey is an enrolment of its own and counts one higher than the
   one before. Where a journey has no key, one visit runs at a time.
2. A visit of a stage has a `StepState` for each of its steps, from the entry on. They
   are kept in a `Track`, which makes them when somebody reads them.
3. A step is open (`waiting`, `deferred`) or closed (`sent`, `skipped`, `expired`); the
   table is `STEP_LIFE`. A closed one never opens again, unless the host held its touch
   back and nothing left; a recurring step goes on as its next occurrence, which is a
   new state with a higher number.
4. Steps are known by name, and by the names that the visit remembers of them. What was
   closed under a name stays closed for the visit of its stage, whatever an edit does to
   the journey (J6).
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, field, frozen

from privflow.facts import changer, maker
from privflow.journeys.former import NOTHING_FORMER, Former
from privflow.journeys.step_state import StepState
from privflow.journeys.track import NO_STEPS, Track, packed, track_of
from privflow.timing import Instant


@frozen(kw_only=True, weakref_slot=False)
class Enrolment:
    """One visit of a journey (旅程实例).

    Args:
        visit: counts the visits of this journey from 1.
        key: which of several visits it is, where the journey has a key.
        control: whether the contact is of the control group, for as long as it lasts.
        former: the names that the journey and its parts had, as far as it was there.
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
    steps: Track = field(default=NO_STEPS, converter=track_of)
    earlier: Track = field(default=NO_STEPS, converter=track_of)
    ended_at: Instant | None = None
    ended_by: str = ""
    key: str = ""
    control: bool = False
    former: Former = NOTHING_FORMER

    @property
    def place(self) -> tuple[str, int]:
        """What no two enrolments of a contact share."""
        return self.journey, self.visit

    def step(self, name: str) -> StepState | None:
        """How far a step has come, in this stage or in an earlier one."""
        found = self.steps.find(name)
        if found is not None:
            return found
        return next((s for s in reversed(self.earlier) if s.step == name), None)

    def opening(self, steps: Iterable[StepState]) -> Enrolment:
        """The enrolment with the steps of its first stage."""
        return _with_steps(self, packed(steps))

    def moved(self, stage: str, at: Instant, steps: Iterable[StepState]) -> Enrolment:
        """The enrolment in another stage, entered at an instant."""
        opened = tuple(steps)
        past = self.earlier.followed_by(self.steps.of_stage(self.stage))
        past = past.without([state.step for state in opened])
        number = self.stage_visit + 1
        return _with_stage(self, stage, at, number, packed(opened), past)

    def between_stages(self) -> Enrolment:
        """The enrolment when its stage is over, and before the next one is entered."""
        past = self.earlier.followed_by(self.steps.of_stage(self.stage))
        return _with_past(self, NO_STEPS, past)

    def refreshed(self, *, at: Instant, steps: Iterable[StepState]) -> Enrolment:
        """The enrolment with its stage entered anew; what is closed stays closed."""
        fresh = {state.step: state for state in steps}
        kept = [
            fresh.get(old.step, old) if old.is_open and old.occurrence == 1 else old
            for old in self.steps
        ]
        return evolve(self, stage_at=at, steps=packed(kept))

    def with_step(self, new: StepState, *, past: StepState | None = None) -> Enrolment:
        """The enrolment with a new state of one of its steps.

        Args:
            past: the occurrence that is over, of a step that recurs.
        """
        steps = self.steps.with_state(new)
        if past is None:
            return _with_steps(self, steps)
        over = packed([past.of_stage(self.stage)])
        earlier = self.earlier.without({past.step}).followed_by(over)
        return _with_past(self, steps, earlier)

    def left(self, *, at: Instant, by: str) -> Enrolment:
        """The enrolment after its end; open steps stay as they are, and unsent."""
        return _ended(self, at, by)


_with_steps = changer(Enrolment, "steps")
_with_past = changer(Enrolment, "steps", "earlier")
_ended = changer(Enrolment, "ended_at", "ended_by")
_with_stage = changer(Enrolment, "stage", "stage_at", "stage_visit", "steps", "earlier")

begun = maker(
    Enrolment,
    stage_visit=1,
    steps=NO_STEPS,
    earlier=NO_STEPS,
    ended_at=None,
    ended_by="",
)
"""A visit that begins; the steps of its first stage are to come.

It is made of `journey`, `version`, `visit`, `entered_at`, `stage`, `stage_at`, `key`,
`control` and `former`.
"""
