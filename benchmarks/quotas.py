"""Three quotas at once for many contacts, beside limiters of PyPI.

python benchmarks/quotas.py [--quick] [--no-peers]

One touch a calendar day and eight a calendar month, both in Shanghai, and three in
any seven days. Limiters read the clock and know no calendar: they get windows of the
same length. So they are measured where that makes no difference: a first touch of each
contact, which all of them let through, and a second one, which is refused.
`throttled-py` and `token-bucket` count each limit at once and cannot take it back,
which is less work. That the answers of privflow are right is checked over two months,
against a list of sends counted by date.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

from attrs import define
from measure import REPEATS, is_installed, machine, medians, printed

import privflow as pf
from privflow.touches import Ledger

DAY = 86_400_000_000
START = pf.instant("2026-10-01T10:00+08:00")
ZONE = "Asia/Shanghai"
QUOTAS = (
    pf.TouchQuota("day", 1, per=pf.calendar("day", tz=ZONE)),
    pf.TouchQuota("month", 8, per=pf.calendar("month", tz=ZONE)),
    pf.TouchQuota("week", 3, per=pf.rolling("7d")),
)
ENGINE = pf.Engine(pf.Plan(quotas=QUOTAS, remember="1s"))
NAMES = ("hello", "guide", "coupon", "offer")
PEERS = ("limits", "pyrate-limiter", "throttled-py", "token-bucket")
Ask = Callable[[str], bool]


@define(slots=True)
class Seen:
    """A contact as a gate sees them: a view that the host keeps."""

    contact: pf.Contact
    timeline: pf.Timeline
    ledger: Ledger
    timezone: str = ZONE


Offer = tuple[Seen, pf.Touch, pf.Instant]


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


def offers(seen: list[Seen], days: int) -> Iterator[Offer]:
    """A touch for everybody, twice a day."""
    numbers = count()
    for half_day in range(2 * days):
        now = pf.Instant(START.us + half_day * DAY // 2)
        for view in seen:
            yield view, touch(view.contact.id, next(numbers)), now


def reserve(offered: list[Offer]) -> int:
    """Ask every quota about every offer, and reserve what all of them allow."""
    allow, sent = pf.Allow, 0
    day, month, week = QUOTAS
    for view, one, now in offered:
        if (
            day.judge(one, view, now=now).__class__ is allow
            and month.judge(one, view, now=now).__class__ is allow
            and week.judge(one, view, now=now).__class__ is allow
        ):
            view.ledger = view.ledger.reserving(one, now=now)
            sent += 1
    return sent


def by_hand(offered: list[Offer], book: dict[str, list[int]]) -> int:
    """The same on lists of integers, with the zone and one month built in."""
    month, sent = pf.instant("2026-10-01T00:00+08:00").us, 0
    for _, one, now in offered:
        us = now.us
        times = book.setdefault(one.contact_id, [])
        midnight = us - (us + DAY // 3) % DAY
        if (
            (not times or times[-1] < midnight)
            and (len(times) < 8 or times[-8] < month)
            and (len(times) < 3 or times[-3] <= us - 7 * DAY)
        ):
            times.append(us)
            sent += 1
    return sent


def check_answers(days: int = 62) -> int:
    """Every answer of two months against dates counted one by one; how many."""
    sent: list[datetime] = []
    asked = 0
    for view, one, now in offers(crowd(1), days):
        at = datetime.fromtimestamp(now.us / 1e6, UTC) + timedelta(hours=8)
        expected = (
            sum(s.date() == at.date() for s in sent) < 1,
            sum((s.year, s.month) == (at.year, at.month) for s in sent) < 8,
            sum(s > at - timedelta(days=7) for s in sent) < 3,
        )
        judged = tuple(
            isinstance(q.judge(one, view, now=now), pf.Allow) for q in QUOTAS
        )
        if judged != expected:
            sys.exit(f"at {at}: {judged}, expected {expected}")
        if all(judged):
            view.ledger = view.ledger.reserving(one, now=now)
            sent.append(at)
        asked += len(QUOTAS)
    return asked


# ── Peers: a function that says of a key whether it may, and counts it ───────


def limits_ask() -> Ask:
    """`limits` in memory: asked first and counted then, so that all or none count."""
    from limits import RateLimitItemPerDay  # noqa: PLC0415 - may not be installed
    from limits.storage import MemoryStorage  # noqa: PLC0415
    from limits.strategies import (  # noqa: PLC0415
        FixedWindowRateLimiter,
        MovingWindowRateLimiter,
    )

    storage = MemoryStorage()
    fixed, moving = FixedWindowRateLimiter(storage), MovingWindowRateLimiter(storage)
    day, month = RateLimitItemPerDay(1), RateLimitItemPerDay(8, 30)
    week = RateLimitItemPerDay(3, 7)

    def ask(key: str) -> bool:
        if fixed.test(day, key) and fixed.test(month, key) and moving.test(week, key):
            return (
                fixed.hit(day, key) and fixed.hit(month, key) and moving.hit(week, key)
            )
        return False

    return ask


def pyrate_ask() -> Ask:
    """`pyrate-limiter`: one bucket of three rates for each contact."""
    from pyrate_limiter import InMemoryBucket, Rate, RateItem  # noqa: PLC0415

    day = DAY // 1_000
    rates = [Rate(1, day), Rate(3, 7 * day), Rate(8, 30 * day)]
    buckets: dict[str, InMemoryBucket] = {}

    def ask(key: str) -> bool:
        bucket = buckets.get(key)
        if bucket is None:
            bucket = buckets[key] = InMemoryBucket(rates)
        return bool(bucket.put(RateItem(key, START.us // 1_000)))

    return ask


def throttled_ask() -> Ask:
    """`throttled-py`: three throttles, each asked in turn."""
    from throttled import Throttled, rate_limiter, store  # noqa: PLC0415

    memory = store.MemoryStore(options={"MAX_SIZE": 10**7})
    throttles = [
        Throttled(
            quota=rate_limiter.per_duration(timedelta(days=length), limit),
            using=using,
            store=memory,
        )
        for length, limit, using in (
            (1, 1, "fixed_window"),
            (30, 8, "fixed_window"),
            (7, 3, "sliding_window"),
        )
    ]

    def ask(key: str) -> bool:
        keys = (f"{key}-{place}" for place in range(3))
        return all(not t.limit(k).limited for t, k in zip(throttles, keys, strict=True))

    return ask


def token_ask() -> Ask:
    """`token-bucket`: three buckets, each asked in turn."""
    from token_bucket import Limiter, MemoryStorage  # noqa: PLC0415

    storage = MemoryStorage()
    each = [
        (f"-{d}", Limiter(n / (d * 86_400), n, storage))
        for d, n in ((1, 1), (30, 8), (7, 3))
    ]

    def ask(key: str) -> bool:
        return all(limiter.consume(key + end) for end, limiter in each)

    return ask


ASKS: dict[str, tuple[str, Callable[[], Ask]]] = {
    "limits": ("limits", limits_ask),
    "pyrate-limiter": ("pyrate_limiter", pyrate_ask),
    "throttled-py": ("throttled", throttled_ask),
    "token-bucket": ("token_bucket", token_ask),
}


# ── Figures ──────────────────────────────────────────────────────────────────


def check_sent(name: str, sent: int, expected: int) -> None:
    """Stop where a contender does not let through what it should."""
    if sent != expected:
        sys.exit(f"{name} let {sent} through, expected {expected}")


def rounds(number: int, *, peers: bool) -> dict[str, dict[str, Callable[[], object]]]:
    """For the first and for a second touch: each contender, over all contacts."""
    seen = crowd(number)
    offered = [(view, touch(view.contact.id, n), START) for n, view in enumerate(seen)]
    empty = seen[0].ledger
    book: dict[str, list[int]] = {}

    def ours_first() -> None:
        for view in seen:
            view.ledger = empty
        check_sent("privflow", reserve(offered), number)

    def hand_first() -> None:
        book.clear()
        check_sent("by hand", by_hand(offered, book), number)

    first: dict[str, Callable[[], object]] = {"privflow": ours_first}
    second: dict[str, Callable[[], object]] = {
        "privflow": lambda: check_sent("privflow", reserve(offered), 0)
    }
    first["by hand"] = hand_first
    second["by hand"] = lambda: check_sent("by hand", by_hand(offered, book), 0)
    asks = {n: ask for n, (mod, ask) in ASKS.items() if peers and is_installed(mod)}
    for name, make in asks.items():
        made: list[Ask] = []

        def peer_first(
            name: str = name, make: Callable[[], Ask] = make, made: list[Ask] = made
        ) -> None:
            made[:] = [make()]
            ask = made[0]
            check_sent(name, sum(ask(one.contact_id) for _, one, _ in offered), number)

        def peer_second(name: str = name, made: list[Ask] = made) -> None:
            ask = made[0]
            check_sent(name, sum(ask(one.contact_id) for _, one, _ in offered), 0)

        first[name], second[name] = peer_first, peer_second
    return {"a first touch, let through": first, "a second one, refused": second}


def rows(taken: dict[str, float], number: int) -> Iterator[tuple[str, str, str]]:
    """A row for each contender: microseconds, and the ratio to the first."""
    ours = next(iter(taken.values()))
    for name, seconds in taken.items():
        yield name, f"{seconds / number * 1e6:.2f}", f"{ours / seconds:.3f}"


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
    options.add_argument("--people", type=int, default=300, help="how many contacts")
    chosen = options.parse_args()
    number, repeats = (50, 2) if chosen.quick else (chosen.people, 5 * REPEATS)
    print(f"{machine(*PEERS)}; median of {repeats}\n")
    print(f"{check_answers():,} answers of two months are right.\n")
    columns = ("", "µs", "ratio of privflow")
    taken: dict[str, dict[str, float]] = {}
    runs = rounds(number, peers=not chosen.no_peers)
    for title, contenders in runs.items():
        taken[title] = medians(contenders, repeats=repeats)
        print(printed(f"Three quotas: {title}", columns, rows(taken[title], number)))
    asked = next_allowed(number, repeats)
    size, live = bytes_each(number)
    facts = [
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
