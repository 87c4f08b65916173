"""A state of a contact in two journeys with 20 touches: its weight, and its document.

python benchmarks/state.py [--quick]

The documents of many contacts are read and written by `load` and `dump`, and by cattrs
alone into classes of attrs that have the same fields, and neither check nor mean
anything.
"""

from __future__ import annotations

import argparse
import gc
import json
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from attrs import define, field
from cattrs.preconf.json import JsonConverter, make_converter
from measure import REPEATS, machine, medians, printed

import privflow as pf
from privflow import event
from privflow.timing import Instant

_DAY = 86_400_000_000
_NOW = pf.instant("2026-10-20T09:30+08:00")
_STEPS = 11
_DAYS = 10

# ── The classes that mean nothing ────────────────────────────────────────────


@define
class Line:
    """What a gate said."""

    gate: str
    channel: str
    ruling: str
    facts: dict[str, str | int] = field(factory=dict)


@define
class Step:
    """How far a step has come."""

    step: str
    due_at: Instant
    status: str = "waiting"
    decided_at: Instant | None = None
    touch_id: str = ""
    lines: tuple[Line, ...] = ()


@define
class Visit:
    """A visit of a journey."""

    journey: str
    version: int
    visit: int
    entered_at: Instant
    stage: str
    stage_at: Instant
    steps: tuple[Step, ...] = ()


@define
class Sent:
    """A touch."""

    id: str
    contact_id: str
    channel: str
    message: str
    kind: str
    source: str
    step: str


@define
class Record:
    """A touch, and when it was decided."""

    touch: Sent
    decided_at: Instant


@define
class Name:
    """An identity."""

    namespace: str
    value: str
    scope: str


@define
class Tie:
    """A relation."""

    staff: str
    since: Instant


@define
class Person:
    """A contact."""

    id: str
    identities: tuple[Name, ...]
    relations: tuple[Tie, ...]


@define
class Row:
    """An event."""

    at: Instant
    key: str


@define
class State:
    """All of it."""

    contact: Person
    timeline: dict[str, tuple[Row, ...]]
    enrolments: tuple[Visit, ...]
    ledger: tuple[Record, ...]
    at: Instant
    wake_at: Instant
    inside: tuple[str, ...]
    offered: tuple[str, ...] = ()
    seen: tuple[tuple[str, Instant], ...] = ()


def bare_converter() -> JsonConverter:
    """The converter of cattrs as it comes, which writes instants as privflow does."""
    made = make_converter(omit_if_default=True)
    made.register_unstructure_hook(Instant, Instant.isoformat)
    made.register_structure_hook(Instant, lambda text, _: pf.instant(text))
    return made


# ── The state ────────────────────────────────────────────────────────────────


def _journey(name: str) -> pf.Journey:
    steps = [
        pf.SOPStep(
            f"step-{number}",
            pf.day(number + 1, "10:00"),
            pf.Message(f"{name}-{number}", kind="service"),
            via=["wecom.message"],
        )
        for number in range(_STEPS)
    ]
    start = event("contact_added")
    return pf.Journey(name, enter_on=start, stages=[pf.Stage("only", steps=steps)])


ENGINE = pf.Engine(
    pf.Plan(
        journeys=[_journey("welcome"), _journey("regulars")],
        quotas=[
            pf.TouchQuota("six-a-day", 6, per=pf.calendar("day")),
            pf.TouchQuota("calm-week", 3, per=pf.rolling("7d"), kind="marketing"),
        ],
        gates=[pf.QuietHours("22:00", "08:00")],
        timezone="Asia/Shanghai",
    )
)


def newcomer(number: int) -> tuple[pf.ContactState, pf.Event]:
    """A contact, and what brought them."""
    contact = pf.Contact(
        f"c-{number:08}",
        identities=[
            pf.Identity("wecom.external_userid", f"wm{number:020}", scope="corp-1")
        ],
        relations=[pf.Relation(staff="zhang", since=pf.Instant(_NOW.us - _DAY))],
    )
    at = pf.Instant(_NOW.us + number)
    added = pf.Event("contact_added", contact.id, at=at, id=f"e-{number}")
    return pf.ContactState(contact), added


def known(number: int) -> pf.ContactState:
    """Contact and timeline, and nothing else."""
    state, added = newcomer(number)
    return state.observing([added])


def lived(number: int) -> pf.ContactState:
    """The same ten days later: ten steps of two journeys were sent."""
    state, added = newcomer(number)
    state = ENGINE.advance(state, added, now=added.at).state
    for _ in range(_DAYS):
        wake_at = state.wake_at
        if wake_at is not None:
            state = ENGINE.advance(state, now=pf.Instant(wake_at.us)).state
    return state


def bytes_each(made: Callable[[int], pf.ContactState], count: int) -> float:
    """Bytes that stay allocated for one state more."""
    made(0)
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    states = [made(number) for number in range(1, count + 1)]
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / len(states)


def _each(run: Callable[[Any], object], values: Sequence[object]) -> None:
    for value in values:
        run(value)


def main() -> None:
    """Print two tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few states and calls")
    chosen = options.parse_args()
    calls, count, repeats = (3, 20, 2) if chosen.quick else (100, 1_000, REPEATS)
    states = [lived(number) for number in range(calls)]
    if len(states[0].ledger) != 2 * _DAYS:
        message = f"got {states[0]!r}, expected {2 * _DAYS} touches"
        raise SystemExit(message)
    print(f"{machine('attrs', 'cattrs')}; median of {repeats}\n")
    alone, whole = bytes_each(known, count), bytes_each(lived, count)
    rows = [
        ("contact and timeline", f"{alone:,.0f}"),
        ("two enrolments and 20 touches beyond them", f"{whole - alone:,.0f}"),
    ]
    print(printed("Weight of a state", ("", "bytes"), rows))
    bare = bare_converter()
    written = [json.dumps(pf.dump(state)) for state in states]
    documents = [json.loads(text) for text in written]
    values = [document["value"] for document in documents]
    meaningless = [bare.structure(value, State) for value in values]
    if list(map(bare.unstructure, meaningless)) != values:
        message = "the bare classes write another document"
        raise SystemExit(message)
    runs = {
        "dump": partial(_each, pf.dump, states),
        "cattrs alone, written": partial(_each, bare.unstructure, meaningless),
        "load": partial(_each, pf.load, documents),
        "cattrs alone, read": partial(_each, partial(bare.structure, cl=State), values),
    }
    each = {n: s / calls * 1e6 for n, s in medians(runs, repeats=repeats).items()}
    pairs = [
        ("dump", each["dump"], each["cattrs alone, written"]),
        ("load", each["load"], each["cattrs alone, read"]),
    ]
    pairs.append(("both", *(sum(pair[n] for pair in pairs) for n in (1, 2))))
    lines = [
        (what, f"{own:.0f}", f"{its:.0f}", f"{own / its:.2f}")
        for what, own, its in pairs
    ]
    columns = ("µs", "privflow", "cattrs alone", "ratio")
    print(printed("Its document", columns, lines))


if __name__ == "__main__":
    main()
