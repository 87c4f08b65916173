"""The SQLite host loses nothing and sends nothing twice, whenever it is killed."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from attrs import frozen

PROGRAM = Path(__file__).with_name("sqlite_month.py")
LIVES = 12


@frozen
class Remains:
    """What a month left behind, in the files of both sides."""

    states: list[tuple[str, str]]
    sent: list[tuple[str, int]]
    asked: list[str]
    waiting: int


def live(folder: Path, kill_before: int = 0, last_send: int = 0) -> int:
    """Run the program in a process of its own; how it ended."""
    numbers = (str(kill_before), str(last_send))
    command = [sys.executable, str(PROGRAM), str(folder), *numbers]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own


def remains(folder: Path) -> Remains:
    """Read the files."""
    host = sqlite3.connect(folder / "host.db")
    platform = sqlite3.connect(folder / "platform.db")
    try:
        states = host.execute("SELECT id, state FROM contact ORDER BY id").fetchall()
        sent = platform.execute("SELECT * FROM sent ORDER BY touch_id").fetchall()
        asked = platform.execute("SELECT touch_id FROM asked").fetchall()
        [[waiting]] = host.execute("SELECT count(*) FROM outbox WHERE NOT sent")
    finally:
        host.close()
        platform.close()
    return Remains(states, sent, [touch_id for (touch_id,) in asked], waiting)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Remains:
    """The month of a host that nobody kills."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert live(folder) == 0
    return remains(folder)


def test_all_of_the_host_is_under_150_lines():
    """Its tables included: whoever starts from it reads it in one sitting."""
    host = PROGRAM.parents[2] / "examples" / "hosts" / "sqlite_host.py"
    assert len(host.read_text(encoding="utf-8").splitlines()) < 150
    assert list(host.parent.glob("sqlite_host.*")) == [host]


def test_the_month_has_something_to_lose(undisturbed: Remains):
    assert len(undisturbed.states) == 4
    assert len(undisturbed.sent) > 12
    assert undisturbed.waiting == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_a_host_that_is_killed_again_and_again_does_the_same(
    seed: int, undisturbed: Remains, tmp_path: Path
):
    """J3, E3: the same states to the byte, the same touches, none of them twice."""
    random = Random(seed)  # noqa: S311 - which statements, no secret
    ends = Counter(live(tmp_path, random.randint(20, 160)) for _ in range(LIVES))
    assert live(tmp_path) == 0
    assert ends[-signal.SIGKILL] > 3
    found = remains(tmp_path)
    assert found.states == undisturbed.states
    assert found.sent == undisturbed.sent
    assert found.waiting == 0


def test_a_kill_between_the_send_and_its_record_asks_the_platform_again(
    undisturbed: Remains, tmp_path: Path
):
    """The id of the touch is what keeps the second call from being a second message."""
    assert live(tmp_path, last_send=3) == -signal.SIGKILL
    assert remains(tmp_path).waiting > 0
    assert live(tmp_path) == 0
    found = remains(tmp_path)
    assert sorted(Counter(found.asked).values())[-2:] == [1, 2]
    assert found.sent == undisturbed.sent
    assert found.states == undisturbed.states
