"""Patterns mean what `re` means, and no text makes them slow (C4)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.conditions import attr, parse
from privflow.conditions.pattern import Pattern, pattern_of
from privflow.errors import ConditionError, ConditionTypeError

ATOMS = st.sampled_from([
    "a",
    "b",
    "上",
    ".",
    "[ab]",
    "[^a]",
    "[a-c1]",
    r"[\d_-]",
    r"\d",
    r"\W",
    r"\s",
    r"\.",
    r"\n",
])


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = inner.map(lambda part: f"({part})")
    return st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.builds("({}|{})".format, inner, inner),
        st.builds("(?:{})".format, inner),
        st.builds(
            "{}{}".format,
            group,
            st.sampled_from(["?", "*", "+", "{2}", "{1,}", "{0,2}"]),
        ),
    )


patterns = st.recursive(ATOMS, joined, max_leaves=6)
branches = st.builds(
    "{}{}{}".format, st.sampled_from(["", "^"]), patterns, st.sampled_from(["", "$"])
)
whole = st.lists(branches, min_size=1, max_size=2).map("|".join)
texts = st.text("aab1_-上 \n.c", max_size=8)


@given(whole, st.lists(texts, min_size=1, max_size=5))
@settings(max_examples=600)
def test_a_pattern_means_what_it_means_in_python(pattern, several):
    """`$` is the very end here, and not also the place before a last line break."""
    judge = re.compile(pattern.replace("$", r"\Z"))
    ours = Pattern(pattern)
    for text in several:
        assert ours.is_found_in(text) is (judge.search(text) is not None)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("(a+)+b", "a" * 50_000, False),
        ("(a|aa)*$", "a" * 50_000 + "b", True),
        ("^(a|a|b)*c", "ab" * 25_000, False),
        ("a*" * 40 + "b", "a" * 20_000, False),
        ("^(.*,){20}x$", "1," * 20_000, False),
        ("(a|b)*a" + "(a|b)" * 20, "ab" * 5_000 + "b" * 30, True),
        ("^([a-zA-Z0-9]+.?)+@", "a" * 50_000, False),
    ],
)
def test_hostile_patterns_end(pattern, text, found):
    """Not timed: with backtracking these would not end today."""
    assert Pattern(pattern).is_found_in(text) is found


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(", "a group that is not closed"),
        (")", "')' without its beginning at character 1"),
        ("a)", "')' without its beginning"),
        ("[a", "a class that is not closed"),
        ("[]", "an empty class"),
        ("[b-a]", "a range that ends before it begins"),
        (r"[a-\d]", "a range that ends before it begins"),
        ("[[:alpha:]]", "'[' in a class"),
        ("*a", "'*' where nothing can be repeated"),
        ("a**", "a repeat of a repeat"),
        ("a+?", "a repeat of a repeat"),
        ("a{2", "a repeat that is not {m}"),
        ("a{,2}", "a repeat that is not {m}"),
        ("a{x}", "a repeat that is not {m}"),
        ("a{3,2}", "a repeat outside 0 to 500"),
        ("a{501}", "a repeat outside 0 to 500"),
        ("a{99999999999}", "a repeat outside 0 to 500"),
        ("(a{100}){100}", "stands for more than 500 characters"),
        (r"(a)\1", r"'\1', which is not in the subset"),
        (r"\bword", r"'\b', which is not in the subset"),
        ("a\\", "which is not in the subset"),
        ("(?=a)", "a look-around, name or flag"),
        ("(?i)a", "a look-around, name or flag"),
        ("(?P<n>a)", "a look-around, name or flag"),
        ("(^a)", "'^' where nothing can be repeated or closed"),
        ("(a$)", "$ inside of it"),
        ("a$b", "'b' without its beginning"),
        ("(" * 30 + ")" * 30, "more than 20 groups in each other"),
        ("a" * 501, "has 501 characters, at most 500 are read"),
    ],
)
def test_what_is_not_in_the_subset_is_refused(pattern, problem):
    with pytest.raises(ConditionError) as caught:
        attr.x.matches(pattern)
    assert problem in caught.value.message
    assert len(str(caught.value)) < 800


def test_only_text_is_a_pattern():
    with pytest.raises(ConditionTypeError, match="expected a pattern"):
        attr.x.matches(5)


@given(st.text("ab(|)[]{}^$*+?.\\d,-1", max_size=12))
@settings(max_examples=400)
def test_any_text_is_a_pattern_or_an_error_of_ours(text):
    try:
        condition = attr.x.matches(text)
    except ConditionError as error:
        assert error.hint  # noqa: PT017 - either outcome is fine
    else:
        assert parse(repr(condition)).same_as(condition)
        re.compile(text)


def test_what_is_kept_between_texts_is_bounded():
    pattern = Pattern("^.*x$")
    for start in range(0, 0x4000, 0x400):
        text = "".join(map(chr, range(start, start + 0x400)))
        assert pattern.is_found_in(text + "x") is ("\n" not in text)
    assert pattern.steps_kept <= 10_000
    assert pattern_of("a") is pattern_of("a")
