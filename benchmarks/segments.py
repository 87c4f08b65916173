"""Many live segments and one change of one contact, against judging all of them again.

python benchmarks/segments.py [--quick] [--amounts]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from random import Random
from time import perf_counter

from measure import REPEATS, machine, medians, printed
from people import DAY, NOW, TIER, Person, crowd

import privflow as pf
from privflow import attr, event, tag

CITIES = ("上海", "北京", "深圳", "杭州", "成都")
HOUR = 3_600_000_000
Case = tuple[pf.ContactState, pf.ContactState, pf.Instant]
"""A contact as it was at `NOW`, as it is, and when that is asked about."""


def definitions(count: int, *, seed: int = 3) -> list[pf.Segment]:
    """So many segments of two to four clauses over a dozen fields."""
    random = Random(seed)  # noqa: S311 - a benchmark, not a secret
    return [pf.Segment(f"s{number}", _condition(random)) for number in range(count)]


def _condition(random: Random) -> pf.Condition:
    condition = _clause(random)
    for _ in range(random.randint(1, 3)):
        condition &= _clause(random)
    return condition


def _clause(random: Random) -> pf.Condition:
    age, score = random.randint(20, 62), random.random()
    days, times = random.choice(["7d", "30d", "60d"]), random.randint(1, 4)
    return random.choice([
        lambda: attr.age >= age,
        lambda: attr.age < age,
        lambda: attr.score > score,
        lambda: attr.city.is_in(random.sample(CITIES, 2)),
        lambda: (attr.city == random.choice(CITIES)) | (attr.age > age),
        lambda: tag(TIER).at_least(random.choice(TIER.labels)),
        lambda: event("purchase").within(days).count() >= times,
        lambda: event("purchase").within(days).sum("amount") >= 100 * times,
    ])()


def changed_score(person: Person, random: Random) -> Case:
    """The contact before and after one attribute has another value."""
    state = person.state
    changes = {"score": random.random()}
    return state, state.knowing(state.contact.with_attributes(changes)), NOW


def new_purchase(person: Person, random: Random) -> Case:
    """The contact before and after one purchase."""
    state = person.state
    fields = {"amount": random.randint(20, 400)}
    bought = pf.Event("purchase", state.contact.id, at=NOW, properties=fields)
    return state, state.observing([bought]), NOW


def time_alone(person: Person, _: Random) -> Case:
    """The contact a day later: for many of them, events have left a window."""
    return person.state, person.state, pf.Instant(NOW.us + DAY)


def unread_size(person: Person, _: Random) -> Case:
    """The contact before and after a change that no segment looks at."""
    state = person.state
    changes = {"shoe_size": 39}
    return state, state.knowing(state.contact.with_attributes(changes)), NOW


Change = Callable[[Person, Random], Case]


def purchase_in(
    amount_of: Callable[[int], float | Decimal], *, times: int = 1, to_come: int = 0
) -> Change:
    """One purchase, where all amounts are of some kind.

    Args:
        times: how often everybody has bought whatever they bought.
        to_come: how many purchases are known that are still to come.
    """

    def change(person: Person, random: Random) -> Case:
        rows = [
            (row["at"] - again * HOUR, row["amount"])
            for again in range(times)
            for row in person.plain["purchase"]
        ]
        rows += [(NOW.us + day * DAY, 9) for day in range(1, to_come + 1)]
        rows.append((NOW.us, random.randint(20, 400)))
        *known, latest = [
            pf.Event(
                "purchase",
                person.state.contact.id,
                at=pf.Instant(at),
                properties={"amount": amount_of(amount)},
                id=f"{number}",
            )
            for number, (at, amount) in enumerate(rows)
        ]
        state = pf.ContactState(person.state.contact).observing(known)
        return state, state.observing([latest]), NOW

    return change


CHANGES: dict[str, Change] = {
    "one attribute": changed_score,
    "one purchase": new_purchase,
    "time, by a day": time_alone,
    "nothing that is read": unread_size,
}
AMOUNTS: dict[str, Change] = {
    "one purchase": purchase_in(int),
    "after twenty times as many": purchase_in(int, times=20),
    "with three to come": purchase_in(int, to_come=3),
    "in decimals": purchase_in(lambda amount: Decimal(amount) / 10),
    "in floats": purchase_in(lambda amount: amount / 10),
    "in floats, twenty times as many": purchase_in(
        lambda amount: amount / 10, times=20
    ),
}


def measured(
    count: int, changes: dict[str, Change], people: list[Person], *, repeats: int
) -> str:
    """The table of some changes for so many segments."""
    begun = perf_counter()
    segments = definitions(count)
    together = pf.SegmentSet(segments)
    built = perf_counter() - begun
    alone = [segment.predicate() for segment in segments]
    rows = []
    for name, change in changes.items():
        cases = [change(person, Random(place)) for place, person in enumerate(people)]  # noqa: S311
        starts = [together.start(before, now=NOW) for before, _, _ in cases]
        afters = [(after, at) for _, after, at in cases]
        updates = partial(_updated, together, starts, afters)
        again = partial(_judged, alone, afters)
        for (mask, _), answers in zip(updates(), again(), strict=True):
            if mask != answers:
                message = f"{name}: together they say something else than alone"
                raise SystemExit(message)
        seconds = medians({"together": updates, "alone": again}, repeats=repeats)
        each = {run: taken / len(cases) * 1e6 for run, taken in seconds.items()}
        ratio = each["together"] / each["alone"]
        rows.append((
            name,
            f"{each['together']:,.1f}",
            f"{each['alone']:,.0f}",
            f"{ratio:.3f}",
        ))
    title = f"{count:,} segments, defined and built in {built:.2f} s"
    return printed(title, ("change of", "update, µs", "all again, µs", "ratio"), rows)


def _updated(together: pf.SegmentSet, starts: list, afters: list) -> list:
    """The masks, and when time alone changes them: a host asks for both."""
    changes = [
        together.update(start, after, now=at).memberships
        for start, (after, at) in zip(starts, afters, strict=True)
    ]
    return [(found.mask, found.next_at) for found in changes]


def _judged(alone: list, afters: list) -> list[int]:
    return [
        sum(1 << place for place, holds in enumerate(alone) if holds(after, at))
        for after, at in afters
    ]


def main() -> None:
    """Print a table for each number of segments."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few segments and people")
    options.add_argument("--amounts", action="store_true", help="purchases alone")
    chosen = options.parse_args()
    people = crowd(10 if chosen.quick else 100)
    repeats = 2 if chosen.quick else REPEATS
    print(f"{machine()}; median of {repeats}\n")
    counts = (50,) if chosen.quick else (1_000, 10_000)
    if chosen.amounts:
        print(measured(counts[0], AMOUNTS, people, repeats=repeats))
        return
    for count in counts:
        print(measured(count, CHANGES, people, repeats=repeats))


if __name__ == "__main__":
    main()
