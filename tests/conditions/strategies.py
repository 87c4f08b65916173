"""Generated contacts, scopes and conditions, from small pools so that they meet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache, reduce
from operator import and_, methodcaller, or_
from typing import Any, TypeVar

from attrs import frozen
from hypothesis import strategies as st

from privflow.conditions import (
    Condition,
    Events,
    Facts,
    Operand,
    Scope,
    attr,
    bucket,
    event,
    in_journey,
    in_stage,
    member,
    now,
    prop,
    resolved,
    tag,
)
from privflow.facts import (
    Contact,
    Event,
    Properties,
    Tag,
    TagFact,
    TagGroup,
    Tags,
    Timeline,
)
from privflow.timing import Instant, aligned, calendar, instant, rolling

HOUR = 3_600_000_000
DAY = 24 * HOUR
ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"]
TIER = TagGroup("tier", ["low", "mid", "top"], exclusive=True, ordered=True)
HOBBY = TagGroup("hobby", ["tea", "run"])

T = TypeVar("T")


@frozen
class Person:
    contact: Contact
    timeline: Timeline


def evenly(*choices: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """One of the strategies; unlike `one_of`, each is as likely however wide it is.

    Drawn by number, which keeps the repr of a strategy of strategies short.
    """
    return st.sampled_from(range(len(choices))).flatmap(lambda drawn: choices[drawn])


# ── Values: each name has a type of its own, mostly ──────────────────────────

texts = st.sampled_from(["", "a", "ab", "b", "上海", "1", "{0}", "it's", '"', "\ud800"])
numbers = evenly(
    st.integers(-2, 3),
    st.sampled_from([0.5, 1.0, -0.0, 2.5, 1e-9, 1e15]),
    st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("2.50"), Decimal(-1)]),
    st.sampled_from([10**20, -(10**20), Decimal("1e200"), Decimal("1e-200")]),
)
dates = st.sampled_from([
    date(2026, 10, 20),
    date(1995, 2, 28),
    date(2000, 2, 29),
    date(2001, 10, 5),
    date(2030, 4, 6),
])
NEVER = [instant("0001-01-01T00:00Z"), instant("9999-12-31T23:59:59Z")]
"""What hosts write where there is none: ends of time, where zones show other years."""
instants = st.sampled_from([
    instant("2026-10-20T00:00Z"),
    instant("2020-01-01T00:00Z"),
    *NEVER,
])
scalars = evenly(texts, st.booleans(), numbers, dates, instants)
lists = st.lists(scalars | st.sampled_from(["a", 1]), max_size=3)
values = evenly(scalars, lists, st.sampled_from([None, float("nan")]))

POOLS: dict[str, st.SearchStrategy[Any]] = {
    "b": st.booleans(),
    "d": dates,
    "i": instants,
    "l": lists,
    "n": numbers,
    "n2": numbers,
    "s": texts,
}
names = st.sampled_from(list(POOLS))
properties = st.fixed_dictionaries(
    {}, optional={name: evenly(*[pool] * 5, values) for name, pool in POOLS.items()}
)

# ── Facts ────────────────────────────────────────────────────────────────────

# Near changes of the clock, where a day or an hour is not what it should be.
nows = st.builds(
    lambda start, hours, us: Instant(instant(start).us + hours * HOUR + us),
    st.sampled_from([
        "2026-10-20T01:30Z",
        "2026-10-03T12:00Z",
        "2026-11-01T00:00Z",
        "2026-04-04T12:00Z",
        "2027-01-31T20:00Z",
    ]),
    st.integers(0, 30),
    st.sampled_from([0, 1, 17 * 60_000_000]),
)


@cache
def near(at: Instant) -> st.SearchStrategy[Instant]:
    """Instants around another one: before, at the edges of windows, and after."""
    offsets = st.builds(
        lambda days, hours, us: -days * DAY - hours * HOUR + us,
        st.sampled_from([0, 0, 1, 3, 7, 30, -1]),
        st.sampled_from([0, 0, 1, 12]),
        st.sampled_from([0, 0, 1, -1, 60_000_000]),
    )
    return offsets.map(lambda offset: Instant(at.us + offset))


@cache
def events(at: Instant, *, most: int = 8) -> st.SearchStrategy[list[Event]]:
    one = st.builds(
        Event,
        st.sampled_from(["buy", "buy", "talk"]),
        st.just("c"),
        at=evenly(*[near(at)] * 9, st.sampled_from(NEVER)),
        properties=properties,
    )
    return st.lists(one, max_size=most)


@cache
def tag_facts(at: Instant) -> st.SearchStrategy[TagFact]:
    def built(held: Tag, since: Instant, days: int | None) -> TagFact:
        until = None if days is None else Instant(since.us + days * DAY)
        return TagFact(tag=held, since=since, until=until)

    tags = st.sampled_from([*TIER, *HOBBY])
    return st.builds(built, tags, near(at), st.sampled_from([None, 0, 1, 7]))


@cache
def people(at: Instant) -> st.SearchStrategy[Person]:
    contacts = st.builds(
        Contact,
        st.sampled_from(["c", "d", "e"]),
        attributes=properties,
        timezone=st.sampled_from([None, *ZONES]),
        tags=st.lists(tag_facts(at), max_size=4).map(tuple).map(Tags),
    )
    return st.builds(Person, contacts, events(at).map(Timeline))


@cache
def scopes(at: Instant) -> st.SearchStrategy[Scope]:
    return st.builds(
        Scope,
        event=st.none() | properties.map(Properties),
        entered_at=st.none() | near(at),
        stage_at=st.none() | near(at),
        timezone=st.sampled_from(ZONES),
        journeys=st.sampled_from([{}, {"welcome": "first"}, {"welcome": "second"}]),
    )


@frozen
class Case:
    """Everything that a condition is judged about."""

    person: Person
    now: Instant
    scope: Scope

    @property
    def facts(self) -> Facts:
        return Facts(self.person, self.now.us, self.scope)


cases = nows.flatmap(lambda at: st.builds(Case, people(at), st.just(at), scopes(at)))

# ── Conditions ───────────────────────────────────────────────────────────────

ORDERED = st.sampled_from(["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"])
SORTABLE = {"n": numbers, "n2": numbers, "s": texts, "d": dates, "i": instants}
windows = st.sampled_from([
    rolling("7d"),
    rolling("1d"),
    rolling("1h"),
    rolling("1us"),
    calendar("day"),
    calendar("week", first_day="sun"),
    calendar("month", tz="Asia/Shanghai"),
    calendar("day", count=3),
    calendar("month", count=2, tz="Asia/Shanghai"),
    aligned("6h"),
    aligned("30m", tz="Australia/Lord_Howe"),
])


PATTERNS = ["a", "^a$", "a|^$", "[ab]+b", r"\d", "^(a|b){1,2}$", ".", "上.?$", "^"]


def some(pool: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
    return st.lists(pool, min_size=1, max_size=3)


# What is done to an operand, apart from the operand: a strategy that is built for each
# draw costs more than the draw.
Doing = Callable[[Any], Any]


def doing(method: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Doing]:
    return st.builds(methodcaller, st.just(method), *arguments)


def between(
    one: st.SearchStrategy[Any], other: st.SearchStrategy[Any]
) -> st.SearchStrategy[Doing]:
    """From the smaller to the larger: a range that is empty cannot be written."""
    return st.builds(
        lambda *bounds: methodcaller("between", *sorted(bounds)), one, other
    )


def done(
    operand: st.SearchStrategy[Any], what: st.SearchStrategy[tuple[Doing, ...]]
) -> st.SearchStrategy[Condition]:
    """What comes of it, one after another."""
    return st.builds(
        lambda start, steps: reduce(lambda made, step: step(made), steps, start),
        operand,
        what,
    )


def compared(name: str) -> st.SearchStrategy[Doing]:
    """Every comparison with an argument that is mostly of the type of the name."""
    pool = POOLS[name] if name != "l" else scalars
    order = SORTABLE.get(name, texts)
    argument = evenly(pool, pool, pool, scalars)
    whole = evenly(POOLS[name], POOLS[name], argument)
    part = evenly(argument, st.sampled_from(["a", 1]))
    words = evenly(
        doing("contains", part),
        doing("contains_any", evenly(some(texts), some(part))),
        doing("contains_all", evenly(some(texts), some(part))),
        doing("starts_with", texts),
        doing("ends_with", texts),
        doing("matches", st.sampled_from(PATTERNS)),
    )
    return evenly(
        st.builds(methodcaller, ORDERED, order),
        doing("__eq__", whole),
        doing("__ne__", whole),
        between(order, order),
        doing("is_in", evenly(some(pool), some(argument))),
        words,
        words,
        evenly(
            doing("before", evenly(dates, instants)),
            doing("after", evenly(dates, instants)),
        ),
    )


COMPARED = {name: compared(name) for name in POOLS}
WITH_NUMBER = st.builds(
    methodcaller, ORDERED, evenly(st.integers(0, 4), st.integers(0, 31), numbers)
)


def compared_with_number(operand: Operand) -> st.SearchStrategy[Condition]:
    return WITH_NUMBER.map(lambda compare: compare(operand))


def about(space: Any) -> st.SearchStrategy[Condition]:  # noqa: ANN401 - attr or prop
    """Clauses about attributes or properties, by name."""

    def named(name: str) -> st.SearchStrategy[Condition]:
        plain = st.just(space[name])
        filled = evenly(POOLS[name], scalars).map(space[name].fill)
        tests = done(evenly(plain, plain, filled), st.tuples(COMPARED[name]))
        return evenly(tests, tests, tests, st.just(space[name].is_missing()))

    by_name = {name: named(name) for name in POOLS}
    clauses = names.flatmap(lambda name: by_name[name])
    lengths = done(names.map(lambda name: space[name].length()), st.tuples(WITH_NUMBER))
    return evenly(clauses, clauses, lengths)


def joined(clauses: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    def wider(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(inner, min_size=2, max_size=3)
        return evenly(
            inner.map(lambda one: ~one),
            inner.map(lambda one: one.surely()),
            several.map(lambda parts: reduce(and_, parts)),
            several.map(lambda parts: reduce(or_, parts)),
        )

    return st.recursive(clauses, wider, max_leaves=4)


wheres = joined(about(prop))


@st.composite
def happenings(draw: st.DrawFn) -> Events:
    found = event(draw(st.sampled_from(["buy"] * 5 + ["talk", "never"])))
    if draw(st.integers(0, 3)) == 0:
        found = found.where(draw(wheres))
    if draw(st.booleans()):
        found = found.in_(draw(windows))
    if draw(st.integers(0, 5)) == 0:
        start = draw(nows)
        found = found.between(start, Instant(start.us + draw(st.integers(1, 9)) * DAY))
    since = draw(st.sampled_from(["", "", "", "entry", "stage"]))
    if since:
        found = found.since_entry() if since == "entry" else found.since_stage()
    return found


MEASURES = ("sum", "mean", "min", "max", "distinct", "first", "last")


def measures() -> st.SearchStrategy[tuple[Doing, ...]]:
    """What is asked about events."""

    def about_name(name: str) -> st.SearchStrategy[tuple[Doing, ...]]:
        what = st.sampled_from(["first", "last", "sum"])
        return st.tuples(st.builds(methodcaller, what, st.just(name)), COMPARED[name])

    by_name = {name: about_name(name) for name in POOLS}
    number = st.builds(methodcaller, st.sampled_from(MEASURES), st.just("n"))
    numeric = st.tuples(number, WITH_NUMBER)
    return evenly(
        st.tuples(doing("count"), WITH_NUMBER),
        numeric,
        numeric,
        names.flatmap(lambda name: by_name[name]),
        st.tuples(doing("days_with"), WITH_NUMBER),
        st.tuples(doing("exists")),
        st.tuples(doing("at_least", st.integers(0, 3))),
    )


tiers = st.sampled_from(TIER.labels)
tagged = evenly(
    tiers.map(tag(TIER).has),
    tiers.map(tag(TIER).at_least),
    tiers.map(tag(TIER).at_most),
    st.sampled_from(list(HOBBY)).map(tag(HOBBY).has),
    some(tiers).map(tag(TIER).any_of),
    some(tiers).map(tag("tier").none_of),
)
labels = st.sampled_from([*TIER, *HOBBY])
lengths = st.sampled_from(["1us", "1d", "3d", "8d"])


@st.composite
def held(draw: st.DrawFn) -> Condition:
    label = draw(labels)
    operand = tag(label.group)
    how = draw(st.sampled_from(["held_for", "held_since", "had_within", "ever"]))
    if how == "ever":
        return operand.ever(label)
    bound = draw(nows if how == "held_since" else lengths)
    return getattr(operand, how)(label, bound)


@st.composite
def sequences(draw: st.DrawFn) -> Condition:
    first = draw(happenings())
    then = event(draw(st.sampled_from(["buy", "talk", "talk"])))
    if draw(st.integers(0, 3)) == 0:
        then = then.where(draw(wheres))
    how = first.then if draw(st.booleans()) else first.not_followed_by
    return how(then, within=draw(st.sampled_from(["0s", "1us", "12h", "3d", "7d"])))


small, large = st.integers(0, 40), st.integers(0, 400)
bounds = evenly(small, large, numbers)
dated = st.sampled_from(["d", "d", "i", "n"]).map(lambda name: attr[name])
asked = evenly(
    *[st.builds(methodcaller, ORDERED, bounds)] * 6,
    doing("is_in", some(evenly(small, large))),
    between(evenly(small, large), bounds),
)
years_or_days = st.sampled_from([
    methodcaller("age"),
    methodcaller("days_to_anniversary"),
])
of_dates = done(
    evenly(dated, dated, dated, st.builds(Operand.fill, dated, dates)),
    evenly(
        *[st.tuples(years_or_days, asked)] * 8,
        st.tuples(doing("anniversary_within", st.just("7d"))),
    ),
)

inside = st.sampled_from([
    in_journey("welcome"),
    in_stage("welcome", "first"),
    in_journey("other"),
])
local = done(
    st.sampled_from([now.hour, now.weekday, now.day, now.month]),
    st.tuples(WITH_NUMBER),
)
split = compared_with_number(bucket("pilot"))
counted = done(happenings(), measures())

in_time = evenly(
    counted, counted, counted, tagged, local, held(), sequences(), of_dates
)

# ── Segments that are called by name ─────────────────────────────────────────

SEGMENTS = {
    "rich": (attr.n > 1).node,
    "regular": (member("rich") & event("buy").within("7d").exists()).node,
    "strange": (~member("regular") | (attr.s == "a")).node,
}
named = st.sampled_from([*SEGMENTS]).map(member)


def settled(condition: Condition) -> Condition:
    """The condition with what its references stand for."""
    return Condition(resolved(condition.node, SEGMENTS))


unnamed = evenly(about(attr), about(prop), in_time, in_time, inside, split)
clauses = evenly(*[unnamed] * 9, named.map(settled))
conditions = joined(clauses)
written = joined(evenly(*[unnamed] * 5, named))
"""Conditions as people write them: nobody can judge those that name a segment."""


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Condition]:
    """Segments of which each may refer to those before it."""
    found: dict[str, Condition] = {}
    for name in SEGMENTS:
        earlier = [member(other) for other in found]
        pool = evenly(unnamed, st.sampled_from(earlier)) if earlier else unnamed
        found[name] = draw(joined(pool))
    return found
