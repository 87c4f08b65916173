"""Rule tags: they come and go with their condition, by facts and by time (K3)."""

from __future__ import annotations

import pytest

from privflow.conditions import attr, event, in_journey, prop, tag
from privflow.engine import ContactState, Engine, Plan
from privflow.errors import ConditionTypeError, DefinitionError, UnknownNameError
from privflow.facts import Contact, TagGroup, restrict
from privflow.journeys import Stage, To
from privflow.rules import Rule, SetAttribute, TagRule
from privflow.timing import Instant, after
from strategies.story import START, begun, engine, happens, journey, later, person, step

LEVEL = TagGroup("level", ["silver", "gold"], exclusive=True)
MARK = TagGroup("mark", ["buyer", "inside", "both"])
HEALTH = TagGroup("health", ["allergic"], sensitive=True)
SPENT = event("buy").within("30d").sum("amount")
BUYER = TagRule("buyer", when=event("buy").within("30d").exists(), tag=MARK["buyer"])


def bought(eng: Engine, state: ContactState, at: Instant, amount: int = 1):
    buy = happens("buy", at, properties={"amount": amount})
    return eng.advance(state, buy, now=at)


def held(state: ContactState, at: Instant) -> set[str]:
    return {str(tag) for tag in state.contact.tags.at(at)}


def spells(state: ContactState) -> list[tuple[str, Instant, Instant | None]]:
    return [(f.tag.label, f.since, f.until) for f in state.contact.tags.history]


def test_a_tag_comes_with_its_condition_and_goes_at_the_very_instant():
    """K3."""
    eng = engine(tag_rules=[BUYER])
    outcome = bought(eng, ContactState(person()), START)
    assert held(outcome.state, START) == {"mark:buyer"}
    assert outcome.state.wake_at == later("30d")
    slept = eng.advance(outcome.state, now=later("50d"))
    assert spells(slept.state) == [("buyer", START, later("30d"))]
    assert [(e.what, e.source, e.at) for e in slept.journal] == [
        ("untagged", "rule:buyer", later("30d"))
    ]
    assert slept.state.wake_at is None


def test_a_tag_that_is_kept_is_kept_for_ever():
    """K3."""
    kept = TagRule("buyer", when=BUYER.when, tag=MARK["buyer"], after="kept")
    eng = engine(tag_rules=[kept])
    state = bought(eng, ContactState(person()), START).state
    assert state.wake_at is None
    state = eng.advance(state, now=later("50d")).state
    assert spells(state) == [("buyer", START, None)]


def test_a_rule_takes_away_only_what_a_rule_gave():
    """K3."""
    eng = engine(tag_rules=[BUYER])
    contact = person().tagged(MARK["buyer"], at=START)
    state = bought(eng, ContactState(contact), START).state
    assert held(eng.advance(state, now=later("50d")).state, later("50d")) == {
        "mark:buyer"
    }


def test_what_staff_take_away_stays_away_until_the_condition_holds_anew():
    """K3."""
    eng = engine(tag_rules=[BUYER])
    state = bought(eng, ContactState(person()), START).state
    state = state.knowing(state.contact.untagged(MARK["buyer"], at=later("1h")))
    state = bought(eng, state, later("2h")).state
    assert held(state, later("2h")) == set()
    state = bought(eng, state, later("60d")).state
    assert held(state, later("60d")) == {"mark:buyer"}


def test_profile_tags_that_were_deleted_do_not_come_back_by_themselves():
    """K3: Network Data Security Regulations article 42."""
    eng = engine(tag_rules=[BUYER])
    state = bought(eng, ContactState(person()), START).state
    state = state.knowing(state.contact.without_profile_tags())
    state = eng.advance(state, now=later("1h")).state
    assert spells(state) == []


def test_of_an_exclusive_group_the_first_rule_that_holds_decides():
    """K3: and the next one follows when it ends."""
    rules = [
        TagRule("gold", when=SPENT >= 500, tag=LEVEL["gold"]),
        TagRule("silver", when=SPENT >= 100, tag=LEVEL["silver"]),
    ]
    eng = engine(tag_rules=rules)
    state = bought(eng, ContactState(person()), START, 400).state
    assert held(state, START) == {"level:silver"}
    state = bought(eng, state, later("10d"), 200).state
    assert held(state, later("10d")) == {"level:gold"}
    state = eng.advance(state, now=later("99d")).state
    assert spells(state) == [
        ("silver", START, later("10d")),
        ("gold", later("10d"), later("30d")),
        ("silver", later("30d"), later("40d")),
    ]


def test_two_rules_may_give_one_tag_and_it_goes_with_the_last():
    rules = [BUYER, TagRule("rich", when=attr.n >= 1, tag=MARK["buyer"])]
    eng = engine(tag_rules=rules)
    state = bought(eng, ContactState(person(attributes={"n": 1})), START).state
    state = eng.advance(state, now=later("40d")).state
    assert spells(state) == [("buyer", START, None)]
    state = state.knowing(state.contact.with_attributes({"n": 0}))
    state = eng.advance(state, now=later("41d")).state
    assert spells(state) == [("buyer", START, later("41d"))]


@pytest.mark.parametrize("turned", [False, True])
def test_tags_that_follow_from_tags_follow_at_once(turned):
    both = TagRule("both", when=tag(MARK).has("buyer"), tag=LEVEL["gold"])
    rules = [both, BUYER] if turned else [BUYER, both]
    eng = engine(tag_rules=rules)
    state = bought(eng, ContactState(person()), START).state
    assert held(state, START) == {"mark:buyer", "level:gold"}
    state = eng.advance(state, now=later("30d")).state
    assert held(state, later("30d")) == set()
    assert all(since < until for _, since, until in spells(state))


def test_a_tag_may_follow_a_journey():
    inside = TagRule("inside", when=in_journey("j"), tag=MARK["inside"])
    stages = [Stage("one", steps=[step("x", after("1h"))])]
    eng = engine(journey(stages=stages), tag_rules=[inside])
    state = begun(eng)
    assert held(state, START) == {"mark:inside"}
    outcome = eng.advance(state, now=later("1h"))
    assert outcome.state.enrolments[0].ended_by == "completed"
    assert spells(outcome.state) == [("inside", START, later("1h"))]


def test_a_journey_sees_the_tag_in_the_same_look():
    way = To("two", when=tag(MARK).has("buyer"))
    stages = [
        Stage("one", steps=[], then=[way]),
        Stage("two", steps=[step("x", after("1h"))]),
    ]
    eng = engine(journey(stages=stages), tag_rules=[BUYER])
    state = begun(eng)
    assert bought(eng, state, later("1h")).state.enrolments[0].stage == "two"


def test_rules_of_an_event_change_what_tags_follow_from():
    rule = Rule("r", on=event("say"), do=[SetAttribute("n", 1)])
    mark = TagRule("rich", when=attr.n == 1, tag=MARK["buyer"])
    eng = engine(rules=[rule], tag_rules=[mark])
    state = eng.advance(ContactState(person()), happens("say"), now=START).state
    assert held(state, START) == {"mark:buyer"}


def test_a_sensitive_tag_waits_for_consent_and_goes_with_it():
    """K4: PIPL article 29."""
    rule = TagRule("ill", when=attr.n == 1, tag=HEALTH["allergic"])
    eng = engine(tag_rules=[rule])
    state = eng.advance(ContactState(person(attributes={"n": 1})), now=START).state
    assert spells(state) == []
    purpose = "sensitive:health"
    agreed = happens(
        "consent_given",
        later("1h"),
        properties={"channel": "*", "purpose": purpose, "evidence": "form"},
    )
    state = eng.advance(state, agreed, now=later("1h")).state
    state = eng.advance(state, now=later("2h")).state
    assert held(state, later("2h")) == {"health:allergic"}
    refused = state.contact.refusing("*", purpose=purpose, at=later("3h"))
    state = eng.advance(state.knowing(refused), now=later("3h")).state
    assert (spells(state), state.rule_memory.holding) == ([], ())


def test_nothing_is_judged_of_who_restricted_processing():
    """K4."""
    eng = engine(tag_rules=[BUYER])
    contact = restrict(person(), at=START)
    state = bought(eng, ContactState(contact), later("1h")).state
    assert eng.advance(state, now=later("2h")).state.contact.tags.history == ()


def test_an_event_that_no_rule_tag_reads_is_only_filed():
    eng = engine(tag_rules=[BUYER])
    state = eng.advance(ContactState(person()), now=START).state
    outcome = eng.advance(state, happens("walk"), now=START)
    assert [e.what for e in outcome.journal] == ["received"]


# ── What cannot be written ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: TagRule("r", when=True, tag=MARK["buyer"]),
            ConditionTypeError,
            "condition of tag rule 'r'",
        ),
        (
            lambda: TagRule("r", when=attr.n == 1, tag="buyer"),
            DefinitionError,
            "tag of tag rule 'r'",
        ),
        (
            lambda: TagRule("r", when=attr.n == 1, tag=MARK["buyer"], after="gone"),
            UnknownNameError,
            "'gone'",
        ),
        (
            lambda: TagRule("r", when=prop.n == 1, tag=MARK["buyer"]),
            DefinitionError,
            "asks about an event at hand",
        ),
        (
            lambda: TagRule("", when=attr.n == 1, tag=MARK["buyer"]),
            DefinitionError,
            "TagRule.name",
        ),
        (
            lambda: Plan(
                tag_rules=[
                    TagRule("a", when=tag(MARK).has("buyer"), tag=LEVEL["gold"]),
                    TagRule("b", when=~tag(LEVEL).has("gold"), tag=MARK["both"]),
                ]
            ),
            DefinitionError,
            "'level' asks about 'mark' asks about 'level'",
        ),
        (
            lambda: Plan(
                tag_rules=[
                    TagRule("a", when=~tag(MARK).has("buyer"), tag=MARK["buyer"])
                ]
            ),
            DefinitionError,
            "'mark' asks about 'mark'",
        ),
    ],
)
def test_what_a_rule_tag_cannot_mean_is_refused_where_it_is_written(
    make, error, message
):
    with pytest.raises(error) as raised:
        make()
    assert message in str(raised.value)
    assert raised.value.hint


def test_a_contact_without_rules_costs_no_look():
    assert Engine(Plan()).advance(ContactState(Contact("c")), now=START).journal == ()
