"""Three quotas in the words of limiters of PyPI, for `quotas.py`.

Each contender is a function of a key and an instant: whether one more may leave, and if
so it is counted. One that refuses must count nothing: the first of three limits must
not be used up by what the third refuses.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from threading import Timer
from threading import enumerate as threads
from types import SimpleNamespace

from measure import is_installed

Ask = Callable[[str, int], bool]
"""A contact, and the instant in microseconds for those that do not read a clock."""

DAY = 86_400_000_000
DISTRIBUTIONS = ("limits", "pyrate-limiter", "throttled-py", "token-bucket")
SHANGHAI = timedelta(hours=8)


def local(us: int) -> datetime:
    """What a clock in Shanghai shows, without its zone."""
    return datetime.fromtimestamp(us // 1_000_000, UTC).replace(tzinfo=None) + SHANGHAI


@lru_cache
def dates(local_day: int) -> tuple[str, str]:
    """The day and the month as parts of a key."""
    day = local(local_day * DAY - 8 * 3_600_000_000)
    return f"{day:%Y-%m-%d}", f"{day:%Y-%m}"


def limits_by_date() -> Ask:
    """`limits`: day and month as fixed windows whose keys name the date."""
    from limits import RateLimitItemPerDay  # noqa: PLC0415 - may not be installed
    from limits.storage import MemoryStorage  # noqa: PLC0415
    from limits.strategies import (  # noqa: PLC0415
        FixedWindowRateLimiter,
        MovingWindowRateLimiter,
    )

    storage = MemoryStorage()
    fixed, moving = FixedWindowRateLimiter(storage), MovingWindowRateLimiter(storage)
    day, month = RateLimitItemPerDay(1), RateLimitItemPerDay(8, 31)
    week = RateLimitItemPerDay(3, 7)
    eight_hours = DAY // 3

    def ask(key: str, us: int) -> bool:
        today, this_month = dates((us + eight_hours) // DAY)
        return (
            fixed.test(day, key, today)
            and fixed.test(month, key, this_month)
            and moving.test(week, key)
            and fixed.hit(day, key, today)
            and fixed.hit(month, key, this_month)
            and moving.hit(week, key)
        )

    return ask


def limits_moving() -> Ask:
    """`limits`: one, thirty and seven days as moving windows."""
    from limits import RateLimitItemPerDay  # noqa: PLC0415
    from limits.storage import MemoryStorage  # noqa: PLC0415
    from limits.strategies import MovingWindowRateLimiter  # noqa: PLC0415

    moving = MovingWindowRateLimiter(MemoryStorage())
    day, month, week = (RateLimitItemPerDay(n, d) for n, d in ((1, 1), (8, 30), (3, 7)))

    def ask(key: str, _: int) -> bool:
        return (
            moving.test(day, key)
            and moving.test(month, key)
            and moving.test(week, key)
            and moving.hit(day, key)
            and moving.hit(month, key)
            and moving.hit(week, key)
        )

    return ask


def limits_at_once() -> Ask:
    """`limits`, moving windows counted at once: what is refused counts, too."""
    from limits import RateLimitItemPerDay  # noqa: PLC0415
    from limits.storage import MemoryStorage  # noqa: PLC0415
    from limits.strategies import MovingWindowRateLimiter  # noqa: PLC0415

    hit = MovingWindowRateLimiter(MemoryStorage()).hit
    day, month, week = (RateLimitItemPerDay(n, d) for n, d in ((1, 1), (8, 30), (3, 7)))
    return lambda key, _: hit(day, key) and hit(month, key) and hit(week, key)


def pyrate() -> Ask:
    """`pyrate-limiter`: one bucket of three rates for each contact."""
    from pyrate_limiter import InMemoryBucket, Rate, RateItem  # noqa: PLC0415

    day = DAY // 1_000
    rates = [Rate(1, day), Rate(3, 7 * day), Rate(8, 30 * day)]
    buckets: dict[str, InMemoryBucket] = {}

    def ask(key: str, us: int) -> bool:
        bucket = buckets.get(key)
        if bucket is None:
            bucket = buckets[key] = InMemoryBucket(rates)
        return bool(bucket.put(RateItem(key, us // 1_000)))

    return ask


def throttled() -> Ask:
    """`throttled-py`: three throttles, each counted at once."""
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

    def ask(key: str, _: int) -> bool:
        keys = (f"{key}-{place}" for place in range(3))
        return all(not t.limit(k).limited for t, k in zip(throttles, keys, strict=True))

    return ask


def token_bucket() -> Ask:
    """`token-bucket`: three buckets, each counted at once."""
    from token_bucket import Limiter, MemoryStorage  # noqa: PLC0415

    storage = MemoryStorage()
    each = [
        (f"-{d}", Limiter(n / (d * 86_400), n, storage))
        for d, n in ((1, 1), (30, 8), (7, 3))
    ]

    def ask(key: str, _: int) -> bool:
        return all(limiter.consume(key + end) for end, limiter in each)

    return ask


_MODULES: dict[str, tuple[str, Callable[[], Ask]]] = {
    "limits": ("limits", limits_by_date),
    "limits, moving windows": ("limits", limits_moving),
    "limits, hits alone": ("limits", limits_at_once),
    "pyrate-limiter": ("pyrate_limiter", pyrate),
    "throttled-py": ("throttled", throttled),
    "token-bucket": ("token_bucket", token_bucket),
}
ASKS = {name: ask for name, (module, ask) in _MODULES.items() if is_installed(module)}
DATED = ("limits", "limits, moving windows", "limits, hits alone", "pyrate-limiter")
"""Those that can be asked about another instant than the present."""


def settle() -> None:
    """Wait for threads that still tidy up after a limiter, so that nobody pays it."""
    for thread in threads():
        if isinstance(thread, Timer):
            thread.join()


@contextmanager
def clock_of_limits() -> Iterator[SimpleNamespace]:
    """A clock to set (`us`), which `limits` reads instead of the machine's."""
    clock = SimpleNamespace(us=0)
    if not is_installed("limits"):
        yield clock
        return
    from limits.storage import memory  # noqa: PLC0415

    clock.time = lambda: clock.us / 1e6
    real = sys.modules["time"]
    memory.time = clock
    try:
        yield clock
    finally:
        settle()
        memory.time = real
