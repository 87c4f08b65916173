"""Errands: how far each command of the outbox has come, kept beside it.

Theory of operation
-------------------
1. A command is *new* until a call for it begins, and that it begins is saved first.
   From then on it is *tried*: a call that is cut off may have been carried out.
2. An answer makes it *taken*, with the platform's reference, or *done*, or *later*,
   where nothing was done and it may be tried again.
3. What was tried and never answered is called again where the platform knows a repeat;
   where it does not, the platform is asked first. Nothing else of that member goes out
   on that channel before this is known.
4. Of what is taken, the platform is asked every hour until it tells the end. A task
   that nobody has confirmed is *recalled* an hour before its deadline, after which the
   engine no longer keeps its places, and its touches expire; or as soon as all of its
   touches are withdrawn. Staff may be quicker, so that the platform is asked a last
   time. A reminder may get lost, and is never sent twice.
5. Each end becomes a receipt in the inbox, in the transaction that closes the errand.
"""

from __future__ import annotations

import json
from typing import Final

from attrs import field, frozen

import privflow as pf
from hosts.question import platform_of
from hosts.sqlite_host import SqliteHost
from hosts.sqlite_store import SqliteStore
from privflow.channels import Request
from privflow.touches import RELEASES

TABLES: Final = """
CREATE TABLE IF NOT EXISTS errand (
    touch_id TEXT PRIMARY KEY, phase TEXT NOT NULL, tried_us INTEGER NOT NULL,
    again_us INTEGER NOT NULL, reference TEXT NOT NULL DEFAULT '');
"""
BREATH: Final = pf.span("1m")
"""How long to leave a platform alone that said "not now"."""
_QUICK: Final = pf.span("5s")
_HOLD: Final = pf.span("4h")
"""How long places are held for a call: longer than one can be in doubt."""
_ENDS: Final = frozenset({"delivered", *RELEASES})


@frozen(kw_only=True)
class Errand:
    """One command of the outbox, and how far it has come.

    Args:
        tried: when the first call for it began.
        again: when to go on with it.
        reference: the platform's own name of what it has taken.
        withdrawn: the plan does not want it any more.
    """

    command: pf.Send | pf.AssignTask = field(kw_only=False)
    phase: str
    tried: pf.Instant
    again: pf.Instant
    reference: str
    withdrawn: bool = False

    @property
    def touch(self) -> pf.Touch:
        """What it is about."""
        return self.command.touch

    @property
    def is_begun(self) -> bool:
        """Whether a platform has it, or may have it."""
        return self.phase not in {"new", "later"}

    @property
    def is_in_doubt(self) -> bool:
        """Whether the platform is to be asked before anything like it goes out."""
        return self.phase == "tried" and not self.knows_repeats

    @property
    def knows_repeats(self) -> bool:
        """Whether the platform takes the same call twice for one."""
        channel = self.touch.channel
        return platform_of(channel).knows_repeats(channel)

    @property
    def pause(self) -> pf.Span:
        """How long to wait after a call without an answer.

        A platform may take a while to list what it has taken; a repeat can go at once,
        and has to where a code lives for 20 seconds.
        """
        return _QUICK if self.knows_repeats else BREATH

    @property
    def lane(self) -> tuple[str, str]:
        """Where a call that is in doubt holds up the next one."""
        return self.touch.channel, self.command.staff


@frozen(kw_only=True)
class Call:
    """One call to a platform: `begin` it, make it, and `settle` what came back.

    Args:
        purpose: `"send"`; or `"ask"`, `"look"`, `"remind"`, `"recall"` about what was
            sent.
        request: what to call.
        errands: those it is for.
        sent: the request that was sent; each errand is one of its recipients.
    """

    purpose: str = field(kw_only=False)
    request: Request = field(kw_only=False)
    errands: tuple[Errand, ...]
    sent: Request


class Errands:
    """The errands of a host; every change is part of the caller's transaction."""

    def __init__(self, host: SqliteHost) -> None:
        self.host, self.db = host, host.db
        self.db.executescript(TABLES)
        self._store = SqliteStore(self.db)

    def open(self) -> list[Errand]:
        """Those without an end, oldest first."""
        return self._found("key = touch AND NOT sent")

    def to_remind(self) -> list[Errand]:
        """The tasks of which staff are to be reminded; each reminder goes out once."""
        return self._found("key LIKE '% reminder %' AND NOT sent")

    def _found(self, which: str) -> list[Errand]:
        rows = self.db.execute(
            f"""WITH waiting AS (SELECT touch, min(rowid) AS place FROM outbox
                WHERE {which} GROUP BY touch)
            SELECT command, coalesce(phase, 'new'), coalesce(tried_us, 0),
                coalesce(again_us, 0), coalesce(reference, ''), sent,
                EXISTS (SELECT * FROM outbox WHERE key = waiting.touch || ' withdrawal')
            FROM waiting JOIN outbox ON key = waiting.touch
            LEFT JOIN errand ON touch_id = key ORDER BY place"""  # noqa: S608 - ours
        ).fetchall()
        return [
            Errand(
                pf.load(json.loads(command)),
                phase="done" if sent else phase,
                tried=pf.Instant(tried_us),
                again=pf.Instant(again_us),
                reference=reference,
                withdrawn=bool(withdrawn),
            )
            for command, phase, tried_us, again_us, reference, sent, withdrawn in rows
        ]

    def reminded(self, errand: Errand) -> None:
        """Its reminders are out, or of no use any more."""
        where = "touch = ? AND key LIKE '% reminder %'"
        self.db.execute(f"UPDATE outbox SET sent = 1 WHERE {where}", (errand.touch.id,))  # noqa: S608 - ours

    def hasten(self, now: pf.Instant) -> None:
        """Look after what has been withdrawn since, at once."""
        new = "key LIKE '% withdrawal' AND NOT sent"
        with self.host.transaction():
            self.db.execute(
                f"""UPDATE errand SET again_us = min(again_us, ?) WHERE phase = 'taken'
                AND touch_id IN (SELECT touch FROM outbox WHERE {new})""",  # noqa: S608 - ours
                (now.us,),
            )
            self.db.execute(f"UPDATE outbox SET sent = 1 WHERE {new}")  # noqa: S608 - ours

    def hold_place(self, errand: Errand, now: pf.Instant) -> bool:
        """Take its places in quotas that contacts share; without them it is held back.

        Asked again under the same touch it gives the same answer.
        """
        claims, touch_id = errand.command.claims, errand.touch.id
        if not claims:
            return True
        until = now + _HOLD
        answer = self._store.reserve(touch_id, claims, now=now, expires_at=until)
        if isinstance(answer, pf.Reserved):
            return True
        at = answer.next_possible
        self.end(errand, pf.Receipt(touch_id, "held", at=now, retry_at=at))
        return False

    def references(self) -> frozenset[str]:
        """Those under which platforms are known to have something of ours."""
        rows = self.db.execute("SELECT DISTINCT reference FROM errand")
        return frozenset(reference for (reference,) in rows if reference)

    def move(
        self,
        errand: Errand,
        phase: str,
        again: pf.Instant,
        *,
        tried: pf.Instant | None = None,
        reference: str = "",
    ) -> None:
        """Note how far it has come, and when to go on."""
        row = (
            errand.touch.id,
            phase,
            (tried or errand.tried).us,
            again.us,
            reference or errand.reference,
        )
        self.db.execute("INSERT OR REPLACE INTO errand VALUES (?, ?, ?, ?, ?)", row)

    def tell(self, command: pf.Send | pf.AssignTask, receipt: pf.Receipt) -> None:
        """Keep what is known of a touch as an input; its places stand or fall by it."""
        self.host.receive(command.touch.contact_id, receipt)
        if command.claims:
            is_free = receipt.status in RELEASES
            settle = self._store.release if is_free else self._store.commit
            settle(command.touch.id, now=receipt.at)

    def end(self, errand: Errand, receipt: pf.Receipt) -> None:
        """Close it, and keep its end as an input."""
        self.tell(errand.command, receipt)
        self._close(errand.touch.id)

    def hear(self, receipt: pf.Receipt) -> None:
        """Keep what a platform told by itself; an end closes the errand."""
        found = self.db.execute(
            "SELECT command FROM outbox WHERE key = ?", (receipt.touch_id,)
        ).fetchone()
        if found is not None:
            command: pf.Send | pf.AssignTask = pf.load(json.loads(found[0]))
            self.tell(command, receipt)
            if receipt.status in _ENDS:
                self._close(receipt.touch_id)

    def _close(self, touch_id: str) -> None:
        self.db.execute("UPDATE outbox SET sent = 1 WHERE key = ?", (touch_id,))
