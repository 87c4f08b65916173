"""One of several processes that compete for the same cap; see rush.py --help.

It waits for a line, reserves the shared keys and then its own, commits every second
one, and prints `RESERVED key` or `COMMITTED key`, until it is refused.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from importlib import import_module

from privflow.quotas import Claim, QuotaStore, Reserved
from privflow.timing import instant, span

NOW = instant("2026-10-20T09:30+08:00")
HOLD = span("5m")


def claim_on(cap: int) -> Claim:
    """A claim on the day of one member of staff, which all processes compete for."""
    since, until = instant("2026-10-20T00:00+08:00"), instant("2026-10-21T00:00+08:00")
    return Claim(
        quota="day", subject="staff=zhang", limit=cap, since=since, until=until
    )


def store_at(kind: str, address: str) -> QuotaStore:
    """A store of `redis` or `postgres`, on a connection of its own."""
    module = import_module(f"{kind}_store")
    return getattr(module, f"{kind.title()}Store")(address)


def keys_of(name: str, shared: int, most: int) -> Iterator[str]:
    """The keys in turn: first those that everybody asks for, then one's own."""
    yield from (f"shared-{number}" for number in range(shared))
    yield from (f"{name}-{number}" for number in range(most))


def compete(store: QuotaStore, keys: Iterable[str], cap: int) -> None:
    """Reserve under each key until there is no room; commit every second one."""
    for place, key in enumerate(keys):
        answer = store.reserve(key, [claim_on(cap)], now=NOW, expires_at=NOW + HOLD)
        if not isinstance(answer, Reserved):
            return
        print("RESERVED", key, flush=True)
        if place % 2:
            store.commit(key, now=NOW)
            print("COMMITTED", key, flush=True)


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["redis", "postgres"])
    parser.add_argument("address", help="a URL, or a connection string")
    parser.add_argument("name", help="of this process")
    parser.add_argument("--cap", type=int, default=200)
    parser.add_argument("--shared", type=int, default=10, help="keys all ask for")
    given = parser.parse_args()
    mine = store_at(given.kind, given.address)
    sys.stdin.readline()
    compete(mine, keys_of(given.name, given.shared, given.cap), given.cap)
