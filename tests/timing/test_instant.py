from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pandas as pd
import pendulum
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from privflow.errors import (
    DefinitionError,
    NaiveTimeError,
    TimeFormatError,
    UnknownZoneError,
)
from privflow.timing import Instant, Span, instant, span

FIRST = instant("0001-01-01T00:00:00Z")
LAST = instant("9999-12-31T23:59:59.999999Z")
NAIVE = datetime.fromisoformat("2026-10-20T09:30")
INSTANTS = st.integers(FIRST.us, LAST.us).map(Instant)
ZONES = st.sampled_from([
    "UTC",
    "Asia/Shanghai",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Monrovia",
    "Australia/Lord_Howe",
])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-10-20T09:30+08:00", "2026-10-20T01:30:00Z"),
        ("2026-10-20 09:30+0800", "2026-10-20T01:30:00Z"),
        ("2026-10-20T09:30:15+08", "2026-10-20T01:30:15Z"),
        ("2026-10-20T01:30:00Z", "2026-10-20T01:30:00Z"),
        ("2026-10-20T01:30:00.5Z", "2026-10-20T01:30:00.500000Z"),
        ("2026-10-20T01:30:00.000001-00:00", "2026-10-20T01:30:00.000001Z"),
        ("2026-10-19T21:30-04:00", "2026-10-20T01:30:00Z"),
        ("1900-01-01T08:05:43+08:05:43", "1900-01-01T00:00:00Z"),
        ("2024-02-29T00:00Z", "2024-02-29T00:00:00Z"),
        ("0001-01-01T00:00Z", "0001-01-01T00:00:00Z"),
    ],
)
def test_a_text_with_an_offset_is_one_instant(text, shown):
    """T1."""
    assert str(instant(text)) == shown


@pytest.mark.parametrize("naive", ["2026-10-20T09:30", "2026-10-20 09:30:00.25", NAIVE])
def test_a_naive_time_is_refused_with_a_hint(naive):
    """T1."""
    with pytest.raises(NaiveTimeError) as caught:
        instant(naive)
    assert "tz='Asia/Shanghai'" in caught.value.hint
    assert repr(naive) in caught.value.message


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "now",
        "12:00",
        "2026-10-20",
        "20261020T0930Z",
        "2026-10-20T09:30+08:00 ",
        "2026-10-20T09:30+08:00\n",
        "2026-10-20T09:30z",
        "2026-10-20t09:30Z",
        "2026-10-20T9:30Z",
        "2026-10-20T09:30:00.1234567Z",
        "2026-10-20T09:30:00.Z",
        "2026-10-20T09:30:00,5Z",
        "2026-02-29T00:00Z",
        "2026-13-01T00:00Z",
        "2026-10-20T24:00Z",
        "2026-10-20T09:60Z",
        "2016-12-31T23:59:60Z",
        "2026-10-20T09:30+24:00",
        "2026-10-20T09:30+08:60",
        "0000-12-31T23:59Z",
        "0001-01-01T00:00+00:01",
        "9999-12-31T23:59-00:01",
        "10000-01-01T00:00Z",
        "٢٠٢٦-10-20T09:30+08:00",
        "\uff12\uff10\uff12\uff16-10-20T09:30+08:00",
        None,
        0,
        1.5,
        True,
        date(2026, 10, 20),
        b"2026-10-20T09:30Z",
    ],
)
def test_what_is_no_time_is_refused(bad):
    with pytest.raises(TimeFormatError, match=r"2026-10-20T0[09]:[03]0") as caught:
        instant(bad)
    assert repr(bad) in caught.value.message


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("2026-10-20", "'2026-10-20T00:00+08:00'; a day alone is no instant"),
        (date(2026, 10, 20), "'2026-10-20T00:00+08:00'; a day alone is no instant"),
        (1_792_459_800, "make Instant(seconds * 1_000_000)"),
        (1_792_459_800.5, "make Instant(seconds * 1_000_000)"),
        (True, "in years 1 to 9999"),
        (pd.NaT, "in years 1 to 9999"),
    ],
)
def test_a_day_and_seconds_get_a_hint_of_their_own(given, hint):
    with pytest.raises(TimeFormatError) as caught:
        instant(given, tz="Asia/Shanghai")
    assert caught.value.hint.endswith(hint)


def test_a_naive_datetime_is_told_of_zones_and_of_days():
    with pytest.raises(NaiveTimeError, match=r"\.date\(\)"):
        instant(datetime(2026, 10, 20, 9, 30))  # noqa: DTZ001 - naive on purpose


@pytest.mark.parametrize(
    ("text", "tz", "shown"),
    [
        ("2026-10-20T09:30", "Asia/Shanghai", "2026-10-20T01:30:00Z"),
        ("2024-03-10T02:30", "America/New_York", "2024-03-10T07:30:00Z"),
        ("2024-11-03T01:30", "America/New_York", "2024-11-03T05:30:00Z"),
        ("2011-12-30T09:00", "Pacific/Apia", "2011-12-30T19:00:00Z"),
        ("2026-10-20T09:30+00:00", "Asia/Shanghai", "2026-10-20T09:30:00Z"),
    ],
    ids=["plain", "gap", "fold", "missing day", "an offset wins"],
)
def test_a_naive_text_is_read_in_the_given_zone(text, tz, shown):
    """T6."""
    assert str(instant(text, tz=tz)) == shown


def test_a_naive_datetime_is_read_in_the_given_zone():
    assert instant(NAIVE, tz="Asia/Shanghai") == instant("2026-10-20T01:30Z")


@pytest.mark.parametrize("value", ["2026-10-20T09:30", "2026-10-20T09:30Z"])
def test_a_wrong_zone_is_refused_even_where_it_is_not_needed(value):
    """T8."""
    with pytest.raises(UnknownZoneError):
        instant(value, tz="Asia/Peking")


@pytest.mark.parametrize(
    "aware",
    [
        datetime(2026, 10, 20, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 20, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai")),
        datetime(2026, 10, 19, 21, 30, tzinfo=timezone(timedelta(hours=-4))),
        pendulum.datetime(2026, 10, 20, 9, 30, tz="Asia/Shanghai"),
    ],
)
def test_an_aware_datetime_is_one_instant(aware):
    assert instant(aware) == instant("2026-10-20T01:30Z")


def test_a_datetime_keeps_its_fold_and_microseconds():
    zone = ZoneInfo("America/New_York")
    later = datetime(2024, 11, 3, 1, 30, 0, 7, tzinfo=zone, fold=1)
    assert str(instant(later)) == "2024-11-03T06:30:00.000007Z"


def test_an_instant_passes_through():
    assert instant(FIRST) is FIRST


def test_the_repr_is_source_and_the_str_is_iso():
    at = instant("2026-10-20T09:30+08:00")
    assert repr(at) == "instant('2026-10-20T01:30:00Z')"
    assert str(at) == at.isoformat() == "2026-10-20T01:30:00Z"


@pytest.mark.parametrize(
    ("text", "tz", "shown"),
    [
        ("2026-10-20T01:30Z", "Asia/Shanghai", "2026-10-20T09:30:00+08:00"),
        ("2026-10-20T01:30Z", "America/New_York", "2026-10-19T21:30:00-04:00"),
        ("2026-10-20T01:30Z", "Asia/Kathmandu", "2026-10-20T07:15:00+05:45"),
        ("2026-10-20T01:30:00.000001Z", "Etc/UTC", "2026-10-20T01:30:00.000001+00:00"),
        ("1900-01-01T00:00Z", "Asia/Shanghai", "1900-01-01T08:05:43+08:05:43"),
        ("1960-01-01T00:44:30Z", "Africa/Monrovia", "1960-01-01T00:00:00-00:44:30"),
    ],
)
def test_the_iso_text_shows_the_wall_clock_of_a_zone(text, tz, shown):
    assert instant(text).isoformat(tz) == shown


def test_a_wall_clock_out_of_the_years_is_refused():
    with pytest.raises(DefinitionError, match="outside years 1 to 9999"):
        FIRST.isoformat("America/New_York")
    with pytest.raises(DefinitionError, match="outside years 1 to 9999"):
        LAST.isoformat("Asia/Shanghai")


@pytest.mark.parametrize("tz", ["Asia/Peking", "", "../UTC"])
def test_a_wrong_zone_is_refused_when_shown(tz):
    with pytest.raises(UnknownZoneError):
        FIRST.isoformat(tz)
    with pytest.raises(UnknownZoneError):
        FIRST.in_zone(tz)


def test_in_zone_is_a_pendulum_datetime_with_the_name_of_the_zone():
    at = instant("2026-10-20T01:30:00.000007Z").in_zone("Asia/Shanghai")
    assert at == pendulum.datetime(2026, 10, 20, 9, 30, 0, 7, tz="Asia/Shanghai")
    assert (at.timezone_name, at.microsecond) == ("Asia/Shanghai", 7)


@pytest.mark.parametrize("us", [FIRST.us - 1, LAST.us + 1, 1.0, "0", None, True])
def test_an_instant_is_whole_microseconds_in_the_years_1_to_9999(us):
    with pytest.raises(DefinitionError, match="whole microseconds in years 1 to 9999"):
        Instant(us)


def test_adding_and_subtracting_spans_moves_an_instant():
    at = Instant(1_000)
    assert at + Span(5) == Instant(1_005)
    assert at - Span(5) == Instant(995)
    assert Instant(1_005) - at == Span(5)
    assert at - at == Span(0)


def test_leaving_the_years_is_refused():
    with pytest.raises(DefinitionError):
        LAST + Span(1)
    with pytest.raises(DefinitionError):
        FIRST - Span(1)


def test_a_negative_distance_is_refused():
    with pytest.raises(DefinitionError, match="the earlier from the later"):
        Instant(0) - Instant(1)


@pytest.mark.parametrize("other", [1, 1.5, None, timedelta(1), "1d"])
def test_numbers_and_timedeltas_are_no_spans(other):
    with pytest.raises(TypeError):
        Instant(0) + other
    with pytest.raises(TypeError):
        Instant(0) - other


@pytest.mark.parametrize("other", [0, None, Span(0), "1970-01-01T00:00:00Z"])
def test_an_instant_is_compared_only_with_instants(other):
    at = Instant(0)
    assert at != other
    for compare in ("__lt__", "__le__", "__gt__", "__ge__", "__eq__"):
        assert getattr(at, compare)(other) is NotImplemented
    with pytest.raises(TypeError):
        assert at < other


def test_an_instant_never_changes():
    at = Instant(0)
    with pytest.raises(AttributeError, match="never changes: make a new Instant"):
        at.us = 1
    with pytest.raises(AttributeError, match="never changes"):
        del at.us
    with pytest.raises(AttributeError):
        at.other = 1
    assert at.us == 0


@given(INSTANTS, ZONES)
def test_format_and_parse_are_inverse(at, tz):
    assert instant(str(at)) == at
    assert eval(repr(at), {"instant": instant}) == at  # noqa: S307  repr is source
    try:
        shown = at.isoformat(tz)
    except DefinitionError:
        assert min(at.us - FIRST.us, LAST.us - at.us) < span("1d").us
    else:
        assert instant(shown) == at


@given(INSTANTS)
def test_copies_are_equal(at):
    assert pickle.loads(pickle.dumps(at)) == at
    assert copy.deepcopy(at) == copy.copy(at) == at
    assert hash(copy.copy(at)) == hash(at)


@given(INSTANTS, INSTANTS)
def test_instants_are_ordered_as_their_microseconds(a, b):
    assert (a < b, a <= b, a > b, a >= b, a == b) == (
        a.us < b.us,
        a.us <= b.us,
        a.us > b.us,
        a.us >= b.us,
        a.us == b.us,
    )


@given(INSTANTS, INSTANTS)
def test_a_distance_leads_from_one_instant_to_the_other(a, b):
    start, end = sorted([a, b])
    assert start + (end - start) == end
    assert end - (end - start) == start


@given(st.datetimes(timezones=st.timezones()))
@example(datetime.min.replace(tzinfo=timezone(timedelta(hours=14))))
@example(datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))))
def test_a_datetime_means_what_the_standard_library_says(moment):
    elapsed = moment - datetime(1970, 1, 1, tzinfo=UTC)
    us = elapsed // timedelta(microseconds=1)
    if FIRST.us <= us <= LAST.us:
        assert instant(moment).us == us
    else:
        with pytest.raises(TimeFormatError):
            instant(moment)
