"""The words of condition text: a closed list, and what each of them calls (C5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from privflow.conditions.condition import Condition
from privflow.conditions.events import Events, event
from privflow.conditions.operand import Operand
from privflow.conditions.surface import bucket, in_journey, in_stage, member
from privflow.conditions.tag_operand import TagOperand, tag
from privflow.errors import brief
from privflow.timing import aligned, calendar, instant, rolling


def _decimal(number: str | int) -> Decimal:
    """A decimal number, without Python's way of complaining."""
    try:
        return Decimal(number)
    except InvalidOperation:
        problem = f"{brief(number)} is no number: write Decimal('9.90')"
        raise ValueError(problem) from None


FUNCTIONS: dict[str, Callable[..., object]] = {
    "Decimal": _decimal,
    "aligned": aligned,
    "bucket": bucket,
    "calendar": calendar,
    "date": date,
    "event": event,
    "in_journey": in_journey,
    "in_stage": in_stage,
    "instant": instant,
    "member": member,
    "rolling": rolling,
    "tag": tag,
}
METHODS: dict[type, tuple[str, ...]] = {
    Condition: ("surely",),
    Operand: (
        "after",
        "age",
        "anniversary_within",
        "before",
        "between",
        "contains",
        "contains_all",
        "contains_any",
        "days_to_anniversary",
        "ends_with",
        "fill",
        "is_in",
        "is_missing",
        "length",
        "matches",
        "starts_with",
    ),
    TagOperand: (
        "any_of",
        "at_least",
        "at_most",
        "ever",
        "had_within",
        "has",
        "held_for",
        "held_since",
        "none_of",
    ),
    Events: (
        "at_least",
        "between",
        "count",
        "days_with",
        "distinct",
        "exists",
        "first",
        "in_",
        "last",
        "max",
        "mean",
        "min",
        "not_followed_by",
        "since_entry",
        "since_stage",
        "sum",
        "then",
        "where",
        "within",
    ),
}
