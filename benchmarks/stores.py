"""Claims per second on a store of shared quotas: memory, Redis, PostgreSQL.

Each claim is a `reserve` and a `commit`. One process, then four at once, each on a
connection of its own: on subjects of their own, and all on the same one. The servers
are started for the run, on the loopback interface, and write nothing to disk at once:
the figures are those of the protocol and of the code, not of a disk.
"""

from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median
from time import perf_counter

from measure import machine, printed

from privflow.quotas import Claim, MemoryQuotaStore, QuotaStore, Reserved
from privflow.timing import instant, span

STORES = Path(__file__).parents[1] / "examples" / "stores"
NOW = instant("2026-10-20T09:30+08:00")
UNTIL = instant("2026-10-21T00:00+08:00")
TURNS = 5


def claims_of(store: QuotaStore, name: str, subject: str, number: int) -> None:
    """Reserve and commit so many touches of one subject."""
    claim = Claim(
        quota="day", subject=subject, limit=10**9, since=NOW - span("9h"), until=UNTIL
    )
    for place in range(number):
        key = f"{name}-{place}"
        answer = store.reserve(key, [claim], now=NOW, expires_at=NOW + span("5m"))
        settled = store.commit(key, now=NOW)
        if not isinstance(answer, Reserved) or settled.outcome != "committed":
            sys.exit(f"a claim was not granted: {answer}, {settled}")


def alone(opened: Callable[[], QuotaStore], number: int, turn: int) -> float:
    """Claims per second of one process, on a subject that is new in this turn."""
    store = opened()
    begun = perf_counter()
    claims_of(store, f"alone-{turn}", f"staff=alone-{turn}", number)
    return number / (perf_counter() - begun)


def together(kind: str, address: str, number: int, subject: str) -> float:
    """Claims per second of four processes at once, from the first to the last."""
    command = [sys.executable, __file__, "--work", kind, address, str(number)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    workers = [
        subprocess.Popen(  # noqa: S603  this very script
            [*command, f"{subject}-{place}", subject.format(place)], **pipes
        )
        for place in range(4)
    ]
    for worker in workers:
        worker.stdout.readline()  # it has connected
    begun = perf_counter()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    codes = [worker.wait(timeout=300) for worker in workers]
    taken = perf_counter() - begun
    for worker in workers:
        worker.communicate()
    if any(codes):
        sys.exit("a process failed")
    return 4 * number / taken


def work(kind: str, address: str, number: str, name: str, subject: str) -> None:
    """One of the four processes."""
    store = opener(kind, address)()
    print("ready", flush=True)
    sys.stdin.readline()
    claims_of(store, name, subject, int(number))


def opener(kind: str, address: str) -> Callable[[], QuotaStore]:
    """Opens a store of the examples."""
    sys.path.insert(0, str(STORES))
    from rush import store_at  # noqa: PLC0415  an example, found by now

    return lambda: store_at(kind, address)


@contextmanager
def addresses() -> Iterator[dict[str, str]]:
    """Where the servers are; those that are not installed are left out."""
    sys.path.insert(0, str(STORES))
    import psycopg  # noqa: PLC0415  of the extra `stores`
    import servers  # noqa: PLC0415  an example, found by now
    from postgres_store import SCHEMA  # noqa: PLC0415  an example, found by now

    if missing := servers.missing():
        sys.exit(f"install the Debian packages {' and '.join(missing)}")
    with servers.redis_server() as redis, servers.postgres_server() as postgres:
        with psycopg.connect(postgres) as connection:
            connection.execute(SCHEMA)
        yield {"redis": redis, "postgres": postgres}


def row(name: str, rates: list[float], most: float) -> list[str]:
    """A line of the table, from the rates of the turns."""
    rate = median(rates)
    return [name, f"{1e6 / rate:,.0f}", f"{rate:,.0f}", f"{most / rate:.1f}"]


def main(number: int, turns: int, *, servers: bool) -> None:
    """Let the contenders take turns, and print the table."""
    rates: dict[str, list[float]] = {}

    def note(name: str, rate: float) -> None:
        rates.setdefault(name, []).append(rate)

    with addresses() if servers else nullcontext({}) as found:
        for turn in range(turns):
            note("memory", alone(MemoryQuotaStore, number, turn))
            for kind, address in found.items():
                note(kind, alone(opener(kind, address), number, turn))
                for what, subject in (
                    ("own subjects", f"staff=own-{turn}-{{}}"),
                    ("one subject", f"staff=one-{turn}"),
                ):
                    rate = together(kind, address, number, subject)
                    note(f"{kind}, 4 processes, {what}", rate)
    most = median(rates["memory"])
    columns = ["reserve and commit", "µs each", "per second", "ratio"]
    rows = [row(name, measured, most) for name, measured in rates.items()]
    print(printed(f"{number:,} claims a process", columns, rows))
    print(machine("redis", "psycopg"))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        work(*sys.argv[2:])
    else:
        parser = ArgumentParser(description=__doc__)
        parser.add_argument("--quick", action="store_true")
        parser.add_argument("--no-servers", action="store_true", help="memory alone")
        given = parser.parse_args()
        size = (50, 1) if given.quick else (1_000, TURNS)
        main(*size, servers=not given.no_servers)
