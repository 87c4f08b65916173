"""What is said: a name, a kind, labels and variants; the words are the host's (J9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isclose
from typing import cast

from attrs import field, frozen

from privflow.errors import DefinitionError, shown
from privflow.facts import (
    EMPTY,
    Properties,
    properties_of,
    required_mapping,
    required_text,
    tuple_of,
)

KINDS = ("transactional", "service", "marketing")
"""Only `marketing` needs consent and counts in marketing caps (K5)."""

PRIORITIES = ("low", "normal", "high", "urgent")
"""In ascending order."""


def one_of(what: str, given: str, allowed: tuple[str, ...]) -> str:
    """The text, if it is one of the allowed ones."""
    if given not in allowed:
        raise DefinitionError(what, f"got {given!r}", f"use one of {shown(allowed)}")
    return given


def names_of(given: Iterable[str], what: str = "names") -> tuple[str, ...]:
    """The names as a tuple; a bare text is refused, it would fall into letters."""
    return tuple(required_text(what, name) for name in tuple_of(what, given))


def _labels_of(given: Iterable[str]) -> tuple[str, ...]:
    """The labels of a message."""
    return names_of(given, "Message.labels")


def whole_cost(what: str, given: object) -> None:
    """Refuse what is no cost: a touch that is free would pass every limit."""
    if type(given) is not int or given < 1:
        problem = f"got {given!r}, expected a whole number from 1 on"
        raise DefinitionError(what, problem, "leave it out for 1")


def _shares_of(given: Mapping[str, float]) -> Mapping[str, float]:
    """The shares by name, immutable and each a number from 0 to 1."""
    required_mapping("Message.variants", given, "{'A': 0.5, 'B': 0.5}")
    for name, share in given.items():
        if share.__class__ not in {int, float} or not 0 <= share <= 1:
            problem = f"the share of {name!r} is {share!r}"
            remedy = "write shares from 0 to 1"
            raise DefinitionError("Message.variants", problem, remedy)
    return cast("Mapping[str, float]", Properties(sorted(given.items())))


@frozen(kw_only=True)
class Message:
    """A message by name; the host renders it from parameters and contact (消息).

    Args:
        kind: `"transactional"`, `"service"` or `"marketing"`; there is no default,
            since law, platform and quota all depend on it.
        labels: what it is about: `["promotion"]`. Frozen into each touch.
        variants: name to share, for a sticky split; the shares add up to 1. People are
            split in the order of the names, however the mapping was written.
        parameters: values for the host's template.
        personalised: False where everybody gets the same, which is all that may go to
            who refused personalisation (PIPL article 24).
        asks_for: the purpose whose consent the message asks for: `"marketing"`.
        cost: what a touch takes of quotas that count cost, in your unit: the segments
            of an SMS, or money. Frozen into each touch.
        campaign: what limits for each campaign count it under; without one, the name of
            the journey.

    Raises:
        DefinitionError: an unknown kind, shares that do not add up to 1, or a cost
            below 1.

    >>> Message("coupon", kind="marketing", labels=["promotion"]).labels
    ('promotion',)
    """

    name: str = field(kw_only=False)
    kind: str
    labels: tuple[str, ...] = field(default=(), converter=_labels_of)
    variants: Mapping[str, float] = field(factory=dict, converter=_shares_of)
    parameters: Properties = field(default=EMPTY, converter=properties_of)
    personalised: bool = True
    asks_for: str = ""
    cost: int = 1
    campaign: str = ""

    def __attrs_post_init__(self) -> None:
        required_text("Message.name", self.name)
        one_of("Message.kind", self.kind, KINDS)
        whole_cost("Message.cost", self.cost)
        shares = [float(share) for share in self.variants.values()]
        if shares and not isclose(sum(shares), 1, abs_tol=1e-9):
            problem = f"the shares are {shares}"
            raise DefinitionError("Message.variants", problem, "make them add up to 1")
