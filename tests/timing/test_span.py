from __future__ import annotations

import pickle
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, TimeFormatError
from privflow.timing import Instant, Span, TimeOfDay, span

DAY = 86_400_000_000
SPANS = st.integers(0, 146_097 * DAY).map(Span)


@pytest.mark.parametrize(
    ("text", "us", "shown"),
    [
        ("30d", 30 * DAY, "30d"),
        ("1d", DAY, "1d"),
        ("24h", DAY, "1d"),
        ("2w", 14 * DAY, "14d"),
        ("36h", 36 * DAY // 24, "1d12h"),
        ("1h30m", 5_400_000_000, "1h30m"),
        ("90s", 90_000_000, "1m30s"),
        ("1500ms", 1_500_000, "1s500ms"),
        ("7us", 7, "7us"),
        ("0s", 0, "0s"),
        ("0d", 0, "0s"),
        ("1w1d1h1m1s1ms1us", 694_861_001_001, "8d1h1m1s1ms1us"),
        ("007d", 7 * DAY, "7d"),
        ("146097d", 146_097 * DAY, "146097d"),
    ],
)
def test_a_text_is_so_many_microseconds_and_has_one_canonical_form(text, us, shown):
    """T3: a day is 24 hours."""
    parsed = span(text)
    assert (parsed.us, str(parsed), repr(parsed)) == (us, shown, f"span('{shown}')")


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "30",
        "d",
        "30 d",
        " 30d",
        "30d\n",
        "30D",
        "-1d",
        "+1d",
        "1.5h",
        "1m1h",
        "1h1h",
        "1month",
        "1y",
        "P1D",
        "٣d",
        "146098d",
        "9" * 30 + "d",
        "9" * 5000 + "us",
        timedelta(days=-1),
        timedelta(microseconds=-1),
        timedelta(days=146_098),
        Span(146_097 * DAY + 1),
        30,
        1.5,
        None,
        True,
        b"30d",
    ],
)
def test_what_is_no_span_is_refused(bad):
    with pytest.raises(TimeFormatError, match="write it like '30d'"):
        span(bad)


@pytest.mark.parametrize("bad", ["1M", "1month", "3 months", "1y", "1 year", "3个月"])
def test_a_month_is_no_span_and_the_hint_says_why(bad):
    """T3."""
    with pytest.raises(TimeFormatError, match="has no one length"):
        span(bad)


@pytest.mark.parametrize("bad", ["30 days", "5 Minutes", "", "1 day"])
def test_other_text_gets_examples_alone(bad):
    with pytest.raises(TimeFormatError) as caught:
        span(bad)
    assert "length" not in caught.value.hint


def test_a_number_without_a_unit_is_asked_for_one():
    with pytest.raises(TimeFormatError, match="'7d' or '7h', with its unit"):
        span(7)


def test_a_timedelta_and_a_span_are_taken_as_they_are():
    month = span("30d")
    assert span(timedelta(days=30)) == month
    assert span(timedelta(microseconds=1)) == Span(1)
    assert span(month) is month


@pytest.mark.parametrize("us", [-1, 1.0, "1", None, True])
def test_a_span_is_whole_microseconds_of_0_or_more(us):
    with pytest.raises(DefinitionError, match="whole microseconds of 0 or more"):
        Span(us)


@pytest.mark.parametrize("other", [0, None, Instant(0), TimeOfDay(0), timedelta()])
def test_a_span_is_compared_only_with_spans(other):
    assert Span(0) != other
    with pytest.raises(TypeError):
        assert Span(0) <= other


def test_spans_are_ordered_hashable_and_never_change():
    assert min(span("1h"), span("1m"), span("1s")) == span("1s")
    assert {span("60s"): 1}[span("1m")] == 1
    with pytest.raises(AttributeError, match="make a new Span"):
        span("1s").us = 2


@given(SPANS)
def test_format_and_parse_are_inverse(length):
    assert span(str(length)) == length
    assert eval(repr(length), {"span": span}) == length  # noqa: S307  repr is source
    assert pickle.loads(pickle.dumps(length)) == length
    assert span(timedelta(microseconds=length.us)) == length
