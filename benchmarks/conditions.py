"""A compiled condition against the same test by hand, and against its peers.

python benchmarks/conditions.py [--quick] [--people N] [--no-peers]
"""

from __future__ import annotations

import argparse
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate
from typing import Any

from measure import REPEATS, machine, medians, printed
from peers import PEERS, READS
from people import DAY, INTEREST, NEWEST_FIRST, NOW, TIER, Person, crowd

import privflow as pf
from privflow import attr, event, tag
from privflow.facts import NO_ROWS, GroupRows

CONTACTS = 20_000
"""More than the processor's caches hold: the way to the facts is a part of the work."""

LEAST = 50
"""A slow engine judges fewer, yet so many; the figures are per contact."""

Test = Callable[[dict[str, Any]], bool]
Plain = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """One test in every language that there is here."""

    name: str
    title: str
    condition: pf.Condition
    on_the_state: Callable[[pf.ContactState], bool]
    by_hand: Mapping[str, Test]
    prepare: Callable[[Plain], Plain] = field(default=lambda plain: plain)

    def titled(self, more: str) -> Task:
        """The same task, for other people."""
        return replace(self, title=f"{self.title}, {more}")


# ── Simple: two comparisons ──────────────────────────────────────────────────


def _simple_on_the_state(state: pf.ContactState) -> bool:
    known = state.contact.attributes
    return known.get("city") == "上海" and known.get("age", 0) >= 30


def _simple(person: Plain) -> bool:
    return person["city"] == "上海" and person["age"] >= 30


SIMPLE = Task(
    "simple",
    "2 comparisons",
    (attr.city == "上海") & (attr.age >= 30),
    _simple_on_the_state,
    {"by hand, on a dict": _simple},
)

# ── Medium: eight clauses with and, or, in and tags ──────────────────────────


def _holds(tags: list[Plain], labels: tuple[str, ...], now: int) -> bool:
    for row in tags:
        if row["label"] in labels and row["since"] <= now < row["until"]:
            return True
    return False


def _has(rows: GroupRows, labels: frozenset[str], now: int) -> bool:
    since, until, label, older = rows
    if label in labels and since <= now < until:
        return True
    for since, until, label in older:
        if label in labels and since <= now < until:
            return True
    return False


_TIERS, _INTERESTS = frozenset({"fond", "devoted"}), frozenset({"skincare", "makeup"})


def _medium_on_the_state(state: pf.ContactState) -> bool:
    contact, now = state.contact, NOW.us
    known, tags = contact.attributes, contact.tags.rows
    return (
        known.get("city") in {"上海", "北京", "深圳"}
        and known.get("age", 0) >= 25
        and known.get("age", 99) < 60
        and (known.get("source") == "qr" or known.get("score", 0) > 0.3)
        and known.get("subscribed") is True
        and _has(tags.get("fan_tier", NO_ROWS), _TIERS, now)
        and _has(tags.get("interest", NO_ROWS), _INTERESTS, now)
    )


def _medium(person: Plain) -> bool:
    now = person["now"]
    return (
        person["city"] in {"上海", "北京", "深圳"}
        and person["age"] >= 25
        and person["age"] < 60
        and (person["source"] == "qr" or person["score"] > 0.3)
        and person["subscribed"] is True
        and _holds(person["fan_tier"], ("fond", "devoted"), now)
        and _holds(person["interest"], ("skincare", "makeup"), now)
    )


_MEDIUM = (
    attr.city.is_in(["上海", "北京", "深圳"])
    & (attr.age >= 25)
    & (attr.age < 60)
    & ((attr.source == "qr") | (attr.score > 0.3))
    & (attr.subscribed == True)  # noqa: E712 - a comparison of the language
    & tag(TIER).at_least("fond")
    & tag(INTEREST).any_of(["skincare", "makeup"])
)
MEDIUM = Task(
    "medium",
    "8 clauses",
    _MEDIUM,
    _medium_on_the_state,
    {"by hand, on a dict": _medium},
)

# ── Hard: medium, and what happened in windows of time ───────────────────────


def _hard_on_the_state(state: pf.ContactState) -> bool:
    """The scan that one writes: newest first, as far back as it must look."""
    if not _medium_on_the_state(state):
        return False
    month, week = NOW.us - 30 * DAY, NOW.us - 7 * DAY
    count = total = 0
    for name, at, amount in NEWEST_FIRST[state.contact.id]:
        if at <= month:
            break
        if name == "purchase":
            count += 1
            total += amount
        elif name == "complaint" and at > week:
            return False
    return count >= 2 and total >= 500


def _hard(person: Plain) -> bool:
    if not _medium(person):
        return False
    now = person["now"]
    month, week = now - 30 * DAY, now - 7 * DAY
    amounts = [row["amount"] for row in person["purchase"] if month < row["at"] <= now]
    return (
        len(amounts) >= 2
        and sum(amounts) >= 500
        and not any(week < row["at"] <= now for row in person["complaint"])
    )


def _columns(person: Plain) -> Plain:
    """The person with sorted columns and running sums, kept on write."""
    purchases, complaints = person["purchase"], person["complaint"]
    amounts = (row["amount"] for row in purchases)
    return {
        **person,
        "purchased_at": [row["at"] for row in purchases],
        "spent": list(accumulate(amounts, initial=0)),
        "complained_at": [row["at"] for row in complaints],
    }


def _hard_by_columns(person: Plain) -> bool:
    if not _medium(person):
        return False
    now = person["now"]
    times, sums = person["purchased_at"], person["spent"]
    low, high = bisect_right(times, now - 30 * DAY), bisect_right(times, now)
    if high - low < 2 or sums[high] - sums[low] < 500:
        return False
    times = person["complained_at"]
    return bisect_right(times, now - 7 * DAY) == bisect_right(times, now)


_PURCHASES = event("purchase").within("30d")
HARD = Task(
    "hard",
    "medium and 3 windows over 60 events",
    _MEDIUM
    & (_PURCHASES.count() >= 2)
    & (_PURCHASES.sum("amount") >= 500)
    & ~event("complaint").within("7d").exists(),
    _hard_on_the_state,
    {"by hand, on a dict": _hard, "by hand, sorted columns": _hard_by_columns},
    prepare=_columns,
)

# ── The contenders ───────────────────────────────────────────────────────────

Answers = Callable[[], list[bool]]


@dataclass(frozen=True)
class Contender:
    """Something that judges people, one after the other."""

    people: int
    answers: Answers


def _all_of(judge: Callable[[Any], bool], people: list[Any]) -> Contender:
    return Contender(len(people), partial(_judged, judge, people))


def _judged(judge: Callable[[Any], bool], people: list[Any]) -> list[bool]:
    return [judge(person) for person in people]


def _judged_now(judge: Callable[..., bool], states: list[Any]) -> list[bool]:
    now = NOW
    return [judge(state, now) for state in states]


def _verdicts(judge: Callable[..., pf.Verdict], states: list[Any]) -> list[bool]:
    """The same with `stable_until`, for hosts that must know when to look again."""
    now, yes = NOW, pf.Truth.YES
    return [judge(state, now=now).value is yes for state in states]


def contenders(
    task: Task, people: list[Person], *, peers: bool
) -> dict[str, Contender]:
    """Everybody who does the task here, by name; the first one is the measure."""
    plain = [task.prepare(person.plain) for person in people]
    states = [person.state for person in people]
    count, predicate = len(states), pf.Segment(task.name, task.condition).predicate()
    judge = task.condition.judge
    found = {
        "by hand, on the state": _all_of(task.on_the_state, states),
        "privflow, compiled": Contender(count, partial(_judged_now, predicate, states)),
        "privflow, judged": Contender(count, partial(_verdicts, judge, states)),
    }
    found |= {name: _all_of(test, plain) for name, test in task.by_hand.items()}
    for peer in PEERS if peers else ():
        test = peer.made(task.name) if peer.is_here else None
        if test is not None:
            fewer = people[:: min(peer.share, count // LEAST or 1)]
            names = READS[task.name]
            told = [{name: one.plain[name] for name in names} for one in fewer]
            asked = [peer.prepare(plain) for plain in told]
            found[peer.name] = _all_of(test, asked)
    return found


def check_answers(task: Task, found: Mapping[str, Contender]) -> int:
    """How many people the task holds for; stops where two contenders disagree."""
    everybody = None
    for name, contender in found.items():
        answers = contender.answers()
        if everybody is None:
            everybody = answers
        step = len(everybody) // len(answers)
        if answers != everybody[::step]:
            message = f"{task.name}: {name} gives other answers than the test by hand"
            raise SystemExit(message)
    return sum(everybody or ())


def measured(task: Task, people: list[Person], *, repeats: int, peers: bool) -> str:
    """The table of one task."""
    found = contenders(task, people, peers=peers)
    held = check_answers(task, found)
    seconds: dict[str, float] = {}
    for is_slow in (False, True):
        # Apart from each other: a slow engine leaves the caches empty for the next.
        runs = {
            name: contender.answers
            for name, contender in found.items()
            if (contender.people < len(people)) is is_slow
        }
        seconds |= medians(runs, repeats=repeats)
    each = {name: seconds[name] / found[name].people * 1e9 for name in found}
    first = next(iter(each.values()))
    rows = [
        (name, f"{ns:,.0f}", f"{ns / first:.2f}", f"{found[name].people:,}")
        for name, ns in each.items()
    ]
    fits = f"{held:,} of {len(people):,} people fit"
    title = f"{task.name}: {task.title} ({fits})"
    return printed(title, ("", "ns each", "ratio", "people"), rows)


def main() -> None:
    """Print a table for each task."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few people, two repeats")
    options.add_argument("--people", type=int, default=CONTACTS, help="how many")
    options.add_argument("--no-peers", action="store_true", help="privflow alone")
    chosen = options.parse_args()
    count = 200 if chosen.quick else chosen.people
    repeats = 2 if chosen.quick else REPEATS
    distributions = dict.fromkeys(peer.distribution for peer in PEERS)
    print(f"{machine(*distributions)}; median of {repeats}\n")
    for task, gathered in (
        *((task, crowd) for task in (SIMPLE, MEDIUM, HARD)),
        (
            HARD.titled("of people who all fit medium"),
            partial(crowd, chosen_by=_medium),
        ),
        (HARD.titled("all of the last 30 days"), partial(crowd, days=30)),
        (
            HARD.titled("all of the last 30 days, of people who all fit medium"),
            partial(crowd, days=30, chosen_by=_medium),
        ),
    ):
        people = gathered(count)
        print(measured(task, people, repeats=repeats, peers=not chosen.no_peers))


if __name__ == "__main__":
    main()
