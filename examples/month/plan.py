"""What the brand wants to happen in the month, and what it does not allow itself.

Every threshold below is this example's own choice: no platform publishes its formula of
fan tiers, and no number of these suits another brand.
"""

from __future__ import annotations

from typing import Final

import privflow as pf
from month.dates import ZONE
from privflow import event, prop, tag

TIER: Final = pf.TagGroup(
    "fan_tier", ["passerby", "fond", "devoted"], exclusive=True, ordered=True
)
INTEREST: Final = pf.TagGroup("interest", ["skincare", "makeup"])

bought = event("purchase")
IS_DEVOTED: Final = (
    bought.within("365d").exists()
    & (bought.within("730d").count() >= 5)
    & (bought.within("730d").sum("amount") >= 500)
)

TIER_SEGMENTS: Final = (
    ("devoted", pf.Segment("tier-devoted", IS_DEVOTED)),
    ("fond", pf.Segment("tier-fond", bought.within("365d").exists())),
    ("passerby", pf.Segment("tier-passerby", bought.exists())),
)
"""Recency, frequency and spend, the highest tier first: the first that holds counts."""

ACTIVE: Final = pf.Segment(
    "active", bought.within("90d").exists(), description="活跃 · 近90天有购买"
)
AT_RISK: Final = pf.Segment(
    "at-risk",
    bought.within("365d").exists()
    & (bought.within("730d").count() >= 2)
    & ~bought.within("150d").exists(),
    description="流失预警 · 买过两次以上, 150天未购",
)
HIGH_VALUE: Final = pf.Segment(
    "high-value",
    bought.within("730d").sum("amount") >= 600,
    description="高价值 · 两年消费满600元",
)
NEW_FRIENDS: Final = pf.Segment(
    "new-friends",
    event("contact_added").within("30d").exists(),
    description="新好友 · 近30天添加",
)
REGULARS: Final = pf.Segment(
    "regulars", tag(TIER).at_least("fond"), description="好感粉及以上"
)
DEVOTED: Final = pf.Segment("devoted", tag(TIER).has("devoted"), description="真爱粉")
SEGMENTS: Final = (ACTIVE, AT_RISK, HIGH_VALUE, REGULARS, DEVOTED, NEW_FRIENDS)


# ── Journeys ─────────────────────────────────────────────────────────────────


def _told(name: str) -> pf.Message:
    return pf.Message(name, kind="service", labels=["value"])


def _offered(name: str) -> pf.Message:
    return pf.Message(name, kind="marketing", labels=["promotion"])


WELCOME: Final = pf.Journey(
    "new-friend",
    enter_on=event("contact_added"),
    goal=bought.since_entry().exists(),
    exit_when=event("contact_removed").since_entry().exists(),
    reentry=pf.Reentry.after_exit(cooldown="90d"),
    stages=[
        pf.Stage(
            "acquaint",
            steps=[
                pf.SOPStep(
                    "hello",
                    pf.after("0s"),
                    _told("hello"),
                    via=["wecom.welcome", "wecom.message"],
                ),
                pf.SOPStep(
                    "guide", pf.day(1, "10:00"), _told("guide"), via=["wecom.message"]
                ),
                pf.SOPStep(
                    "first-coupon",
                    pf.day(3, "20:00"),
                    pf.Message(
                        "first-coupon",
                        kind="marketing",
                        labels=["promotion"],
                        variants={"A": 0.5, "B": 0.5},
                    ),
                    via=["wecom.message", "sms"],
                    when=~bought.since_entry().exists(),
                    on_blocked=pf.Defer(until_at_most="2d"),
                    priority="high",
                ),
            ],
            then=[
                pf.To("talking", when=event("message_received").since_stage().exists()),
                pf.To("quiet", after="7d"),
            ],
        ),
        pf.Stage(
            "talking",
            steps=[
                pf.SOPStep(
                    "advice", pf.day(1, "14:00"), _told("advice"), via=["wecom.message"]
                )
            ],
            then=[pf.To("quiet", after="7d")],
        ),
        pf.Stage(
            "quiet",
            steps=[
                pf.SOPStep(
                    "moment",
                    pf.weekly("fri", "12:30"),
                    _told("moment"),
                    via=["wecom.moments"],
                )
            ],
        ),
    ],
)

WIN_BACK: Final = pf.Journey(
    "win-back",
    enter_on=pf.entered(AT_RISK),
    goal=bought.since_entry().exists(),
    exit_when=event("contact_removed").since_entry().exists(),
    reentry=pf.Reentry.after_exit(cooldown="90d"),
    stages=[
        pf.Stage(
            "care",
            steps=[
                pf.SOPStep(
                    "how-are-you",
                    pf.day(1, "10:00"),
                    _told("how-are-you"),
                    via=["wecom.message"],
                ),
                pf.SOPStep(
                    "comeback-coupon",
                    pf.day(2, "20:00"),
                    _offered("comeback-coupon"),
                    via=["wecom.message", "sms"],
                    on_blocked=pf.Defer(until_at_most="3d"),
                    priority="high",
                ),
            ],
            then=[pf.To("last-call", after="11d")],
        ),
        pf.Stage(
            "last-call",
            steps=[
                pf.SOPStep(
                    "last-call",
                    pf.day(2, "12:00"),
                    _offered("last-call"),
                    via=["sms", "wecom.message"],
                    on_blocked=pf.Defer(until_at_most="2d"),
                    priority="high",
                )
            ],
        ),
    ],
)

REPURCHASE: Final = pf.Journey(
    "repurchase",
    enter_on=event("purchase"),
    goal=bought.since_entry().exists(),
    exit_when=event("contact_removed").since_entry().exists(),
    reentry=pf.Reentry.after_exit(cooldown="7d"),
    stages=[
        pf.Stage(
            "after-sale",
            steps=[
                pf.SOPStep(
                    "thanks",
                    pf.after("2h"),
                    _told("thanks"),
                    via=["wecom.message", "sms"],
                ),
                pf.SOPStep(
                    "how-to-use",
                    pf.day(3, "10:00"),
                    _told("how-to-use"),
                    via=["wecom.message"],
                ),
                pf.SOPStep(
                    "next-one",
                    pf.day(7, "19:00"),
                    _offered("next-one"),
                    via=["wecom.message", "sms"],
                    on_blocked=pf.Defer(until_at_most="3d"),
                ),
            ],
        )
    ],
)

WEEKLY: Final = pf.Journey(
    "weekly-promotion",
    enter_on=pf.entered(REGULARS),
    stages=[
        pf.Stage(
            "every-week",
            steps=[
                pf.SOPStep(
                    "tips",
                    pf.weekly("mon", "12:00"),
                    _told("tips"),
                    via=["wecom.moments"],
                ),
                pf.SOPStep(
                    "promotion",
                    pf.weekly("thu", "20:00"),
                    _offered("promotion"),
                    via=["wecom.mass", "sms"],
                    on_blocked=pf.Defer(until_at_most="36h"),
                ),
            ],
        )
    ],
)

JOURNEYS: Final = (WELCOME, WIN_BACK, REPURCHASE, WEEKLY)

# ── Rules ────────────────────────────────────────────────────────────────────

received = event("message_received")
RULES: Final = (
    pf.Rule(
        "likes-makeup",
        on=received,
        when=prop.text.contains_any(["口红", "粉底"]),
        do=[pf.AddTag(INTEREST["makeup"], ttl="180d")],
    ),
    pf.Rule(
        "likes-skincare",
        on=received,
        when=prop.text.contains_any(["精华", "面霜"]),
        do=[pf.AddTag(INTEREST["skincare"], ttl="180d")],
    ),
    pf.Rule(
        "price-asked",
        on=received,
        when=prop.text.contains_any(["多少钱", "价格"]),
        do=[pf.Reply(pf.Message("price-card", kind="service", labels=["value"]))],
    ),
    pf.Rule(
        "account-answer",
        on=received,
        when=prop.channel == "wechat.service",
        do=[pf.Reply(pf.Message("auto-answer", kind="service", labels=["value"]))],
    ),
    pf.Rule(
        "became-devoted",
        on=event("purchase"),
        when=IS_DEVOTED & ~tag(TIER).has("devoted"),
        do=[pf.AddTag(TIER["devoted"])],
    ),
)

# ── What limits all of them ──────────────────────────────────────────────────

QUIET: Final = pf.QuietHours("22:00", "08:00")
QUOTAS: Final = (
    # As many mass messages a month as it has days, counted when staff have sent them:
    # developer.work.weixin.qq.com 92135, 2025-11-17.
    pf.TouchQuota(
        "wecom-month",
        pf.days_in_month,
        per=pf.calendar("month", tz=ZONE),
        channel="wecom.mass",
        counts_on="confirmed",
    ),
    pf.TouchQuota("one-promo-a-day", 1, per=pf.calendar("day"), kind="marketing"),
    pf.TouchQuota(
        "calm-week", 2, per=pf.rolling("7d"), kind="marketing", keep={"high": 1}
    ),
    pf.MixQuota(
        "not-only-coupons",
        at_most=0.6,
        of="promotion",
        per=pf.rolling("14d"),
        after=3,
    ),
    pf.ReplyWindow(
        "wechat-48h", 5, within="48h", opened_by=received, channel="wechat.service"
    ),
)

PLAN: Final = pf.Plan(
    name="december-2026",
    journeys=JOURNEYS,
    segments=SEGMENTS,
    rules=RULES,
    quotas=QUOTAS,
    gates=[QUIET],
    timezone=ZONE,
)
