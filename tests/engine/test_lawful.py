"""Nothing leaves that the law forbids, in whichever order facts become known (K4)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.conditions import event
from privflow.documents import dump, load
from privflow.engine import ContactState, Engine, Lawful, Plan
from privflow.errors import DefinitionError
from privflow.facts import (
    AgeFacts,
    Consent,
    Contact,
    Event,
    Identity,
    TagGroup,
    erase,
    lift_restriction,
    restrict,
)
from privflow.journeys import AtEnd, Journey, SOPStep, Stage
from privflow.rules import AddTag, Reply, Rule
from privflow.segments import Segment
from privflow.timing import Instant, after, instant, span
from privflow.touches import Message
from strategies.story import START, begun, engine, happens, journey, later, person, step

SINCE = instant("2026-01-01T00:00Z")


def judged(contact: Contact, *, law: Lawful | None = None, **message: object):
    """What becomes of one message that is due at once: sent, or status and reason."""
    message.setdefault("kind", "marketing")
    sop = SOPStep("x", after("0s"), Message("x", **message), via=["sms"])
    eng = engine(journey(sop), law=law or Lawful())
    outcome = eng.advance(ContactState(contact), happens("go"), now=START)
    why = eng.why(outcome.state, journey="j", step="x", now=START)
    if not outcome.commands:
        assert why.decision != "sent"
        assert "?" not in why.headline
    return why.decision if outcome.commands else why.reason


def declared(*records: Consent, **rest: object) -> Contact:
    contact = person(consented=False, **rest)
    for record in records:
        contact = contact.declaring(record)
    return contact


def agreed(at: Instant = SINCE, channel: str = "sms", **more: object) -> Consent:
    more.setdefault("purpose", "marketing")
    return Consent(channel, True, at=at, evidence="form", **more)


def refused(at: Instant = SINCE, channel: str = "sms", **more: object) -> Consent:
    more.setdefault("purpose", "marketing")
    return Consent(channel, False, at=at, **more)


# ── Consent, refusal, notice, enterprise ─────────────────────────────────────


@pytest.mark.parametrize(
    ("contact", "law", "expected"),
    [
        (declared(), Lawful(), "no_consent"),
        (declared(agreed()), Lawful(), "sent"),
        (declared(agreed(channel="push")), Lawful(), "no_consent"),
        (declared(agreed(purpose="service")), Lawful(), "no_consent"),
        (declared(agreed(), refused(START, "*")), Lawful(), "refused"),
        (declared(refused(), agreed(later("0s"))), Lawful(), "sent"),
        (declared(agreed(until=START)), Lawful(), "no_consent"),
        (declared(agreed(notice="v2")), Lawful(notices=["v3"]), "notice_outdated"),
        (declared(agreed()), Lawful(notices=["v3"]), "notice_outdated"),
        (declared(agreed(notice="v3")), Lawful(notices=["v3", "v4"]), "sent"),
        (
            declared(
                agreed(notice="v3"), agreed(SINCE + span("1d"), notice="old page")
            ),
            Lawful(notices=["v3"]),
            "sent",
        ),
        (
            declared(refused(SINCE + span("1d")), agreed(START, notice="v2")),
            Lawful(notices=["v3"]),
            "notice_outdated",
        ),
        (declared(agreed()), Lawful(enterprise="acme"), "no_consent"),
        (declared(agreed(enterprise="acme")), Lawful(enterprise="acme"), "sent"),
        (
            declared(agreed(enterprise="acme"), refused(START)),
            Lawful(enterprise="acme"),
            "refused",
        ),
    ],
)
def test_marketing_needs_a_consent_that_binds(contact, law, expected):
    """K4."""
    assert judged(contact, law=law) == expected


@pytest.mark.parametrize(
    ("consent", "told"),
    [(agreed(notice="v2"), "v2"), (agreed(), "not on record")],
)
def test_a_consent_that_is_outdated_says_which_notice_it_was_given_to(consent, told):
    """K4, E4."""
    sop = SOPStep("x", after("0s"), Message("x", kind="marketing"), via=["sms"])
    eng = engine(journey(sop), law=Lawful(notices=["v3"]))
    state = begun(eng, declared(consent))
    why = eng.why(state, journey="j", step="x", now=START)
    [line] = [line for line in why.lines if line.reason == "notice_outdated"]
    assert line.facts == {"since": SINCE, "notice": told}


@pytest.mark.parametrize("kind", ["service", "transactional"])
def test_other_kinds_need_none(kind):
    """K5."""
    assert judged(declared(refused()), kind=kind) == "sent"


# ── Two refusals that are not one ────────────────────────────────────────────


def test_who_refuses_personalisation_still_gets_what_everybody_gets():
    """K4: not personalised, and no marketing at all, are two wishes."""
    contact = declared(agreed(), refused(channel="*", purpose="personalisation"))
    assert judged(contact) == "not_personalised"
    assert judged(contact, personalised=False) == "sent"
    assert judged(contact, kind="service") == "sent"
    contact = declared(agreed(), refused(START))
    assert judged(contact, personalised=False) == "refused"


def test_who_agrees_to_personalisation_again_gets_it_again():
    """K4."""
    contact = declared(
        agreed(),
        refused(purpose="personalisation"),
        agreed(START, purpose="personalisation"),
    )
    assert judged(contact) == "sent"


# ── Age ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("attributes", "law", "expected"),
    [
        ({"birthday": date(2008, 10, 20)}, Lawful(), "sent"),
        ({"birthday": date(2008, 10, 21)}, Lawful(), "minor"),
        ({"age": 17}, Lawful(), "minor"),
        ({"minor": True, "age": 44}, Lawful(), "minor"),
        ({}, Lawful(), "sent"),
        ({}, Lawful(needs_age=True), "age_unknown"),
        ({"age": 18}, Lawful(needs_age=True), "sent"),
    ],
)
def test_minors_get_no_automated_marketing(attributes, law, expected):
    """K4."""
    assert judged(declared(agreed(), attributes=attributes), law=law) == expected


def test_a_child_is_written_to_when_a_guardian_agreed():
    """K4."""
    child = {"attributes": {"age": 13}}
    own = agreed(purpose="service")
    parents = agreed(SINCE + span("1d"), purpose="service", by="guardian")
    assert judged(declared(**child), kind="service") == "no_guardian"
    assert judged(declared(own, **child), kind="service") == "no_guardian"
    assert judged(declared(own, parents, **child), kind="service") == "sent"
    withdrawn = refused(START, purpose="service")
    assert judged(declared(parents, withdrawn, **child), kind="service") == (
        "no_guardian"
    )
    assert judged(declared(**child), kind="transactional") == "sent"
    assert judged(declared(attributes={"age": 14}), kind="service") == "sent"


# ── Asking again ─────────────────────────────────────────────────────────────

ASK = SOPStep(
    "ask",
    after("0s"),
    Message("ask", kind="service", asks_for="marketing"),
    via=["sms"],
)


@pytest.mark.parametrize(
    ("records", "waits_until"),
    [
        ([], None),
        ([refused(START)], later("90d")),
        ([refused(START, "wecom")], later("90d")),
        ([refused(START, purpose="service")], None),
        ([refused(SINCE), agreed(SINCE + span("1d"))], None),
        ([refused(SINCE, "wecom"), agreed(START)], None),
    ],
)
def test_nobody_is_asked_again_before_the_cool_down_is_over(records, waits_until):
    """K4: on whatever channel the refusal was made."""
    eng = engine(journey(ASK))
    state = ContactState(declared(*records))
    outcome = eng.advance(state, happens("go"), now=START)
    if waits_until is None:
        assert len(outcome.commands) == 1
        return
    assert outcome.commands == ()
    assert outcome.state.wake_at == waits_until
    why = eng.why(outcome.state, journey="j", step="ask", now=START)
    assert (why.reason, why.next_possible_at) == ("cooling_down", waits_until)
    assert len(eng.advance(outcome.state, now=waits_until).commands) == 1


def test_the_cool_down_is_the_plan_s():
    """K4."""
    eng = engine(journey(ASK), law=Lawful(cooldown="7d"))
    state = ContactState(declared(refused(START)))
    assert eng.advance(state, happens("go"), now=START).state.wake_at == later("7d")
    with pytest.raises(DefinitionError):
        Lawful(cooldown="0s")


def test_who_sends_is_named_by_a_text() -> None:
    """K4: None is no enterprise, and would match no consent."""
    with pytest.raises(DefinitionError, match=r"Lawful\.enterprise: got None"):
        Lawful(enterprise=None)


# ── Restricted, erased ───────────────────────────────────────────────────────

TASTE = TagGroup("taste", ["sweet"])
RULES = [
    Rule(
        "r",
        on=event("hi"),
        do=[AddTag(TASTE["sweet"]), Reply(Message("hi", kind="service"), via=["sms"])],
    )
]


def test_who_is_restricted_is_neither_judged_nor_written_to():
    """K4."""
    eng = engine(journey(step("x", kind="transactional")), rules=RULES)
    stopped = ContactState(restrict(person(), at=SINCE))
    outcome = eng.advance(stopped, happens("go"), happens("hi"), now=START)
    assert outcome.commands == ()
    assert outcome.state.enrolments == ()
    assert outcome.state.contact == stopped.contact
    assert len(outcome.state.timeline) == 2
    by_hand = eng.enrol(outcome.state, "j", now=START)
    assert by_hand.state.enrolments == ()
    assert by_hand.journal[-1].reason == "restricted"


def test_a_restriction_stops_what_is_under_way_and_can_be_lifted():
    """K4: as an event, too."""
    steps = (step("x", after("1h")), step("y", after("3h")))
    eng = engine(journey(*steps), rules=RULES)
    told = happens(
        "consent_withdrawn", later("30m"), properties={"purpose": "processing"}
    )
    outcome = eng.advance(begun(eng), told, now=later("30m"))
    state = eng.advance(outcome.state, now=later("1h")).state
    why = eng.why(state, journey="j", step="x", now=later("1h"))
    assert (why.decision, why.reason) == ("waiting", "restricted")
    lifted = lift_restriction(state.contact, at=later("2h"), evidence="letter")
    outcome = eng.advance(state.knowing(lifted), now=later("3h"))
    assert [c.touch.step for c in outcome.commands] == ["y"]
    why = eng.why(outcome.state, journey="j", step="x", now=later("3h"))
    assert (why.decision, why.reason) == ("skipped", "restricted")


@pytest.mark.parametrize(("enterprise", "expected"), [("acme", "sent"), ("other", "")])
def test_a_restriction_is_lifted_for_one_enterprise(enterprise, expected):
    """K4: it was declared to all of them, and who is restricted enters nothing."""
    lifted = lift_restriction(
        restrict(person(), at=SINCE), at=START, evidence="letter", enterprise=enterprise
    )
    law = Lawful(enterprise="acme")
    assert judged(lifted, law=law, kind="service") == expected


def test_who_was_erased_and_is_imported_again_is_not_written_to():
    """K4."""
    secret = bytes(range(16))
    gone = erase(person(), secret=secret, at=START)
    again = gone.applied_to(declared(agreed()), secret=secret)
    assert judged(again) == "suppressed"
    assert judged(again, kind="transactional") == "sent"


# ── Sensitive tags ───────────────────────────────────────────────────────────


def test_a_rule_gives_no_sensitive_tag_without_a_separate_consent():
    """K4."""
    health = TagGroup("health", ["pregnant"], sensitive=True)
    rule = Rule("r", on=event("hi"), do=[AddTag(health["pregnant"])])
    eng = engine(rules=[rule])
    outcome = eng.advance(ContactState(person()), happens("hi"), now=START)
    assert outcome.state.contact.tags.history == ()
    refusal = outcome.journal[-1]
    assert (refusal.what, refusal.reason) == ("not_tagged", "no_sensitive_consent")
    purpose = "sensitive:health"
    ready = person().consenting("*", purpose=purpose, at=SINCE, evidence="form")
    outcome = eng.advance(ContactState(ready), happens("hi"), now=START)
    assert outcome.state.contact.tags.at(START) == {health["pregnant"]}


@pytest.mark.parametrize(
    ("attributes", "by", "is_tagged"),
    [
        ({"years": 13}, "self", False),
        ({"years": 13}, "guardian", True),
        ({"years": 14}, "self", True),
        ({"age": 13}, "self", False),
        ({"born": date(2012, 10, 20)}, "self", True),
        ({"born": date(2012, 10, 21)}, "self", False),
        ({}, "self", True),
    ],
)
def test_a_child_gets_a_sensitive_tag_by_consent_of_a_guardian(
    attributes, by, is_tagged
):
    """K3, K4: whichever attribute tells the age, the plan's or the usual one."""
    health = TagGroup("health", ["allergic"], sensitive=True)
    rule = Rule("r", on=event("hi"), do=[AddTag(health["allergic"])])
    law = Lawful(age=AgeFacts(age="years", birthday="born"))
    eng = engine(journey(step("x"), at_end=[AtEnd(add=[health["allergic"]])]), law=law)
    also = engine(rules=[rule], law=law)
    consent = agreed(channel="*", purpose="sensitive:health", by=by)
    for each, name in ((eng, "go"), (also, "hi")):
        state = ContactState(declared(consent, attributes=attributes))
        outcome = each.advance(state, happens(name), now=START)
        tags = outcome.state.contact.tags.at(START)
        assert tags == ({health["allergic"]} if is_tagged else set())
        whats = [entry.what for entry in outcome.journal]
        assert ("not_tagged" in whats) != is_tagged


# ── A part of the plan ───────────────────────────────────────────────────────


def test_the_law_is_part_of_every_plan_and_of_its_document():
    """K4, E5."""
    assert Plan().law == Lawful()
    plan = Plan(law=Lawful(enterprise="acme", notices=["v3"], cooldown="30d"))
    assert load(dump(plan)) == plan
    with pytest.raises(DefinitionError):
        Plan(gates=[Lawful()])


# ── The property ─────────────────────────────────────────────────────────────

HOUR = 3_600_000_000
PLAN = Plan(
    journeys=[
        Journey(
            "ads",
            enter_on=event("go"),
            stages=[
                Stage(
                    "s",
                    steps=[
                        SOPStep(
                            f"ad{hour}",
                            after(f"{hour}h"),
                            Message("ad", kind="marketing"),
                            via=["sms", "push"],
                        )
                        for hour in range(0, 20, 2)
                    ],
                )
            ],
        )
    ],
    segments=[Segment("s", event("go").exists())],
    rules=[
        Rule(
            "r",
            on=event("hi"),
            do=[Reply(Message("ad", kind="marketing"), via=["push", "sms"])],
        )
    ],
    law=Lawful(enterprise="acme", notices=["v2"]),
)
ENGINE = Engine(PLAN)
ANYBODY = Contact(
    "c-1", identities=[Identity("phone", "1"), Identity("push.token", "t")]
)


def _event(at: int, what: str, channel: str, notice: str, who: str) -> Event:
    if what in {"go", "hi"}:
        return Event(what, "c-1", at=Instant(START.us + at * HOUR))
    fields = {"channel": channel, "purpose": "marketing", "enterprise": who}
    if what == "consent_given":
        fields |= {"evidence": "form", "notice": notice}
    return Event(what, "c-1", at=Instant(START.us + at * HOUR), properties=fields)


events = st.builds(
    _event,
    st.integers(0, 20),
    st.sampled_from([
        "go",
        "go",
        "hi",
        "consent_given",
        "consent_given",
        "consent_withdrawn",
    ]),
    st.sampled_from(["sms", "push", "*"]),
    st.sampled_from(["v2", "v2", "v1"]),
    st.sampled_from(["acme", "acme", ""]),
)


def _binds(known: list[Event], channel: str, now: Instant) -> bool:
    """Whether a consent binds, told from the events alone."""
    newest, verdict = None, False
    for told in known:
        fields = told.properties
        if told.name in {"go", "hi"} or told.at > now:
            continue
        if fields["channel"] not in {"*", channel}:
            continue
        is_granted = told.name == "consent_given"
        who = fields["enterprise"]
        if is_granted and (who != "acme" or fields["notice"] != "v2"):
            continue
        if not is_granted and who not in {"", "acme"}:
            continue
        rank = (told.at, not is_granted)
        if newest is None or rank > newest:
            newest, verdict = rank, is_granted
    return verdict


@given(st.lists(st.tuples(events, st.integers(0, 6)), max_size=12))
def test_no_marketing_leaves_without_a_consent_at_its_own_instant(told):
    """K4: events come late, in any order, and the host wakes when it likes."""
    told = sorted(told, key=lambda pair: pair[0].at.us + pair[1] * HOUR)
    state, known = ContactState(ANYBODY), []
    for happened, lag in told:
        now = Instant(happened.at.us + lag * HOUR)
        outcome = ENGINE.advance(state, happened, now=now)
        before, state = known, outcome.state
        known = [*known, happened]
        for command in outcome.commands:
            # what was due at this very instant left before the event was taken in
            assert any(_binds(k, command.touch.channel, now) for k in (before, known))
            if now > happened.at:
                assert _binds(known, command.touch.channel, now)
    for hour in (27, 30, 50):
        now = Instant(START.us + hour * HOUR)
        outcome = ENGINE.advance(state, now=now)
        state = outcome.state
        for command in outcome.commands:
            assert _binds(known, command.touch.channel, now)


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"channel": "sms", "purpose": "marketing"}, "evidence"),
        ({"channel": "sms", "evidence": "form"}, "purpose"),
        ({"purpose": "marketing", "evidence": "form"}, "channel"),
        (
            {**dict.fromkeys(("channel", "purpose", "evidence"), "x"), "until": START},
            "until",
        ),
    ],
)
def test_a_consent_that_counts_for_nothing_is_told(fields, missing):
    """K4: it changes nothing, and the journal says what it lacks."""
    given = happens("consent_given", properties=fields)
    outcome = engine().advance(ContactState(person()), given, now=START)
    told = [(e.what, e.subject, e.reason) for e in outcome.journal]
    assert told[-1] == ("not_consented", missing, "incomplete")
    assert "holds no consent without" in str(outcome.journal[-1])


def test_a_consent_that_counts_is_not_told_to_lack_anything():
    """K4."""
    whole = {"channel": "sms", "purpose": "marketing", "evidence": "form"}
    given = happens("consent_given", properties=whole)
    outcome = engine().advance(ContactState(person()), given, now=START)
    assert [e.what for e in outcome.journal] == ["received"]
