"""One of several processes that compete for the same places, round after round.

Each line that it reads names a subject of `CAP` places. It reserves a key that all ask
for and then keys of its own, commits every second one, and prints `RESERVED key` or
`COMMITTED key` until it is refused; then `DONE`.
"""

import sys
from argparse import ArgumentParser
from importlib import import_module

from privflow.quotas import Claim, QuotaStore, Reserved
from privflow.timing import instant, span

CAP = 4
NOW = instant("2026-10-20T09:30+08:00")
HOLD = span("5m")
MIDNIGHTS = instant("2026-10-20T00:00+08:00"), instant("2026-10-21T00:00+08:00")


def claim_on(subject: str) -> Claim:
    """A claim on a day of the subject."""
    since, until = MIDNIGHTS
    return Claim(quota="day", subject=subject, limit=CAP, since=since, until=until)


def store_at(kind: str, address: str) -> QuotaStore:
    """A store of `redis` or `postgres`, on a connection of its own."""
    module = import_module(f"{kind}_store")
    return getattr(module, f"{kind.title()}Store")(address)


def compete(store: QuotaStore, name: str, subject: str) -> None:
    """Reserve key after key until there is no room; commit every second one."""
    claims, expires_at = [claim_on(subject)], NOW + HOLD
    for place, who in enumerate(["shared", *(f"{name}-{n}" for n in range(CAP))]):
        key = f"{subject}/{who}"
        answer = store.reserve(key, claims, now=NOW, expires_at=expires_at)
        if not isinstance(answer, Reserved):
            break
        print("RESERVED", key, flush=True)
        if place % 2:
            store.commit(key, now=NOW)
            print("COMMITTED", key, flush=True)
    print("DONE", subject, flush=True)


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["redis", "postgres"])
    parser.add_argument("address", help="a URL, or a connection string")
    parser.add_argument("name", help="of this process")
    given = parser.parse_args()
    mine = store_at(given.kind, given.address)
    for line in sys.stdin:
        compete(mine, given.name, line.strip())
