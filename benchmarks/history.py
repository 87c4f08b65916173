"""What a long history costs: windows judged, and one event more.

python benchmarks/history.py [--quick]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from measure import REPEATS, machine, medians, printed
from people import DAY, NOW

import privflow as pf
from privflow import event
from privflow.facts import Properties

Moments = list[pf.Instant]
LENGTHS = (50, 1_000, 10_000)
CALLS = 2_000
BUY = event("purchase").within("30d")
TODAY = event("purchase").in_(pf.calendar("day"))
CONDITIONS = {
    "at least 2": BUY.count() >= 2,
    "sum": BUY.sum("amount") >= 500,
    "mean": BUY.mean("amount") >= 50,
    "max": BUY.max("amount") >= 50,
    "count of a day": TODAY.count() >= 1,
}


def state_of(length: int) -> pf.ContactState:
    """A contact who bought something so many times, the last 40 within 30 days."""
    contact = pf.Contact("c-1", timezone="Asia/Shanghai")
    rows = [
        pf.Event(
            "purchase",
            "c-1",
            at=pf.Instant(NOW.us - 3_600_000_000 - place * (3 * DAY // 4)),
            properties={"amount": 20 + place % 90},
            id=f"{place}",
        )
        for place in range(length)
    ]
    return pf.ContactState(contact).observing(rows)


def _judged(holds: Callable[..., bool], state: pf.ContactState, at: Moments) -> None:
    for now in at:
        holds(state, now)


def _verdicts(condition: pf.Condition, state: pf.ContactState, at: Moments) -> None:
    for now in at:
        condition.judge(state, now=now)


def _grown(state: pf.ContactState, at: Moments) -> None:
    """One event after another; every version of the timeline could be kept."""
    timeline, fields = state.timeline, Properties({"amount": 20})
    for now in at:
        timeline = timeline.with_row("purchase", now, "new", fields)


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few calls, two repeats")
    chosen = options.parse_args()
    calls, repeats = (50, 2) if chosen.quick else (CALLS, REPEATS)
    at = [pf.Instant(NOW.us + 20 * DAY * place // calls) for place in range(calls)]
    states = {length: state_of(length) for length in LENGTHS}
    rows: dict[str, dict[int, Callable[[], None]]] = {"one event more": {}}
    for length, state in states.items():
        for name, condition in CONDITIONS.items():
            holds = partial(_judged, condition.holds, state, at)
            rows.setdefault(f"{name}, compiled", {})[length] = holds
            verdicts = partial(_verdicts, condition, state, at)
            rows.setdefault(f"{name}, judged", {})[length] = verdicts
        rows["one event more"][length] = partial(_grown, state, at)
    runs = {f"{name} {n}": run for name, by in rows.items() for n, run in by.items()}
    seconds = medians(runs, repeats=repeats)
    found = [
        (name, *(f"{seconds[f'{name} {n}'] / calls * 1e9:,.0f}" for n in LENGTHS))
        for name in rows
    ]
    print(f"{machine()}; median of {repeats}\n")
    columns = ("ns each, by events of the contact", *(f"{n:,}" for n in LENGTHS))
    print(printed("a long history", columns, found))


if __name__ == "__main__":
    main()
