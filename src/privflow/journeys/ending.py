"""What happens to a contact when they leave a journey."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from privflow.errors import DefinitionError
from privflow.facts import Tag, required_tag, tuple_of
from privflow.touches import names_of, one_of

ENDINGS = (
    "goal",
    "exit",
    "completed",
    "rule",
    "step",
    "restarted",
    "edited",
    "hand",
)
"""How a visit of a journey can end."""


def _endings(given: str | Iterable[str]) -> tuple[str, ...]:
    return names_of([given] if isinstance(given, str) else given, "AtEnd.on")


def _added(given: Iterable[Tag]) -> tuple[Tag, ...]:
    return tuple_of("AtEnd.add", given)


def _removed(given: Iterable[Tag]) -> tuple[Tag, ...]:
    return tuple_of("AtEnd.remove", given)


@frozen(kw_only=True)
class AtEnd:
    """What happens when a visit ends (结束动作): tags, and a hand-over.

    Args:
        on: how it ended: `"goal"`, `"exit"`, `"completed"`, and so on; whichever way if
            none is named. A visit that restarts, or that an edit or somebody's hand
            ends, does so without any of this unless it is named.
        add: tags that the contact gets.
        remove: tags that they lose.
        enrol: the journey that they enter next, as its re-entry policy allows.

    Raises:
        DefinitionError: it does nothing, or there is no such ending.

    >>> AtEnd("goal", enrol="repurchase").covers("goal")
    True
    """

    on: tuple[str, ...] = field(default=(), converter=_endings, kw_only=False)
    add: tuple[Tag, ...] = field(default=(), converter=_added)
    remove: tuple[Tag, ...] = field(default=(), converter=_removed)
    enrol: str = ""

    def __attrs_post_init__(self) -> None:
        for ending in self.on:
            one_of("AtEnd.on", ending, ENDINGS)
        for place, tag in enumerate(self.add):
            required_tag(f"AtEnd.add[{place}]", tag)
        for place, tag in enumerate(self.remove):
            required_tag(f"AtEnd.remove[{place}]", tag)
        if not (self.add or self.remove or self.enrol):
            problem = "nothing is to happen"
            raise DefinitionError("AtEnd", problem, "name tags, or a journey to enrol")

    def covers(self, ending: str) -> bool:
        """Whether it is meant for a visit that ended so."""
        return ending in (self.on or ENDINGS[:5])
