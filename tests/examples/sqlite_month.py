"""A month on the SQLite host, as a program that can be told when to be killed.

    python sqlite_month.py FOLDER STATEMENTS SENDS

It goes on where it was stopped, and kills itself before its nth statement of SQL, on
either side, its own or the platform's; or when the platform has sent the nth touch, and
nobody has heard of it yet. 0 and 0 let it run to the end.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

from hosts.sqlite_host import SqliteHost

import privflow as pf
from privflow import event

START = pf.instant("2026-10-01T00:00+08:00")
TICK = pf.span("8h")
TICKS = 60
CONTACTS = [f"c-{number}" for number in range(4)]


def plan() -> pf.Plan:
    """A journey with a wait, a daily cap and quiet hours, and a rule that answers."""
    steps = [
        pf.SOPStep("hello", pf.after("0s"), _message("hello"), via=["sms"]),
        pf.SOPStep("tips", pf.day(1, "23:00"), _message("tips"), via=["sms"]),
        pf.SOPStep("more", pf.weekly("fri", "20:00"), _message("more"), via=["sms"]),
    ]
    journey = pf.Journey(
        "welcome",
        enter_on=event("signed_up"),
        exit_when=event("purchase").within("30d").at_least(3),
        stages=[pf.Stage("first", steps=steps)],
    )
    thanks = pf.Rule(
        "thanks",
        on=event("purchase"),
        do=[pf.Reply(_message("thanks"), via=["sms"])],
    )
    return pf.Plan(
        journeys=[journey],
        rules=[thanks],
        quotas=[pf.TouchQuota("one-a-day", 1, per=pf.calendar("day"))],
        gates=[pf.QuietHours("22:00", "08:00")],
        timezone="Asia/Shanghai",
    )


def _message(name: str) -> pf.Message:
    return pf.Message(name, kind="service")


def contact(contact_id: str) -> pf.Contact:
    """Somebody with a phone."""
    phone = pf.Identity("phone", f"138{contact_id}")
    return pf.Contact(contact_id, identities=[phone])


def events() -> list[pf.Event]:
    """What the platform reports in this month, in the order of time."""
    random = Random(7)  # noqa: S311 - a story, no secret
    month = TICKS * TICK.us
    found = [pf.Event("signed_up", c, at=_at(random, month // 6)) for c in CONTACTS]
    found += [
        pf.Event("purchase", random.choice(CONTACTS), at=_at(random, month))
        for _ in range(12)
    ]
    return sorted(found, key=lambda given: given.at)


def _at(random: Random, within_us: int) -> pf.Instant:
    return pf.Instant(START.us + random.randrange(within_us))


class Platform:
    """Sends a touch once, however often it is asked; it, too, outlives the process."""

    def __init__(self, path: Path, last: int) -> None:
        self.sends, self.last = 0, last
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.executescript("""
            CREATE TABLE IF NOT EXISTS sent (touch_id TEXT PRIMARY KEY, at_us INTEGER);
            CREATE TABLE IF NOT EXISTS asked (touch_id TEXT);
            CREATE TABLE IF NOT EXISTS tick (number INTEGER);""")

    def send(self, command: pf.Command, now: pf.Instant) -> pf.Receipt:
        """Send it, unless that was done already."""
        touch_id = command.touch.id
        self.db.execute("INSERT INTO asked VALUES (?)", (touch_id,))
        row = (touch_id, now.us)
        self.db.execute("INSERT OR IGNORE INTO sent VALUES (?, ?)", row)
        self.sends += 1
        if self.sends == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        return pf.Receipt(touch_id, "delivered", at=now)

    def ticks(self) -> Iterator[int]:
        """The ticks of the clock that have not been lived through to their end."""
        [[done]] = self.db.execute("SELECT count(*) FROM tick")
        for number in range(done, TICKS):
            yield number
            self.db.execute("INSERT INTO tick VALUES (?)", (number,))


def run(folder: Path, kill_before: int, last_send: int) -> None:
    """Live through what is left of the month."""
    host = SqliteHost(folder / "host.db", pf.Engine(plan()), contact)
    platform = Platform(folder / "platform.db", last_send)
    left = kill_before

    def count(_statement: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    host.db.set_trace_callback(count)
    platform.db.set_trace_callback(count)
    story = events()
    for number in platform.ticks():
        now = pf.Instant(START.us + (number + 1) * TICK.us)
        for given in story:
            if now - TICK <= given.at < now:
                host.receive(given.contact_id, given)
        host.work(now)
        host.deliver(lambda command, now=now: platform.send(command, now))
        host.work(now)
    host.close()


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
