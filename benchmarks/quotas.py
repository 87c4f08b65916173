"""Three quotas at once for many contacts, beside limiters of PyPI.

python benchmarks/quotas.py [--quick] [--no-peers] [--people 100000]

One touch a calendar day and eight a calendar month, both in Shanghai, and three in
any seven days; where one of the three refuses, none may count. Limiters know no
calendar: `limits` is told the date in its keys, and is asked about all three before
anything is hit. Beside that stand its moving windows of one, thirty and seven days,
asked in the same way, and the same windows hit at once. `throttled-py` and
`token-bucket` hit at once and cannot take it back, which is less work.

The answers of two months are compared with dates counted one by one, and for windows
of one, thirty and seven days with instants. What is timed is a first touch of each
contact, which every contender lets through, and a second one, which it refuses.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count
from statistics import median
from time import perf_counter

from attrs import define
from limiters import ASKS, DATED, DISTRIBUTIONS, Ask, clock_of_limits, local, settle
from measure import REPEATS, machine, medians, printed

import privflow as pf
from privflow.touches import Ledger

DAY = 86_400_000_000
HOUR = DAY // 24
START = pf.instant("2026-10-01T10:00+08:00")
ZONE = "Asia/Shanghai"
QUOTAS = (
    pf.TouchQuota("day", 1, per=pf.calendar("day", tz=ZONE)),
    pf.TouchQuota("month", 8, per=pf.calendar("month", tz=ZONE)),
    pf.TouchQuota("week", 3, per=pf.rolling("7d")),
)
ROLLING = (
    pf.TouchQuota("day", 1, per=pf.rolling("1d")),
    pf.TouchQuota("month", 8, per=pf.rolling("30d")),
    pf.TouchQuota("week", 3, per=pf.rolling("7d")),
)
ENGINE = pf.Engine(pf.Plan(quotas=QUOTAS, remember="1s"))
NAMES = ("hello", "guide", "coupon", "offer")


@define(slots=True)
class Seen:
    """A contact as a gate sees them: a view that the host keeps."""

    contact: pf.Contact
    timeline: pf.Timeline
    ledger: Ledger
    timezone: str = ZONE


Offer = tuple[Seen, pf.Touch, pf.Instant]
Run = Callable[[], int]


def crowd(number: int) -> list[Seen]:
    """Contacts to whom nobody has written."""
    ledger, timeline = Ledger(), pf.Timeline()
    return [Seen(pf.Contact(f"c-{n:06}"), timeline, ledger) for n in range(number)]


def touch(contact_id: str, number: int) -> pf.Touch:
    """A touch with an id such as the engine makes."""
    return pf.Touch(
        id=f"{number:024x}",
        contact_id=contact_id,
        channel="wecom.message",
        message=NAMES[number % len(NAMES)],
        kind="marketing",
        source="journey:new-friend",
        step=NAMES[number % len(NAMES)],
        labels=("promotion",),
    )


def offers(seen: list[Seen], days: int, *, every: int = 12) -> Iterator[Offer]:
    """A touch for everybody, every so many hours."""
    numbers = count()
    for hours in range(0, 24 * days, every):
        now = pf.Instant(START.us + hours * HOUR)
        for view in seen:
            yield view, touch(view.contact.id, next(numbers)), now


def reserve(offered: list[Offer], quotas: tuple[pf.TouchQuota, ...] = QUOTAS) -> int:
    """Ask every quota about every offer, and reserve what all of them allow."""
    allow, sent = pf.Allow, 0
    day, month, week = quotas
    for view, one, now in offered:
        if (
            day.judge(one, view, now=now).__class__ is allow
            and month.judge(one, view, now=now).__class__ is allow
            and week.judge(one, view, now=now).__class__ is allow
        ):
            view.ledger = view.ledger.reserving(one, now=now)
            sent += 1
    return sent


def by_hand() -> Ask:
    """The same on lists of integers, with the zone and one month built in."""
    month, book = pf.instant("2026-10-01T00:00+08:00").us, dict[str, list[int]]()

    def ask(key: str, us: int) -> bool:
        times = book.get(key)
        if times is None:
            times = book[key] = []
        fits = (
            (not times or times[-1] < us - (us + DAY // 3) % DAY)
            and (len(times) < 8 or times[-8] < month)
            and (len(times) < 3 or times[-3] <= us - 7 * DAY)
        )
        if fits:
            times.append(us)
        return fits

    return ask


# ── Answers ──────────────────────────────────────────────────────────────────


def by_dates(sent: list[datetime], at: datetime) -> tuple[bool, bool, bool]:
    """What each of the three quotas must say, counted one by one."""
    return (
        sum(s.date() == at.date() for s in sent) < 1,
        sum((s.year, s.month) == (at.year, at.month) for s in sent) < 8,
        sum(s > at - timedelta(days=7) for s in sent) < 3,
    )


def by_length(sent: list[datetime], at: datetime) -> tuple[bool, bool, bool]:
    """The same for windows of one, thirty and seven days."""
    limits = ((1, 1), (30, 8), (7, 3))
    day, month, week = (
        sum(s > at - timedelta(days=days) for s in sent) < limit
        for days, limit in limits
    )
    return day, month, week


Count = Callable[[list[datetime], datetime], tuple[bool, bool, bool]]


def check_answers(days: int = 62, *, every: int) -> int:
    """Every answer of two months against sends counted one by one; how many."""
    rules: list[tuple[tuple[pf.TouchQuota, ...], Count]]
    rules, asked = [(QUOTAS, by_dates), (ROLLING, by_length)], 0
    for quotas, counted in rules:
        sent: list[datetime] = []
        for view, one, now in offers(crowd(1), days, every=every):
            at = local(now.us)
            judged = tuple(
                isinstance(q.judge(one, view, now=now), pf.Allow) for q in quotas
            )
            if judged != counted(sent, at):
                sys.exit(f"at {at}: {judged}, expected {counted(sent, at)}")
            if all(judged):
                view.ledger = view.ledger.reserving(one, now=now)
                sent.append(at)
            asked += len(quotas)
    return asked


def wrong(make: Callable[[], Ask], counted: Count, days: int = 62) -> tuple[int, int]:
    """How many answers of two months a limiter gets wrong, and of how many.

    An offer every eleven hours: at the very end of a window limiters differ.
    """
    sent: list[datetime] = []
    wrongs = asked = 0
    with clock_of_limits() as clock:
        ask = make()
        for _, one, now in offers(crowd(1), days, every=11):
            clock.us = now.us
            at = local(now.us)
            expected = all(counted(sent, at))
            wrongs += ask(one.contact_id, now.us) != expected
            asked += 1
            if expected:
                sent.append(at)
    return wrongs, asked


def answers() -> Iterator[tuple[str, str, str]]:
    """A row for each limiter: its wrong answers, by the calendar and by length."""
    for name in ASKS:
        if name in DATED:
            found = (wrong(ASKS[name], counted) for counted in (by_dates, by_length))
            calendar, length = (f"{wrongs} of {asked}" for wrongs, asked in found)
            yield name, calendar, length


# ── Figures ──────────────────────────────────────────────────────────────────


def ours(offered: list[Offer], quotas: tuple[pf.TouchQuota, ...]) -> Run:
    """A run of privflow, for contacts to whom nobody has written."""
    empty = Ledger()
    for view, _, _ in offered:
        view.ledger = empty
    return lambda: reserve(offered, quotas)


def theirs(offered: list[Offer], make: Callable[[], Ask]) -> Run:
    """A run of a limiter that has counted nothing yet."""
    ask = make()
    return lambda: sum(ask(one.contact_id, now.us) for _, one, now in offered)


def contenders(offered: list[Offer], *, peers: bool) -> dict[str, Callable[[], Run]]:
    """What makes a fresh run over all offers; a run tells how many fitted."""
    asks = {"by hand": by_hand, **(ASKS if peers else {})}
    return {
        "privflow": lambda: ours(offered, QUOTAS),
        "privflow, rolling windows": lambda: ours(offered, ROLLING),
        **{n: lambda make=make: theirs(offered, make) for n, make in asks.items()},
    }


def timed(run: Run, name: str, expected: int) -> float:
    """Seconds that a run takes, once no other contender's threads are at work."""
    settle()
    begun = perf_counter()
    sent = run()
    taken = perf_counter() - begun
    if sent != expected:
        sys.exit(f"{name} let {sent} through, expected {expected}")
    return taken


def turns(
    made: Mapping[str, Callable[[], Run]], number: int, *, repeats: int
) -> dict[str, tuple[float, float]]:
    """Seconds of a first and a second touch for everybody, medians of the repeats.

    The contenders take turns, after one that does not count. What is made for a run
    and thrown away after it is not timed; the garbage collector rests meanwhile.
    """
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in made}
    gc.collect()
    gc.disable()
    try:
        for turn in range(repeats + 1):
            for name, make in made.items():
                run = make()
                both = timed(run, name, number), timed(run, name, 0)
                del run
                if turn:
                    taken[name].append(both)
    finally:
        gc.enable()
    return {
        name: (median(first for first, _ in both), median(second for _, second in both))
        for name, both in taken.items()
    }


def rows(
    taken: Mapping[str, tuple[float, float]], number: int
) -> Iterator[tuple[str, ...]]:
    """A row for each contender: microseconds, and how much of them privflow takes."""
    ours_first, ours_second = taken["privflow"]
    for name, (first, second) in taken.items():
        yield (
            name,
            f"{first / number * 1e6:.2f}",
            f"{ours_first / first:.3f}",
            f"{second / number * 1e6:.2f}",
            f"{ours_second / second:.3f}",
        )


def busy(number: int) -> list[Seen]:
    """Contacts after thirty days of offers, on the evening of the last."""
    seen = crowd(number)
    reserve(list(offers(seen, 30)))
    return seen


def bytes_each(number: int) -> tuple[float, float]:
    """Bytes of a ledger that the plan has compacted, and how many touches it holds."""
    now = pf.Instant(START.us + 30 * DAY)
    busy(3)
    seen = crowd(number)
    offered = list(offers(seen, 30))
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    reserve(offered)
    for view in seen:
        state = pf.ContactState(view.contact, ledger=view.ledger)
        view.ledger = ENGINE.compact(state, now=now).ledger
        del state
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / number, sum(len(v.ledger) for v in seen) / number


def next_allowed(number: int, repeats: int) -> dict[str, float]:
    """Seconds to judge full ledgers, and to ask them for the next instant."""
    seen = busy(number)
    now = pf.Instant(START.us + 30 * DAY)
    one = touch("c", 1)

    def judge() -> None:
        for view in seen:
            for quota in QUOTAS:
                quota.judge(one, view, now=now)

    def ask() -> None:
        for view in seen:
            for quota in QUOTAS:
                quota.next_allowed(one, view, now=now)

    return medians({"judge": judge, "next_allowed": ask}, repeats=repeats)


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few contacts, two turns")
    options.add_argument("--no-peers", action="store_true", help="privflow alone")
    options.add_argument(
        "--people", type=int, default=100_000, help="how many contacts"
    )
    chosen = options.parse_args()
    number, repeats = (50, 2) if chosen.quick else (chosen.people, REPEATS)
    peers = not chosen.no_peers
    print(f"{machine(*DISTRIBUTIONS)}; {number:,} contacts, median of {repeats}\n")
    checked = check_answers(every=12) + check_answers(every=11)
    print(f"{checked:,} answers of privflow are right.\n")
    if peers:
        columns = ("", "by the calendar", "by length")
        print(printed("Wrong answers of two months", columns, answers()))
    offered = [
        (view, touch(view.contact.id, n), START) for n, view in enumerate(crowd(number))
    ]
    taken = turns(contenders(offered, peers=peers), number, repeats=repeats)
    columns = ("", "let through, µs", "ratio", "refused, µs", "ratio")
    print(printed("Three quotas", columns, rows(taken, number)))
    del offered
    few = min(number, 1_000)
    asked = next_allowed(few, REPEATS if few < number else repeats)
    size, live = bytes_each(few)
    facts = [
        ("three quotas judged, µs", f"{asked['judge'] / few * 1e6:.2f}"),
        (
            "next_allowed to judge, ratio",
            f"{asked['next_allowed'] / asked['judge']:.2f}",
        ),
        ("bytes of a ledger", f"{size:.0f}"),
        ("touches in it", f"{live:.1f}"),
    ]
    print(printed("A contact after a month", ("", "value"), facts))


if __name__ == "__main__":
    main()
