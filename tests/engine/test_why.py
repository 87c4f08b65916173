"""The answer for every step, word by word (E4)."""

from __future__ import annotations

import re

import pytest
from attrs import evolve

from privflow.conditions import event
from privflow.engine import ContactState
from privflow.engine.wording import (
    DECISIONS,
    REASONS,
    STATUSES,
    reason_sentence,
    shown_facts,
)
from privflow.errors import (
    DefinitionError,
    ProtocolError,
    TimeReversedError,
    UnknownNameError,
)
from privflow.facts import Properties
from privflow.journeys import Defer, Skip, Stage, To
from privflow.quotas import Grants, MixQuota, ReplyWindow, TouchQuota
from privflow.rules import Leave, Reply, Rule
from privflow.timing import (
    after,
    around,
    calendar,
    instant,
    rolling,
    span,
    weekly,
)
from privflow.touches import (
    STANDARD_CHANNELS,
    ChannelProfile,
    Deny,
    Hold,
    Message,
    QuietHours,
    Receipt,
    Ruling,
)
from strategies.story import (
    START,
    begun,
    engine,
    happens,
    journey,
    later,
    person,
    step,
)

DAILY = TouchQuota("daily", 1, per=calendar("day"))
NIGHT = QuietHours("22:00", "08:00")


def answer(eng, state, name="x", *, at=START, of="j"):
    return eng.why(state, journey=of, step=name, now=at)


def test_not_enrolled():
    eng = engine(journey(step("x")))
    why = answer(eng, ContactState(person()))
    assert why.decision == "not_enrolled"
    assert str(why) == "j › x was never due: the contact did not enter the journey"


def test_waiting():
    eng = engine(journey(step("x", after("2h"))))
    why = answer(eng, begun(eng))
    assert str(why) == (
        "j › x is not due yet; next possible at 2026-10-20T11:00:00+08:00"
    )


def test_instants_are_shown_in_the_zone_of_the_contact():
    eng = engine(journey(step("x", after("2h"))))
    why = answer(eng, begun(eng, person(timezone="America/New_York")))
    assert str(why).endswith("next possible at 2026-10-19T23:00:00-04:00")


def test_sent_with_what_became_of_it():
    eng = engine(journey(step("x")))
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    assert answer(eng, outcome.state).headline == "j › x was sent (reserved)"
    receipt = Receipt(outcome.commands[0].touch.id, "delivered", at=START)
    state = eng.advance(outcome.state, receipt, now=START).state
    assert format(answer(eng, state), "text") == (
        "j › x was sent (delivered)\n"
        "gate       channel  ruling  because  until\n"
        "─────────  ───────  ──────  ───────  ─────\n"
        "reachable  sms      allow\n"
        "consent    sms      allow"
    )


def test_deferred_with_numbers_and_the_winner():
    eng = engine(
        journey(step("big", priority="high")),
        journey(step("x"), name="k"),
        quotas=[DAILY],
    )
    why = answer(eng, begun(eng), of="k")
    assert why.headline == (
        "k › x is blocked for now: 1 of 1 used in calendar day; gave way to"
        " journey:j big; next possible at 2026-10-21T00:00:00+08:00"
    )
    assert "2026-10-21T00:00:00+08:00" in str(why).splitlines()[-1]


def test_deferred_by_the_night():
    eng = engine(journey(step("x", after("14h"))), gates=[NIGHT])
    state = eng.advance(begun(eng), now=later("14h")).state
    assert answer(eng, state, at=later("14h")).headline == (
        "j › x is blocked for now: quiet hours 22:00-08:00;"
        " next possible at 2026-10-21T08:00:00+08:00"
    )


@pytest.mark.parametrize(
    ("rest", "contact", "said"),
    [
        ({"when": event("no").exists()}, person(), "its own condition did not hold"),
        ({"via": ["push"]}, person(), "the contact has no push.token"),
        (
            {"kind": "marketing"},
            person(consented=False),
            "no consent to marketing on sms",
        ),
        (
            {"kind": "marketing"},
            person().refusing("sms", purpose="marketing", at=START),
            "refused or withdrawn since 2026-10-20T09:00:00+08:00",
        ),
        (
            {"via": ["wecom.welcome"]},
            person(),
            "no unused welcome_code of the last 20s",
        ),
        (
            {"via": ["notice"], "kind": "marketing"},
            person(),
            "the channel does not carry marketing messages",
        ),
        (
            {"schedule": around("birthday", days=0, at="10:00")},
            person(),
            "its schedule has no date for this contact",
        ),
    ],
)
def test_skipped(rest, contact, said):
    notice = ChannelProfile("notice", kinds=["service"])
    eng = engine(
        journey(step("x", **rest), step("y", after("9h"))),
        channels=[*STANDARD_CHANNELS, notice],
    )
    why = answer(eng, begun(eng, contact))
    assert (why.decision, why.headline) == ("skipped", f"j › x was skipped: {said}")


def test_skipped_without_a_relation():
    contact = person()
    eng = engine(journey(step("x", via=["wecom.message"]), step("y", after("9h"))))
    removed = happens("contact_removed", properties={"staff": "zhang", "by": "contact"})
    state = eng.advance(
        ContactState(contact), removed, happens("go", later("1h")), now=later("1h")
    ).state
    why = answer(eng, state, at=later("1h"))
    assert why.headline == "j › x was skipped: no staff member follows the contact"


@pytest.mark.parametrize(
    ("quota", "said"),
    [
        (DAILY, "1 of 1 used in calendar day"),
        (
            TouchQuota("kept", 2, per=rolling("1d"), keep={"high": 1}),
            "1 of 2 used in 1d rolling, the rest is kept",
        ),
        (
            MixQuota("mix", at_most=0.4, of="promo", per=rolling("2d"), after=1),
            "1 of the 1 touches in 2d rolling are of that label",
        ),
        (
            ReplyWindow("48h", 1, within="48h", opened_by=event("go"), channel="sms"),
            "1 of 1 used in the reply window of 2d",
        ),
        (
            ReplyWindow("48h", 1, within="48h", opened_by=event("say"), channel="sms"),
            "the contact did nothing in 2d that opens the reply window",
        ),
        (Grants("g", granted_by=event("say"), channel="sms"), "no grant is left"),
    ],
)
def test_skipped_by_a_quota(quota, said):
    promo = {"labels": ["promo"], "on_blocked": Skip()}
    eng = engine(
        journey(step("first", **promo), step("end", after("9h"))),
        journey(step("x", after("1h"), **promo), step("y", after("9h")), name="k"),
        quotas=[quota],
    )
    state = eng.advance(begun(eng), now=later("1h")).state
    why = answer(eng, state, at=later("1h"), of="k")
    assert why.headline == f"k › x was skipped: {said}"


def test_expired():
    eng = engine(
        journey(step("x", after("1h"), valid_for="1h"), step("y", after("9h")))
    )
    state = eng.advance(begun(eng), now=later("2h")).state
    assert str(answer(eng, state, at=later("2h"))) == (
        "j › x came too late: it was no longer valid when it could have left"
    )


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("goal", "the goal was reached"),
        ("exit", "the exit condition held"),
        ("leave", "a rule ended it"),
    ],
)
def test_ended(what, said):
    eng = engine(
        journey(
            step("x", after("2h")),
            goal=event("goal").exists(),
            exit_when=event("exit").exists(),
        ),
        rules=[Rule("r", on=event("leave"), do=[Leave("j")])],
    )
    at = later("1h")
    state = eng.advance(begun(eng), happens(what, at), now=at).state
    why = answer(eng, state, at=at)
    assert (why.decision, why.next_possible_at) == ("ended", None)
    assert str(why) == f"j › x will not be sent: the journey was left: {said}"


def test_unreached_and_ended_before_it_was_reached():
    first = Stage("a", steps=[step("y", after("1h"))], then=[To("b", after="9h")])
    eng = engine(
        journey(
            stages=[first, Stage("b", steps=[step("x")])],
            exit_when=event("out").exists(),
        )
    )
    state = begun(eng)
    assert str(answer(eng, state)) == (
        "j › x has not been reached: the contact is in another stage"
    )
    at = later("2h")
    state = eng.advance(state, now=later("1h")).state
    state = eng.advance(state, happens("out", at), now=at).state
    assert answer(eng, state, at=at).headline == (
        "j › x will not be sent: the journey was left: the exit condition held"
    )
    assert answer(eng, state, "y", at=at).decision == "sent"


def test_a_recurring_step_answers_for_its_next_occurrence():
    eng = engine(journey(step("x", weekly("fri", "20:00"))))
    state = begun(eng)
    at = state.wake_at
    why = answer(eng, eng.advance(state, now=at).state, at=at)
    assert why.decision == "waiting"
    assert why.next_possible_at == at + span("7d")


class Holiday:
    name = "holiday"

    def __init__(self, ruling: Ruling) -> None:
        self.ruling = ruling

    def judge(self, *_: object, **__: object) -> Ruling:
        return self.ruling


@pytest.mark.parametrize(
    ("ruling", "said"),
    [
        (Deny("golden_week"), "golden_week"),
        (
            Deny("golden_week", facts={"until": later("1d"), "days": [1, 2]}),
            "golden_week (until 2026-10-21T09:00:00+08:00, days 1, 2)",
        ),
        (Hold("golden_week", until=later("1d")), "golden_week"),
    ],
)
def test_a_gate_of_one_s_own_is_quoted(ruling, said):
    eng = engine(
        journey(step("x", on_blocked=Skip()), step("y", after("9h"))),
        gates=[Holiday(ruling)],
    )
    assert answer(eng, begun(eng)).headline == f"j › x was skipped: {said}"


def test_a_number_that_a_gate_did_not_say_is_a_question_mark():
    assert reason_sentence("quota_full", Properties({"count": 1})) == (
        "1 of ? used in ?"
    )


def test_it_is_drawn_in_every_format_and_escaped():
    eng = engine(
        journey(step("<b>x</b>", on_blocked=Skip()), step("y", after("9h"))),
        gates=[Holiday(Deny("<script>"))],
    )
    why = answer(eng, begun(eng), "<b>x</b>")
    assert "<script>" not in format(why, "html")
    assert why._repr_html_() == format(why, "html")
    assert "| holiday |" in format(why, "md")
    assert format(why, "") == str(why)


def test_deferred_beyond_its_own_end_it_says_when_it_is_given_up():
    late = step("late", after("1h"), on_blocked=Defer(until_at_most="2h"))
    eng = engine(journey(step("first"), late), quotas=[DAILY])
    state = eng.advance(begun(eng), now=later("1h")).state
    why = answer(eng, state, "late", at=later("1h"))
    assert why.decision == "deferred"
    assert (why.next_possible_at, why.gives_up_at) == (None, later("3h"))
    assert str(why.headline).endswith("; given up at 2026-10-20T12:00:00+08:00")
    state = eng.advance(state, now=later("3h")).state
    assert answer(eng, state, "late", at=later("3h")).decision == "expired"


def test_a_gate_that_opens_into_the_hours_of_another_is_not_promised():
    eng = engine(
        journey(step("first"), step("second", after("1h"))),
        quotas=[DAILY],
        gates=[NIGHT],
    )
    state = eng.advance(begun(eng), now=later("1h")).state
    why = answer(eng, state, "second", at=later("1h"))
    assert why.next_possible_at == instant("2026-10-21T08:00+08:00")
    outcome = eng.advance(state, now=why.next_possible_at)
    assert [command.touch.step for command in outcome.commands] == ["second"]


def test_of_several_denials_the_preferred_channel_gives_the_reason():
    poor = step("x", kind="marketing", via=["wecom.message", "push"])
    eng = engine(journey(poor))
    state = begun(eng, person(consented=False))
    why = answer(eng, state)
    assert (why.decision, why.reason) == ("skipped", "no_consent")
    assert [line.reason for line in why.lines if line.reason] == [
        "no_consent",
        "no_identity",
    ]


# ── In Chinese, and of a touch ───────────────────────────────────────────────


def test_it_answers_in_chinese_with_the_same_numbers():
    """E4."""
    eng = engine(
        journey(step("first"), step("second", after("1h"))),
        quotas=[TouchQuota("week", 1, per=rolling("7d"))],
        gates=[NIGHT],
    )
    at = later("1h")
    state = eng.advance(begun(eng), now=at).state
    why = eng.why(state, journey="j", step="second", now=at, language="zh")
    assert why.headline == (
        "j › second 暂时受阻:最近 7d 已用 1/1;最早可于 2026-10-27T09:00:00+08:00 发送"
    )
    assert "| 闸门 | 渠道 | 裁决 | 原因 | 直到 |" in format(why, "md")
    assert "暂缓" in str(why)
    sent = eng.why(state, journey="j", step="first", now=at, language="zh")
    assert sent.headline == "j › first 已发送(已占用额度)"


@pytest.mark.parametrize("words", [DECISIONS, REASONS, STATUSES])
def test_both_languages_say_every_number(words):
    """E4."""
    for english, chinese in words.values():
        names = [set(re.findall(r"{(\w*)}", text)) for text in (english, chinese)]
        assert names[0] == names[1]
        assert bool(english) == bool(chinese)
        assert english != chinese or not english


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ("7d rolling", "最近 7d 已用 1/1"),
        ("calendar day", "当日已用 1/1"),
        ("calendar week from sun", "本周已用 1/1"),
        ("calendar month in Asia/Shanghai", "当月(Asia/Shanghai)已用 1/1"),
        ("2 calendar days", "最近 2 个自然日已用 1/1"),
        ("3 calendar weeks from sun", "最近 3 个自然周已用 1/1"),
        ("2 calendar months", "最近 2 个自然月已用 1/1"),
        ("2 calendar years in UTC", "最近 2 个自然年(UTC)已用 1/1"),
        ("1h by the clock", "整点对齐的 1h 已用 1/1"),
        ("since the last visit", "since the last visit已用 1/1"),
    ],
)
def test_windows_are_said_in_chinese_too(window, said):
    facts = Properties({"count": 1, "limit": 1, "window": window})
    assert reason_sentence("quota_full", facts, language="zh") == said


@pytest.mark.parametrize(
    ("facts", "english", "chinese"),
    [
        (
            {"count": 0, "limit": 4, "window": "calendar month"},
            "count 0, limit 4, window calendar month",
            "已用 0、上限 4、周期 当月",
        ),
        ({"hours": "22:00-08:00"}, "hours 22:00-08:00", "时段 22:00-08:00"),
        (
            {"evidence": "form-3", "since": START},
            f"evidence form-3, since {START.isoformat('Asia/Shanghai')}",
            f"凭证 form-3、自 {START.isoformat('Asia/Shanghai')}",
        ),
        ({"claimed": True}, "counted for all contacts together", "多客户共同计数"),
        ({"weather": "rain"}, "weather rain", "weather rain"),
        ({}, "", ""),
    ],
)
def test_what_a_gate_looked_at_is_said_in_both_languages(facts, english, chinese):
    """E4."""
    told = Properties(facts)
    assert shown_facts(told, "Asia/Shanghai", "en") == english
    assert shown_facts(told, "Asia/Shanghai", "zh") == chinese


def test_a_touch_is_answered_for_by_its_id():
    """E4."""
    reply = Reply(Message("card", kind="service"), via=["sms"])
    eng = engine(journey(step("x")), rules=[Rule("r", on=event("ask"), do=[reply])])
    outcome = eng.advance(
        ContactState(person()), happens("ask"), happens("go"), now=START
    )
    by_source = {c.touch.source: c.touch.id for c in outcome.commands}
    why = eng.why(outcome.state, touch=by_source["journey:j"], now=START)
    assert why == answer(eng, outcome.state)
    why = eng.why(outcome.state, touch=by_source["rule:r"], now=START)
    assert str(why) == "r was sent (reserved)"
    forgotten = evolve(outcome.state, enrolments=())
    why = eng.why(forgotten, touch=by_source["journey:j"], now=START)
    assert str(why) == "j › x was sent (reserved)"
    with pytest.raises(UnknownNameError, match="touch"):
        eng.why(outcome.state, touch="t-9", now=START)


@pytest.mark.parametrize(
    "asked",
    [{}, {"touch": "t", "journey": "j"}, {"touch": "t", "step": "x"}],
)
def test_a_question_names_a_step_or_a_touch(asked):
    eng = engine(journey(step("x")))
    with pytest.raises(ProtocolError) as raised:
        eng.why(begun(eng), now=START, **asked)
    assert raised.value.hint
    with pytest.raises(DefinitionError, match="got 'fr'"):
        eng.why(begun(eng), journey="j", step="x", now=START, language="fr")


def test_a_step_of_another_version_is_answered_for():
    """E4, J6."""
    old = journey(step("x", after("9h")), version=1)
    state = begun(engine(old))
    new = journey(step("y"), version=2, in_flight="pinned")
    lost, kept = engine(new), engine(new, retired=[old])
    assert answer(kept, state).decision == "waiting"
    assert answer(lost, state, "y").decision == "unreached"
    with pytest.raises(UnknownNameError):
        answer(lost, state)
    both = journey(step("x"), version=2, in_flight="pinned")
    why = answer(engine(both), state)
    assert (why.decision, why.next_possible_at) == ("unknown", None)
    assert "does not have" in str(why)


def test_a_state_is_not_asked_about_a_time_before_its_own():
    """E4: of a day that is over, the state of that day answers."""
    eng = engine(journey(step("x")))
    state = eng.advance(ContactState(person()), now=later("1d")).state
    with pytest.raises(TimeReversedError):
        answer(eng, state, at=START)
