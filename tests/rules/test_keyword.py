"""Rules found by the words of an event: the same rules fire as if all were asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.conditions import Condition, Scope, attr, event, prop, tag
from privflow.engine import ContactState
from privflow.facts import Contact, Properties
from privflow.rules import Rule, Rulebook, SetAttribute
from privflow.rules.automaton import Automaton
from privflow.rules.keyword import Keyword, keywords_of
from strategies.story import START

NOBODY = ContactState(Contact("c-1"))


def keyword(text: str, how: str = "contains", name: str = "text") -> Keyword:
    return Keyword(name, how, text)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (prop.text.contains("a"), {keyword("a")}),
        (prop.text.contains_any(["a", "b"]), {keyword("a"), keyword("b")}),
        (prop.text.contains_all(["a", "bc"]), {keyword("bc")}),
        (prop.text == "a", {keyword("a", "equals")}),
        (prop.text.is_in(["a", "b"]), {keyword("a", "equals"), keyword("b", "equals")}),
        (prop.text.starts_with("a"), {keyword("a", "starts_with")}),
        (prop.text.ends_with("a"), {keyword("a", "ends_with")}),
        (prop.text.contains("a") & (attr.n > 1), {keyword("a")}),
        (prop.text.contains("a").surely(), {keyword("a")}),
        (
            prop.text.contains("a") | (prop.menu == "b"),
            {keyword("a"), keyword("b", "equals", "menu")},
        ),
        (
            prop.text.contains_any(["a", "b"]) & (prop.menu == "c"),
            {keyword("c", "equals", "menu")},
        ),
        (prop.text.contains("a") | (attr.n > 1), None),
        (~prop.text.contains("a"), None),
        (prop.text.fill("a").contains("a"), None),
        (prop.text.contains(""), None),
        (prop.text.contains_any(["a", ""]), None),
        (prop.text.contains_all([""]), None),
        (prop.text != "a", None),
        (prop.n == 1, None),
        (prop.text == ["a", "b"], None),
        (prop.text.is_in(["a", 1]), None),
        (prop.text.contains_all([1, 2]), None),
        (prop.text.length() == 1, None),
        (tag("g").has("a"), None),
        (event("e").where(prop.text == "a").exists(), None),
    ],
)
def test_the_words_that_a_condition_needs(condition, found):
    assert keywords_of(condition.node) == found


# ── One pass over a text ─────────────────────────────────────────────────────

short = st.text("abA", max_size=12)
words = st.lists(st.text("abA", min_size=1, max_size=4), unique=True, max_size=8)


@given(words, short)
def test_every_word_in_a_text_is_found_and_no_other(texts, text):
    found = Automaton(texts).found_in(text)
    assert found == {place for place, word in enumerate(texts) if word in text}


def test_a_megabyte_of_hostile_text_is_read_once():
    """Each letter is a step, whatever the words have in common with the text."""
    automaton = Automaton(["a" * size + "b" for size in range(1, 500)])
    assert automaton.found_in("a" * 1_000_000) == set()
    assert len(automaton.found_in("a" * 1_000 + "b")) == 499


# ── Rules ────────────────────────────────────────────────────────────────────

CLAUSES: tuple[Condition, ...] = (
    prop.text.contains("ab"),
    prop.text.contains("b"),
    prop.text.contains_any(["aa", "bb", "A"]),
    prop.text.contains_all(["a", "ba"]),
    prop.text == "ab",
    prop.text.is_in(["a", "bb"]),
    prop.text.starts_with("ab"),
    prop.text.ends_with("ba"),
    prop.menu == "ab",
    prop.menu.contains("a"),
    prop.n >= 1,
    prop.text.is_missing(),
    attr.n == 1,
)
clauses = st.sampled_from(CLAUSES)
conditions = st.recursive(
    clauses,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        inner.map(lambda a: ~a),
        inner.map(lambda a: a.surely()),
    ),
    max_leaves=4,
)
values = st.one_of(
    st.none(),
    st.text("abA", max_size=6),
    st.lists(st.text("abA", max_size=3), max_size=3),
    st.integers(0, 2),
)
fields = st.builds(
    lambda text, menu, n: Properties({"text": text, "menu": menu, "n": n}),
    values,
    values,
    values,
)


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    listed = []
    for place in range(draw(st.integers(0, 6))):
        on = event("say")
        if draw(st.booleans()):
            on = on.where(draw(st.sampled_from(CLAUSES[:-1])))
        when = draw(st.none() | conditions)
        do = [SetAttribute("x", 1)]
        priority = draw(st.integers(0, 1))
        listed.append(Rule(f"r{place}", on=on, when=when, do=do, priority=priority))
    return listed


def fits(rule: Rule, properties: Properties) -> bool:
    scope = Scope(event=properties)
    when = rule.when
    holds = when is None or when.holds(NOBODY, START, scope)
    return rule.on.matches(properties) and holds


@given(rules(), fields)
def test_looking_up_changes_nothing_but_the_work(listed, properties):
    """R1: the same rules, in the same order, as if every one were asked."""
    book = Rulebook(listed)
    candidates = list(book.candidates(properties))
    ordered = sorted(listed, key=lambda rule: -rule.priority)
    assert [r.name for r in candidates if fits(r, properties)] == [
        r.name for r in ordered if fits(r, properties)
    ]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (["lip", "x"], ["contains", "any"]),
        (["lipstick"], []),
        ("my lip", ["contains", "any", "ends"]),
        ("lips", ["contains", "any", "starts"]),
        ("lip", ["contains", "any", "equals", "starts", "ends"]),
        (7, []),
    ],
)
def test_a_list_has_words_as_a_whole_and_a_text_anywhere(said, found):
    conditions = {
        "contains": prop.text.contains("lip"),
        "any": prop.text.contains_any(["lip", "eye"]),
        "equals": prop.text == "lip",
        "starts": prop.text.starts_with("lip"),
        "ends": prop.text.ends_with("lip"),
    }
    book = Rulebook(
        Rule(name, on=event("say"), when=when, do=[SetAttribute("x", 1)])
        for name, when in conditions.items()
    )
    candidates = book.candidates(Properties({"text": said}))
    assert [rule.name for rule in candidates] == found


def test_ten_thousand_keywords_are_not_ten_thousand_questions():
    listed = [
        Rule(
            f"r{n}",
            on=event("say"),
            when=prop.text.contains(f"word {n}."),
            do=[SetAttribute("x", n)],
        )
        for n in range(10_000)
    ]
    book = Rulebook(listed)
    said = Properties({"text": "is it word 77. or word 4711.?"})
    assert [rule.name for rule in book.candidates(said)] == ["r77", "r4711"]
    assert list(book.candidates(Properties({}))) == []
