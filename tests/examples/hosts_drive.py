"""Lives through a month with a host that is killed, and with platforms that fail."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

import httpx
from attrs import define, field
from fake_books import DAY, Customer
from fake_platform import Platform, Served
from hosts_month import seal

PROGRAM: Final = Path(__file__).with_name("hosts_month.py")
START: Final = 1_790_784_000
"""2026-10-01T00:00+08:00; the month has 31 days."""
END: Final = START + 31 * DAY
SECOND: Final = 1_000_000
Story = list[tuple[int, Callable[[Platform], None]]]


@define
class Month:
    """A month and what it left: the platform's books, the host's file, the deaths."""

    platform: Platform
    file: Path
    deaths: Counter[str] = field(factory=Counter)
    ticks: int = 0


class Host:
    """One of the two programs, alive or dead."""

    def __init__(self, kind: str, folder: Path, url: str, rule: str) -> None:
        self.kind, self._arguments = kind, (str(folder), url, rule)
        self._client = httpx.Client(timeout=20)
        self._process: subprocess.Popen[str] | None = None
        self._address = ""

    def start(self, statement: int) -> int:
        """Start it; it dies before its nth statement. Returns its process id."""
        command = [sys.executable, str(PROGRAM), self.kind, *self._arguments]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [*command, str(statement)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._address = f"http://127.0.0.1:{self._line()}"
        return self._process.pid

    def _line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def tick(self, now: int) -> int | None:
        """Let it do what is due; when it wakes next, in seconds. None: it is dead."""
        us = now * SECOND
        if self.kind == "async":
            try:
                answer = self._client.get(f"{self._address}/tick/{us}")
            except httpx.HTTPError:
                return None
            assert answer.status_code == 200, answer.text
            return -(-int(answer.text) // SECOND)
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{us}\n")
        self._process.stdin.flush()
        line = self._line()
        return -(-int(line) // SECOND) if line else None

    def call_back(self, platform: str, payload: str) -> bool:
        """Tell it something; whether it has answered."""
        if self.kind == "sync":
            return True  # nobody listens there
        try:
            if platform == "sms":
                answer = self._client.post(
                    f"{self._address}/sms/reports", content=payload
                )
            else:
                sealed = seal().sealed(payload, noise=b"0123456789abcdef")
                given = {"timestamp": "1", "nonce": "2"}
                mark = seal().signature(sealed, **given)
                answer = self._client.post(
                    f"{self._address}/wecom",
                    params={**given, "msg_signature": mark},
                    content=f"<xml><Encrypt>{sealed}</Encrypt></xml>",
                )
        except httpx.HTTPError:
            return False
        assert answer.status_code == 200, answer.text
        return True

    def wait(self) -> int:
        """Bury it; how it ended."""
        assert self._process is not None
        self._process.communicate()
        return self._process.returncode

    def stop(self) -> None:
        """End it, if it is alive."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._client.close()


def story(seed: int) -> Story:
    """Six people come; all ask, and two go."""
    random = Random(seed)  # noqa: S311 - a story, no secret
    found: Story = []
    for number in range(6):
        added = START + random.randrange(8 * DAY) // 60 * 60 + 7
        who = Customer(
            f"wm{number}",
            ("li", "zhang")[number % 2],
            added,
            phone=f"1380000000{number}" if number % 3 else "",
            code=f"code-{number}",
        )
        found.append((added, lambda platform, who=who: platform.add(who)))
        for _ in range(2):
            asks = added + random.randrange(DAY, 20 * DAY)
            found.append((asks, lambda p, who=who: p.say(who, "多少钱")))
        if number in {2, 3}:
            goes = added + random.randrange(12 * DAY, 18 * DAY)
            found.append((goes, lambda platform, who=who: platform.remove(who)))
    return sorted(found, key=lambda one: one[0])


def live(
    kind: str,
    folder: Path,
    platform: Platform,
    *,
    rule: str,
    lives: int = 1,
    days: int = 33,
) -> Month:
    """Live through the month and two days more.

    Args:
        rule: which limit of mass sends the plan of the host believes in.
        lives: all but the last end before some statement of SQL.
    """
    random = Random(lives)  # noqa: S311 - no secret
    month = Month(platform, folder / "host.db")
    with Served(platform.app()) as url:
        host = Host(kind, folder, url, rule)
        try:
            _live(month, host, story(7), random, lives, START + days * DAY)
        finally:
            host.stop()
    return month


def _live(
    month: Month, host: Host, events: Story, random: Random, lives: int, end: int
) -> None:
    platform = month.platform

    def start() -> None:
        nonlocal lives
        lives -= 1
        statement = random.randrange(300, 2500) if lives > 0 else 0
        platform.victim = host.start(statement)

    platform.now = now = START
    start()
    while now < end:
        while events and events[0][0] <= now:
            events.pop(0)[1](platform)
        platform.live()
        for name, payload in list(platform.pop_due()):
            if not host.call_back(name, payload):
                platform.push(now + 5, name, payload)
        month.ticks += 1
        wake = host.tick(now)
        if wake is None:
            month.deaths[str(host.wait())] += 1
            start()
            continue
        coming = [wake, platform.next_at(), events[0][0] if events else None]
        now = max(now, min(at for at in coming if at is not None))
        platform.now = now
        assert month.ticks < 5_000
