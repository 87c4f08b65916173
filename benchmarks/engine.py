"""Events per second of `Engine.advance`, against a bare transition of `transitions`.

python benchmarks/engine.py [--quick] [--no-peers]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from attrs import evolve
from measure import REPEATS, is_installed, machine, medians, printed

import privflow as pf
from privflow import event, prop
from privflow.timing import Schedule

CALLS = 2_000
NOW = pf.instant("2026-10-20T09:30+08:00")
HISTORY = 60
MORE = 100
_DAY = 86_400_000_000

# ── A plan as brands have them: a journey, rules, quotas, quiet hours ────────


def _step(
    name: str, schedule: Schedule, kind: str, *, when: pf.Condition | None = None
) -> pf.SOPStep:
    message = pf.Message(name, kind=kind)
    return pf.SOPStep(name, schedule, message, via=["wecom.message"], when=when)


def plan() -> pf.Plan:
    """Two journeys with what usually stands around them, journal and all."""
    bought = event("purchase").since_entry().exists()
    welcome = pf.Journey(
        "new-friend",
        enter_on=event("contact_added"),
        goal=bought,
        exit_when=event("contact_removed").since_entry().exists(),
        stages=[
            pf.Stage(
                "acquaint",
                steps=[
                    _step("hello", pf.after("0s"), "service"),
                    _step("guide", pf.day(1, "10:00"), "service"),
                    _step("coupon", pf.day(3, "20:00"), "marketing", when=~bought),
                ],
                then=[
                    pf.To("convert", when=event("reply").since_stage().exists()),
                    pf.To("sleeping", after="14d"),
                ],
            ),
            pf.Stage(
                "convert",
                steps=[
                    _step("thanks", pf.after("0s"), "service"),
                    _step("offer", pf.after("2h"), "marketing"),
                ],
            ),
            pf.Stage(
                "sleeping", steps=[_step("news", pf.weekly("fri", "20:00"), "service")]
            ),
        ],
    )
    priced = pf.Rule(
        "price-asked",
        on=event("message_received"),
        when=prop.text.contains_any(["多少钱", "价格"]),
        do=[pf.Reply(pf.Message("price-card", kind="service"), via=["wecom.message"])],
    )
    thanked = pf.Rule(
        "thanked",
        on=event("message_received"),
        when=prop.text.contains("谢谢"),
        do=[pf.SetAttribute("polite", True)],
    )
    regulars = pf.Journey(
        "regulars",
        enter_on=pf.entered("segment-0"),
        stages=[pf.Stage("only", steps=[_step("card", pf.day(1, "10:00"), "service")])],
    )
    month = pf.calendar("month", tz="Asia/Shanghai")
    return pf.Plan(
        journeys=[welcome, regulars],
        segments=[
            pf.Segment(f"segment-{n}", event("purchase").within("30d").at_least(n + 2))
            for n in range(10)
        ],
        rules=[priced, thanked],
        quotas=[
            pf.TouchQuota("month", pf.days_in_month, per=month),
            pf.TouchQuota("six-a-day", 6, per=pf.calendar("day")),
            pf.TouchQuota("one-a-day", 1, per=pf.calendar("day"), kind="marketing"),
            pf.TouchQuota("calm-week", 3, per=pf.rolling("7d"), kind="marketing"),
        ],
        gates=[pf.QuietHours("22:00", "08:00")],
        timezone="Asia/Shanghai",
    )


def larger(small: pf.Plan) -> pf.Plan:
    """The plan with many more journeys, which other events start."""
    welcome = small.journeys[0]
    more = (
        evolve(welcome, name=f"more-{n}", enter_on=event(f"event-{n}"))
        for n in range(MORE)
    )
    return evolve(small, journeys=[*small.journeys, *more])


def lin() -> pf.ContactState:
    """A contact with two months of history."""
    contact = pf.Contact(
        "c-001",
        identities=[pf.Identity("wecom.external_userid", "wmAAA", scope="corp-1")],
        relations=[pf.Relation(staff="zhang", since=pf.Instant(NOW.us - _DAY))],
        timezone="Asia/Shanghai",
    )
    visits = [
        pf.Event("visit", "c-001", at=pf.Instant(NOW.us - n * _DAY), id=f"visit-{n}")
        for n in range(1, HISTORY + 1)
    ]
    return pf.ContactState(contact).observing(visits)


# ── What is measured ─────────────────────────────────────────────────────────


class Stream:
    """Events of one contact, one after another; from the beginning when they end."""

    def __init__(self, engine: pf.Engine, state: pf.ContactState, count: int) -> None:
        self._engine, self._begun = engine, state
        self._state, self._place = state, 0
        minute = 60_000_000
        self._events = [
            pf.Event("visit", "c-001", at=pf.Instant(NOW.us + n * minute), id=f"v-{n}")
            for n in range(count)
        ]

    def __call__(self) -> None:
        """Take in the next one."""
        if self._place == len(self._events):
            self._state, self._place = self._begun, 0
        event = self._events[self._place]
        self._place += 1
        self._state = self._engine.advance(self._state, event, now=event.at).state


def runs_of_engine() -> dict[str, Callable[[], object]]:
    """One call of `advance` for each kind of input, checked once."""
    engine = pf.Engine(plan())
    state = engine.advance(lin(), now=pf.Instant(NOW.us - _DAY)).state
    added = pf.Event("contact_added", "c-001", at=NOW, id="evt-1")
    entered = engine.advance(state, added, now=NOW)
    later = pf.Instant(NOW.us + 60_000_000)
    seen = pf.Event("visit", "c-001", at=later, id="visit-0")
    wake_at = entered.state.wake_at
    _expect("an event that concerns nothing", engine.advance(state, seen, now=later), 0)
    _expect("an event that enters a journey", entered, 1)
    if wake_at is None:
        message = "the journey wants no wake"
        raise SystemExit(message)
    _expect("a wake", engine.advance(entered.state, now=wake_at), 1)
    reply = pf.Event("reply", "c-001", at=later, id="reply-0")
    _expect("a reply", engine.advance(entered.state, reply, now=later), 1)
    large = pf.Engine(larger(plan()))
    crowded = large.advance(lin(), added, now=NOW).state
    return {
        "an event that concerns nothing": Stream(engine, state, CALLS),
        "one more, from a state that has gone on": partial(
            engine.advance, state, seen, now=later
        ),
        "the same, while in a journey": partial(
            engine.advance, entered.state, seen, now=later
        ),
        "an event that moves a journey on, and sends": partial(
            engine.advance, entered.state, reply, now=later
        ),
        "an event that enters a journey, and sends": partial(
            engine.advance, state, added, now=NOW
        ),
        "a wake that sends": partial(engine.advance, entered.state, now=wake_at),
        f"the same, with {MORE} more journeys": partial(
            large.advance, crowded, now=wake_at
        ),
    }


def _expect(what: str, outcome: pf.Outcome, commands: int) -> None:
    if len(outcome.commands) != commands:
        message = f"{what}: got {outcome.commands}, expected {commands} commands"
        raise SystemExit(message)


def bare_transition() -> Callable[[], object]:
    """A transition between two states and nothing else: no facts, no decision."""
    from transitions import Machine  # noqa: PLC0415 - a peer, where it is installed

    machine_of_two = Machine(states=["one", "two"], initial="one")
    machine_of_two.add_transition("go", "one", "two")
    machine_of_two.add_transition("go", "two", "one")
    go: Callable[[], object] = machine_of_two.go
    return go


def _times(run: Callable[[], object], calls: int) -> None:
    for _ in range(calls):
        run()


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few calls, two repeats")
    options.add_argument("--no-peers", action="store_true", help="privflow alone")
    chosen = options.parse_args()
    calls, repeats = (20, 2) if chosen.quick else (CALLS, REPEATS)
    found = runs_of_engine()
    bare = "transitions, a bare transition"
    if not chosen.no_peers and is_installed("transitions"):
        found[bare] = bare_transition()
    runs = {name: partial(_times, run, calls) for name, run in found.items()}
    each = {name: s / calls for name, s in medians(runs, repeats=repeats).items()}
    measure = each.get(bare)
    rows = [
        (
            name,
            f"{seconds * 1e6:.1f}",
            f"{1 / seconds:,.0f}",
            f"{seconds / measure:.2f}" if measure else "",
        )
        for name, seconds in each.items()
    ]
    print(f"{machine('transitions')}; median of {repeats}\n")
    columns = ("one call of advance", "µs each", "per second", "ratio")
    print(printed(f"engine, {HISTORY} events of history", columns, rows))


if __name__ == "__main__":
    main()
