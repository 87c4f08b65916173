"""A host without its wires: what to call next, and what an answer leads to.

Nothing here waits, so that a host that awaits its calls and one that does not are the
same but for a dozen lines. Everything is in one file of SQLite; a call is made between
two transactions, never inside of one.
"""

from __future__ import annotations

from pathlib import Path

import privflow as pf
from hosts.caller import Caller
from hosts.errand import Call, Errands
from hosts.mailroom import Chore, Mailroom
from hosts.settling import settle
from hosts.sqlite_host import SqliteHost
from privflow.channels import Response


class Desk:
    """Contacts, callbacks and errands of one plan, and the order of work on them."""

    def __init__(self, path: Path, plan: pf.Plan) -> None:
        self.host = SqliteHost(path, pf.Engine(plan))
        self._errands = Errands(self.host)
        self._caller = Caller(self._errands)
        self._mail = Mailroom(self._errands)

    def close(self) -> None:
        """Let go of the file."""
        self.host.close()

    def calls(self, now: pf.Instant, turn: set[object]) -> list[Call | Chore]:
        """Let everybody whose time has come be decided, and say what to call next.

        Args:
            turn: what was called in this turn already: nothing is called twice in one.
        """
        chores = self._mail.read(now)
        self.host.work(now)
        found: list[Call | Chore] = [*chores, *self._caller.calls(now)]
        calls = {_place(call): call for call in found}
        new = [call for place, call in calls.items() if place not in turn]
        turn.update(calls)
        return new

    def begin(self, call: Call | Chore, now: pf.Instant) -> None:
        """Save that a call is about to be made; nothing else tells after a crash."""
        if isinstance(call, Call):
            self._caller.begin(call, now)

    def settle(self, call: Call | Chore, answer: Response) -> None:
        """Draw the consequences of an answer."""
        if isinstance(call, Chore):
            self._mail.settle(call, answer)
        else:
            settle(self._errands, call, answer)

    def next_at(self, now: pf.Instant) -> pf.Instant:
        """When there is something to do again, if no callback comes before."""
        found = (self.host.next_at(), self._caller.next_at(), self._mail.next_at(now))
        return pf.Instant(max(now.us, min(at for at in found if at is not None)))


def _place(call: Call | Chore) -> object:
    if isinstance(call, Chore):
        return call.purpose, call.about
    return call.purpose, tuple(errand.touch.id for errand in call.errands)
