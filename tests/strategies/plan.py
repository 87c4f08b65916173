"""Generated contacts and small plans, from small pools so that they meet.

The pools hold built conditions: each is compiled once, however often it is drawn.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from attrs import evolve, frozen
from hypothesis import strategies as st

from privflow.conditions import (
    Condition,
    Crossing,
    attr,
    entered,
    event,
    in_journey,
    in_stage,
    left,
    now,
    prop,
    tag,
)
from privflow.engine import Plan
from privflow.facts import Contact, Identity, Relation, TagGroup
from privflow.journeys import (
    AtEnd,
    Confirm,
    Defer,
    End,
    Fallback,
    Journey,
    Reentry,
    Skip,
    SOPStep,
    Stage,
    To,
    latest,
)
from privflow.quotas import (
    AnyOf,
    Grants,
    LockOut,
    MinimumGap,
    MixQuota,
    ReplyWindow,
    StandingGrant,
    TouchQuota,
)
from privflow.rules import (
    AddTag,
    Emit,
    Enrol,
    GiveTask,
    Leave,
    RemoveTag,
    Reply,
    Rule,
    Score,
    ScoreDefinition,
    SetAttribute,
    TagRule,
    Tiers,
)
from privflow.segments import Segment
from privflow.timing import (
    Instant,
    after,
    around,
    calendar,
    day,
    instant,
    on_date,
    rolling,
    weekly,
)
from privflow.touches import (
    PRIORITIES,
    STANDARD_CHANNELS,
    Gate,
    Message,
    QuietHours,
)

MINUTE = 60_000_000
HOUR = 60 * MINUTE
EVENTS = ("a", "b", "c")
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe")
CHANNELS = ("sms", "push", "wecom.message", "wecom.mass")
FAMILIES = ("sms", "push", "wecom")
MOOD = TagGroup("mood", ["low", "mid", "high"], exclusive=True, ordered=True)
HOBBY = TagGroup("hobby", ["tea", "run"])
HEALTH = TagGroup("health", ["allergic"], sensitive=True)
WARMTH = TagGroup("warmth", ["cold", "warm", "hot"], exclusive=True, ordered=True)
TEMPER = TagGroup("temper", ["keen", "late", "calm"], exclusive=True)
MARKS = TagGroup("marks", ["warm", "inside", "well"])

# Each starts a day or two before the clocks of one of the zones change.
STARTS = tuple(
    map(
        instant,
        ("2026-10-20T01:30Z", "2026-10-31T20:00Z", "2026-10-02T12:00Z"),
    )
)

ANYWHERE: tuple[Condition, ...] = (
    attr.n >= 1,
    ~(attr.n >= 1),
    tag(MOOD).at_least("mid"),
    tag(HOBBY).has("tea"),
    tag(WARMTH).at_least("warm"),
    tag(TEMPER).has("keen"),
    event("b").within("30h").exists(),
    ~event("c").in_(calendar("day")).exists(),
    event("a").within("3d").at_least(2),
    now.hour >= 12,
)
"""Conditions that ask about the contact alone."""

IN_JOURNEY: tuple[Condition, ...] = (
    *ANYWHERE,
    event("b").since_entry().exists(),
    event("c").since_stage().exists(),
    event("a").since_stage().within("20h").at_least(2),
    in_journey("j1"),
    ~in_journey("j0"),
    in_stage("j0", "s1"),
)
"""Conditions that may ask since when the contact is there, too."""

SCHEDULES = (
    after("0s"),
    after("1h"),
    after("13h"),
    after("26h"),
    day(0, "20:00"),
    day(0, "09:00", late="now"),
    day(1, "10:00"),
    day(2, "02:30"),
    weekly(["mon", "thu", "sun"], "22:30"),
    on_date("2026-11-01", "12:00"),
)

ANCHORS = (
    "journey",
    "relation",
    MOOD["high"],
    attr.born,
    event("b"),
    event("c").where(prop.order == "o-1"),
    latest(event("b")),
)
REENTRIES = (
    Reentry.once(),
    Reentry.once(repeated="restart"),
    Reentry.after_exit(cooldown="20h"),
    Reentry.after_exit(cooldown="0s", repeated="refresh"),
    Reentry.every_time(),
    Reentry.every_time(at_most=2),
    Reentry.every_time(at_most=2, key="order"),
    Reentry.every_time(at_most=3, key="order", repeated="refresh"),
    Reentry.every_time(at_most=2, key="order", repeated="restart"),
)

QUOTAS = (
    TouchQuota("one-a-day", 1, per=calendar("day"), kind="marketing"),
    TouchQuota("two-in-36h", 2, per=rolling("36h")),
    TouchQuota("kept", 3, per=rolling("3d"), keep={"high": 1}),
    TouchQuota("staffed", 1, per=calendar("week"), counts_on="confirmed"),
    TouchQuota("promo", 1, per=rolling("2d"), label="promo", channel="sms"),
)
OTHER_QUOTAS = (
    ReplyWindow("window", 2, within="24h", opened_by=event("a"), channel="push"),
    Grants("grants", granted_by=event("b"), revoked_by=event("c"), channel="push"),
    MixQuota("mix", at_most=0.5, of="promo", per=rolling("3d"), after=2),
    MinimumGap("gap", "5h", kind="marketing"),
    LockOut("locked", per=calendar("day"), reasons=["not_friend"]),
    AnyOf(
        "either",
        [
            ReplyWindow("soon", 1, within="5h", opened_by=event("a"), channel="sms"),
            ReplyWindow("long", 2, within="2d", opened_by=event("c"), channel="sms"),
        ],
    ),
    StandingGrant(
        "standing", 1, per=rolling("20h"), granted_by=event("b"), channel="sms"
    ),
)
PROFILES = (
    STANDARD_CHANNELS,
    tuple(evolve(channel, confirm_within="31h") for channel in STANDARD_CHANNELS),
)
"""Touches that keep their place for good, and touches that lapse unconfirmed."""
QUIET = (
    QuietHours("22:00", "08:00"),
    QuietHours("01:30", "03:15"),
    QuietHours("12:00", "13:00", exempt=["transactional"]),
)


def some(pool: tuple[Any, ...], *, of: int = 2) -> st.SearchStrategy[Any]:
    """One of the pool once in so many draws, else None."""
    return st.sampled_from((*[None] * (of - 1) * len(pool), *pool))


# ── Contacts ─────────────────────────────────────────────────────────────────


@st.composite
def contacts(draw: st.DrawFn, *, start: Instant = STARTS[0]) -> Contact:
    """Somebody who can be reached on most channels, with all sorts of consents."""
    contact = Contact(
        "c-1",
        identities=[
            Identity("phone", "13800000000"),
            Identity("push.token", "t"),
            Identity("wecom.external_userid", "wm", scope="corp"),
        ],
        relations=[Relation(staff="zhang", since=Instant(start.us - 24 * HOUR))],
        timezone=draw(some(ZONES)),
        attributes=draw(
            st.sampled_from([{}, {"n": 0, "born": date(1990, 10, 22)}, {"n": 2}])
        ),
    )
    for channel in draw(
        st.lists(st.sampled_from(["sms", "push", "wecom"]), max_size=3)
    ):
        contact = declaring(contact, channel, at=start, granted=draw(_mostly))
    return contact


_mostly = st.sampled_from([True, True, True, False])


def declaring(contact: Contact, channel: str, *, at: Instant, granted: bool) -> Contact:
    """The contact after they agreed, or after they refused."""
    if granted:
        return contact.consenting(channel, purpose="marketing", at=at, evidence="form")
    return contact.refusing(channel, purpose="marketing", at=at)


# ── Plans ────────────────────────────────────────────────────────────────────

messages = st.builds(
    Message,
    st.sampled_from(["m1", "m2"]),
    kind=st.sampled_from([
        "marketing",
        "marketing",
        "service",
        "service",
        "transactional",
    ]),
    labels=st.sampled_from([(), ("promo",), ("value",)]),
)
policies = st.sampled_from([
    Defer(),
    Defer(),
    Defer(until_at_most="30h"),
    Skip(),
    Fallback(),
    End(),
])


@frozen(kw_only=True)
class Kind:
    """Which plans are drawn.

    Args:
        gated: quotas and quiet hours, and steps that answer them.
        completing: journeys may come to an end by themselves.
    """

    gated: bool = True
    completing: bool = True


ANY = Kind()


@st.composite
def steps(draw: st.DrawFn, name: str, kind: Kind = ANY) -> SOPStep:
    """A step of a journey; what has a deadline goes to staff first."""
    via = draw(st.lists(st.sampled_from(CHANNELS), min_size=1, max_size=2))
    confirm = draw(some((Confirm(within="30h", remind=["2h", "9h"]),), of=3))
    return SOPStep(
        name,
        draw(st.sampled_from(SCHEDULES)),
        draw(messages),
        via=via if confirm is None else ["wecom.mass", *via],
        when=draw(some(IN_JOURNEY, of=4)),
        on_blocked=draw(policies) if kind.gated else Skip(),
        priority=draw(st.sampled_from(PRIORITIES)),
        valid_for=draw(some(("2h", "30h"), of=4)) if kind.gated else None,
        since=draw(some(ANCHORS, of=3)),
        confirm=confirm,
    )


@st.composite
def ways(draw: st.DrawFn, to: tuple[str, ...]) -> To:
    """A way to one of the stages, the own one included."""
    stage = draw(st.sampled_from(to))
    when, span = draw(some(IN_JOURNEY)), draw(some(("0s", "1h", "2d")))
    share = draw(st.sampled_from([None, None, None, 0.5]))
    return To(
        stage,
        when=when,
        after=span or (None if when is not None else "5h"),
        share=share,
    )


endings = st.sampled_from([
    AtEnd(add=[HOBBY["tea"]]),
    AtEnd("goal", remove=[HOBBY["tea"]], enrol="j0"),
    AtEnd(["completed", "exit"], enrol="j0"),
    AtEnd("rule", add=[MOOD["low"]]),
])


@st.composite
def journeys(draw: st.DrawFn, name: str, kind: Kind = ANY) -> Journey:
    """A journey of up to three stages; its ways may go round in circles."""
    names = tuple(f"s{place}" for place in range(draw(st.sampled_from([1, 2, 2, 3]))))
    stages = []
    for stage in names:
        numbers = range(draw(st.sampled_from([0, 1, 1, 2, 2])))
        drawn = [draw(steps(f"{name}-{stage}-{n}", kind)) for n in numbers]
        then = draw(st.lists(ways(names), max_size=2))
        if not kind.completing:
            then = [*then, To(names[0], after="400d")]
        stages.append(Stage(stage, steps=drawn, then=then))
    starts = [event("a")] * 4 + [event("b"), entered("seg"), left("seg")]
    starts += [entered("seg"), around("born", at="10:00"), None]
    start = draw(st.sampled_from(starts))
    chooses = isinstance(start, Crossing) and start.into
    members = st.sampled_from(["all", "current", "future"])
    return Journey(
        name,
        enter_on=start,
        members=draw(members) if chooses else "all",
        control=draw(st.sampled_from([0, 0, 0, 1])),
        at_end=draw(st.lists(endings, max_size=1)),
        audience=draw(some(ANYWHERE, of=6)),
        goal=draw(some(IN_JOURNEY, of=6)),
        exit_when=draw(some(IN_JOURNEY, of=6)),
        reentry=draw(st.sampled_from(REENTRIES)),
        stages=stages,
    )


SCORES = (
    ScoreDefinition(
        "warmth", half_life="30h", tiers=Tiers(WARMTH, up=[4, 9], down=[3, 6])
    ),
    ScoreDefinition("visits"),
)
TAG_RULES = (
    TagRule("keen", when=event("a").within("30h").at_least(2), tag=TEMPER["keen"]),
    TagRule("late", when=now.hour >= 12, tag=TEMPER["late"]),
    TagRule("calm", when=attr.n >= 1, tag=TEMPER["calm"], after="kept"),
    TagRule("warm", when=tag(WARMTH).at_least("warm"), tag=MARKS["warm"]),
    TagRule("inside", when=in_journey("j0"), tag=MARKS["inside"]),
    TagRule("well", when=~event("c").exists(), tag=HEALTH["allergic"]),
)


def actions(names: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """What a rule may do in a plan with these journeys."""
    acts = [
        AddTag(MOOD["high"], ttl="10h"),
        AddTag(MOOD["low"]),
        AddTag(HOBBY["tea"]),
        RemoveTag(HOBBY["tea"]),
        AddTag(HEALTH["allergic"]),
        SetAttribute("n", 1),
        SetAttribute("n", None),
        Reply(Message("reply", kind="service"), via=["push", "sms"]),
        Score("warmth", 5),
        Score("warmth", 5),
        Score("warmth", -2),
        Score("visits", 1),
        GiveTask("call", within="2h"),
        Emit("d"),
        Emit("d", {"n": 1}, keeping=["amount"]),
        *(Enrol(name) for name in names),
        *(Leave(name) for name in names),
    ]
    return st.sampled_from(acts)


@st.composite
def rules(draw: st.DrawFn, name: str, journeys: tuple[str, ...]) -> Rule:
    """A rule on one of the events."""
    return Rule(
        name,
        on=event(draw(st.sampled_from([*EVENTS, "d"]))),
        when=draw(some(ANYWHERE)),
        do=draw(st.lists(actions(journeys), min_size=1, max_size=2)),
        priority=draw(st.integers(0, 1)),
        **draw(st.sampled_from([{}, {}, {"limit": "once"}, {"once_per": "26h"}])),
    )


@st.composite
def plans(draw: st.DrawFn, *, kind: Kind = ANY) -> Plan:
    """A small plan: up to three journeys, a segment, rules, quotas, quiet hours."""
    names = tuple(f"j{place}" for place in range(draw(st.sampled_from([1, 2, 3, 3]))))
    quotas: list[Gate] = []
    gates: list[Gate] = []
    if kind.gated:
        quotas = draw(st.lists(st.sampled_from(QUOTAS), unique=True, max_size=2))
        quotas += draw(st.lists(st.sampled_from(OTHER_QUOTAS), unique=True, max_size=1))
        gates = draw(st.sampled_from([[], *([gate] for gate in QUIET)]))
    return Plan(
        journeys=[draw(journeys(name, kind)) for name in names],
        segments=[
            Segment("seg", draw(st.sampled_from((*ANYWHERE, ~in_journey("j0")))))
        ],
        rules=[
            draw(rules(f"r{place}", names)) for place in range(draw(st.integers(0, 3)))
        ],
        tag_rules=draw(st.lists(st.sampled_from(TAG_RULES), unique=True, max_size=3)),
        scores=SCORES,
        quotas=quotas,
        gates=gates,
        channels=draw(st.sampled_from(PROFILES)),
        timezone=draw(st.sampled_from(ZONES)),
        remember="3d",
    )
