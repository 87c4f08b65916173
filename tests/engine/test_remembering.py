"""What rules remember of two people who are one, and of one who is two again (K1)."""

from __future__ import annotations

from attrs import evolve

from privflow.conditions import event
from privflow.engine import ContactState, Engine, export
from privflow.facts import Contact, TagGroup
from privflow.rules import (
    AddTag,
    Rule,
    RuleMemory,
    Score,
    ScoreDefinition,
    TagRule,
    Tiers,
)
from strategies.story import START, engine, happens, later, person

TIER = TagGroup("tier", ["passerby", "fond", "devoted"], exclusive=True, ordered=True)
MARK = TagGroup("mark", ["buyer"])
INTIMACY = ScoreDefinition(
    "intimacy", half_life="30d", tiers=Tiers(TIER, up=[10, 20], down=[5, 15])
)

RULES = [
    Rule("talks", on=event("say"), do=[Score("intimacy", 12)]),
    Rule("visits", on=event("visit"), do=[Score("visits.all", 1)]),
    Rule("once", on=event("say"), limit="once", do=[AddTag(MARK["buyer"])]),
]
ENGINE = engine(
    rules=RULES,
    scores=[INTIMACY, ScoreDefinition("visits.all")],
    tag_rules=[TagRule("buyer", when=event("buy").exists(), tag=MARK["buyer"])],
)


def lived(name: str, *told: tuple[str, str], until: str = "0s") -> ContactState:
    contact = evolve(person(), id=name)
    state = ENGINE.advance(ContactState(contact), now=START).state
    for what, when in told:
        at = later(when)
        fact = evolve(happens(what, at, id=f"{name}-{what}-{when}"), contact_id=name)
        state = ENGINE.advance(state, fact, now=at).state
    return ENGINE.advance(state, now=later(until)).state


def points(state: ContactState, when: str) -> object:
    return INTIMACY.value(state.rule_memory, now=later(when))


def test_points_add_up_as_they_are_left_and_firings_count_together():
    """K1: ledgers add up, never the larger one."""
    older = lived("c-1", ("say", "0s"), ("visit", "0s"), until="30d")
    newer = lived("c-2", ("say", "30d"), ("buy", "30d"), until="30d")
    made = ENGINE.merge(older, newer, now=later("30d"))
    assert points(made.result, "30d") == 18
    assert [name for name, _ in made.result.rule_memory.fired] == ["once", "once"]
    assert made.result.rule_memory.holding == ("buyer",)
    state = ENGINE.advance(made.result, now=later("30d")).state
    assert TIER["fond"] in state.contact.tags.at(later("30d"))


def test_the_sum_may_earn_another_tier():
    both = [lived(name, ("say", "0s")) for name in ("c-1", "c-2")]
    made = ENGINE.merge(*both, now=START)
    assert made.result.rule_memory.score("intimacy").tier == "fond"
    state = ENGINE.advance(made.result, now=START).state
    assert TIER["devoted"] in state.contact.tags.at(START)


def test_undone_at_once_both_have_their_own_again():
    """K1."""
    older = lived("c-1", ("say", "0s"), ("visit", "0s"), ("buy", "1d"), until="9d")
    newer = lived("c-2", ("say", "0s"), ("visit", "4d"), ("buy", "4d"), until="9d")
    made = ENGINE.merge(older, newer, now=later("9d"))
    mine, theirs = ENGINE.unmerge(made.result, made, now=later("9d"))
    assert mine.rule_memory == older.rule_memory
    assert theirs.rule_memory == newer.rule_memory


def test_undone_later_the_survivor_keeps_what_came_since():
    """K1."""
    older = lived("c-1", ("say", "0s"))
    newer = lived("c-2", ("say", "0s"), ("visit", "0s"))
    made = ENGINE.merge(older, newer, now=START)
    said = happens("say", later("30d"), id="since")
    state = ENGINE.advance(made.result, said, now=later("30d")).state
    assert points(state, "30d") == 24
    mine, theirs = ENGINE.unmerge(state, made, now=later("30d"))
    assert points(mine, "30d") == 18
    assert points(theirs, "30d") == 6
    assert mine.rule_memory.score("visits.all") is None


def test_a_score_that_the_plan_no_longer_has_adds_up_without_fading():
    plain = Engine(evolve(ENGINE.plan, rules=(), scores=(), tag_rules=()))
    older, newer = lived("c-1", ("say", "0s")), lived("c-2", ("say", "9d"), until="9d")
    made = plain.merge(older, newer, now=later("9d"))
    assert points(made.result, "9d") == 24
    assert made.result.rule_memory.score("intimacy").tier == "fond"


def test_scores_are_derived_data_of_a_person():
    """K4: a copy of one's data."""
    copy = export(lived("c-1", ("say", "0s")))
    assert copy["derived"]["scores"] == [
        {
            "score": "intimacy",
            "points": "12",
            "at": START.isoformat(),
            "tier": "fond",
        }
    ]
    assert export(Contact("c-1"))["derived"] == {"attributes": {}, "tags": []}


def test_an_empty_memory_is_one_value():
    assert RuleMemory() == ContactState(Contact("c")).rule_memory
