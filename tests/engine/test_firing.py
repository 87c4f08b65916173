"""What rules do through the engine: limits, scores, tasks, events of their own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from privflow.conditions import attr, event, now, prop, tag
from privflow.engine import ContactState, Outcome, Plan, StaffTask
from privflow.engine.firing import MOST_EVENTS
from privflow.errors import DefinitionError, DuplicateNameError, UnknownNameError
from privflow.facts import TagGroup
from privflow.journeys import Reentry
from privflow.quotas import Grants, ReplyWindow
from privflow.rules import (
    AddTag,
    Emit,
    Enrol,
    GiveTask,
    Leave,
    Reply,
    Rule,
    Score,
    ScoreDefinition,
    SetAttribute,
    TagRule,
    Tiers,
    loops,
)
from privflow.timing import Instant, after
from privflow.touches import Message
from strategies.story import START, engine, happens, journey, later, person, step

TIER = TagGroup("tier", ["passerby", "fond", "devoted"], exclusive=True, ordered=True)
TOPIC = TagGroup("topic", ["price", "makeup"])
INTIMACY = ScoreDefinition(
    "intimacy", half_life="30d", tiers=Tiers(TIER, up=[10, 20], down=[5, 15])
)


def lines(outcome: Outcome, *words: str) -> list[tuple[str, str, str]]:
    return [
        (e.what, e.source.removeprefix("rule:"), e.reason or e.subject)
        for e in outcome.journal
        if e.what in words
    ]


def told(eng, state: ContactState, *texts: str, at: Instant = START) -> Outcome:
    outcome = Outcome(state=state)
    for place, text in enumerate(texts):
        said = happens("say", at, properties={"text": text}, id=f"{at.us}-{place}")
        outcome = eng.advance(outcome.state, said, now=max(at, START))
    return outcome


def count(name: str, **limits: object) -> Rule:
    return Rule(name, on=event("say"), do=[Score("n", 1)], **limits)


N = ScoreDefinition("n")


def fired(eng, state: ContactState, at: Instant, *, late: str = "0s") -> Outcome:
    said = happens("say", at, id=f"e-{at.us}")
    return eng.advance(state, said, now=at if late == "0s" else later(late))


# ── Limits ───────────────────────────────────────────────────────────────────


def test_a_rule_with_the_limit_once_fires_once_in_a_life():
    """R2."""
    eng = engine(rules=[count("r", limit="once")], scores=[N])
    state = fired(eng, ContactState(person()), START).state
    again = fired(eng, state, later("900d"))
    assert lines(again, "rule", "not_fired") == [("not_fired", "r", "once")]
    assert N.value(again.state.rule_memory, now=later("900d")) == 1


def test_a_rule_fires_again_when_its_time_has_passed():
    """R2: the time counts from the firing, and its last instant is free again (T2)."""
    eng = engine(rules=[count("r", once_per="7d")], scores=[N])
    state = fired(eng, ContactState(person()), START).state
    early = fired(eng, state, later("6d23h59m59s"))
    assert lines(early, "not_fired") == [("not_fired", "r", "once_per")]
    assert lines(fired(eng, early.state, later("7d")), "rule") == [("rule", "r", "say")]


def test_a_late_event_counts_at_its_own_time():
    """R2, E1: no two firings are nearer than the limit, in whatever order told."""
    eng = engine(rules=[count("r", once_per="2d")], scores=[N])
    state = fired(eng, ContactState(person()), START).state
    state = fired(eng, state, later("4d")).state
    near = fired(eng, state, later("3d"), late="5d")
    assert lines(near, "rule", "not_fired") == [("not_fired", "r", "once_per")]
    far = fired(eng, state, later("2d"), late="5d")
    assert lines(far, "rule") == [("rule", "r", "say")]
    assert [at for _, at in far.state.rule_memory.fired] == [
        START,
        later("2d"),
        later("4d"),
    ]


def test_old_firings_are_forgotten_when_nothing_can_ask_for_them():
    eng = engine(rules=[count("r", once_per="1d")], scores=[N], remember="2d")
    state = ContactState(person())
    for day in range(9):
        state = fired(eng, state, later(f"{day}d")).state
    assert len(state.rule_memory.fired) == 3


def test_a_limit_counts_firings_and_not_attempts():
    eng = engine(rules=[count("r", limit="once", when=attr.n == 1)], scores=[N])
    state = fired(eng, ContactState(person()), START).state
    state = state.knowing(state.contact.with_attributes({"n": 1}))
    assert lines(fired(eng, state, later("1h")), "rule") == [("rule", "r", "say")]


# ── Scores and tiers ─────────────────────────────────────────────────────────


def test_a_score_earns_its_tier_at_once_and_later_rules_see_it():
    """R1, R2."""
    rules = [
        Rule("talks", on=event("say"), do=[Score("intimacy", 10)]),
        Rule(
            "sees",
            on=event("say"),
            when=tag(TIER).at_least("fond"),
            do=[SetAttribute("n", 1)],
        ),
    ]
    eng = engine(rules=rules, scores=[INTIMACY])
    outcome = fired(eng, ContactState(person()), START)
    contact = outcome.state.contact
    assert contact.tags.at(START) == {TIER["fond"]}
    assert contact.tags.history[0].source == "rule:intimacy"
    assert contact.attributes["n"] == 1
    [entry] = [e for e in outcome.journal if e.what == "scored"]
    assert entry.facts == {"points": 10, "score": Decimal(10)}


def test_a_tier_is_lost_at_the_very_instant_at_which_the_score_falls_below():
    """R2: the host is asked to wake then."""
    eng = engine(
        rules=[Rule("talks", on=event("say"), do=[Score("intimacy", 10)])],
        scores=[INTIMACY],
    )
    state = fired(eng, ContactState(person()), START).state
    falls = Instant(later("30d").us + 1)
    assert state.wake_at == falls
    slept = eng.advance(state, now=later("90d")).state
    [fond, passerby] = slept.contact.tags.history
    assert (fond.until, passerby.since, passerby.tag) == (
        falls,
        falls,
        TIER["passerby"],
    )
    assert slept.wake_at is None


def test_hysteresis_keeps_who_was_there():
    """R2."""
    eng = engine(
        rules=[
            Rule("up", on=event("say"), do=[Score("intimacy", 10)]),
            Rule("down", on=event("complaint"), do=[Score("intimacy", -4)]),
        ],
        scores=[INTIMACY],
    )
    state = fired(eng, ContactState(person()), START).state
    state = eng.advance(state, happens("complaint"), now=START).state
    assert state.contact.tags.at(START) == {TIER["fond"]}
    state = eng.advance(state, happens("complaint", id="2"), now=START).state
    assert state.contact.tags.at(START) == {TIER["passerby"]}


def test_a_tier_that_staff_changed_stays_until_the_score_moves_it():
    eng = engine(
        rules=[Rule("up", on=event("say"), do=[Score("intimacy", 10)])],
        scores=[INTIMACY],
    )
    state = fired(eng, ContactState(person()), START).state
    state = state.knowing(state.contact.tagged(TIER["devoted"], at=later("1h")))
    state = eng.advance(state, now=later("2h")).state
    assert state.contact.tags.at(later("2h")) == {TIER["devoted"]}


def test_points_of_a_late_event_have_faded():
    """R2."""
    eng = engine(
        rules=[Rule("up", on=event("say"), do=[Score("intimacy", 8)])],
        scores=[INTIMACY],
    )
    state = eng.advance(ContactState(person()), now=later("30d")).state
    state = fired(eng, state, START, late="30d").state
    assert INTIMACY.value(state.rule_memory, now=later("30d")) == 4


# ── Tasks ────────────────────────────────────────────────────────────────────


def test_a_task_goes_to_who_follows_the_contact():
    """R1."""
    rules = [
        Rule(
            "upset",
            on=event("say"),
            do=[
                GiveTask("call", within="2d", parameters={"why": "upset"}),
                GiveTask("note", staff="li"),
            ],
        )
    ]
    eng = engine(rules=rules)
    outcome = fired(eng, ContactState(person()), START)
    call, note = outcome.tasks
    assert outcome.commands == ()
    assert isinstance(call, StaffTask)
    assert (call.staff, call.due_at, call.source) == (
        "zhang",
        later("2d"),
        "rule:upset",
    )
    assert (note.staff, note.due_at) == ("li", None)
    assert call.id != note.id
    assert lines(outcome, "tasked") == [
        ("tasked", "upset", "call"),
        ("tasked", "upset", "note"),
    ]
    assert fired(eng, ContactState(person()), START) == outcome
    assert len(outcome.state.ledger) == 0


# ── Events of the plan's own ─────────────────────────────────────────────────


def test_an_event_of_a_rule_is_filed_and_sets_off_rules_and_journeys():
    """R1."""
    eng = engine(
        journey(
            step("thanks", after("1h")),
            enter_on=event("big_order"),
            reentry=Reentry.every_time(key="order"),
        ),
        rules=[
            Rule(
                "big",
                on=event("order"),
                when=prop.amount > 100,
                do=[Emit("big_order", {"size": "big"}, keeping=["order", "none"])],
            ),
            Rule(
                "tagged",
                on=event("big_order").where(prop.size == "big"),
                do=[AddTag(TOPIC["price"])],
            ),
        ],
    )
    bought = happens("order", properties={"amount": 200, "order": "o-1"}, id="e-1")
    outcome = eng.advance(ContactState(person()), bought, now=START)
    [(at, key, fields)] = outcome.state.timeline.rows("big_order")
    assert (at, fields) == (START, {"size": "big", "order": "o-1"})
    assert outcome.state.contact.tags.at(START) == {TOPIC["price"]}
    assert [e.key for e in outcome.state.enrolments] == ["o-1"]
    assert [e.what for e in outcome.journal][:6] == [
        "received",
        "rule",
        "emitted",
        "rule",
        "tagged",
        "entered",
    ]
    for at in (START, later("1h")):
        echo = happens("big_order", at, properties=fields, id=key)
        again = eng.advance(outcome.state, echo, now=at)
        assert "repeated" in [e.what for e in again.journal]
        assert len(again.state.timeline) == len(outcome.state.timeline)


def test_all_rules_of_the_event_at_hand_come_before_what_they_set_off():
    """R1."""
    eng = engine(
        rules=[
            Rule("makes", on=event("say"), do=[Emit("echo")]),
            Rule("hears", on=event("echo"), do=[SetAttribute("last", "echo")]),
            Rule("after", on=event("say"), do=[SetAttribute("last", "say")]),
        ]
    )
    outcome = fired(eng, ContactState(person()), START)
    assert [name for _, name, _ in lines(outcome, "rule")] == [
        "makes",
        "after",
        "hears",
    ]
    assert outcome.state.contact.attributes["last"] == "echo"


def test_a_rule_fires_once_for_an_input_however_it_is_asked_again():
    """R1: a circle ends by itself, and the plan can be asked for it beforehand."""
    rules = [
        Rule("ping", on=event("ping"), do=[Emit("pong")]),
        Rule("pong", on=event("pong"), do=[Emit("ping"), Score("n", 1)]),
    ]
    plan = Plan(rules=rules, scores=[N])
    assert [loop.rules for loop in loops(plan.rules)] == [("ping", "pong")]
    eng = engine(rules=rules, scores=[N])
    outcome = eng.advance(ContactState(person()), happens("ping"), now=START)
    assert lines(outcome, "rule", "not_fired") == [
        ("rule", "ping", "ping"),
        ("rule", "pong", "pong"),
        ("not_fired", "ping", "fired_already"),
    ]
    assert N.value(outcome.state.rule_memory, now=START) == 1


def test_an_input_makes_so_many_events_and_no_more():
    """R1: the bound is documented, and what was cut is in the journal."""
    chatty = Rule("chatty", on=event("say"), do=[Emit("d")] * (MOST_EVENTS + 2))
    outcome = fired(engine(rules=[chatty]), ContactState(person()), START)
    assert len(lines(outcome, "emitted")) == MOST_EVENTS
    assert lines(outcome, "not_emitted") == [("not_emitted", "chatty", "too_many")] * 2
    assert len(list(outcome.state.timeline.rows("d"))) == MOST_EVENTS


def test_enrolling_and_leaving_at_once_leaves():
    rules = [Rule("both", on=event("say"), do=[Enrol("j"), Leave("j")])]
    eng = engine(journey(step("x", after("1h"))), rules=rules)
    outcome = fired(eng, ContactState(person()), START)
    assert [e.ended_by for e in outcome.state.enrolments] == ["rule"]
    assert outcome.state.wake_at is None


# ── Keywords, menus, groups, hours ───────────────────────────────────────────

ABOUT_PRICE = prop.text.contains_any(["多少钱", "价格"])
KINDS = [
    Rule(
        "keyword",
        on=event("say"),
        when=prop.text.contains_any(["口红", "粉底"]),
        do=[AddTag(TOPIC["makeup"])],
    ),
    Rule(
        "counted",
        on=event("say").where(ABOUT_PRICE),
        when=event("say").where(ABOUT_PRICE).within("7d").at_least(3),
        do=[AddTag(TOPIC["price"])],
    ),
    Rule(
        "menu",
        on=event("say"),
        when=prop.text == "1",
        do=[Reply(Message("prices", kind="service"), via=["sms"])],
    ),
    Rule(
        "joined",
        on=event("group_joined").where(prop.group == "g-1"),
        do=[SetAttribute("n", 1)],
    ),
    Rule(
        "evening",
        on=event("contact_added"),
        when=now.hour >= 18,
        do=[SetAttribute("n", 2)],
    ),
    Rule(
        "welcome",
        on=event("contact_added"),
        do=[Reply(Message("hello", kind="service"), via=["wecom.welcome", "sms"])],
    ),
]


def test_a_keyword_tags():
    eng = engine(rules=KINDS)
    said = told(eng, ContactState(person()), "有没有口红?", "hello").state
    assert said.contact.tags.at(START) == {TOPIC["makeup"]}


def test_a_keyword_that_is_said_three_times_in_a_week_tags():
    eng = engine(rules=KINDS)
    twice = told(eng, ContactState(person()), "价格?", "多少钱").state
    assert twice.contact.tags.at(START) == frozenset()
    late = told(eng, twice, "价格!", at=later("7d")).state
    assert late.contact.tags.at(later("7d")) == frozenset()
    thrice = told(eng, twice, "价格!", at=later("6d")).state
    assert thrice.contact.tags.at(later("6d")) == {TOPIC["price"]}


def test_a_menu_answers_its_number_alone():
    eng = engine(rules=KINDS)
    assert told(eng, ContactState(person()), "1").commands[0].touch.message == "prices"
    assert told(eng, ContactState(person()), "11").commands == ()


def test_a_group_and_an_hour_tag():
    eng = engine(rules=KINDS)
    state = ContactState(person())
    for group, number in (("g-1", 1), ("g-2", None)):
        joined = happens("group_joined", properties={"group": group})
        contact = eng.advance(state, joined, now=START).state.contact
        assert contact.attributes.get("n") == number
    for hours, number in (("0h", None), ("9h", 2)):
        added = happens("contact_added", later(hours), properties={"welcome_code": "w"})
        outcome = eng.advance(state, added, now=later(hours))
        assert outcome.state.contact.attributes.get("n") == number
        assert outcome.commands[0].touch.channel == "wecom.welcome"


@pytest.mark.parametrize("text", ["口红" * 200_000, "\ud800\x00\u202e口红", "口" * 9])
def test_hostile_texts_are_only_texts(text):
    eng = engine(rules=KINDS)
    tags = told(eng, ContactState(person()), text).state.contact.tags.at(START)
    assert bool(tags) == ("口红" in text)


# ── What a plan cannot mean ──────────────────────────────────────────────────


def emits(name: str, *args: object, **rest: object) -> dict[str, object]:
    return {"rules": [Rule("r", on=event("say"), do=[Emit(name, *args, **rest)])]}


WINDOW = ReplyWindow("w", 5, within="48h", opened_by=event("said"), channel="sms")
GRANTS = Grants("g", granted_by=event("granted"), channel="sms")


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [
        ({"rules": [count("r")]}, UnknownNameError, "$.rules[0].do[0].score"),
        (
            {
                "scores": [
                    INTIMACY,
                    ScoreDefinition("other", tiers=Tiers(TIER, up=[1, 2])),
                ]
            },
            DuplicateNameError,
            "'tier'",
        ),
        ({"scores": [N], "rules": [count("n")]}, DuplicateNameError, "'n'"),
        (emits("said") | {"quotas": [WINDOW]}, DefinitionError, "gate 'w'"),
        (emits("granted") | {"quotas": [GRANTS]}, DefinitionError, "gate 'g'"),
        (emits("x", {"welcome_code": "w"}), DefinitionError, "'wecom.welcome'"),
        (emits("x", keeping=["welcome_code"]), DefinitionError, "welcome_code"),
        (
            {
                "scores": [INTIMACY],
                "tag_rules": [TagRule("r", when=attr.n == 1, tag=TIER["fond"])],
            },
            DefinitionError,
            "and so does 'intimacy'",
        ),
    ],
)
def test_what_a_plan_cannot_mean_is_refused_where_it_is_written(parts, error, message):
    with pytest.raises(error) as raised:
        Plan(**parts)
    assert message in str(raised.value)
    assert raised.value.hint


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Emit("consent_given"), "only they can do it"),
        (lambda: Emit("contact_added"), "take a name of your own"),
        (lambda: Emit(""), "Emit.event"),
        (lambda: GiveTask(""), "GiveTask.task"),
        (lambda: count("r", limit="twice"), "'twice'"),
        (lambda: count("r", limit="once", once_per="1d"), "has limit= and once_per="),
        (lambda: count("r", once_per="soon"), "'soon'"),
    ],
)
def test_what_a_rule_cannot_mean_is_refused_where_it_is_written(make, message):
    with pytest.raises(DefinitionError) as raised:
        make()
    assert message in str(raised.value)


def test_an_event_that_comes_again_after_the_horizon_is_not_answered_again():
    """E1: its id is forgotten, and what it brought about has the same ids."""
    card = Reply(Message("card", kind="service"), via=["sms"])
    eng = engine(rules=[Rule("card", on=event("say"), do=[card])], remember="3d")
    first = eng.advance(ContactState(person()), happens("say", id="s-1"), now=START)
    assert len(first.commands) == 1
    again = happens("say", later("4d"), id="s-1")
    outcome = eng.advance(first.state, again, now=later("4d"))
    assert outcome.commands == ()
    assert lines(outcome, "skipped") == [("skipped", "card", "repeated")]
