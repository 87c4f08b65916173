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

import privflow as pf

TABLES = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class SqliteHost:
    """Keeps the states of a plan's contacts in one file.

    One process works and delivers; others may receive at the same time. A host of
    several threads lets one of them in at a time.

    Args:
        path: of the database file.
        new_contact: makes a contact who has not been seen before.
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

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

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
        """Keep an input for the next `work`; the platform may be told "ok" then.

        What the platform repeats is kept once.
        """
        if isinstance(given, pf.Event):
            key = f"event {given.key}"
        else:
            key = f"receipt {given.touch_id} {given.status} {given.at.us}"
        row = (key, contact_id, given.at.us, json.dumps(pf.dump(given)))
        insert = "INSERT OR IGNORE INTO inbox (key, contact_id, at_us, input)"
        self.db.execute(f"{insert} VALUES (?, ?, ?, ?)", row)

    def next_at(self) -> int | None:
        """When the next contact wants to be woken or has an input, in microseconds."""
        at: int | None
        [[at]] = self.db.execute("""
            SELECT min(at) FROM (
                SELECT min(wake_us) AS at FROM contact
                UNION SELECT min(at_us) FROM inbox WHERE NOT taken)""")
        return at

    def work(self, now: pf.Instant) -> None:
        """Advance every contact who has an input waiting, or whose time has come."""
        waiting = """
            SELECT contact_id FROM inbox WHERE NOT taken AND at_us <= :now
            UNION SELECT id FROM contact WHERE wake_us <= :now ORDER BY 1"""
        for (contact_id,) in self.db.execute(waiting, {"now": now.us}).fetchall():
            with self.transaction():
                self._advance(contact_id, now)

    def _advance(self, contact_id: str, now: pf.Instant) -> None:
        open_rows = """
            SELECT key, input FROM inbox
            WHERE contact_id = ? AND NOT taken AND at_us <= ? ORDER BY at_us, key"""
        rows = self.db.execute(open_rows, (contact_id, now.us)).fetchall()
        inputs = [pf.load(json.loads(document)) for _, document in rows]
        outcome = self.engine.advance(self.state(contact_id), *inputs, now=now)
        wake = outcome.state.wake_at
        document = json.dumps(pf.dump(outcome.state))
        self.db.execute(
            "INSERT OR REPLACE INTO contact (id, wake_us, state) VALUES (?, ?, ?)",
            (contact_id, None if wake is None else wake.us, document),
        )
        self.db.executemany(
            "INSERT INTO outbox (key, touch, command) VALUES (?, ?, ?)",
            [(_key(c), c.touch.id, json.dumps(pf.dump(c))) for c in outcome.commands],
        )
        mark = "UPDATE inbox SET taken = 1 WHERE key = ?"
        self.db.executemany(mark, [(key,) for key, _ in rows])

    def meet(self, contact: pf.Contact) -> None:
        """Keep somebody new, of whom nothing has been heard but who they are."""
        row = (contact.id, json.dumps(pf.dump(pf.ContactState(contact))))
        self.db.execute("INSERT OR IGNORE INTO contact (id, state) VALUES (?, ?)", row)

    def state(self, contact_id: str) -> pf.ContactState:
        """The state of a contact as it was saved last."""
        found = self.db.execute(
            "SELECT state FROM contact WHERE id = ?", (contact_id,)
        ).fetchone()
        if found is None:
            return pf.ContactState(self.new_contact(contact_id))
        state: pf.ContactState = pf.load(json.loads(found[0]))
        return state

    def deliver(self, send: Callable[[pf.Command], pf.Receipt | None]) -> None:
        """Send what is in the outbox, and keep what came of it as the next input.

        Args:
            send: talks to the platform, with the touch's id as the key against repeats.
                It is asked again after a crash that came before its answer was kept. Of
                a reminder there is nothing to tell: None.
        """
        open_rows = "SELECT key, command FROM outbox WHERE NOT sent ORDER BY rowid"
        for key, document in self.db.execute(open_rows).fetchall():
            command: pf.Command = pf.load(json.loads(document))
            receipt = send(command)
            with self.transaction():
                if receipt is not None:
                    self.receive(command.touch.contact_id, receipt)
                self.db.execute("UPDATE outbox SET sent = 1 WHERE key = ?", (key,))


def _key(command: pf.Command) -> str:
    """What tells a command from others: its touch, and which reminder of it."""
    if isinstance(command, pf.Remind):
        return f"{command.touch.id} reminder {command.number}"
    if isinstance(command, pf.Withdraw):
        return f"{command.touch.id} withdrawal"
    return command.touch.id
