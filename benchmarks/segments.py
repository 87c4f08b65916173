"""Many live segments and one change of one contact, against judging all of them again.

python benchmarks/segments.py [--quick]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from random import Random
from time import perf_counter

from measure import REPEATS, machine, medians, printed
from people import DAY, NOW, TIER, Person, crowd

import privflow as pf
from privflow import attr, event, tag

CITIES = ("上海", "北京", "深圳", "杭州", "成都")
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


CHANGES: dict[str, Callable[[Person, Random], Case]] = {
    "one attribute": changed_score,
    "one purchase": new_purchase,
    "time, by a day": time_alone,
    "nothing that is read": unread_size,
}


def measured(count: int, people: list[Person], *, repeats: int) -> str:
    """The table for so many segments."""
    begun = perf_counter()
    segments = definitions(count)
    together = pf.SegmentSet(segments)
    built = perf_counter() - begun
    alone = [segment.predicate() for segment in segments]
    rows = []
    for name, change in CHANGES.items():
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
    chosen = options.parse_args()
    people = crowd(10 if chosen.quick else 100)
    repeats = 2 if chosen.quick else REPEATS
    print(f"{machine()}; median of {repeats}\n")
    for count in (50,) if chosen.quick else (1_000, 10_000):
        print(measured(count, people, repeats=repeats))


if __name__ == "__main__":
    main()
