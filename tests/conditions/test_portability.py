"""What another engine may answer otherwise (C7a)."""

from __future__ import annotations

import pytest

from privflow.conditions import Condition, attr, bucket, event, prop, tag
from privflow.facts import Catalog

CATALOG = Catalog(events={"buy": {"amount": float, "cents": int}})
RECENT = event("buy").within("30d")


@pytest.mark.parametrize(
    "condition",
    [
        (attr.age > 40) & ~(attr.city == "上海") | attr.born.is_missing(),
        attr.city.is_in(["上海", "北京"]) & tag("tier").has("vip"),
        (RECENT.sum("cents") >= 500) & (RECENT.count() >= 2) & RECENT.exists(),
        RECENT.where(prop.amount > 10).exists(),
    ],
)
def test_comparisons_counts_and_exact_sums_are_portable(condition: Condition):
    assert condition.unportable(CATALOG) == ()


@pytest.mark.parametrize(
    ("condition", "remark"),
    [
        (attr.name < "m", "attr.name < 'm': engines put text into different orders"),
        (attr.name.between("a", "m"), "engines put text into different orders"),
        (attr.name.matches("a+"), "engines know different regular expressions"),
        (bucket("pilot") < 0.1, "engines have other hash functions"),
        (RECENT.where(prop.sku < "m").exists(), "engines put text into different"),
        (event("a").then(event("b"), within="3d"), "a sequence of events has no"),
        (RECENT.sum("amount") >= 500, "a sum of floats is rounded in the order"),
        (RECENT.mean("amount") >= 500, "a mean of floats is rounded in the order"),
    ],
)
def test_what_is_not_is_named_with_the_reason(condition: Condition, remark: str):
    [found] = (condition & (attr.age > 40)).unportable(CATALOG)
    assert remark in found


def test_without_a_catalogue_a_sum_is_taken_for_exact():
    assert (RECENT.sum("amount") >= 500).unportable() == ()
