"""Names that nothing has, told before anybody is touched."""

from __future__ import annotations

import re
from datetime import date
from typing import Never

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import privflow as pf
from privflow.checking import Finding, check
from privflow.conditions import attr, event, in_journey, in_stage, member, prop, tag
from privflow.engine import Lawful, Plan
from privflow.facts import Catalog, Contact, TagGroup
from privflow.journeys import AtEnd, Reentry, Stage, To, latest
from privflow.quotas import AnyOf, Grants, MinimumGap, MixQuota, TouchQuota
from privflow.rules import (
    AddTag,
    Emit,
    RemoveTag,
    Reply,
    Rule,
    ScoreDefinition,
    SetAttribute,
    TagRule,
    Tiers,
)
from privflow.segments import Segment
from privflow.timing import around, calendar, rolling
from privflow.touches import ChannelProfile, Message
from strategies.plan import plans
from strategies.story import START, journey, step

TIER = TagGroup("tier", ["new", "fond"], exclusive=True, ordered=True)
SHADOW = TagGroup("teir", ["new", "fond"], exclusive=True, ordered=True)
LONGER = TagGroup("tier", ["new", "fond", "fund"], exclusive=True, ordered=True)
CATALOG = Catalog(
    attributes={"city": str, "age": int, "birthday": date},
    events={"purchase": {"amount": int, "order": str}, "reply": {}, "go": {}},
    tags=[TIER],
)


def asking(condition: object, **rest: object) -> Plan:
    """A plan in which a step asks for something."""
    return Plan(journeys=[journey(step("x", when=condition))], **rest)


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return [(found.path, found.problem, found.hint) for found in findings]


WHEN = "$.journeys[0].stages[0].steps[0].when"


# ── Known to the plan ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("condition", "problem", "hint"),
    [
        (in_journey("jj"), "no such journey: 'jj'", "did you mean 'j'?"),
        (~in_journey("far"), "no such journey: 'far'", "use one of 'j'"),
        (
            in_stage("j", "onyl"),
            "no such stage of journey 'j': 'onyl'",
            "did you mean 'only'?",
        ),
        (member("vpi") | attr.n.is_missing(), "no such segment: 'vpi'", "'vip'?"),
    ],
)
def test_a_condition_that_names_what_the_plan_has_not_is_told(condition, problem, hint):
    [found] = check(asking(condition, segments=[Segment("vip", attr.n > 1)]))
    assert (found.code, found.path, found.problem) == ("unknown-name", WHEN, problem)
    assert found.hint.endswith(hint)


def test_every_condition_of_a_plan_is_looked_at():
    odd = in_journey("odd")
    stages = [
        Stage("s", steps=[step("x", when=odd)], then=[To("t", when=odd)]),
        Stage("t"),
    ]
    plan = Plan(
        journeys=[journey(stages=stages, audience=odd, goal=odd, exit_when=odd)],
        retired=[journey(step("x", when=odd), version=0)],
        segments=[Segment("s", odd)],
        rules=[Rule("r", on=event("go"), when=odd, do=[Emit("come")])],
        tag_rules=[TagRule("t", when=odd, tag=TIER["new"])],
    )
    assert {found.path for found in check(plan)} == {
        "$.segments[0].condition",
        "$.rules[0].when",
        "$.tag_rules[0].when",
        "$.journeys[0].audience",
        "$.journeys[0].goal",
        "$.journeys[0].exit_when",
        "$.journeys[0].stages[0].steps[0].when",
        "$.journeys[0].stages[0].then[0].when",
        "$.retired[0].stages[0].steps[0].when",
    }


@pytest.mark.parametrize("name", ["new", "old", "older"])
def test_a_name_that_a_journey_had_is_one_of_its_names(name):
    """J6: and so is a stage of an earlier version."""
    now = journey(name="new", formerly=["older", "old"], version=2)
    asks = (in_journey(name) | in_stage(name, "only")) & ~in_stage(name, "gone")
    asker = journey(step("x", when=asks), name="asker")
    before = journey(stages=[Stage("gone")], name="old")
    assert check(Plan(journeys=[now, asker], retired=[before])) == ()


def test_a_gate_about_a_journey_that_is_not_there_is_told():
    gap = MinimumGap("gap", "2h", journey="jey")
    day = TouchQuota("day", 1, per=calendar("day"), journey="jey")
    week = TouchQuota("week", 3, per=calendar("week"), journey="jey")
    plan = Plan(
        journeys=[journey(name="joy")],
        quotas=[day],
        gates=[AnyOf("either", [gap, week])],
    )
    problem, hint = "no such journey: 'jey'", "did you mean 'joy'?"
    assert told(check(plan)) == [
        ("$.gates[0].gates[0].journey", problem, hint),
        ("$.gates[0].gates[1].journey", problem, hint),
        ("$.quotas[0].journey", problem, hint),
    ]


def test_a_gate_about_a_label_that_no_message_has_is_told():
    """Q3: labels of steps and of replies."""
    offer = Message("offer", kind="marketing", labels=["promotion"])
    reply = Rule("r", on=event("ask"), do=[Reply(offer, via=["sms"])])
    mix = MixQuota("mix", at_most=0.5, of="promtion", per=rolling("7d"), after=2)
    quotas = [
        TouchQuota("a", 1, per=calendar("day"), label="promotion"),
        TouchQuota("b", 1, per=calendar("day"), label="value"),
        mix,
        TouchQuota("c", 1, per=calendar("day"), label="valeu"),
    ]
    plan = Plan(
        journeys=[journey(step("x", labels=["value"]))], rules=[reply], quotas=quotas
    )
    problem = "no message of the plan has the label"
    assert told(check(plan)) == [
        ("$.quotas[2].of", f"{problem}: 'promtion'", "did you mean 'promotion'?"),
        ("$.quotas[3].label", f"{problem}: 'valeu'", "did you mean 'value'?"),
    ]


def test_a_purpose_may_be_any_unless_it_is_nearly_a_known_one():
    """K4."""
    asks = [
        Rule(
            name,
            on=event("ask"),
            do=[Reply(Message(name, kind="service", asks_for=to))],
        )
        for name, to in (("a", "marketting"), ("b", "research"), ("c", "marketing"))
    ]
    [found] = check(Plan(rules=asks))
    assert found.path == "$.rules[0].do[0].message.asks_for"
    assert found.hint == "did you mean 'marketing'?"


# ── Said by contacts ─────────────────────────────────────────────────────────


def agreeing(channel: str, purpose: str = "marketing", number: int = 1) -> Contact:
    contact = Contact(f"c-{number}")
    return contact.consenting(channel, purpose=purpose, at=START, evidence="form")


def test_a_consent_on_a_channel_that_the_plan_has_not_is_told_once():
    """K4."""
    contacts = [agreeing("weichat.mass", number=n) for n in range(3)]
    fine = [agreeing(channel) for channel in ("wechat", "wechat.mass", "sms", "*")]
    [found] = check(Plan(), contacts=[*contacts, *fine])
    assert found.problem.startswith("3 contacts have declared something on no channel")
    assert found.hint == "did you mean 'wechat.mass' or 'wecom.mass'?"
    own = Plan(channels=[ChannelProfile("weichat.mass")])
    assert check(own, contacts=contacts) == ()


def test_a_consent_for_what_is_nearly_a_known_purpose_is_told():
    """K4."""
    asks = Message("m", kind="service", asks_for="research")
    plan = Plan(rules=[Rule("r", on=event("ask"), do=[Reply(asks)])])
    purposes = ["marketing", "research", "reserch", "gifts", "sensitive:health"]
    [found] = check(plan, contacts=[agreeing("sms", purpose) for purpose in purposes])
    assert (
        found.problem
        == "1 contact has declared something for no known purpose: 'reserch'"
    )
    assert found.hint == "did you mean 'research'?"


def test_a_company_or_a_notice_that_is_nearly_the_one_that_counts_is_told():
    """K4."""
    law = Lawful(enterprise="Lin & Co", notices=["v3-app", "v4-app"])
    contacts = [
        Contact("c-1").consenting(
            "sms", purpose="marketing", at=START, evidence="form", **rest
        )
        for rest in (
            {"enterprise": "Lin & Co."},
            {"enterprise": "Lin & Co", "notice": "v3app"},
            {"enterprise": "Someone else", "notice": "v4-app"},
            {},
        )
    ]
    problem = "1 contact has declared something"
    assert told(check(Plan(law=law), contacts=contacts)) == [
        (
            "contacts",
            f"{problem} to another company than the plan's: 'Lin & Co.'",
            "did you mean 'Lin & Co'?",
        ),
        (
            "contacts",
            f"{problem} after a notice that does not count: 'v3app'",
            "did you mean 'v3-app' or 'v4-app'?",
        ),
    ]


# ── Known to the catalogue ───────────────────────────────────────────────────


def test_without_a_catalogue_nobody_knows_the_names_of_facts():
    assert check(asking(attr.ctiy == "x")) == ()


@pytest.mark.parametrize(
    ("plan", "path", "hint"),
    [
        (asking(attr.ctiy == "x"), WHEN, "'city'"),
        (asking(tag("teir").has("new")), WHEN, "'tier'"),
        (
            asking(event("purchase").where(prop.amuont > 1).exists() & (attr.age > 1)),
            f"{WHEN}.parts[0].where",
            "'amount'",
        ),
        (
            Plan(rules=[Rule("r", on=event("purchas"), do=[AddTag(TIER["new"])])]),
            "$.rules[0].on",
            "'purchase'",
        ),
        (
            Plan(
                rules=[
                    Rule(
                        "r",
                        on=event("purchase"),
                        when=prop.ordre == "1",
                        do=[AddTag(TIER["new"])],
                    )
                ]
            ),
            "$.rules[0].when",
            "'order'",
        ),
        (
            Plan(rules=[Rule("r", on=event("go"), do=[Emit("purchas")])]),
            "$.rules[0].do[0].event",
            "'purchase'",
        ),
        (
            Plan(rules=[Rule("r", on=event("go"), do=[SetAttribute("ctiy", "x")])]),
            "$.rules[0].do[0].name",
            "'city'",
        ),
        (
            Plan(rules=[Rule("r", on=event("go"), do=[RemoveTag(SHADOW["new"])])]),
            "$.rules[0].do[0].tag",
            "'tier'",
        ),
        (
            Plan(tag_rules=[TagRule("t", when=attr.age > 1, tag=LONGER["fund"])]),
            "$.tag_rules[0].tag",
            "'fond'",
        ),
        (
            Plan(journeys=[journey(enter_on=event("goo"))]),
            "$.journeys[0].enter_on",
            "'go'",
        ),
        (
            Plan(journeys=[journey(enter_on=around("brithday", at="10:00"))]),
            "$.journeys[0].enter_on",
            "'birthday'",
        ),
        (
            Plan(
                journeys=[
                    journey(
                        enter_on=event("purchase"),
                        reentry=Reentry.every_time(key="ordre"),
                    )
                ]
            ),
            "$.journeys[0].reentry.key",
            "'order'",
        ),
        (
            Plan(journeys=[journey(at_end=[AtEnd(remove=[SHADOW["new"]])])]),
            "$.journeys[0].at_end[0]",
            "'tier'",
        ),
        (
            Plan(journeys=[journey(step("x", since=latest(event("replly"))))]),
            "$.journeys[0].stages[0].steps[0].since",
            "'reply'",
        ),
        (
            Plan(journeys=[journey(step("x", since=attr.brithday))]),
            "$.journeys[0].stages[0].steps[0].since",
            "'birthday'",
        ),
        (
            Plan(journeys=[journey(step("x", since=SHADOW["new"]))]),
            "$.journeys[0].stages[0].steps[0].since",
            "'tier'",
        ),
        (
            Plan(journeys=[journey(step("x", around("brithday", at="10:00")))]),
            "$.journeys[0].stages[0].steps[0].schedule",
            "'birthday'",
        ),
        (
            Plan(quotas=[Grants("g", granted_by=event("replly"), channel="sms")]),
            "$.quotas[0].granted_by",
            "'reply'",
        ),
    ],
)
def test_what_contradicts_the_catalogue_is_told_with_its_place(plan, path, hint):
    """C3."""
    [found] = check(plan, catalog=CATALOG)
    assert found.path == path
    assert hint in found.hint


def test_tiers_of_a_score_are_looked_at():
    """R2."""
    tiers = Tiers(SHADOW, up=[10])
    [one, two] = check(
        Plan(scores=[ScoreDefinition("s", tiers=tiers)]), catalog=CATALOG
    )
    assert (one.path, one.hint) == ("$.scores[0].tiers", "did you mean 'tier'?")
    assert one == two


def test_the_plan_knows_its_journeys_and_segments_better_than_the_catalogue():
    catalog = pf.Catalog(events={"go": {}}, journeys={}, segments=[])
    plan = asking(
        in_stage("j", "only") | member("vip"),
        segments=[Segment("vip", in_journey("j"))],
    )
    assert check(plan, catalog=catalog) == ()


def test_a_gate_of_the_users_own_is_no_matter():
    class Open:
        name = "open"

        def judge(self, *_: object, now: object) -> Never:
            raise AssertionError(now)

    assert check(Plan(gates=[Open()]), catalog=CATALOG) == ()


def test_rules_that_go_round_in_a_circle_are_told():
    """R1."""
    rule = Rule("echo", on=event("say"), do=[Emit("say")])
    [found] = check(Plan(rules=[rule]))
    assert (found.code, found.path) == ("loop", "$.rules")


def test_a_finding_reads_like_an_error():
    [found] = pf.check(asking(in_journey("jj")))
    assert (
        str(found)
        == f"{WHEN}: no such journey: 'jj' [unknown-name]\nhint: did you mean 'j'?"
    )


@settings(max_examples=40)
@given(plans(), st.booleans())
def test_whatever_is_found_stands_in_the_plan(plan, has_catalog):
    """C3: whatever the plan is made of."""
    known = CATALOG if has_catalog else None
    document = pf.dump(plan)["value"]
    for finding in check(plan, catalog=known):
        found = document
        for part in re.findall(r"\w+", finding.path):
            found = found[int(part) if isinstance(found, list) else part]
        assert found is not document
