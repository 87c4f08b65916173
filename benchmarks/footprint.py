"""What privflow costs before it does anything: import time, and bytes of a contact.

python benchmarks/footprint.py [--quick]
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from statistics import median

from measure import REPEATS, machine, printed

import privflow as pf

DEPENDENCIES = "attrs, cattrs, pendulum, typing_extensions"
_SCRIPT = "from time import perf_counter as t; b = t(); {0}; print(t() - b)"
STEPS = {
    "import of the dependencies, ms": f"import {DEPENDENCIES}",
    "import of privflow above them, ms": "import privflow",
    "then the first contact, ms": "privflow.Contact",
    "then the first condition, ms": "privflow.attr",
    "then an engine, ms": "privflow.Engine",
    "then every other name, ms": "[getattr(privflow, n) for n in privflow.__all__]",
}
"""What a program does in this order; each loads what the ones before left out."""
DAY = 86_400_000_000
NOW = pf.instant("2026-10-20T09:30+08:00")
INTEREST = pf.TagGroup("interest", [f"topic-{number}" for number in range(20)])


def seconds(statements: str, *, repeats: int) -> float:
    """Seconds that a fresh process takes for statements, the median of its repeats."""
    command = [sys.executable, "-c", _SCRIPT.format(statements)]
    outputs = [
        subprocess.run(  # noqa: S603 - this very Python
            command, capture_output=True, check=True, text=True
        ).stdout
        for _ in range(repeats)
    ]
    return median(map(float, outputs))


def import_rows(repeats: int) -> Iterator[tuple[str, str]]:
    """What each step costs above the ones before it."""
    before, done = 0.0, []
    for name, statement in STEPS.items():
        done.append(statement)
        reached = seconds("; ".join(done), repeats=repeats) * 1e3
        yield name, f"{reached - before:.0f}"
        before = reached


def contact_state(number: int) -> pf.ContactState:
    """A contact with 3 identities, 20 tags and 50 events, none of it shared."""
    contact_id = f"contact-{number:08}"
    contact = pf.Contact(
        contact_id,
        identities=[
            pf.Identity("wecom.external_userid", f"wm{number:020}", scope="corp-1"),
            pf.Identity("wechat.unionid", f"oU{number:020}"),
            pf.Identity("phone", f"{13_800_000_000 + number}"),
        ],
        attributes={"city": "上海", "age": 20 + number % 40, "score": number / 7},
        timezone="Asia/Shanghai",
    )
    for place, label in enumerate(INTEREST):
        contact = contact.tagged(label, at=pf.Instant(NOW.us - place * DAY))
    events = [
        pf.Event(
            "purchase",
            contact_id,
            at=pf.Instant(NOW.us - (50 - place) * DAY - number),
            properties={"amount": 100 + place, "sku": f"sku-{place % 7}"},
            id=f"order-{number}-{place}",
        )
        for place in range(50)
    ]
    return pf.ContactState(contact).observing(events)


def bytes_each(count: int) -> float:
    """Bytes that stay allocated for one contact more."""
    contact_state(0)
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    states = [contact_state(number) for number in range(1, count + 1)]
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / len(states)


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--quick", action="store_true", help="two imports, few contacts"
    )
    chosen = options.parse_args()
    repeats, count = (2, 20) if chosen.quick else (REPEATS, 1_000)
    weight = f"{bytes_each(count):,.0f}"
    rows = [
        *import_rows(repeats),
        ("a contact with 3 ids, 20 tags, 50 events, bytes", weight),
    ]
    print(f"{machine('attrs', 'cattrs', 'pendulum')}; median of {repeats}\n")
    print(printed("Footprint", ("", "value"), rows))


if __name__ == "__main__":
    main()
