"""Scores and tiers as values: adding, fading, thresholds, what cannot be written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError
from privflow.facts import TagGroup
from privflow.rules import Points, RuleMemory, Score, ScoreDefinition, Tiers
from privflow.rules.fading import NANOS
from privflow.rules.memory import in_points
from privflow.timing import Instant, span
from strategies.story import START, later

TIER = TagGroup("tier", ["passerby", "fond", "devoted"], exclusive=True, ordered=True)
TIERS = Tiers(TIER, up=[50, 200], down=[30, 150])
INTIMACY = ScoreDefinition("intimacy", half_life="30d", tiers=TIERS)


def scored(definition: ScoreDefinition, *given: tuple[int, Instant]) -> RuleMemory:
    memory = RuleMemory()
    for points, at in given:
        before = memory.score(definition.name)
        memory = memory.scoring(definition.added(before, points, since=at, now=at))
    return memory


@pytest.mark.parametrize(
    ("score", "before", "tier"),
    [
        (0, "", "passerby"),
        (-5, "devoted", "passerby"),
        (49, "passerby", "passerby"),
        (50, "passerby", "fond"),
        (30, "fond", "fond"),
        (29, "fond", "passerby"),
        (200, "passerby", "devoted"),
        (150, "devoted", "devoted"),
        (149, "devoted", "fond"),
        (29, "devoted", "passerby"),
        (150, "gone from the group", "fond"),
    ],
)
def test_a_tier_is_gained_above_one_threshold_and_lost_below_another(
    score, before, tier
):
    """R2."""
    assert TIERS.tier(score * NANOS, before) == tier


def test_without_a_second_threshold_one_serves_for_both():
    assert Tiers(TIER, up=[5, 9]).down == (5, 9)


@given(st.integers(-10, 300), st.sampled_from(["", *TIER.labels]))
def test_a_tier_once_found_stays(score, before):
    found = TIERS.tier(score * NANOS, before)
    assert TIERS.tier(score * NANOS, found) == found


def test_points_fade_and_add_up_exactly():
    """R2."""
    memory = scored(INTIMACY, (40, START), (10, later("30d")))
    assert INTIMACY.value(memory, now=START) == 30
    assert INTIMACY.value(memory, now=later("30d")) == 30
    assert INTIMACY.value(memory, now=later("60d")) == 15
    assert INTIMACY.value(memory, now=later("45d")) == Decimal("21.213203435")
    assert INTIMACY.value(RuleMemory(), now=START) == 0


def test_points_last_for_ever_without_a_half_life():
    visits = ScoreDefinition("visits")
    memory = scored(visits, (2, START), (-3, later("9d")))
    assert visits.value(memory, now=later("999d")) == -1


@given(
    st.lists(
        st.tuples(st.integers(-50, 50), st.integers(0, span("90d").us)),
        min_size=1,
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_late_points_count_as_if_they_had_come_in_time(earned, random):
    """R2: but for a billionth of a point for each."""
    now = later("100d")
    in_time = scored(
        INTIMACY,
        *((n, START + span(f"{us}us")) for n, us in sorted(earned, key=lambda e: e[1])),
    )
    points = None
    random.shuffle(earned)
    for number, us in earned:
        since = START + span(f"{us}us")
        points = INTIMACY.added(points, number, since=since, now=now)
    difference = points.nanos - in_time.score("intimacy").left(
        INTIMACY.half_life, now=now
    )
    assert abs(difference) <= 2 * len(earned)


def test_the_fall_of_a_tier_is_known_beforehand():
    fond = Points("intimacy", 60 * NANOS, START, "fond")
    assert INTIMACY.falls_at(fond) == later("30d").us + 1
    last = Points("intimacy", 60 * NANOS, START, "passerby")
    none = Points("intimacy", 60 * NANOS, START, "")
    low = Points("intimacy", 20 * NANOS, START, "fond")
    assert [INTIMACY.falls_at(p) for p in (last, none, low)] == [None, None, None]
    assert ScoreDefinition("visits", tiers=TIERS).falls_at(fond) is None
    assert ScoreDefinition("visits", half_life="1d").falls_at(fond) is None


@pytest.mark.parametrize(
    ("nanos", "points"),
    [(0, "0"), (NANOS, "1"), (-NANOS // 2, "-0.5"), (1, "1E-9"), (10**30, "1E+21")],
)
def test_billionths_read_as_points(nanos, points):
    assert in_points(nanos) == Decimal(points)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Tiers(TIER, up=[5]), "1 thresholds for 3 labels"),
        (lambda: Tiers(TIER, up=[5, 5]), "rising numbers above 0"),
        (lambda: Tiers(TIER, up=[0, 5]), "rising numbers above 0"),
        (lambda: Tiers(TIER, up=[5, 9], down=[6, 8]), "down=(6, 8) above up=(5, 9)"),
        (lambda: Tiers(TIER, up=[5, 9], down=[6]), "Tiers.down: got 1 thresholds"),
        (lambda: Tiers(TIER, up=[5, 9.5]), "got 9.5, expected a whole number"),
        (lambda: Tiers(TagGroup("g", ["a", "b"]), up=[5]), "exclusive and ordered"),
        (lambda: Tiers("tier", up=[5]), "got 'tier', expected an exclusive"),
        (lambda: ScoreDefinition(""), "ScoreDefinition.name"),
        (lambda: ScoreDefinition("s", half_life="0s"), "no time at all"),
        (lambda: Score("s", 0.5), "got 0.5, expected a whole number"),
        (lambda: Score("s", True), "got True"),
        (lambda: Score("s", 10**13), "at most 1000000000000"),
        (lambda: Score("", 1), "Score.score"),
    ],
)
def test_what_a_score_cannot_mean_is_refused_where_it_is_written(make, message):
    with pytest.raises(DefinitionError) as raised:
        make()
    assert message in str(raised.value)
    assert raised.value.hint
