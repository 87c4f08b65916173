# %% [markdown]
# # A tour of privflow · 十分钟导览
#
# One customer, one brand of skin care, six short chapters: facts, conditions, limits, a
# journey, rules, the engine. Every `assert` below is a promise that privflow keeps.
# Nothing here reads a clock, a file or the network: what time it is, you say.

# %%
from __future__ import annotations

from datetime import date

import privflow as pf
from privflow import attr, event, prop, tag

# %% [markdown]
# ## 1. Facts · 事实
#
# Tags belong to groups. In an exclusive group one tag replaces the other; in an ordered
# one, tags can be compared.

# %%
TIER = pf.TagGroup(
    "fan_tier", ["passerby", "fond", "devoted"], exclusive=True, ordered=True
)
INTEREST = pf.TagGroup("interest", ["skincare", "makeup", "baby"])

now = pf.instant("2026-10-20T09:30+08:00")

# %% [markdown]
# A contact is a person with all their ids, the staff who follow them and what is known
# of them. It is a value: every method gives a new contact and leaves the old one alone.

# %%
added_yesterday = pf.instant("2026-10-19T20:00+08:00")
lin = pf.Contact(
    "c-001",
    identities=[
        pf.Identity("wecom.external_userid", "wmAAA", scope="corp-1"),
        pf.Identity("wechat.unionid", "oU-1"),
    ],
    relations=[pf.Relation(staff="zhang", since=added_yesterday, state="qr-store-7")],
    attributes={"city": "上海", "birthday": date(1995, 11, 3), "age": 31},
    timezone="Asia/Shanghai",
)
lin = lin.tagged(TIER["fond"], at=now, source="rule:intimacy")
lin = lin.tagged(TIER["devoted"], at=now)
assert lin.tags.at(now) == {TIER["devoted"]}
assert len(lin.tags.history) == 2  # that she was "fond" is not forgotten

# %% [markdown]
# Marketing needs a consent on record, with its proof. What she did goes into her state
# as events; taking in history sets nothing off.

# %%
lin = lin.consenting(
    "wecom.message", purpose="marketing", at=now, evidence="add-friend-page-v3"
)
orders = [
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
        properties={"amount": 260, "sku": "B"},
    ),
]
state = pf.ContactState(lin).observing(orders)
print(state)

# %% [markdown]
# ## 2. Conditions · 条件
#
# A condition is written in Python and is data all the same: it can be printed, stored,
# compared, explained. A segment is a condition with a name.

# %%
big_spender = (
    attr.city.is_in(["上海", "北京"])
    & tag(TIER).at_least("fond")
    & (event("purchase").within("30d").sum("amount") >= 500)
    & ~event("complaint").within("7d").exists()
)
vip = pf.Segment("vip", big_spender, description="近30天消费满500的铁粉")
assert vip.contains(state, now=now)
assert vip.predicate()(state, now) is True  # the same as one compiled function

# %% [markdown]
# The verdict also knows how long it lasts if nothing happens: on October 28 the order
# of September falls out of the thirty days. Until then nobody needs to ask again.

# %%
verdict = vip.judge(state, now=now)
assert verdict.value is pf.Truth.YES
assert verdict.stable_until == pf.instant("2026-10-28T12:00+08:00")
print(vip.explain(state, now=now))

# %% [markdown]
# Text and JSON lead back to the same condition.

# %%
assert pf.parse(repr(big_spender)).same_as(big_spender)
assert pf.load(pf.dump(vip)) == vip

# %% [markdown]
# Of somebody whose age nobody knows, neither "over 40" nor "not over 40" is true. So no
# one slips into a segment because a field happens to be empty.

# %%
nobody = pf.ContactState(pf.Contact("c-002"))
assert (attr.age > 40).judge(nobody, now=now).value is pf.Truth.UNKNOWN
assert not pf.Segment("young", ~(attr.age > 40)).contains(nobody, now=now)

# %% [markdown]
# A data dictionary finds a slip of the pen where it was made.

# %%
catalog = pf.Catalog(
    attributes={"city": str, "age": int, "birthday": date},
    events={
        "purchase": {"amount": float, "sku": str},
        "complaint": {},
        "reply": {},
        "contact_added": {},
    },
    tags=[TIER, INTEREST],
)
problems = catalog.check(attr.ctiy == "上海")
assert "city" in problems[0].hint
print(problems[0])

# %% [markdown]
# ## 3. Limits · 触达频控
#
# Each limit is a value of its own. A platform's rule, the brand's restraint, the hours
# of sleep: all of them are asked before a message leaves, and each may say no.

# %%
quotas = [
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
        "not-only-coupons",
        at_most=0.5,
        of="promotion",
        per=pf.rolling("14d"),
        after=2,
    ),
]
quiet = pf.QuietHours("22:00", "08:00")  # by her own clock, over midnight
for quota in quotas:
    print(f"{quota.name}: {quota}")

# %% [markdown]
# ## 4. A journey · 旅程与 SOP
#
# Stages with steps, and ways between the stages. A step says when it is due, what it
# says, through which channels, and what becomes of it when it may not leave now.

# %%
welcome = pf.Journey(
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
print(format(welcome, "mermaid"))  # "svg" draws it; a notebook shows it by itself

# %% [markdown]
# ## 5. Rules · 自动化规则
#
# When this happens and that is so, do these things: tag, answer, enrol.

# %%
rules = [
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
]

# %% [markdown]
# ## 6. The engine · 引擎
#
# All of it together is a plan, and an engine is made from a plan. You hand it a state,
# an input and the present; it hands you a new state and commands.

# %%
plan = pf.Plan(
    journeys=[welcome],
    segments=[vip],
    rules=rules,
    quotas=quotas,
    gates=[quiet],
    timezone="Asia/Shanghai",
)
engine = pf.Engine(plan)

added = pf.Event(
    "contact_added", "c-001", at=now, properties={"welcome_code": "W1"}, id="evt-1"
)
outcome = engine.advance(state, added, now=now)
[send] = outcome.commands
assert isinstance(send, pf.Send)
assert send.touch.step == "hello"
assert send.touch.channel == "wecom.welcome"

# %% [markdown]
# The same question has the same answer, down to the id of the touch. And an event that
# the platform delivers twice does nothing the second time.

# %%
assert engine.advance(state, added, now=now) == outcome
assert engine.advance(outcome.state, added, now=now).commands == ()

# %% [markdown]
# The state says when it wants to be looked at again. Until then the host may forget
# about it: it saves the state, sends the message, and reports what became of it.

# %%
tomorrow = pf.instant("2026-10-21T10:00+08:00")
assert outcome.state.wake_at == tomorrow
receipt = pf.Receipt(send.touch.id, "delivered", at=now)
state = engine.advance(outcome.state, receipt, now=now).state

# %% [markdown]
# The next morning nothing happens but time.

# %%
outcome = engine.advance(state, now=tomorrow)
assert [command.touch.step for command in outcome.commands] == ["guide"]

# %% [markdown]
# Why has she not got the coupon? Every answer is read back from what was decided.

# %%
why = engine.why(outcome.state, journey="new-friend", step="coupon", now=tomorrow)
assert why.decision == "waiting"
assert why.next_possible_at == pf.instant("2026-10-23T20:00+08:00")
print(why)

# %% [markdown]
# A message from her: the rules tag her and answer on the channel that she wrote on.

# %%
asked = pf.Event(
    "message_received",
    "c-001",
    at=tomorrow,
    properties={"channel": "wecom.message", "text": "这支口红多少钱"},
    id="evt-2",
)
outcome = engine.advance(outcome.state, asked, now=tomorrow)
assert [command.touch.message for command in outcome.commands] == ["price-card"]
assert INTEREST["makeup"] in outcome.state.contact.tags.at(tomorrow)
for entry in outcome.journal:
    print(entry)

# %% [markdown]
# A state is plain data: one JSON document in your database.

# %%
assert pf.load(pf.dump(outcome.state)) == outcome.state
