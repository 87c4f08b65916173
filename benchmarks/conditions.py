"""A compiled condition against the same test by hand, and against its peers.

python benchmarks/conditions.py [--quick] [--people N] [--no-peers]
"""

from __future__ import annotations

import argparse
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from typing import Any

from measure import REPEATS, is_installed, machine, medians, printed
from people import DAY, INTEREST, NEWEST_FIRST, NOW, TIER, Person, crowd

import privflow as pf
from privflow import attr, event, tag

CONTACTS = 20_000
"""More than the processor's caches hold: the way to the facts is a part of the work."""

SLOW = 10
"""rule-engine judges every tenth contact; the figures are per contact."""

Rows = tuple[tuple[int, int, str], ...]
Test = Callable[[dict[str, Any]], bool]
Plain = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """One test in every language that there is here."""

    name: str
    condition: pf.Condition
    on_the_state: Callable[[pf.ContactState], bool]
    by_hand: Mapping[str, Test]
    rule_engine: str
    evalidate: str
    prepare: Callable[[Plain], Plain] = field(default=lambda plain: plain)


# ── Simple: two comparisons ──────────────────────────────────────────────────


def _simple_on_the_state(state: pf.ContactState) -> bool:
    known = state.contact.attributes
    return known.get("city") == "上海" and known.get("age", 0) >= 30


def _simple(person: Plain) -> bool:
    return person["city"] == "上海" and person["age"] >= 30


SIMPLE = Task(
    "simple: 2 comparisons",
    (attr.city == "上海") & (attr.age >= 30),
    _simple_on_the_state,
    {"by hand, on a dict": _simple},
    "city == '上海' and age >= 30",
    "city == '上海' and age >= 30",
)

# ── Medium: eight clauses with and, or, in and tags ──────────────────────────


def _holds(tags: list[Plain], labels: tuple[str, ...], now: int) -> bool:
    for row in tags:
        if row["label"] in labels and row["since"] <= now < row["until"]:
            return True
    return False


def _has(rows: Rows, labels: frozenset[str], now: int) -> bool:
    for since, until, label in rows:  # noqa: SIM110 - faster than any()
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
        and _has(tags.get("fan_tier", ()), _TIERS, now)
        and _has(tags.get("interest", ()), _INTERESTS, now)
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
_MEDIUM_RULE = """
    city in ['上海', '北京', '深圳'] and age >= 25 and age < 60
    and (source == 'qr' or score > 0.3) and subscribed == true
    and $any([t.label in ['fond', 'devoted']
              for t in fan_tier if t.since <= now and now < t.until])
    and $any([t.label in ['skincare', 'makeup']
              for t in interest if t.since <= now and now < t.until])
"""
_MEDIUM_PYTHON = """(
    city in ['上海', '北京', '深圳'] and age >= 25 and age < 60
    and (source == 'qr' or score > 0.3) and subscribed == True
    and any([t['label'] in ['fond', 'devoted']
             for t in fan_tier if t['since'] <= now and now < t['until']])
    and any([t['label'] in ['skincare', 'makeup']
             for t in interest if t['since'] <= now and now < t['until']])
)"""
MEDIUM = Task(
    "medium: 8 clauses",
    _MEDIUM,
    _medium_on_the_state,
    {"by hand, on a dict": _medium},
    _MEDIUM_RULE,
    _MEDIUM_PYTHON,
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
_MONTH, _WEEK = 30 * DAY, 7 * DAY
_HARD_RULE = f"""{_MEDIUM_RULE}
    and [p for p in purchase if p.at > now - {_MONTH} and p.at <= now].length >= 2
    and $sum([p.amount for p in purchase
              if p.at > now - {_MONTH} and p.at <= now]) >= 500
    and [c for c in complaint if c.at > now - {_WEEK} and c.at <= now].length == 0
"""
_HARD_PYTHON = f"""(
    {_MEDIUM_PYTHON}
    and len([p for p in purchase if now - {_MONTH} < p['at'] <= now]) >= 2
    and sum([p['amount'] for p in purchase if now - {_MONTH} < p['at'] <= now]) >= 500
    and len([c for c in complaint if now - {_WEEK} < c['at'] <= now]) == 0
)"""
HARD = Task(
    "hard: medium and 3 windows over 60 events",
    _MEDIUM
    & (_PURCHASES.count() >= 2)
    & (_PURCHASES.sum("amount") >= 500)
    & ~event("complaint").within("7d").exists(),
    _hard_on_the_state,
    {"by hand, on a dict": _hard, "by hand, sorted columns": _hard_by_columns},
    _HARD_RULE,
    _HARD_PYTHON,
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
    return [judge(state, now=NOW).value is pf.Truth.YES for state in states]


def contenders(
    task: Task, people: list[Person], *, peers: bool
) -> dict[str, Contender]:
    """Everybody who does the task here, by name; the first one is the measure."""
    plain = [task.prepare(person.plain) for person in people]
    states = [person.state for person in people]
    holds = task.condition.holds
    found = {"by hand, on the state": _all_of(task.on_the_state, states)}
    found["privflow, compiled"] = Contender(
        len(states), partial(_judged_now, holds, states)
    )
    found["privflow, judged"] = Contender(
        len(states), partial(_verdicts, task.condition.judge, states)
    )
    found |= {name: _all_of(test, plain) for name, test in task.by_hand.items()}
    if peers and is_installed("evalidate"):
        expression = _evalidate(task.evalidate)
        found["evalidate"] = _all_of(expression.eval, plain)
        code = expression.code
        copies = [dict(person) for person in plain]  # eval leaves its builtins in them
        found["evalidate, its code alone"] = _all_of(
            partial(eval, code),  # noqa: S307 - what the library is for
            copies,
        )
    if peers and is_installed("rule_engine"):
        fewer = plain[::SLOW]
        found["rule-engine"] = _all_of(_by_rule_engine(task.rule_engine), fewer)
    return found


def _by_rule_engine(text: str) -> Test:
    import rule_engine  # noqa: PLC0415 - a peer, where it is installed

    rule = rule_engine.Rule(" ".join(text.split()))
    matches: Test = rule.matches
    return matches


def _evalidate(text: str) -> Any:  # noqa: ANN401 - a peer without types
    from evalidate import Expr, base_eval_model  # noqa: PLC0415 - as above

    model = base_eval_model.clone()
    model.nodes += ["ListComp", "comprehension", "Store", "List", "Call"]
    model.allowed_functions += ["any", "len", "sum"]
    return Expr(" ".join(text.split()), model=model)


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
    runs = {name: contender.answers for name, contender in found.items()}
    seconds = medians(runs, repeats=repeats)
    each = {name: seconds[name] / found[name].people * 1e9 for name in found}
    first = next(iter(each.values()))
    rows = [
        (name, f"{ns:,.0f}", f"{ns / first:.2f}", f"{found[name].people:,}")
        for name, ns in each.items()
    ]
    title = f"{task.name} ({held:,} of {len(people):,} people fit)"
    return printed(title, ("", "ns each", "ratio", "people"), rows)


def main() -> None:
    """Print a table for each task."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few people, two repeats")
    options.add_argument("--people", type=int, default=CONTACTS, help="how many")
    options.add_argument("--no-peers", action="store_true", help="privflow alone")
    chosen = options.parse_args()
    people = crowd(200 if chosen.quick else chosen.people)
    repeats = 2 if chosen.quick else REPEATS
    print(f"{machine('rule-engine', 'evalidate')}; median of {repeats}\n")
    for task in (SIMPLE, MEDIUM, HARD):
        print(measured(task, people, repeats=repeats, peers=not chosen.no_peers))


if __name__ == "__main__":
    main()
