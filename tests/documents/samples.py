"""Values of every class that a document can hold, told as one story."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import attrs

import privflow as pf
from privflow import attr, bucket, event, prop, tag
from privflow.conditions import (
    And,
    Attribute,
    Bucket,
    Exists,
    Happening,
    LocalTime,
    Measure,
    Missing,
    Not,
    Or,
    Property,
    Tagged,
    Test,
)
from privflow.facts import Properties
from privflow.journeys import Former, GateLine, StepState, Track
from privflow.timing import time_of_day
from privflow.touches import Ledger, TouchRecord

OFFICE = pf.WorkCalendar(
    "office",
    weekend=["sun"],
    holidays=["2026-10-01", "2026-10-02"],
    workdays=["2026-10-11"],
    until="2026-12-31",
)
TIER = pf.TagGroup(
    "fan_tier", ["passerby", "fond", "devoted"], exclusive=True, ordered=True
)
INTEREST = pf.TagGroup("interest", ["skincare", "makeup", "baby"])
NOW = pf.instant("2026-10-20T09:30+08:00")
NEXT_DAY = pf.instant("2026-10-21T10:00+08:00")

BIG_SPENDER = (
    (attr.city.is_in(["上海", "北京"]))
    & tag(TIER).at_least("fond")
    & (event("purchase").within("30d").sum("amount") >= 500)
    & ~event("complaint").within("7d").exists()
)
VIP = pf.Segment("vip", BIG_SPENDER, description="近30天消费满500的铁粉")

WELCOME = pf.Journey(
    "new-friend",
    version=1,
    enter_on=event("contact_added"),
    goal=event("purchase").since_entry().exists(),
    exit_when=event("contact_removed").since_entry().exists(),
    reentry=pf.Reentry.after_exit(cooldown="90d"),
    stages=[
        pf.Stage(
            "acquaint",
            steps=[
                pf.SOPStep(
                    "hello",
                    pf.after("0s"),
                    pf.Message("hello", kind="service"),
                    via=["wecom.welcome", "wecom.message"],
                ),
                pf.SOPStep(
                    "guide",
                    pf.day(1, "10:00"),
                    pf.Message("guide", kind="service", labels=["value"]),
                    via=["wecom.message"],
                ),
                pf.SOPStep(
                    "coupon",
                    pf.day(3, "20:00"),
                    pf.Message(
                        "coupon",
                        kind="marketing",
                        labels=["promotion"],
                        variants={"A": 0.5, "B": 0.5},
                    ),
                    via=["wecom.message", "sms"],
                    when=~event("purchase").since_entry().exists(),
                    on_blocked=pf.Defer(until_at_most="2d"),
                    priority="high",
                ),
            ],
            then=[
                pf.To("convert", when=event("reply").since_stage().exists()),
                pf.To("sleeping", after="14d"),
            ],
        ),
        pf.Stage(
            "convert",
            steps=[
                pf.SOPStep(
                    "offer",
                    pf.after("2h"),
                    pf.Message("offer", kind="marketing"),
                    via=["wecom.message"],
                )
            ],
        ),
        pf.Stage(
            "sleeping",
            steps=[
                pf.SOPStep(
                    "moment",
                    pf.weekly("fri", "20:00"),
                    pf.Message("moment", kind="service", labels=["value"]),
                    via=["wecom.moments"],
                )
            ],
        ),
    ],
)

QUOTAS = (
    pf.TouchQuota(
        "wecom-month",
        pf.days_in_month,
        per=pf.calendar("month", tz="Asia/Shanghai"),
        channel="wecom.mass",
    ),
    pf.TouchQuota("one-promo-a-day", 1, per=pf.calendar("day"), kind="marketing"),
    pf.TouchQuota(
        "calm-week", 3, per=pf.rolling("7d"), kind="marketing", keep={"high": 1}
    ),
    pf.ReplyWindow(
        "wechat-48h",
        5,
        within="48h",
        opened_by=event("message_received"),
        channel="wechat.service",
    ),
    pf.Grants(
        "one-shot-subscription",
        granted_by=event("subscription_granted"),
        channel="miniprogram.subscribe",
    ),
    pf.MixQuota(
        "not-only-coupons", at_most=0.5, of="promotion", per=pf.rolling("14d"), after=2
    ),
)
QUIET = pf.QuietHours("22:00", "08:00")

RULES = (
    pf.Rule(
        "likes-makeup",
        on=event("message_received"),
        when=prop.text.contains_any(["口红", "粉底"]),
        do=[pf.AddTag(INTEREST["makeup"], ttl="180d")],
    ),
    pf.Rule(
        "price-asked",
        on=event("message_received"),
        when=prop.text.contains_any(["多少钱", "价格"]),
        do=[pf.Reply(pf.Message("price-card", kind="service"))],
    ),
)

PLAN = pf.Plan(
    journeys=[WELCOME],
    segments=[VIP],
    rules=RULES,
    quotas=QUOTAS,
    gates=[QUIET],
    timezone="Asia/Shanghai",
)
ENGINE = pf.Engine(PLAN)

LIN = (
    pf
    .Contact(
        "c-001",
        identities=[
            pf.Identity("wecom.external_userid", "wmAAA", scope="corp-1"),
            pf.Identity("wechat.unionid", "oU-1"),
        ],
        relations=[
            pf.Relation(
                staff="zhang",
                since=pf.instant("2026-10-19T20:00+08:00"),
                state="qr-store-7",
            )
        ],
        attributes={
            "city": "上海",
            "birthday": date(1995, 11, 3),
            "age": 31,
            "balance": Decimal("12.50"),
            "score": 0.5,
            "member_since": pf.instant("2020-01-01T00:00Z"),
            "subscribed": False,
            "stores": ["Jing'an", 7, date(2026, 1, 1)],
        },
        timezone="Asia/Shanghai",
    )
    .tagged(TIER["fond"], at=NOW, source="rule:intimacy")
    .tagged(TIER["devoted"], at=NOW)
    .consenting(
        "wecom.message", purpose="marketing", at=NOW, evidence="add-friend-page-v3"
    )
)

ORDERS = (
    pf.Event(
        "purchase",
        "c-001",
        at=pf.instant("2026-09-28T12:00+08:00"),
        properties={"amount": 320, "sku": "A"},
    ),
    pf.Event(
        "purchase",
        "c-001",
        at=pf.instant("2026-10-10T21:00+08:00"),
        properties={"amount": Decimal("260.50"), "sku": "B"},
        id="order-2",
    ),
)
ADDED = pf.Event(
    "contact_added",
    "c-001",
    at=NOW,
    properties={"welcome_code": "W1"},
    id="evt-1",
)


_TOUCH = pf.Touch(
    id="t-1",
    contact_id="c-001",
    channel="wecom.mass",
    message="coupon",
    kind="marketing",
    source="journey:new-friend",
    step="coupon",
    labels=("promotion",),
    variant="A",
    priority="high",
    parameters=Properties({"off": Decimal("0.2")}),
)
_TOUCH_BY_RULE = pf.Touch(
    id="t-2",
    contact_id="c-001",
    channel="sms",
    message="price-card",
    kind="service",
    source="rule:price-asked",
)
_PURCHASES = Happening("purchase", (prop.sku == "A").node, pf.rolling("30d"), "entry")

STATE = pf.ContactState(
    LIN,
    timeline=pf.Timeline([*ORDERS, ADDED]),
    enrolments=(
        pf.Enrolment(
            "new-friend",
            version=1,
            visit=2,
            entered_at=NOW,
            stage="acquaint",
            stage_at=NOW,
            steps=(
                StepState("hello", due_at=NOW, status="sent", touch_id="t-0"),
                StepState(
                    "coupon",
                    due_at=NOW,
                    occurrence=2,
                    status="deferred",
                    reason="quiet_hours",
                    again_at=NEXT_DAY,
                    decided_at=NOW,
                    lines=(
                        GateLine(gate="reachable", channel="sms", ruling="allow"),
                        GateLine(
                            gate="quiet",
                            channel="sms",
                            ruling="hold",
                            reason="quiet_hours",
                            until=NEXT_DAY,
                            facts=Properties({"hours": "22:00-08:00"}),
                        ),
                    ),
                ),
            ),
            earlier=(StepState("moment", due_at=None, status="skipped"),),
            former=Former(
                journey=["friend"],
                stages=[("acquaint", "meet")],
                steps=[("coupon", "voucher", "gift")],
            ),
        ),
        pf.Enrolment(
            "birthday",
            version=3,
            visit=1,
            entered_at=NOW,
            stage="greeting",
            stage_at=NOW,
            stage_visit=2,
            ended_at=NEXT_DAY,
            ended_by="goal",
        ),
    ),
    ledger=Ledger((
        TouchRecord(_TOUCH, decided_at=NOW, moments=(("delivered", NOW),)),
        TouchRecord(
            _TOUCH_BY_RULE,
            decided_at=NOW,
            moments=(("failed", NEXT_DAY),),
            released_at=NEXT_DAY,
            reason="not_friend",
        ),
    )),
    inside=("vip",),
    seen=(("evt-1", NOW),),
    at=NOW,
    wake_at=NEXT_DAY,
)
"""What a state can hold, built by hand: it does not change with the engine."""

_CLAIM = pf.Claim(
    quota="staff-day",
    subject="staff=zhang",
    limit=100,
    since=NOW,
    until=NEXT_DAY,
    cost=2,
)

# What the story does not hold already, or holds in one form only.
_MORE: tuple[Any, ...] = (
    ADDED,
    *ORDERS,
    NOW,
    pf.Rule(
        "regular",
        on=event("purchase"),
        once_per="7d",
        do=[
            pf.Score("intimacy", 5),
            pf.GiveTask("call", within="2d", parameters={"why": "regular"}),
            pf.Emit("bought_again", {"n": 2}, keeping=["sku"]),
        ],
    ),
    pf.Rule("first", on=event("purchase"), limit="once", do=[pf.Score("intimacy", -1)]),
    pf.TagRule("buyer", when=event("purchase").exists(), tag=INTEREST["skincare"]),
    pf.TagRule("old", when=attr.age > 60, tag=INTEREST["baby"], after="kept"),
    pf.ScoreDefinition("visits"),
    pf.ScoreDefinition(
        "intimacy",
        half_life="30d",
        tiers=pf.Tiers(TIER, up=[50, 200], down=[30, 150]),
    ),
    pf.RuleMemory(
        scores=[pf.Points("intimacy", 2_500_000_000, NOW, "fond")],
        fired=(("regular", NOW),),
        holding=("buyer",),
    ),
    pf.Loop(("a", "b"), ("x", "y")),
    pf.StaffTask(
        "call",
        id="s-1",
        contact_id="c-001",
        staff="zhang",
        due_at=NEXT_DAY,
        source="rule:regular",
        parameters=Properties({"why": "regular"}),
    ),
    pf.span("1d12h"),
    time_of_day("22:00:30"),
    pf.Truth.UNKNOWN,
    (attr.age > 40).node,
    bucket("pilot") < 0.1,
    pf.now.hour.between(9, 18) | attr.age.is_missing(),
    attr.vip.fill(False) == True,  # noqa: E712 - a comparison of the language
    attr.paid == Decimal("12.50"),
    attr.born < date(2000, 1, 1),
    attr.seen >= NOW,
    event("visit").in_(pf.aligned("1h", tz="Asia/Shanghai")).count() >= 2,
    event("visit").in_(pf.calendar("week", first_day="sun")).mean("minutes") > 1.5,
    tag("interest").none_of(["baby"]),
    attr.mobile.matches(r"^1[3-9]\d{9}$") & (attr.name.length() <= 4),
    (attr.birthday.age() >= 18).surely() | attr.birthday.anniversary_within("7d"),
    attr.born.before(date(2000, 1, 1)) & attr.seen.after(NOW),
    tag("interest").held_for("baby", "30d") | tag("interest").ever("baby"),
    tag("interest").held_since("baby", NOW),
    tag("interest").had_within("baby", "30d"),
    event("visit").between(NOW, NEXT_DAY).days_with() >= 2,
    event("cart").within("7d").then(event("purchase"), within="3d"),
    event("cart").not_followed_by(event("purchase"), within="3d"),
    pf.member("vip") & pf.in_journey("new-friend") & pf.in_stage("new-friend", "a"),
    And((Exists(_PURCHASES), Missing(Property("sku", "A")))),
    Or((Not(Test(LocalTime("hour"), "<", 9)), Tagged("g", "any_of", ("a", "b")))),
    Test(Measure("sum", _PURCHASES, "amount"), ">=", Decimal(500)),
    Missing(Attribute("age", 18)),
    Exists(Happening("reply", since="stage")),
    Test(Bucket("pilot"), "<", 0.1),
    pf.entered("vip"),
    pf.Scope(event=ADDED.properties, entered_at=NOW, stage_at=NOW, timezone="UTC"),
    pf.Scope(journeys={"new-friend": "acquaint"}),
    pf.Verdict.of(pf.Truth.YES, stable_until=NOW, reasons=("because",)),
    pf.Verdict.of(pf.Truth.NO, reasons=("NO: city 是 x [现为 上海]",), language="zh"),
    pf.Catalog(
        attributes={"city": str, "age": int, "birthday": date, "paid": Decimal},
        events={"purchase": {"amount": float, "tags": tuple}, "complaint": {}},
        tags=[TIER, INTEREST],
    ),
    pf.Catalog(
        attributes={"level": ["gold", "silver"], "stars": (1, 2.5, Decimal("3.0"))},
        events={"purchase": {"channel": ["shop", "app"]}},
        journeys={"new-friend": ["acquaint", "convert"], "empty": []},
        segments=["vip", "asleep"],
    ),
    pf.Catalog(journeys={}, segments=()),
    pf.Consent("wecom", False, purpose="marketing", at=NOW, enterprise="acme"),
    pf.Consent(
        "*",
        True,
        purpose="service",
        at=NOW,
        evidence="form-7",
        notice="v3",
        until=NEXT_DAY,
        by="guardian",
    ),
    pf.Relation(staff="wang", since=NOW, add_way=1, tags=["regular"]),
    pf.TagGroup("health", ["pregnant"], profile=False, sensitive=True)["pregnant"],
    pf.TagGroup("imported", open=True),
    pf
    .Group("g-1", "wr", owner="zhang", created_at=NOW, name="茶", scope="corp-1")
    .joined("c-001", at=NOW, by="link", inviter="c-2")
    .joined("li", at=NOW, is_staff=True)
    .dismissed(at=NEXT_DAY),
    pf.Account(
        "a-1",
        name="茶行",
        roles=[pf.Role("c-001", "user", since=NOW, until=NEXT_DAY)],
        attributes={"size": 7},
    ),
    pf.Account("a-1", roles=[pf.Role("c-001", "user", since=NOW)]).view([LIN], now=NOW),
    pf.MergeGuard(blocked=["x"], most=3, most_of={"phone": 2}),
    pf.merge(LIN, pf.Contact("c-7", attributes={"city": "北京"}), now=NEXT_DAY),
    pf.Suppression(hashes=["ab12"], at=NOW),
    pf.Lawful(
        enterprise="acme",
        cooldown="30d",
        notices=["v3"],
        needs_age=True,
        age=pf.AgeFacts(birthday="born"),
    ),
    pf.Message("ask", kind="service", personalised=False, asks_for="marketing"),
    pf.Touch(
        id="t-3",
        contact_id="c-001",
        channel="sms",
        message="ask",
        kind="service",
        source="rule:r",
        personalised=False,
        asks_for="marketing",
    ),
    pf.Timeline(ORDERS),
    pf.after("2h"),
    pf.day(3, "20:00", late="now"),
    pf.on_date("2026-11-11", "10:00"),
    pf.weekly(["mon", "fri"], "20:00"),
    pf.monthly(31, "10:00"),
    pf.around(attr.birthday, days=-3, at="10:00"),
    pf.around(attr.birthday, at="10:00", leap="mar1"),
    pf.months(1),
    pf.months(3, "10:00"),
    pf.every("12h", times=6),
    pf.every("3d", "20:00", until="30d"),
    pf.every("3d", until=date(2026, 12, 31)),
    OFFICE,
    pf.workday(3, "10:00", calendar=OFFICE, late="now"),
    pf.on_workday(pf.day(3, "20:00"), OFFICE),
    pf.on_workday(pf.weekly("fri", "20:00"), OFFICE, otherwise="skip"),
    pf.SendWindow("09:00", "21:00", days=["mon"], calendar=OFFICE, channel="sms"),
    pf.SendWindow("20:00", "02:00", exempt=["transactional"], name="evenings"),
    pf.aligned("1h"),
    pf.calendar("month", tz="Asia/Shanghai"),
    pf.Journey("calls", enter_on=pf.left(VIP), stages=[pf.Stage("one")]),
    pf.Journey(
        "orders",
        enter_on=event("ordered"),
        reentry=pf.Reentry.every_time(at_most=3, key="order_id", repeated="refresh"),
        control=0.1,
        in_flight="pinned",
        formerly=["deliveries"],
        at_end=[pf.AtEnd("goal", add=[TIER["fond"]], enrol="new-friend")],
        stages=[
            pf.Stage(
                "split",
                steps=[
                    pf.SOPStep(
                        f"step-{place}",
                        pf.after("1h"),
                        pf.Message("note", kind="service"),
                        via=["sms"],
                        since=since,
                    )
                    for place, since in enumerate((
                        "journey",
                        "relation",
                        TIER["fond"],
                        attr.birthday,
                        event("paid"),
                        pf.latest(event("paid")),
                    ))
                ],
                then=[pf.To("one", share=0.5)],
                formerly=["start"],
            ),
            pf.Stage("one"),
        ],
    ),
    pf.Journey(
        "birthday",
        enter_on=pf.around(attr.birthday, at="10:00"),
        stages=[pf.Stage("one")],
    ),
    pf.Journey(
        "vips", enter_on=pf.entered(VIP), members="future", stages=[pf.Stage("one")]
    ),
    pf.TouchQuota("two-days", 2, per=pf.calendar("day", count=2)),
    pf.TouchQuota(
        "weeks", 5, per=pf.calendar("week", count=2, tz="UTC", first_day="sun")
    ),
    pf.Confirm(within="24h", remind=["4h"]),
    pf.Remind(_TOUCH, staff="zhang", number=2),
    pf.Withdraw(_TOUCH, staff="zhang", reason="goal"),
    pf.Impact(
        affected=[
            pf.Affected(
                contact_id="c-001",
                journey="new-friend",
                fate="re-timed",
                times=(("hello", NOW, None),),
            )
        ]
    ),
    pf.Skip(),
    pf.Fallback(),
    pf.End(),
    pf.Defer(),
    pf.Reentry.once(),
    pf.RemoveTag(INTEREST["makeup"]),
    pf.SetAttribute("vip", True),
    pf.SetAttribute("vip", None),
    pf.Enrol("new-friend"),
    pf.Leave("new-friend"),
    pf.ReplyWindow(
        "open",
        None,
        within="48h",
        opened_by=event("message_received").where(prop.text.contains("hi")),
        channel="wechat",
    ),
    pf.Grants(
        "news",
        granted_by=event("agreed"),
        revoked_by=event("revoked"),
        channel="miniprogram",
        each_grant=2,
    ),
    pf.QuietHours("22:00", "08:00", exempt=["transactional"], channel="sms"),
    pf.StandingGrant(
        "policies",
        1,
        per=pf.calendar("month"),
        granted_by=event("agreed"),
        channel="miniprogram",
        revoked_by=event("revoked"),
        key="policy",
        most_parts=3,
    ),
    pf.MinimumGap("breathe", "2h", kind="marketing"),
    pf.LockOut("banned", per=pf.calendar("day"), event=event("rate_limited")),
    pf.AnyOf(
        "reply",
        [
            pf.ReplyWindow(
                f"reply-{action}",
                limit,
                within=within,
                opened_by=event(action),
                channel="wechat.service",
            )
            for action, limit, within in (
                ("message_received", 5, "48h"),
                ("menu_clicked", 3, "1m"),
            )
        ],
    ),
    pf.TouchQuota(
        "pool",
        pf.Pool(2, audience=30_000, least=100_000),
        per=pf.calendar("day"),
        each="plan",
        channel="push",
    ),
    pf.TouchQuota(
        "budget", 500, per=pf.rolling("7d"), each=["staff", "campaign"], counts="cost"
    ),
    pf.Claim(
        quota="pool", subject="plan", limit=100_000, since=NOW, until=NEXT_DAY, cost=2
    ),
    pf.Claim(quota="ever", subject="staff=zhang", limit=1, since=NOW, until=None),
    *STATE.ledger,
    pf.QuietHours("22:00", "08:00", exempt=["transactional"]),
    pf.Allow(facts={"count": 1}),
    pf.Hold("quiet_hours", until=NOW, facts={"hours": "22:00-08:00"}),
    pf.Hold("calendar_ended", until=NOW, recheck=True),
    pf.Deny("no_consent"),
    pf.AssignTask(_TOUCH, staff="zhang"),
    _CLAIM,
    pf.Reserved("t-1", at=NOW, expires_at=NEXT_DAY),
    pf.Refused(_CLAIM, taken=100, next_possible=NEXT_DAY),
    pf.Settled("t-1", outcome="late"),
    pf.Receipt("t-1", "failed", at=NOW, reason="not_friend", raw="41050"),
    pf.Entry("sent", at=NOW, source="journey:new-friend", subject="hello"),
    pf.Outcome(
        state=STATE,
        commands=(pf.Send(_TOUCH, staff="zhang"), pf.AssignTask(_TOUCH)),
        journal=(pf.Entry("skipped", at=NOW, reason="q", facts=Properties({"n": 1})),),
    ),
    pf.Why(
        journey="new-friend",
        step="coupon",
        decision="deferred",
        reason="quiet_hours",
        next_possible_at=NEXT_DAY,
        lines=STATE.enrolments[0].steps[1].lines,
        touch_status="reserved",
    ),
    pf.Message("news", kind="service", parameters={"link": "https://…", "n": 3}),
    pf.ChannelProfile("fax", needs_relation=True, confirm_within="72h"),
    *pf.STANDARD_CHANNELS,
)


def lived() -> tuple[pf.Outcome, ...]:
    """The first outcomes of the story: added, reported back, woken."""
    state = pf.ContactState(LIN).observing(ORDERS)
    added = ENGINE.advance(state, ADDED, now=NOW)
    [send] = added.commands
    receipt = pf.Receipt(send.touch.id, "delivered", at=NOW)
    told = ENGINE.advance(added.state, receipt, now=NOW)
    return added, told, ENGINE.advance(told.state, now=NEXT_DAY)


def _parts(value: object) -> Iterator[Any]:
    """The value, and every value in it."""
    yield value
    match value:
        case tuple() | Track():
            for part in value:
                yield from _parts(part)
        case _ if attrs.has(type(value)):
            for field in attrs.fields(type(value)):
                if field.init:
                    yield from _parts(getattr(value, field.name))


def _each(kinds: tuple[Any, ...]) -> dict[type, list[Any]]:
    """Different values by class."""
    found: dict[type, list[Any]] = {}
    for value in kinds:
        for part in _parts(value):
            alike = found.setdefault(type(part), [])
            if part not in alike:
                alike.append(part)
    return found


_MERGED = ENGINE.merge(STATE, pf.ContactState(pf.Contact("c-7")), now=NEXT_DAY)
SAMPLES = _each((PLAN, STATE, *lived(), *_MORE, _MERGED))
"""Different values of every class that the story holds, by class."""
