"""A host on one machine: SQLite keeps the states, what came in, and what goes out.

One transaction takes the inputs of one contact, asks the engine, and saves the new
state beside the commands. Sending comes after it, and is repeated until it is known to
have worked: the id of a touch is the key by which a platform knows a repeat. Whoever
kills the process at any point loses nothing by it, and nobody gets a message twice.
Ask a platform that knows no such key what it has sent before you send again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import privflow as pf

TABLES: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS contact (
    id TEXT PRIMARY KEY, wake_us INTEGER, state TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS contact_wake ON contact (wake_us);
CREATE TABLE IF NOT EXISTS inbox (
    key TEXT PRIMARY KEY, contact_id TEXT NOT NULL, at_us INTEGER NOT NULL,
    input TEXT NOT NULL, taken INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS inbox_open ON inbox (at_us) WHERE NOT taken;
CREATE TABLE IF NOT EXISTS outbox (
    key TEXT PRIMARY KEY, touch TEXT NOT NULL, command TEXT NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS outbox_open ON outbox (touch) WHERE NOT sent;
"""
WAITING: Final = """
    SELECT contact_id FROM inbox WHERE NOT taken AND at_us <= :now
    UNION SELECT id FROM contact WHERE wake_us <= :now ORDER BY 1"""
INPUTS: Final = """
    SELECT key, input FROM inbox
    WHERE contact_id = ? AND NOT taken AND at_us <= ? ORDER BY at_us, key"""
NEXT: Final = """
    SELECT min(at) FROM (SELECT min(wake_us) AS at FROM contact
        UNION SELECT min(at_us) FROM inbox WHERE NOT taken)"""


class SqliteHost:
    """Keeps the states of a plan's contacts in one file.

    One process works and delivers; others may receive at the same time. A host of
    several threads lets one of them in at a time. `new_contact` makes a contact who has
    not been seen before.
    """

    def __init__(
        self,
        path: Path,
        engine: pf.Engine,
        new_contact: Callable[[str], pf.Contact] = pf.Contact,
    ) -> None:
        self.engine, self.new_contact = engine, new_contact
        self.db = sqlite3.connect(
            path, isolation_level=None, timeout=30, check_same_thread=False
        )
        self.db.executescript(TABLES)
        self.close = self.db.close

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is done inside, or nothing of it."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def receive(self, contact_id: str, given: pf.Event | pf.Receipt) -> None:
        """Keep an input for `work`, once, however often the platform repeats it."""
        if isinstance(given, pf.Event):
            key = f"event {given.key}"
        else:
            key = f"receipt {given.touch_id} {given.status} {given.at.us}"
        row = (key, contact_id, given.at.us, _written(given))
        insert = "INSERT OR IGNORE INTO inbox (key, contact_id, at_us, input)"
        self.db.execute(f"{insert} VALUES (?, ?, ?, ?)", row)

    def next_at(self) -> int | None:
        """When the next contact wants to be woken or has an input, in microseconds."""
        return self.db.execute(NEXT).fetchone()[0]  # type: ignore[no-any-return]

    def work(self, now: pf.Instant) -> None:
        """Advance every contact who has an input waiting, or whose time has come."""
        for (contact_id,) in self.db.execute(WAITING, {"now": now.us}).fetchall():
            with self.transaction():
                self._advance(contact_id, now)

    def _advance(self, contact_id: str, now: pf.Instant) -> None:
        rows = self.db.execute(INPUTS, (contact_id, now.us)).fetchall()
        inputs = [pf.load(json.loads(document)) for _, document in rows]
        outcome = self.engine.advance(self.state(contact_id), *inputs, now=now)
        self.save(outcome.state)
        put = "INSERT INTO outbox (key, touch, command) VALUES (?, ?, ?)"
        commands = [(_key(c), c.touch.id, _written(c)) for c in outcome.commands]
        self.db.executemany(put, commands)
        mark = "UPDATE inbox SET taken = 1 WHERE key = ?"
        self.db.executemany(mark, [(key,) for key, _ in rows])

    def save(self, state: pf.ContactState) -> None:
        """Keep the state of a contact, in the place of the one before it."""
        wake = state.wake_at and state.wake_at.us
        row = (state.contact.id, wake, _written(state))
        self.db.execute("INSERT OR REPLACE INTO contact VALUES (?, ?, ?)", row)

    def state(self, contact_id: str) -> pf.ContactState:
        """The state of a contact as it was saved last."""
        find = "SELECT state FROM contact WHERE id = ?"
        for (document,) in self.db.execute(find, (contact_id,)):
            return pf.load(json.loads(document))  # type: ignore[no-any-return]
        return pf.ContactState(self.new_contact(contact_id))

    def deliver(self, send: Callable[[pf.Command], pf.Receipt | None]) -> None:
        """Send what is in the outbox, and keep what came of it as the next input.

        `send` talks to the platform, with the touch's id as the key against repeats. It
        is asked again after a crash that came before its answer was kept. Of a reminder
        there is nothing to tell: None.
        """
        open_rows = "SELECT key, command FROM outbox WHERE NOT sent ORDER BY rowid"
        for key, document in self.db.execute(open_rows).fetchall():
            command: pf.Command = pf.load(json.loads(document))
            receipt = send(command)
            with self.transaction():
                if receipt is not None:
                    self.receive(command.touch.contact_id, receipt)
                self.db.execute("UPDATE outbox SET sent = 1 WHERE key = ?", (key,))


def _written(value: Any) -> str:  # noqa: ANN401 - a document holds values of any class
    return json.dumps(pf.dump(value))


def _key(command: pf.Command) -> str:
    """What tells a command from others of its touch: a reminder by its number."""
    what = {pf.Remind: "reminder", pf.Withdraw: "withdrawal"}.get(type(command), "")
    return f"{command.touch.id} {what} {getattr(command, 'number', '')}".strip()
