"""What a newcomer writes by mistake is refused where it is written, with a hint."""

from __future__ import annotations

import pickle
from inspect import signature

import pytest

import privflow as pf
from privflow import attr, event, prop, tag
from privflow.errors import (
    ConditionError,
    ConditionTypeError,
    DefinitionError,
    NotABooleanError,
    ProtocolError,
)

NOTE = pf.Message("note", kind="service")
STEP = pf.SOPStep("hello", pf.after("0s"), NOTE, via=["sms"])
STAGE = pf.Stage("only", steps=[STEP])
JOURNEY = pf.Journey("welcome", stages=[STAGE])
RULE = pf.Rule("answer", on=event("asked"), do=[pf.Reply(NOTE)])
VIP = pf.Segment("vip", event("purchase").exists())
TIER = pf.TagGroup("tier", ["low", "high"], exclusive=True, ordered=True)
QUIET = pf.QuietHours("22:00", "08:00")
NOW = pf.instant("2026-10-20T09:30+08:00")
ENGINE = pf.Engine(pf.Plan(name="empty"))
ENGINE_OF_WELCOME = pf.Engine(pf.Plan(journeys=[JOURNEY]))
STATE = pf.ContactState(pf.Contact("c-1"))
HELLO = pf.Event("hello", "c-1", at=NOW)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: pf.Plan(journeys=JOURNEY), "Plan.journeys"),
        (lambda: pf.Plan(retired=JOURNEY), "Plan.retired"),
        (lambda: pf.Plan(segments=VIP), "Plan.segments"),
        (lambda: pf.Plan(rules=RULE), "Plan.rules"),
        (
            lambda: pf.Plan(
                tag_rules=pf.TagRule("t", tag=TIER["high"], when=event("a").exists())
            ),
            "Plan.tag_rules",
        ),
        (lambda: pf.Plan(scores=pf.ScoreDefinition("warmth")), "Plan.scores"),
        (lambda: pf.Plan(quotas=QUIET), "Plan.quotas"),
        (lambda: pf.Plan(gates=QUIET), "Plan.gates"),
        (lambda: pf.Plan(channels=pf.STANDARD_CHANNELS[0]), "Plan.channels"),
        (lambda: pf.Journey("j", stages=STAGE), "Journey.stages"),
        (
            lambda: pf.Journey("j", stages=[STAGE], at_end=pf.AtEnd(enrol="next")),
            "Journey.at_end",
        ),
        (lambda: pf.AtEnd(add=TIER["high"]), "AtEnd.add"),
        (lambda: pf.AtEnd(remove=TIER["high"]), "AtEnd.remove"),
        (lambda: pf.Stage("s", steps=STEP), "Stage.steps"),
        (lambda: pf.Stage("s", then=pf.To("t", after="1d")), "Stage.then"),
        (lambda: pf.Rule("r", on=event("x"), do=pf.Reply(NOTE)), "Rule.do"),
        (lambda: pf.SegmentSet(VIP), "SegmentSet"),
        (lambda: pf.Tiers(TIER, up=5), "thresholds of Tiers"),
        (
            lambda: pf.SOPStep("hello", pf.after("0s"), NOTE, via=NOTE),
            "SOPStep.via",
        ),
    ],
)
def test_one_thing_where_a_list_is_meant_goes_into_brackets(make, what):
    with pytest.raises(DefinitionError, match="expected a list") as caught:
        make()
    assert caught.value.what == what
    assert caught.value.hint == "write [it]"


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: pf.SOPStep("a", pf.after("0s"), NOTE, via="sms"), "SOPStep.via"),
        (lambda: pf.Reply(NOTE, via="sms"), "Reply.via"),
        (lambda: pf.Message("a", kind="service", labels="sms"), "Message.labels"),
        (
            lambda: pf.QuietHours("22:00", "08:00", exempt="sms"),
            "QuietHours.exempt",
        ),
        (lambda: pf.SendWindow("09:00", "18:00", exempt="sms"), "SendWindow.exempt"),
        (lambda: pf.Stage("s", formerly="sms"), "formerly"),
        (lambda: pf.Journey("j", stages=[STAGE], formerly="sms"), "formerly"),
        (lambda: pf.Emit("e", keeping="sms"), "Emit.keeping"),
        (lambda: pf.ChannelProfile("c", kinds="sms"), "ChannelProfile.kinds"),
        (
            lambda: pf.LockOut("l", per=pf.rolling("1d"), reasons="sms"),
            "LockOut.reasons",
        ),
    ],
)
def test_a_bare_name_where_names_are_meant_is_told_by_its_field(make, what):
    with pytest.raises(DefinitionError) as caught:
        make()
    assert caught.value.what == what
    assert caught.value.hint == "write ['sms']"


@pytest.mark.parametrize(
    ("make", "what", "hint"),
    [
        (lambda: pf.Plan([JOURNEY]), "Plan.name", "Plan(journeys=[...]"),
        (lambda: pf.Plan(JOURNEY), "Plan.name", "Plan(journeys=[...]"),
        (lambda: pf.Plan(" "), "Plan.name", "non-empty text"),
        (lambda: pf.Plan(journeys=[STAGE]), "Plan.journeys", "a Journey"),
        (lambda: pf.Plan(rules=["r"]), "Plan.rules", "a Rule"),
        (lambda: pf.Plan(quotas=[(QUIET,)]), "Plan.quotas", "[*caps(...)]"),
        (lambda: pf.Plan(gates=[pf.QuietHours]), "Plan.gates", "TouchQuota(...)"),
    ],
)
def test_what_does_not_belong_in_a_plan_is_told_with_its_place(make, what, hint):
    with pytest.raises(DefinitionError) as caught:
        make()
    assert caught.value.what == what
    assert hint in caught.value.hint


@pytest.mark.parametrize("segments", [[VIP], VIP])
def test_a_census_asks_for_a_set_of_segments(segments):
    with pytest.raises(DefinitionError, match="expected a SegmentSet") as caught:
        pf.take_census(segments, [], now=pf.instant("2026-10-20T09:30Z"))
    assert "SegmentSet([...])" in caught.value.hint


FAN = tag("fan")
ASKED = event("asked")


@pytest.mark.parametrize(
    ("write", "what", "hint"),
    [
        (lambda: FAN == "a", "tag('fan')", ".has('a')"),
        (lambda: FAN != "a", "tag('fan')", ".has('a')"),
        (lambda: "a" == FAN, "tag('fan')", ".has('a')"),  # noqa: SIM300 - as written
        (lambda: FAN >= "a", "tag('fan')", ".has('a')"),
        (lambda: tag(TIER) & FAN, "tag('tier', ", ".has('a')"),
        (lambda: ~FAN, "tag('fan')", ".has('a')"),
        (lambda: event("a") & event("b"), "event('a')", ".exists()"),
        (lambda: event("a") | (attr.age > 3), "event('a')", ".exists()"),
        (lambda: (attr.age > 3) & event("a"), "operand of", ".exists()"),
        (lambda: ASKED == 3, "event('asked')", ".count() >= 1"),
        (lambda: ASKED != 3, "event('asked')", ".count() >= 1"),
        (lambda: ASKED < 3, "event('asked')", ".count() >= 1"),
        (lambda: ASKED <= 3, "event('asked')", ".count() >= 1"),
        (lambda: 3 | ASKED, "event('asked')", ".exists()"),
        (lambda: ASKED > 3, "event('asked')", ".count() >= 1"),
        (lambda: ASKED.count > 3, "event('asked').count", "call it: `.count()`"),
        (lambda: ASKED.sum >= 3, "event('asked').sum", "call it: `.sum(...)`"),
        (lambda: ~ASKED.exists, "event('asked').exists", "`.exists()`"),
        (lambda: (attr.age > 3) & ASKED.exists, "operand of", "`.exists()`"),
        (lambda: attr.birthday.age > 30, "attr.birthday.age", "`.age()`"),
        (lambda: attr.city.is_missing & VIP, "attr.city.is_missing", "is_missing()"),
        (lambda: attr.vip & attr.old, "attr.vip", "in parentheses"),
        (lambda: attr.age > 40 & attr.vip, "attr.vip", "in parentheses"),
        (lambda: attr("age"), "attr", "`attr.age`, or with brackets `attr['age']`"),
        (pf.now, "now", "pass pf.instant("),
        (lambda: tag(TIER["high"]), "tag", "write tag('tier').has('high')"),
        (lambda: "上海" in attr.city, "attr.city", "`.contains('上海')`"),
        (lambda: "high" in FAN, "tag('fan')", ".has('a')"),
        (lambda: 3 in ASKED, "event('asked')", ".exists()"),
        (lambda: prop("sku"), "prop", "`prop['sku']`"),
    ],
)
def test_what_is_no_condition_yet_says_what_is_missing(write, what, hint):
    with pytest.raises((ConditionError, NotABooleanError)) as caught:
        write()
    assert caught.value.what.startswith(what)
    assert hint in caught.value.hint


@pytest.mark.parametrize("thing", [FAN, ASKED, ASKED.count, attr.city.is_missing])
def test_what_is_no_condition_yet_has_no_truth_and_no_hash(thing):
    with pytest.raises(NotABooleanError):
        bool(thing)
    with pytest.raises(TypeError, match="unhashable"):
        hash(thing)


def test_a_method_that_waits_for_its_parentheses_is_still_documented():
    assert (
        ASKED.count.__doc__
        == type(ASKED).count.__doc__
        == "How many times it happened."
    )
    assert list(signature(ASKED.sum).parameters) == ["name"]


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("attr.age > 40", "read a text with parse(...), or write a condition"),
        (VIP, "pass its condition: `.condition`"),
        (ASKED, "ask `.exists()` or `.count() >= 1`"),
        (attr.vip, "compare it, and put comparisons in parentheses"),
        (ASKED.sum("amount"), "compare it, and put comparisons in parentheses"),
        (len, "a condition is data: write it with attr, event, tag"),
        (True, "write a condition like attr.age >= 18"),
    ],
)
@pytest.mark.parametrize(
    "make",
    [
        lambda given: pf.Segment("s", given),
        lambda given: pf.SOPStep("a", pf.after("0s"), NOTE, via=["sms"], when=given),
        lambda given: pf.Journey("j", stages=[STAGE], goal=given),
        lambda given: pf.To("next", when=given),
        lambda given: pf.Rule("r", on=ASKED, when=given, do=[pf.Reply(NOTE)]),
        lambda given: pf.TagRule("t", when=given, tag=TIER["high"]),
    ],
)
def test_what_stands_where_a_condition_is_meant_is_told_how_to_become_one(
    make, given, hint
):
    with pytest.raises(ConditionTypeError, match="expected a condition") as caught:
        make(given)
    assert caught.value.hint.startswith(hint)
    copied = pickle.loads(pickle.dumps(ConditionTypeError("what", 1, "a", "do so")))
    assert copied.hint == "do so"


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("contact_added", "write event('contact_added')"),
        (ASKED.exists(), "wait for an event, event('name')"),
        (VIP, "a journey waits for it with entered('vip')"),
        (None, "write event('name')"),
    ],
)
def test_what_sets_nothing_off_is_told_what_does(given, hint):
    with pytest.raises(ConditionTypeError, match="expected event") as caught:
        pf.Rule("r", on=given, do=[pf.Reply(NOTE)])
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda: ENGINE.advance(STATE, [HELLO], now=NOW), "unpack it: advance(state, "),
        (lambda: ENGINE.advance(STATE, (HELLO,), now=NOW), "unpack it: advance("),
        (lambda: ENGINE.advance(STATE, "hello", now=NOW), "hand in Event and Receipt"),
        (
            lambda: ENGINE.advance(ENGINE.advance(STATE, now=NOW), now=NOW),
            "pass its state: outcome.state",
        ),
        (
            lambda: ENGINE.advance(STATE, now=STATE.wake_at),
            "pass now=pf.instant('2026-10-20T09:30+08:00'); whose wake_at is None",
        ),
        (
            lambda: ENGINE.advance(pf.dump(STATE), now=NOW),
            "read the document first: pf.load(document)",
        ),
        (
            lambda: ENGINE.advance(STATE.contact, now=NOW),
            "begin with pf.ContactState(contact)",
        ),
    ],
)
def test_a_call_of_the_engine_with_something_else_is_told_what_to_pass(call, hint):
    with pytest.raises(ProtocolError) as caught:
        call()
    assert caught.value.hint.startswith(hint)


def test_a_journey_where_its_name_is_meant_is_told_to_be_named():
    with pytest.raises(DefinitionError, match="write its name: 'welcome'"):
        ENGINE_OF_WELCOME.enrol(STATE, JOURNEY, now=NOW)


def test_a_state_that_is_told_a_state_asks_for_the_contact_in_it():
    with pytest.raises(DefinitionError, match=r"state\.contact"):
        STATE.knowing(STATE)


def test_a_language_is_no_format_and_is_asked_for_elsewhere():
    why = ENGINE_OF_WELCOME.why(STATE, journey="welcome", step="hello", now=NOW)
    with pytest.raises(DefinitionError, match="ask for it with language='zh'"):
        format(why, "zh")
    explained = VIP.explain(STATE, now=NOW)
    with pytest.raises(DefinitionError, match="ask for it with language='zh'"):
        format(explained, "zh")


def test_one_event_where_a_history_is_meant_goes_into_brackets():
    with pytest.raises(DefinitionError, match=r"write \[it\]"):
        STATE.observing(HELLO)


@pytest.mark.parametrize(
    ("make", "what", "hint"),
    [
        (
            lambda: prop.text.contains(["a", "b"]),
            "argument of contains",
            ".contains_any([...])",
        ),
        (lambda: pf.Reply("hello"), "Reply.message", "write Message('thanks', "),
        (
            lambda: pf.SOPStep("a", pf.after("0s"), "hello", via=["sms"]),
            "SOPStep.message",
            "write Message(...)",
        ),
        (
            lambda: pf.SOPStep(
                "a", pf.after("0s"), NOTE, via=["sms"], on_blocked="skip"
            ),
            "SOPStep.on_blocked",
            "write Skip(), Defer(), ",
        ),
        (
            lambda: pf.Journey("j", stages=[STAGE], reentry=pf.Reentry.once),
            "Journey.reentry",
            "write Reentry.once(), ",
        ),
        (lambda: pf.Stage("s", then=["end"]), "Stage.then[0]", "write To(...)"),
        (
            lambda: pf.Message("m", kind="service", variants=["A", "B"]),
            "Message.variants",
            "write {'A': 0.5, 'B': 0.5}",
        ),
        (
            lambda: pf.Rule("r", on=ASKED, do=["tag"]),
            "Rule.do",
            "write AddTag(...), Reply(...) or the like",
        ),
        (
            lambda: pf.TagRule("t", when=ASKED.exists(), tag="high"),
            "tag of tag rule 't'",
            "take it from its group",
        ),
        (lambda: pf.Plan(law=None), "Plan.law", "no plan can do without"),
        (lambda: pf.Plan(law=pf.Lawful), "Plan.law", "leave it out for the strictest"),
        (lambda: pf.Lawful(notices="v3"), "Lawful.notices", "write ['v3']"),
        (lambda: pf.AtEnd("goal", add=["fond"]), "AtEnd.add[0]", "TIER['fond']"),
        (lambda: pf.AtEnd(remove=["fond"]), "AtEnd.remove[0]", "TIER['fond']"),
        (lambda: pf.Enrol(JOURNEY), "Enrol.journey", "'welcome', its name"),
        (lambda: pf.Leave(JOURNEY), "Leave.journey", "'welcome', its name"),
        (
            lambda: pf.SOPStep("a", pf.after("0s"), NOTE, via=["sms"], confirm="24h"),
            "SOPStep.confirm",
            "write Confirm(within='24h')",
        ),
        (
            lambda: pf.TouchQuota("q", 3, per=pf.rolling("7d"), keep="high"),
            "TouchQuota.keep",
            "write {'high': 1}",
        ),
        (lambda: pf.Contact("c", attributes=["city"]), "properties", "{'name': 1}"),
        (lambda: pf.Contact("c", attributes=7), "properties", "{'name': 1}"),
        (lambda: pf.Instant(1.5), "instant", "Instant(int(seconds * 1_000_000))"),
        (
            lambda: pf.handed_over(STATE, "zhang", "li", at=NOW),
            "handed_over.contact",
            "state.contact",
        ),
        (lambda: ASKED.sum(ASKED.count()), "property", "use a non-empty text"),
        (lambda: ASKED.where("amount > 3"), "argument of where", "parse(...)"),
        (lambda: pf.render(STATE, "text"), "ContactState", "print it instead"),
        (lambda: pf.Catalog(attributes=["city"]), "Catalog", "write {'city': str}"),
        (
            lambda: pf.Catalog(events=["purchase"]),
            "Catalog.events",
            "write {'purchase': {'amount': int}}",
        ),
        (lambda: pf.Catalog().check(VIP), "Catalog.check", "segment.condition"),
        (
            lambda: ASKED.sum(prop.amount),
            "property",
            "use a non-empty text: 'amount', its name",
        ),
        (
            lambda: pf.TouchQuota(
                "q", 1, per=pf.rolling("7d"), channel=["sms", "push"]
            ),
            "TouchQuota.channel",
            "use a non-empty text, and one alone",
        ),
    ],
)
def test_a_part_of_another_kind_is_told_what_to_write(make, what, hint):
    with pytest.raises(DefinitionError) as caught:
        make()
    assert caught.value.what == what
    assert hint in caught.value.hint


CLAIM = pf.Claim(quota="day", subject="staff=zhang", limit=1, since=NOW)


@pytest.mark.parametrize(
    "ask",
    [
        lambda someone: VIP.judge(someone, now=NOW),
        lambda someone: VIP.contains(someone, now=NOW),
        lambda someone: VIP.predicate()(someone, NOW),
        lambda someone: VIP.condition.explain(someone, now=NOW),
        lambda someone: list(VIP.select([someone], now=NOW)),
        lambda someone: pf.SegmentSet([VIP]).start(someone, now=NOW),
    ],
)
def test_a_condition_that_is_asked_about_a_contact_asks_for_its_state(ask):
    with pytest.raises(ProtocolError) as caught:
        ask(STATE.contact)
    assert caught.value.remedy == "pass ContactState(contact)"
    with pytest.raises(ProtocolError, match="expected the state of a contact"):
        ask({"id": "c-1"})


@pytest.mark.parametrize(
    ("claims", "expires_at", "what"),
    [
        (CLAIM, NOW + pf.span("5m"), "Reservation.claims"),
        (["day"], NOW + pf.span("5m"), "Reservation.claims"),
        ([CLAIM], "5m", "Reservation.expires_at"),
    ],
)
def test_a_store_takes_a_list_of_claims_and_an_instant(claims, expires_at, what):
    with pytest.raises(DefinitionError) as caught:
        pf.MemoryQuotaStore().reserve("t-1", claims, now=NOW, expires_at=expires_at)
    assert caught.value.what == what


@pytest.mark.parametrize("call", ["commit", "release", "expire"])
def test_a_store_is_told_the_instant_of_each_call(call):
    store = pf.MemoryQuotaStore()
    keys = () if call == "expire" else ("t-1",)
    with pytest.raises(ProtocolError, match="expected an instant"):
        getattr(store, call)(*keys, now="2026-10-20")


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda: pf.ContactState("c-1"), "pass a Contact"),
        (
            lambda: pf.ContactState(STATE),
            "pass the contact of the state: state.contact",
        ),
        (lambda: pf.Engine(ENGINE), "pass its plan"),
        (lambda: pf.impact(ENGINE, ENGINE.plan, [], now=NOW), "pass its plan"),
        (lambda: pf.impact(ENGINE.plan, ENGINE, [], now=NOW), "pass its plan"),
        (lambda: pf.check(ENGINE), "pass its plan"),
        (
            lambda: pf.check([JOURNEY]),
            "write Plan(journeys=[...], quotas=[...])",
        ),
    ],
)
def test_a_plan_and_a_contact_are_asked_for_by_name(make, hint):
    with pytest.raises(DefinitionError) as caught:
        make()
    assert caught.value.remedy == hint


@pytest.mark.parametrize(
    "asked",
    [
        lambda: pf.impact(ENGINE.plan, ENGINE.plan, STATE, now=NOW),
        lambda: next(pf.advance_many(ENGINE, STATE, now=NOW)),
        lambda: next(pf.Segment("a", pf.attr.x > 1).select(STATE, now=NOW)),
        lambda: pf.take_census(pf.SegmentSet([]), STATE, now=NOW),
    ],
)
def test_one_state_is_no_list_of_states(asked):
    with pytest.raises(DefinitionError, match="expected several") as caught:
        asked()
    assert caught.value.remedy == "write [it]"


def test_what_is_large_shows_itself_in_one_line():
    outcome = ENGINE_OF_WELCOME.enrol(STATE, "welcome", now=NOW)
    shown = "<Outcome 'c-1' 0 commands, 0 tasks, "
    assert repr(outcome).startswith(shown)
    assert repr(ENGINE) == f"<Engine of {ENGINE.plan!r}>"
