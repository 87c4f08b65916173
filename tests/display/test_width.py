from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.display.width import columns, pad, wrap


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("abc", 3),
        ("上海", 4),
        ("ａ", 2),
        ("e\u0301", 1),
        ("a\u200db", 2),
        ("é", 1),
        ("👍", 2),
    ],
)
def test_wide_characters_take_two_columns_and_marks_none(text, expected):
    assert columns(text) == expected


def test_padding_counts_columns():
    assert pad("上", 4) == "上  "
    assert pad("上", 4, right=True) == "  上"
    assert pad("long", 2) == "long"


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("上海北京", 4, ["上海", "北京"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("a\n\nb", 9, ["a", "", "b"]),
        ("event('reply').exists()", 16, ["event('reply').", "exists()"]),
    ],
)
def test_lines_break_at_spaces_dots_and_wide_characters(text, width, expected):
    assert wrap(text, width) == expected


@given(st.text(st.sampled_from("ab .,上海\n")), st.integers(2, 12))
def test_no_line_is_too_wide_and_no_ink_is_lost(text, width):
    lines = wrap(text, width)
    assert all(columns(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")
