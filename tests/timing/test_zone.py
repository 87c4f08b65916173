from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from privflow.errors import UnknownZoneError
from privflow.timing import (
    Instant,
    from_local,
    instant,
    local_date,
    start_of_day,
    to_local,
    zone_name,
)
from privflow.timing import zone as zone_module

DATA = Path(__file__).parent.parent / "data" / "dst_transitions.json"
TRANSITIONS = json.loads(DATA.read_text(encoding="utf-8"))
SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
YEAR_1970 = datetime.fromisoformat("1970-01-01")
ZONES = st.sampled_from(sorted({row["zone"] for row in TRANSITIONS}))
PAST = st.integers(instant("1970-01-01T00:00Z").us, instant("2024-12-01T00:00Z").us)
ROWS = st.sampled_from(TRANSITIONS)


def naive(text):
    """Local text as microseconds, without the library under test."""
    return (datetime.fromisoformat(text) - YEAR_1970) // timedelta(microseconds=1)


def each(kind):
    rows = [row for row in TRANSITIONS if row["kind"] == kind]
    return pytest.mark.parametrize(
        "row", rows, ids=[f"{row['zone']} {row['utc'][:10]}" for row in rows]
    )


def test_the_data_hold_gaps_and_folds_of_many_zones_and_the_missing_day():
    assert len({row["zone"] for row in TRANSITIONS}) == 25
    assert {row["kind"] for row in TRANSITIONS} == {"gap", "fold"}
    assert any(row["after"] - row["before"] == 86_400 for row in TRANSITIONS)


@each("gap")
def test_a_local_time_in_a_gap_moves_forward_by_the_gap(row):
    """T6."""
    tz, start, end = row["zone"], naive(row["local_from"]), naive(row["local_to"])
    gap = end - start
    change = instant(row["utc"]).us
    assert gap == (row["after"] - row["before"]) * SECOND
    for inside in (0, 1, gap // 2, gap - 1):
        moved = from_local(tz, start + inside)
        assert moved == change + inside
        assert to_local(tz, moved) == start + inside + gap
    assert from_local(tz, start - 1) == change - 1
    assert from_local(tz, end) == change


@each("fold")
def test_of_a_local_time_in_a_fold_the_first_counts(row):
    """T6."""
    tz, start, end = row["zone"], naive(row["local_from"]), naive(row["local_to"])
    fold = end - start
    change = instant(row["utc"]).us
    assert fold == (row["before"] - row["after"]) * SECOND
    for inside in (0, 1, fold // 2, fold - 1):
        first = from_local(tz, start + inside)
        assert first == change - fold + inside
        assert to_local(tz, first) == to_local(tz, first + fold) == start + inside
    assert from_local(tz, end) == change + fold


@pytest.mark.parametrize(
    "row", TRANSITIONS, ids=[f"{row['zone']} {row['utc']}" for row in TRANSITIONS]
)
def test_the_offset_changes_at_the_very_microsecond(row):
    tz, change = row["zone"], instant(row["utc"]).us
    assert to_local(tz, change - 1) == change - 1 + row["before"] * SECOND
    assert to_local(tz, change) == change + row["after"] * SECOND
    assert zone_module.next_transition(tz, change - 1, change) == change
    assert zone_module.next_transition(tz, change - DAY, change + DAY) == change
    assert zone_module.next_transition(tz, change - DAY, change - 1) is None
    assert zone_module.next_transition(tz, change, change + DAY) is None


def test_a_day_that_does_not_exist_starts_with_the_next():
    """T6: Apia went from Dec 29 to Dec 31."""
    tz = "Pacific/Apia"
    start = start_of_day(tz, date(2011, 12, 30))
    assert start == start_of_day(tz, date(2011, 12, 31))
    assert start == instant("2011-12-30T10:00Z").us
    assert local_date(tz, start - 1) == date(2011, 12, 29)
    assert local_date(tz, start) == date(2011, 12, 31)


def test_a_day_without_midnight_starts_when_the_gap_is_over():
    """T6."""
    start = start_of_day("America/Sao_Paulo", date(2018, 11, 4))
    assert Instant(start).isoformat("America/Sao_Paulo") == "2018-11-04T01:00:00-02:00"


@pytest.mark.parametrize("name", ["UTC", "Asia/Shanghai", "Etc/GMT+8", "Asia/Urumqi"])
def test_the_name_of_a_known_zone_is_returned(name):
    assert zone_name(name) == name


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "Asia",
        "asia/shanghai",
        "Asia/Peking",
        "+08:00",
        "UTC+8",
        "../UTC",
        "/etc/passwd",
        "Asia/Shanghai\0",
        "localtime",
        "Factory",
        "posixrules",
        "right/Asia/Shanghai",
        "posix/UTC",
        "中国",
        "x" * 5000,
        None,
        8,
        [],
        ZoneInfo("UTC"),
    ],
)
def test_an_unknown_zone_is_refused_with_a_hint(wrong):
    """T8."""
    with pytest.raises(UnknownZoneError) as caught:
        zone_name(wrong)
    assert "Asia/Shanghai" in caught.value.hint


def test_a_listed_zone_that_cannot_be_read_is_unknown(monkeypatch):
    monkeypatch.setattr(zone_module, "_known_names", lambda: {"Moon/Tycho"})
    with pytest.raises(UnknownZoneError, match="Moon/Tycho"):
        zone_name("Moon/Tycho")


@pytest.mark.parametrize("tz", ["Pacific/Kiritimati", "America/New_York"])
def test_offsets_are_known_up_to_the_ends_of_time(tz):
    for year in (1, 9999):
        us = instant(f"{year:04}-06-15T12:00Z").us
        assert from_local(tz, to_local(tz, us)) == us
    assert to_local(tz, -(10**18)) > -(10**18) - DAY
    assert from_local(tz, 10**18) < 10**18 + DAY


def test_at_the_ends_of_time_the_date_is_the_first_or_the_last():
    """C3: hosts write these instants for "never", and a batch goes on."""
    first, last = instant("0001-01-01T00:00Z"), instant("9999-12-31T23:59Z")
    assert local_date("America/New_York", first.us) == date.min
    assert local_date("Asia/Shanghai", last.us) == date.max
    assert local_date("UTC", last.us) == date.max


@given(ZONES, PAST)
def test_local_time_agrees_with_the_standard_library(tz, us):
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
    local = moment.astimezone(ZoneInfo(tz)).replace(tzinfo=None)
    assert to_local(tz, us) == (local - YEAR_1970) // timedelta(microseconds=1)
    assert local_date(tz, us) == local.date()


@given(ZONES, PAST)
@example("Europe/Berlin", instant("2026-10-25T00:30Z").us)
@example("Europe/Berlin", instant("2026-10-25T01:30Z").us)
def test_from_local_gives_the_first_instant_of_a_local_time(tz, us):
    back = from_local(tz, to_local(tz, us))
    assert back <= us
    assert to_local(tz, back) == to_local(tz, us)


@given(ROWS, st.integers(-2 * DAY, 2 * DAY))
def test_from_local_undoes_to_local_near_a_change_outside_folds(row, distance):
    us = instant(row["utc"]).us + distance
    fold = max(row["before"] - row["after"], 0) * SECOND
    assume(not 0 <= distance < fold)
    assert from_local(row["zone"], to_local(row["zone"], us)) == us


@given(ZONES, st.dates(date(1970, 1, 2), date(2024, 12, 1)))
@example("Pacific/Apia", date(2011, 12, 30))
def test_a_day_starts_before_the_next_or_was_left_out(tz, day):
    """T6."""
    start, following = (start_of_day(tz, day + timedelta(days=n)) for n in (0, 1))
    assert start <= following
    is_left_out = local_date(tz, start) != day
    assert is_left_out == (start == following)
