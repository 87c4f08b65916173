"""One call of the engine: order of time, repeats, lateness, and what it refuses."""

from __future__ import annotations

import json

import pytest

from privflow.conditions import attr, entered, event, tag
from privflow.documents import dump, load
from privflow.engine import ContactState
from privflow.errors import (
    DefinitionError,
    FutureInputError,
    ProtocolError,
    TimeReversedError,
    UnknownNameError,
    WrongContactError,
)
from privflow.facts import Contact, Event, TagGroup
from privflow.journeys import Defer, Reentry, Stage
from privflow.quotas import Grants, TouchQuota
from privflow.rules import AddTag, Reply, Rule
from privflow.segments import Segment
from privflow.timing import Instant, after, calendar, day, instant, rolling, weekly
from privflow.touches import Hold, Message, QuietHours, Receipt, Ruling, Touch, View
from strategies.story import START, begun, engine, happens, journey, later, person, step

DAILY = TouchQuota("daily", 1, per=calendar("day"))
NIGHT = QuietHours("22:00", "08:00")
TIER = TagGroup("tier", ["low", "high"], exclusive=True, ordered=True)


def steps_of(outcome):
    return [command.touch.step for command in outcome.commands]


def words_of(outcome):
    return [(entry.what, entry.subject, entry.reason) for entry in outcome.journal]


# ── Illegal calls ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("inputs", "now", "error", "code"),
    [
        ([Event("go", "c-2", at=START)], START, WrongContactError, "wrong-contact"),
        ([], instant("2026-10-20T00:59:59Z"), TimeReversedError, "time-reversed"),
        ([happens("go", later("1s"))], START, FutureInputError, "future-input"),
        ([Receipt("t", "read", at=later("1us"))], START, FutureInputError, None),
        ([], "2026-10-20T09:00+08:00", ProtocolError, "protocol"),
        ([], None, ProtocolError, "protocol"),
        (["go"], START, ProtocolError, "protocol"),
    ],
)
def test_an_illegal_call_raises_and_changes_nothing(inputs, now, error, code):
    eng = engine(journey(step("hello", after("1h"))))
    state = begun(eng)
    before = json.dumps(dump(state))
    with pytest.raises(error) as raised:
        eng.advance(state, happens("go", id="new"), *inputs, now=now)
    assert code in {None, raised.value.code}
    assert raised.value.hint
    assert json.dumps(dump(state)) == before
    assert eng.advance(state, now=later("1h")).commands


def test_enrol_and_why_refuse_the_same():
    eng = engine(journey(step("hello")))
    state = begun(eng)
    with pytest.raises(UnknownNameError, match="'jj'") as raised:
        eng.enrol(state, "jj", now=START)
    assert "did you mean 'j'" in raised.value.hint
    with pytest.raises(TimeReversedError):
        eng.enrol(state, "j", now=instant("2026-10-20T00:00Z"))
    with pytest.raises(ProtocolError):
        eng.why(state, journey="j", step="hello", now="today")
    with pytest.raises(UnknownNameError, match="'helo'"):
        eng.why(state, journey="j", step="helo", now=START)


def test_a_contact_is_no_state_and_the_hint_makes_one_of_it():
    with pytest.raises(ProtocolError, match="a state of type Contact") as raised:
        engine(journey(step("hello", after("1h")))).advance(person(), now=START)
    assert "ContactState(contact)" in raised.value.hint


def test_a_gate_that_opens_in_the_past_is_the_author_s_mistake():
    class Broken:
        name = "broken"

        def judge(self, _touch: Touch, _view: View, *, now: Instant) -> Ruling:
            return Hold("nothing", until=now)

    eng = engine(journey(step("hello")), gates=[Broken()])
    with pytest.raises(DefinitionError, match="gate 'broken'"):
        begun(eng)


# ── Repeats ──────────────────────────────────────────────────────────────────


def test_the_same_event_again_changes_nothing():
    """E1."""
    eng = engine(journey(step("hello")))
    first = eng.advance(ContactState(person()), happens("go"), now=START)
    assert steps_of(first) == ["hello"]
    again = eng.advance(first.state, happens("go"), now=START)
    assert again.state == first.state
    assert words_of(again) == [("repeated", "go", "")]
    both = eng.advance(ContactState(person()), happens("go"), happens("go"), now=START)
    assert both.state == first.state


def test_an_id_counts_as_seen_for_the_horizon_and_no_longer():
    eng = engine(journey(step("hello")), remember="2d")
    state = begun(eng, person())
    state = eng.advance(state, happens("note", id="x"), now=START).state
    again = happens("note", later("47h"), id="x")
    assert words_of(eng.advance(state, again, now=again.at)) == [
        ("repeated", "note", "")
    ]
    again = happens("note", later("48h"), id="x")
    assert eng.advance(state, again, now=again.at).journal[0].what == "received"


def test_history_that_was_observed_is_known():
    eng = engine(journey(step("hello")))
    state = ContactState(person()).observing([happens("go")])
    outcome = eng.advance(state, happens("go"), now=START)
    assert outcome.commands == ()
    assert outcome.journal[0].what == "repeated"


def test_a_receipt_again_changes_nothing():
    eng = engine(journey(step("hello")))
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    touch = outcome.commands[0].touch
    receipt = Receipt(touch.id, "delivered", at=later("1s"))
    heard = eng.advance(outcome.state, receipt, now=later("1s"))
    assert heard.state.ledger.find(touch.id).status == "delivered"
    again = eng.advance(heard.state, receipt, receipt, now=later("1s"))
    assert again.state == heard.state
    assert [entry.what for entry in again.journal] == ["repeated", "repeated"]


@pytest.mark.parametrize("status", ["delivered", "failed", "unknown"])
def test_a_receipt_of_an_unknown_touch_is_a_line_in_the_journal_alone(status):
    eng = engine(journey(step("hello", after("1h"))))
    state = begun(eng)
    outcome = eng.advance(state, Receipt("nobody's", status, at=START), now=START)
    assert outcome.state == state
    assert words_of(outcome) == [("unknown_touch", "nobody's", "")]


def test_an_unknown_outcome_keeps_the_reservation():
    """Q4."""
    eng = engine(journey(step("hello")), quotas=[DAILY])
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    touch = outcome.commands[0].touch
    heard = eng.advance(
        outcome.state, Receipt(touch.id, "unknown", at=START), now=START
    )
    assert heard.state == outcome.state
    assert words_of(heard) == [("receipt", touch.id, "unknown")]


# ── What concerns nobody costs nothing ───────────────────────────────────────


def test_an_event_that_concerns_nothing_leaves_every_part_the_same_object():
    eng = engine(journey(step("hello", after("1h"))), quotas=[DAILY], remember="9d")
    state = begun(eng)
    outcome = eng.advance(state, happens("noise", later("1m")), now=later("1m"))
    for part in ("contact", "enrolments", "ledger", "inside", "wake_at"):
        assert getattr(outcome.state, part) is getattr(state, part)
    assert outcome.state.at == later("1m")
    assert words_of(outcome) == [("received", "noise", "")]


# ── Order of time ────────────────────────────────────────────────────────────


def test_what_is_due_at_an_instant_is_decided_before_an_input_of_that_instant():
    """E6: waking first and then handing the input in is the same."""
    bought = event("buy").since_entry().exists()
    eng = engine(journey(step("ask", after("2h"), when=~bought)))
    buy = happens("buy", later("2h"))
    at_once = eng.advance(begun(eng), buy, now=later("2h"))
    assert steps_of(at_once) == ["ask"]
    woken = eng.advance(begun(eng), now=later("2h"))
    assert eng.advance(woken.state, buy, now=later("2h")).state == at_once.state


def test_what_is_late_leaves_after_every_input_of_the_call():
    """E6: it was due at 11, and at 12 the contact has bought."""
    bought = event("buy").since_entry().exists()
    eng = engine(journey(step("ask", after("2h"), when=~bought)))
    outcome = eng.advance(begun(eng), happens("buy", later("3h")), now=later("3h"))
    assert [entry.what for entry in outcome.journal][:2] == ["received", "skipped"]


def test_a_late_host_judges_the_condition_at_both_instants():
    """E6, J3: skipped at its own instant is final; what waits is judged again."""
    bought = event("buy").since_entry().exists()
    eng = engine(
        journey(step("thanks", after("1h"), when=bought), name="late"),
        journey(step("plain", after("1h")), name="plain"),
    )
    outcome = eng.advance(begun(eng), happens("buy", later("2h")), now=later("3h"))
    assert steps_of(outcome) == ["plain"]
    assert outcome.commands[0].touch.source == "journey:plain"
    why = eng.why(outcome.state, journey="late", step="thanks", now=later("3h"))
    assert (why.decision, why.reason) == ("skipped", "condition")


def test_what_the_contact_did_in_the_meantime_stops_a_late_touch():
    """E6, J1: the goal was reached after the step was due, before it could leave."""
    bought = event("buy").since_entry().exists()
    eng = engine(journey(step("ask", after("1h")), goal=bought))
    outcome = eng.advance(begun(eng), happens("buy", later("2h")), now=later("3h"))
    assert outcome.commands == ()
    why = eng.why(outcome.state, journey="j", step="ask", now=later("3h"))
    assert (why.decision, why.reason) == ("ended", "goal")


def test_a_late_touch_does_not_spend_a_grant_that_was_revoked_since():
    """E6: gates see everything up to the instant at which the touch leaves."""
    grants = Grants(
        "g", granted_by=event("agree"), revoked_by=event("revoke"), channel="sms"
    )
    eng = engine(journey(step("ask", after("1h"))), quotas=[grants])
    state = ContactState(person()).observing([happens("agree", START)])
    state = eng.advance(state, happens("go"), now=START).state
    outcome = eng.advance(state, happens("revoke", later("2h")), now=later("3h"))
    assert outcome.commands == ()


def test_a_reply_leaves_after_everything_that_happened_before_now():
    reply = Rule("r", on=event("ask"), do=[Reply(Message("m", kind="service"))])
    grants = Grants(
        "g", granted_by=event("ask"), revoked_by=event("revoke"), channel="sms"
    )
    eng = engine(rules=[reply], quotas=[grants])
    state = ContactState(person())
    asked = happens("ask", START, properties={"channel": "sms"})
    outcome = eng.advance(state, asked, now=later("2h"))
    assert [c.touch.message for c in outcome.commands] == ["m"]
    revoked = happens("revoke", later("1h"))
    assert eng.advance(state, asked, revoked, now=later("2h")).commands == ()


def test_a_late_reply_waits_for_every_input_of_the_call():
    reply = Rule("r", on=event("ask"), do=[Reply(Message("m", kind="service"))])
    poked = Rule("p", on=event("poke"), do=[AddTag(TIER["low"])])
    grants = Grants(
        "g", granted_by=event("ask"), revoked_by=event("revoke"), channel="sms"
    )
    eng = engine(rules=[reply, poked], quotas=[grants])
    asked = happens("ask", START, properties={"channel": "sms"})
    poke = happens("poke", later("1h"), id="1")
    revoke = happens("revoke", later("1h"), id="2")
    state = ContactState(person())
    outcome = eng.advance(state, asked, poke, revoke, now=later("1h"))
    assert outcome.commands == ()
    assert eng.advance(state, asked, poke, now=later("1h")).commands


def test_the_first_look_comes_with_the_first_event_whatever_it_is():
    """E6: the second event of the instant would close the segment."""
    shut = Rule("r", on=event("shut"), do=[AddTag(TIER["low"])])
    free = Segment("free", ~tag(TIER).has("low"))
    eng = engine(
        journey(step("x"), enter_on=entered(free)), rules=[shut], segments=[free]
    )
    state = ContactState(person())
    both = (happens("noise", id="1"), happens("shut", id="2"))
    whole = eng.advance(state, *both, now=START)
    assert steps_of(whole) == ["x"]
    first = eng.advance(state, both[0], now=START)
    assert eng.advance(first.state, both[1], now=START).state == whole.state


def test_a_late_host_sends_what_is_valid_once_and_in_order():
    """J3."""
    eng = engine(
        journey(
            step("first", after("1h")),
            step("short", after("2h"), valid_for="30m"),
            step("second", after("3h")),
            step("bounded", after("3h"), on_blocked=Defer(until_at_most="1h")),
            step("third", after("30h")),
        )
    )
    outcome = eng.advance(begun(eng), now=later("1d"))
    assert steps_of(outcome) == ["first", "second"]
    expired = [e.subject for e in outcome.journal if e.what == "expired"]
    assert expired == ["short", "bounded"]
    assert outcome.state.wake_at == later("30h")
    assert eng.advance(outcome.state, now=later("1d")).commands == ()


def test_weekly_steps_leave_once_for_each_occurrence():
    """J2, J3: what a sleeping host missed is gone, the running one goes out."""
    eng = engine(journey(step("news", weekly("fri", "20:00"))))
    state = begun(eng)
    assert state.wake_at == instant("2026-10-23T20:00+08:00")
    outcome = eng.advance(state, now=instant("2026-11-07T09:00+08:00"))
    assert [e.what for e in outcome.journal] == ["expired", "expired", "sent"]
    step_state = outcome.state.enrolments[0].steps[0]
    assert (step_state.occurrence, step_state.status) == (4, "waiting")
    on_time = eng.advance(outcome.state, now=instant("2026-11-13T20:00+08:00"))
    assert steps_of(on_time) == ["news"]
    assert on_time.commands[0].touch.id != outcome.commands[0].touch.id


def test_a_recurring_step_is_not_lost_when_it_was_deferred_up_to_its_next_time():
    """Deferred until the very instant at which the next occurrence is due."""
    busy = TouchQuota("one", 1, per=rolling("7d"))
    eng = engine(
        journey(step("news", weekly(["mon", "thu"], "10:00"))),
        journey(step("hello", day(0, "10:00")), name="other"),
        quotas=[busy],
    )
    state = begun(eng)
    for _ in range(12):
        state = eng.advance(state, now=state.wake_at).state
        [news] = state.enrolment("j").steps
        assert news.next_at > state.at


def test_a_late_event_is_filed_at_its_own_time_and_sends_nothing_again():
    """E1."""
    few = event("buy").since_entry().at_least(1)
    eng = engine(journey(step("ask", after("1h")), exit_when=few))
    sent = eng.advance(begun(eng), now=later("1h"))
    assert steps_of(sent) == ["ask"]
    told = eng.advance(sent.state, happens("buy", later("30m")), now=later("2h"))
    assert [e.what for e in told.journal] == ["late"]
    assert told.journal[0].at == later("30m")
    assert told.commands == ()
    times = told.state.timeline.series["buy"].times
    assert times[0] == later("30m").us


def test_a_late_event_enters_a_journey_at_its_own_time():
    """E1: steps count from when it happened."""
    eng = engine(journey(step("hello", after("2h"))))
    state = eng.advance(ContactState(person()), now=later("1h")).state
    entered = eng.advance(state, happens("go"), now=later("1h")).state
    assert entered.enrolments[0].entered_at == START
    assert entered.wake_at == later("2h")


def test_ways_and_exits_come_before_any_step():
    """J1: at the same instant the contact reaches the goal, and a step is due."""
    eng = engine(journey(step("hello"), goal=event("go").exists()))
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    assert outcome.commands == ()
    assert outcome.state.enrolments[0].ended_by == "goal"


# ── Facts from outside ───────────────────────────────────────────────────────


def test_what_the_host_has_learned_is_looked_at_with_the_next_input_whatever_it_is():
    vip = Segment("vip", attr.level >= 3)
    eng = engine(journey(step("hello"), enter_on=entered(vip)), segments=[vip])
    state = eng.advance(ContactState(person()), now=START).state
    assert state.knowing(state.contact) is state
    wiser = state.knowing(state.contact.with_attributes({"level": 3}))
    outcome = eng.advance(wiser, happens("noise", later("1m")), now=later("1m"))
    assert steps_of(outcome) == ["hello"]
    assert outcome.state.enrolments[0].entered_at == later("1m")
    assert not outcome.state.stale
    with pytest.raises(WrongContactError):
        state.knowing(Contact("c-2"))
    with pytest.raises(WrongContactError):
        state.observing([Event("buy", "c-2", at=START)])


def test_history_learned_later_is_looked_at_too():
    few = event("buy").exists()
    eng = engine(journey(step("ask", after("1h")), exit_when=few))
    state = begun(eng)
    old = state.observing([happens("buy", instant("2026-10-01T00:00Z"))])
    assert old.observing([happens("buy", instant("2026-10-01T00:00Z"))]) is old
    outcome = eng.advance(old, now=later("1m"))
    assert outcome.state.enrolments[0].ended_by == "exit"


def test_enrolling_by_hand_follows_audience_and_reentry():
    """J1a."""
    adults = journey(step("hello"), audience=attr.age >= 18)
    eng = engine(adults)
    young = ContactState(person(attributes={"age": 17}))
    outcome = eng.enrol(young, "j", now=START)
    assert words_of(outcome) == [("not_entered", "", "not_in_audience")]
    grown = eng.enrol(ContactState(person(attributes={"age": 18})), "j", now=START)
    assert steps_of(grown) == ["hello"]
    again = eng.enrol(grown.state, "j", now=START)
    assert words_of(again) == [("not_entered", "", "once_only")]


def test_a_state_survives_as_a_document():
    eng = engine(journey(step("hello", after("1h"))))
    state = begun(eng).knowing(person(attributes={"n": 1}))
    assert state.stale
    assert load(json.loads(json.dumps(dump(state)))) == state


# ── Quiet hours on days when the clocks change ───────────────────────────────


@pytest.mark.parametrize(
    ("zone", "due", "leaves"),
    [
        ("America/New_York", "2026-11-01T01:30-04:00", "2026-11-01T01:00-05:00"),
        ("America/New_York", "2027-03-14T01:45-05:00", "2027-03-14T03:15-04:00"),
        ("Asia/Shanghai", "2026-11-01T01:30+08:00", "2026-11-01T03:15+08:00"),
    ],
)
def test_quiet_hours_hold_when_the_clocks_change(zone, due, leaves):
    """T7."""
    at = instant(due)
    eng = engine(journey(step("x")), gates=[QuietHours("01:30", "03:15")])
    state = ContactState(person(timezone=zone))
    outcome = eng.advance(state, happens("go", at), now=at)
    assert outcome.commands == ()
    assert outcome.state.wake_at == instant(leaves)
    assert steps_of(eng.advance(outcome.state, now=instant(leaves))) == ["x"]


# ── Consent ──────────────────────────────────────────────────────────────────


def test_consent_is_asked_at_the_instant_at_which_the_touch_leaves():
    """K4: a refusal between the due instant and the morning counts."""
    eng = engine(journey(step("ad", after("13h"), kind="marketing")), gates=[NIGHT])
    held = eng.advance(begun(eng), now=later("13h")).state
    refused = held.contact.refusing("sms", purpose="marketing", at=later("14h"))
    outcome = eng.advance(held.knowing(refused), now=held.wake_at)
    assert outcome.commands == ()
    why = eng.why(outcome.state, journey="j", step="ad", now=later("1d"))
    assert (why.decision, why.reason) == ("skipped", "refused")
    assert steps_of(eng.advance(held, now=held.wake_at)) == ["ad"]


# ── Plans change, states stay ────────────────────────────────────────────────


def test_an_enrolment_of_a_journey_that_the_plan_lost_is_left_alone():
    state = begun(engine(journey(step("hello", after("1h")))))
    other = engine(journey(step("other"), name="k"))
    outcome = other.advance(state, now=later("2h"))
    assert outcome.commands == ()
    assert outcome.state.enrolments == state.enrolments


def test_a_stage_or_step_that_the_journey_lost_is_left_alone():
    state = begun(engine(journey(step("hello", after("1h")))))
    moved = engine(journey(stages=[Stage("new", steps=[step("hello", after("1h"))])]))
    assert moved.advance(state, now=later("2h")).commands == ()
    gone = engine(journey(step("other", after("1h"))))
    assert gone.advance(state, now=later("2h")).commands == ()


# ── Staff, tokens, ids ───────────────────────────────────────────────────────


def test_a_channel_that_staff_confirm_is_given_to_who_follows_the_contact():
    """J7."""
    eng = engine(journey(step("x", via=["wecom.mass"])))
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    [task] = outcome.commands
    assert (type(task).__name__, task.staff) == ("AssignTask", "zhang")
    assert outcome.journal[-2].what == "assigned"


def test_a_token_opens_its_channel_once_and_shortly():
    welcome = journey(step("hello", via=["wecom.welcome", "wecom.message"]), name="w")
    again = journey(step("more", via=["wecom.welcome", "wecom.message"]), name="x")
    eng = engine(welcome, again)
    code = {"welcome_code": "W1"}
    state = ContactState(person())
    go = happens("go", properties=code)
    outcome = eng.advance(state, go, now=START)
    channels = [c.touch.channel for c in outcome.commands]
    assert channels == ["wecom.welcome", "wecom.message"]
    assert outcome.commands[0].touch.parameters["welcome_code"] == "W1"
    assert "welcome_code" not in outcome.commands[1].touch.parameters
    late = eng.advance(state, go, now=later("20s"))
    assert [c.touch.channel for c in late.commands] == ["wecom.message"] * 2


def test_a_token_is_that_of_the_contact_however_many_an_engine_has_served():
    eng = engine(journey(step("hello", via=["wecom.welcome"])))
    for code in ("W1", "W2", "W1"):
        go = happens("go", properties={"welcome_code": code})
        [command] = eng.advance(ContactState(person()), go, now=START).commands
        assert command.touch.parameters == {"welcome_code": code}


def test_a_visit_with_a_key_sends_it_where_one_before_had_none():
    """J4, J9: an edit has given the journey its key."""
    keyed = Reentry.every_time(at_most=3, key="order")
    parts = (step("x", after("1h")), step("last", after("9d")))
    state = begun(engine(journey(*parts, reentry=Reentry.every_time(at_most=3))))
    eng = engine(journey(*parts, reentry=keyed, version=2))
    go = happens("go", id="again", properties={"order": "o-1"})
    state = eng.advance(state, go, now=START).state
    sent = eng.advance(state, now=later("1h")).commands
    assert [dict(c.touch.parameters) for c in sent] == [{}, {"order": "o-1"}]


def test_no_two_touches_of_a_life_share_an_id():
    again = Reentry.after_exit(cooldown="1h")
    eng = engine(journey(step("hello"), reentry=again))
    state, ids = ContactState(person()), set()
    for hour in range(5):
        at = later(f"{2 * hour}h")
        outcome = eng.advance(state, happens("go", at), now=at)
        ids |= {command.touch.id for command in outcome.commands}
        state = outcome.state
    assert len(ids) == 5
