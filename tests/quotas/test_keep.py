"""Q5: places that are kept for higher priorities."""

from __future__ import annotations

from collections import Counter
from itertools import chain, combinations_with_replacement

import pytest

from privflow.quotas.keep import places_kept
from privflow.touches import PRIORITIES


@pytest.mark.parametrize(
    ("keep", "priority", "taken_by", "kept"),
    [
        ({}, "low", [], 0),
        ({"high": 1}, "normal", [], 1),
        ({"high": 1}, "normal", ["normal", "low"], 1),
        ({"high": 1}, "normal", ["high"], 0),
        ({"high": 1}, "normal", ["urgent"], 0),
        ({"high": 1}, "normal", ["high", "high"], 0),
        ({"high": 1}, "high", [], 0),
        ({"high": 1}, "urgent", [], 0),
        ({"high": 2}, "low", ["high"], 1),
        ({"normal": 1}, "normal", [], 0),
        ({"normal": 1}, "low", ["urgent"], 0),
        ({"high": 1, "urgent": 1}, "normal", [], 2),
        ({"high": 1, "urgent": 1}, "high", [], 1),
        # one touch fills one place, the highest that it may
        ({"high": 1, "urgent": 1}, "normal", ["urgent"], 1),
        ({"high": 1, "urgent": 1}, "high", ["urgent"], 0),
        ({"high": 1, "urgent": 1}, "normal", ["high"], 1),
        ({"high": 1, "urgent": 1}, "high", ["high", "high"], 1),
        ({"high": 1, "urgent": 1}, "normal", ["high", "high"], 1),
        ({"high": 1, "urgent": 1}, "normal", ["urgent", "urgent"], 0),
        ({"high": 1, "urgent": 1}, "normal", ["urgent", "high"], 0),
        # what fills nothing above spills over levels that keep nothing
        ({"normal": 2, "urgent": 1}, "low", ["urgent", "urgent", "high"], 0),
    ],
)
def test_places_kept(
    keep: dict[str, int], priority: str, taken_by: list[str], kept: int
) -> None:
    assert places_kept(keep, priority, Counter(taken_by)) == kept


def most_filled(places: list[int], touches: list[int]) -> int:
    """The size of the best seating, by trying every one: a place or none for each."""
    if not touches:
        return 0
    first, *rest = touches
    best = most_filled(places, rest)
    for place in {place for place in places if place <= first}:
        left = places.copy()
        left.remove(place)
        best = max(best, 1 + most_filled(left, rest))
    return best


def test_no_seating_of_touches_leaves_fewer_places_empty() -> None:
    """Every small case against every way to seat the touches."""
    ranks = range(len(PRIORITIES))
    seatings = list(
        chain.from_iterable(
            combinations_with_replacement(ranks, size) for size in range(4)
        )
    )
    for places in seatings:
        keep = {PRIORITIES[rank]: places.count(rank) for rank in set(places)}
        for touches in seatings:
            for own in ranks:
                above = [rank for rank in places if rank > own]
                expected = len(above) - most_filled(above, list(touches))
                names = [PRIORITIES[rank] for rank in touches]
                taken = Counter(names)
                assert places_kept(keep, PRIORITIES[own], taken) == expected
