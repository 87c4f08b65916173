from __future__ import annotations

import pickle
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, TimeFormatError
from privflow.timing import Span, TimeOfDay, time_of_day

SECOND = 1_000_000
TIMES = st.integers(0, 86_399).map(lambda second: TimeOfDay(second * SECOND))


@pytest.mark.parametrize(
    ("text", "seconds", "shown"),
    [
        ("00:00", 0, "00:00"),
        ("22:00", 79_200, "22:00"),
        ("22:00:00", 79_200, "22:00"),
        ("22:00:30", 79_230, "22:00:30"),
        ("23:59:59", 86_399, "23:59:59"),
    ],
)
def test_a_text_is_so_many_seconds_after_midnight(text, seconds, shown):
    at = time_of_day(text)
    assert (at.us, str(at)) == (seconds * SECOND, shown)
    assert repr(at) == f"time_of_day('{shown}')"


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "24:00",
        "22:60",
        "23:59:60",
        "9:00",
        "22",
        "2200",
        "22:00:00.5",
        "10pm",
        " 22:00",
        "22:00\n",
        "٢٢:٠٠",
        time(22),
        22,
        None,
    ],
)
def test_what_is_no_time_of_day_is_refused(bad):
    with pytest.raises(TimeFormatError, match="from '00:00' to '23:59:59'"):
        time_of_day(bad)


@pytest.mark.parametrize("us", [-SECOND, 86_400 * SECOND, 1, 1.0, None, False])
def test_a_time_of_day_is_whole_seconds_of_one_day(us):
    with pytest.raises(DefinitionError):
        TimeOfDay(us)


def test_a_time_of_day_is_compared_only_with_its_kind():
    assert time_of_day("08:00") < time_of_day("22:00")
    assert time_of_day("08:00") != Span(28_800 * SECOND)
    with pytest.raises(TypeError):
        assert time_of_day("08:00") < Span(1)


@given(TIMES)
def test_format_and_parse_are_inverse(at):
    assert time_of_day(str(at)) == at
    assert time_of_day(at) is at
    assert pickle.loads(pickle.dumps(at)) == at
