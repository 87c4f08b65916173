"""What the engine hands to the host: things to do, and the outcome that holds them."""

from __future__ import annotations

from attrs import field, frozen
from typing_extensions import override

from privflow.engine.journal import Entry
from privflow.engine.state import ContactState
from privflow.facts import EMPTY, Properties
from privflow.quotas import Claim
from privflow.timing import Instant
from privflow.touches import Touch


@frozen(kw_only=True, weakref_slot=False)
class Send:
    """Send this touch now (发送). `touch.id` is the key against repeats.

    Args:
        staff: the member who follows the contact, for channels that need one.
        claims: what it takes of quotas that contacts share. Reserve all of them in the
            `QuotaStore` first; if it refuses, send nothing and report `"held"`.
    """

    touch: Touch = field(kw_only=False)
    staff: str = ""
    claims: tuple[Claim, ...] = field(default=(), converter=tuple[Claim, ...])


@frozen(kw_only=True)
class AssignTask:
    """Have a staff member send this touch and confirm it (待办任务, J7).

    Args:
        staff: the member who follows the contact.
        claims: as those of `Send`: reserve them before the task is made.
        deadline: until when it keeps its place in quotas unless somebody confirms it.
    """

    touch: Touch = field(kw_only=False)
    staff: str = ""
    claims: tuple[Claim, ...] = field(default=(), converter=tuple[Claim, ...])
    deadline: Instant | None = None


@frozen(kw_only=True)
class StaffTask:
    """Something for a staff member to do that sends nothing (员工任务).

    Args:
        id: the key against repeats.
        task: what to do, by the name that the rule gives it.
        staff: who; empty where nobody follows the contact.
        due_at: when it should be done; no end if None.
        source: `"rule:…"`.
    """

    task: str = field(kw_only=False)
    id: str
    contact_id: str
    staff: str = ""
    due_at: Instant | None = None
    source: str = ""
    parameters: Properties = EMPTY


@frozen(kw_only=True)
class Remind:
    """Remind a staff member of a task that waits to be confirmed (提醒, J7).

    Args:
        touch: of the task; `touch.id` and `number` are the key against repeats.
        number: counts the reminders of a task from 1.
    """

    touch: Touch = field(kw_only=False)
    staff: str = ""
    number: int


@frozen(kw_only=True)
class Withdraw:
    """Take a task back that staff have not done yet (撤回任务, J7).

    Its touch keeps its place in quotas until you report what came of it: `cancelled`
    where nobody will send it any more, `confirmed` where they were quicker.

    Args:
        touch: of the task; `touch.id` is the key against repeats.
        reason: how the visit ended that asked for it, one of `ENDINGS`; or
            `"no_journey"`: the plan has its journey no more.
    """

    touch: Touch = field(kw_only=False)
    staff: str = ""
    reason: str


Command = Send | AssignTask | Remind | Withdraw
"""What the host has to do about a touch."""


@frozen(kw_only=True, weakref_slot=False, repr=False)
class Outcome:
    """What came of an input: the new state, what to do, and why.

    Args:
        state: save it before the commands are carried out.
        commands: in the order in which they were decided.
        tasks: what staff have to do besides, in the same order.
        journal: every decision, sends and non-sends alike.
    """

    state: ContactState
    commands: tuple[Command, ...] = ()
    tasks: tuple[StaffTask, ...] = ()
    journal: tuple[Entry, ...] = ()

    @override
    def __repr__(self) -> str:
        work = f"{len(self.commands)} commands, {len(self.tasks)} tasks"
        entries = f"{len(self.journal)} journal entries"
        return f"<Outcome {self.state.contact.id!r} {work}, {entries}>"
