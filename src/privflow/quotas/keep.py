"""Places of a quota that are kept for higher priorities (Q5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from privflow.facts import Properties, required_mapping
from privflow.quotas.limit import whole_number
from privflow.touches import PRIORITIES, one_of


def kept_of(given: Mapping[str, int]) -> Mapping[str, int]:
    """Priority to places, immutable; nobody is lower than the lowest."""
    required_mapping("TouchQuota.keep", given, "{'high': 1}")
    for priority, places in given.items():
        one_of("TouchQuota.keep", priority, PRIORITIES[1:])
        whole_number(f"TouchQuota.keep[{priority!r}]", places)
    return cast("Mapping[str, int]", Properties(given))


def places_kept(
    keep: Mapping[str, int], priority: str, taken_by: Mapping[str, int]
) -> int:
    """How many places a touch must leave free for higher priorities.

    Args:
        priority: the touch's own.
        taken_by: priority to the places that touches of it take. Each fills the
            highest kept place that it may, and no second one.
    """
    if not keep:
        return 0
    free = over = 0
    for higher in reversed(PRIORITIES[PRIORITIES.index(priority) + 1 :]):
        left = keep.get(higher, 0) - taken_by.get(higher, 0) - over
        free, over = free + max(0, left), max(0, -left)
    return free
