"""How far one step has come, and what its gates said."""

from __future__ import annotations

from attrs import field, frozen

from privflow.facts import EMPTY, Properties, changer, maker
from privflow.journeys.life import OPEN, STATES, STEP_LIFE, no_change
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
        return in_stage(self, stage)

    def closed(
        self,
        status: str,
        at: Instant,
        reason: str = "",
        lines: tuple[GateLine, ...] = (),
        touch_id: str = "",
    ) -> StepState:
        """The state with its final outcome, decided at an instant.

        Raises:
            ProtocolError: it has one already.
        """
        if (self.status, status) not in STEP_LIFE:
            raise no_change(self.step, self.status, status)
        due_at = self.due_at
        if due_at is not None and due_at.us == at.us:
            at = due_at  # nearly every step: one object less in the state
        said = lines or self.lines
        return _decided(self, status, reason, None, None, at, touch_id, said, "")

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
        if (self.status, "deferred") not in STEP_LIFE:
            raise no_change(self.step, self.status, "deferred")
        return _decided(self, "deferred", reason, again_at, opens_at, at, "", lines, "")


made_state = maker(StepState)
in_stage = changer(StepState, "stage")
_decided = changer(
    StepState,
    "status",
    "reason",
    "again_at",
    "opens_at",
    "decided_at",
    "touch_id",
    "lines",
    "stage",
)


waiting = maker(
    StepState,
    occurrence=1,
    status="waiting",
    reason="",
    again_at=None,
    opens_at=None,
    decided_at=None,
    touch_id="",
    lines=(),
    stage="",
    held=(),
)
"""The state of a step that is due for the first time: of `step`, `due_at`, `since`."""
