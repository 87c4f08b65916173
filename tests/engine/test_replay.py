"""The same input gives the same bytes, in another process and on another Python."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from privflow.conditions import attr, event, tag
from privflow.documents import dump
from privflow.engine import ContactState
from privflow.facts import TagGroup
from privflow.journeys import Reentry
from privflow.quotas import TouchQuota
from privflow.rules import AddTag, Rule
from privflow.segments import Segment
from privflow.timing import after, calendar, day, rolling
from privflow.touches import QuietHours
from strategies.story import engine, happens, journey, later, person, step

DAILY = TouchQuota("daily", 1, per=calendar("day"))
NIGHT = QuietHours("22:00", "08:00")
TIER = TagGroup("tier", ["low", "high"], exclusive=True, ordered=True)


def rich_outcome() -> str:
    """A story with a little of everything, as text."""
    eng = engine(
        journey(
            step("a", labels=["x", "y"]),
            step("b", day(1, "10:00"), kind="marketing"),
            goal=event("buy").since_entry().exists(),
        ),
        journey(
            step("c", after("1h")), name="k", reentry=Reentry.after_exit(cooldown="1d")
        ),
        rules=[
            Rule(
                "r",
                on=event("go"),
                when=~tag(TIER).at_least("high"),
                do=[AddTag(TIER["high"], ttl="3d")],
            )
        ],
        quotas=[DAILY, TouchQuota("calm", 2, per=rolling("7d"), keep={"high": 1})],
        gates=[NIGHT],
        segments=[Segment("s", attr.city.is_in(["上海", "北京", "广州"]))],
    )
    contact = person(attributes={"city": "上海", "age": 3, "z": ["p", "q"]})
    state = ContactState(contact)
    texts = []
    for hours in range(0, 72, 7):
        at = later(f"{hours}h")
        outcome = eng.advance(state, happens("go", at), now=at)
        state = outcome.state
        texts.append(json.dumps(dump(outcome)))
    return "\n".join(texts)


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_another_process_with_another_hash_seed_gives_the_same_bytes(seed):
    """E3."""
    tests = Path(__file__).parent.parent
    code = "import engine.test_replay as t, sys; sys.stdout.write(t.rich_outcome())"
    run = subprocess.run(  # noqa: S603 - this very file in another process
        [sys.executable, "-c", code],
        cwd=tests,
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": f"{tests}:{tests.parent / 'src'}"},
        capture_output=True,
        check=True,
    )
    assert run.stdout.decode("ascii") == rich_outcome()


NEEDED = "import attrs, cattrs, pendulum, typing_extensions, pytest"
PYTHONS = tuple(
    found
    for name in ("python3.11", "python3.12", "python3.13", "python3.14")
    if (found := shutil.which(name)) is not None
)


def run_by(python: str, code: str) -> subprocess.CompletedProcess[bytes]:
    tests = Path(__file__).parent.parent
    return subprocess.run(  # noqa: S603 - an interpreter of this machine
        [python, "-c", code],
        cwd=tests,
        env={"PYTHONPATH": f"{tests}:{tests.parent / 'src'}"},
        capture_output=True,
        check=False,
    )


def test_every_python_that_is_here_gives_the_same_bytes():
    """E3: this one, and those on the path that have what privflow needs."""
    code = "import engine.test_replay as t, sys; sys.stdout.write(t.rich_outcome())"
    named = os.environ.get("PRIVFLOW_PYTHONS", "").split(os.pathsep)
    able = [python for python in PYTHONS if not run_by(python, NEEDED).returncode]
    for python in (sys.executable, *able, *filter(None, named)):
        run = run_by(python, code)
        assert run.stdout.decode("ascii") == rich_outcome(), (python, run.stderr)
