"""Many contacts through 30 days: inputs per second, and memory at its highest.

python benchmarks/month.py [--quick]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain, repeat
from random import Random
from time import perf_counter
from typing import Any

from measure import machine, printed

import privflow as pf
from engine import plan
from privflow.facts import Consents

_DAY = 86_400_000_000
_DAYS = 30
_START = pf.instant("2026-10-01T00:00+08:00")
_NAMES = ("visit", "visit", "visit", "reply", "purchase", "message_received")
_EVENTS_EACH = 6


def newcomer(number: int) -> pf.ContactState:
    """A contact nobody has written to."""
    contact = pf.Contact(
        f"c-{number:07}",
        identities=[
            pf.Identity("wecom.external_userid", f"wm{number:020}", scope="corp-1")
        ],
        relations=[pf.Relation(staff="zhang", since=_START)],
        consents=Consents([_agreed(number)]),
    )
    return pf.ContactState(contact)


def _agreed(number: int) -> pf.Consent:
    return pf.Consent(
        "wecom.message",
        purpose="marketing",
        granted=True,
        at=_START,
        evidence=f"form-{number}",
    )


def happenings(number: int) -> list[pf.Event]:
    """What a contact does in the month, in its order; the first thing is to come."""
    random = Random(number)  # noqa: S311 - a crowd, not a secret
    came = random.randrange(_DAYS * _DAY // 2)
    moments = sorted(random.randrange(came, _DAYS * _DAY) for _ in range(_EVENTS_EACH))
    named = chain(
        [("contact_added", came)], ((random.choice(_NAMES), at) for at in moments)
    )
    return [
        pf.Event(
            name,
            f"c-{number:07}",
            at=pf.Instant(_START.us + at),
            properties={"amount": 100, "text": "在吗"},
            id=f"{number}-{place}",
        )
        for place, (name, at) in enumerate(named)
    ]


def lived(engine: pf.Engine, number: int) -> Iterator[pf.Outcome]:
    """The outcomes of a contact's month: of each event and each wake in its time."""
    state, end = newcomer(number), pf.Instant(_START.us + _DAYS * _DAY)
    for event in chain(happenings(number), repeat(None, 1)):
        until = end if event is None else event.at
        while state.wake_at is not None and state.wake_at < until:
            outcome = engine.advance(state, now=state.wake_at)
            state = outcome.state
            yield outcome
        if event is not None:
            outcome = engine.advance(state, event, now=event.at)
            state = outcome.state
            yield outcome


def measured(count: int) -> dict[str, Any]:
    """What the month of so many contacts takes in this process; states are kept."""
    engine = pf.Engine(plan())
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    states, inputs, sent = [], 0, 0
    begun = perf_counter()
    for number in range(count):
        state = None
        for outcome in lived(engine, number):
            state = outcome.state
            inputs += 1
            sent += len(outcome.commands)
        states.append(state)
    seconds = perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "inputs": inputs,
        "sent": sent,
        "seconds": seconds,
        "kilobytes": peak - idle,
    }


def apart(count: int) -> dict[str, Any]:
    """The same in a process of its own, whose memory has not been higher before."""
    found = subprocess.run(  # noqa: S603 - this very Python
        [sys.executable, __file__, "--alone", str(count)],
        capture_output=True,
        check=True,
        text=True,
    )
    answer: dict[str, Any] = json.loads(found.stdout)
    return answer


def row(count: int) -> tuple[str, ...]:
    """A line of the table."""
    found = apart(count)
    inputs, seconds = found["inputs"], found["seconds"]
    return (
        f"{count:,}",
        f"{inputs:,}",
        f"{found['sent']:,}",
        f"{seconds:.1f}",
        f"{inputs / seconds:,.0f}",
        f"{seconds / inputs * 1e6:.1f}",
        f"{found['kilobytes'] / 1024:,.0f}",
        f"{found['kilobytes'] / count:.1f}",
    )


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few contacts")
    options.add_argument("--alone", type=int, help="so many contacts, as JSON")
    chosen = options.parse_args()
    if chosen.alone:
        print(json.dumps(measured(chosen.alone)))
        return
    columns = (
        "contacts",
        "inputs",
        "touches",
        "seconds",
        "inputs a second",
        "µs each",
        "MB more at the peak",
        "KB a contact",
    )
    counts = (50, 500) if chosen.quick else (10_000, 100_000)
    print(f"{machine()}; one process\n")
    print(printed(f"{_DAYS} days of a crowd", columns, [row(c) for c in counts]))


if __name__ == "__main__":
    main()
