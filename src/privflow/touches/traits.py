"""What touches of one message have in common, kept once however many there are."""

from __future__ import annotations

from functools import lru_cache

from attrs import frozen
from typing_extensions import override

from privflow.facts import EMPTY, Properties
from privflow.timing import Span

_MOST = 16_384
"""How many traits and sequences of them are shared; more just take more memory."""


@frozen(kw_only=True, eq=False)
class Traits:
    """All of a touch but its id, its contact and its instants.

    Equal traits are one object, unless they were last used long ago: by identity two
    equal ones may differ, and what is kept for each must not depend on it.
    """

    channel: str
    message: str
    kind: str
    source: str
    step: str = ""
    labels: tuple[str, ...] = ()
    variant: str = ""
    priority: str = "normal"
    parameters: Properties = EMPTY
    personalised: bool = True
    asks_for: str = ""
    cost: int = 1
    subjects: Properties = EMPTY
    confirm_within: Span | None = None

    @property
    def journey(self) -> str:
        """The journey that decided the touch; empty for a rule."""
        kind, _, name = self.source.partition(":")
        return name if kind == "journey" else ""

    @override
    def __reduce__(self) -> tuple[object, ...]:
        parts = (getattr(self, name) for name in PARTS)
        return shared_traits, tuple(parts)


PARTS = tuple(Traits.__annotations__)
"""The names of the traits, in the order in which `shared_traits` takes them."""


def shared_traits(*parts: object) -> Traits:
    """The traits with these parts, which come in the order of `PARTS`."""
    # 1, 1.0 and True are equal, and are not the same parameter
    return _traits(repr(parts[_PARAMETERS]) if parts[_PARAMETERS] else "", *parts)


_PARAMETERS = PARTS.index("parameters")


@lru_cache(maxsize=_MOST)
def _traits(_: str, /, *parts: object) -> Traits:
    return Traits(**dict(zip(PARTS, parts, strict=True)))  # type: ignore[arg-type]


@lru_cache(maxsize=_MOST)
def may_lapse(traits: tuple[Traits, ...]) -> bool:
    """Whether a touch among those with these traits keeps its place for a time only."""
    return any(each.confirm_within is not None for each in traits)


@lru_cache(maxsize=_MOST)
def shared_sequence(traits: tuple[Traits, ...]) -> tuple[Traits, ...]:
    """The same sequence; one object for all contacts with the same touches."""
    return traits
