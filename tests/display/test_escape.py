from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.display import escape
from privflow.display.escape import (
    clean,
    escape_markdown,
    escape_mermaid,
    fenced,
    one_line,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain 上海", "plain 上海"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\tb", "a b"),
        ("\x00\x1b\x7f\x9f", "\ufffd" * 4),
        ("\u202e\u2066\u200e\u061c", "\ufffd" * 4),
        ("\ud83d", "\ufffd"),
        ("\ufffe\U0010ffff", "\ufffd" * 2),
        ("👩\u200d👧", "👩\u200d👧"),
    ],
)
def test_clean_keeps_text_and_replaces_what_disturbs(text, expected):
    assert clean(text) == expected


@given(st.text(st.characters()))
def test_clean_is_idempotent_and_always_utf_8(text):
    once = clean(text)
    assert clean(once) == once
    once.encode()


def test_one_line_has_no_line_break():
    assert one_line("a\nb\r\nc") == "a b c"


def test_escape_covers_both_quotes():
    assert escape("<a b='c' d=\"e\">&\x00") == (
        "&lt;a b=&#x27;c&#x27; d=&quot;e&quot;&gt;&amp;\ufffd"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fan_tier", "fan_tier"),
        ("_em_", r"\_em\_"),
        ("- item", r"\- item"),
        ("+ item", r"\+ item"),
        ("1. item", r"1\. item"),
        ("12) item", r"12\) item"),
        ("3.5", r"3\.5"),
        ("# h", r"\# h"),
        ("a|b\\|c", r"a\|b\\\|c"),
        ("two\nlines", "two lines"),
        ("<b>&amp;", r"\<b\>\&amp;"),
    ],
)
def test_markdown_shows_the_text_as_it_is(text, expected):
    assert escape_markdown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f(x) >= [1]", "f(x) #62;= [1]"),
        ('"x"', "#quot;x#quot;"),
        ("#quot;", "#35;quot;"),
        ("a\nb", "a<br/>b"),
        ("1. one", "1#46; one"),
        ("- one", "#45; one"),
        ("%%{init}%%", "#37;#37;{init}#37;#37;"),
        ("hairstyle", "hair#115;tyle"),
        ("classDef x", "#99;lassDef x"),
    ],
)
def test_mermaid_labels_hold_entities(text, expected):
    assert escape_mermaid(text) == expected


def test_a_fence_is_longer_than_those_inside():
    assert fenced("a ```` b", "x") == "`````x\na ```` b\n`````"
