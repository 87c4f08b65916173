"""What gates say that allow a touch: one value for all who are told the same."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from typing_extensions import override

from privflow.engine.panel import Panel
from privflow.facts import Properties, maker
from privflow.journeys import GateLine
from privflow.touches import Ruling

_MOST = 256
"""Values kept; of gates that tell new facts each time nothing is ever found again."""

_line = maker(GateLine)
_facts = attrgetter("facts")


class Lines:
    """Lines that were made before, by the very facts that they tell.

    What is kept keeps its facts alive, so that no other ones can have their identity;
    in another process they have another one, and a copy begins anew.
    """

    __slots__ = ("_all", "_each")

    def __init__(self) -> None:
        self._each: dict[tuple[str, str, int], GateLine] = {}
        self._all: dict[tuple[object, ...], tuple[GateLine, ...]] = {}

    @override
    def __reduce__(self) -> tuple[object, ...]:
        return Lines, ()

    def allowed(self, gate: str, channel: str, facts: Properties) -> GateLine:
        """The line of a gate that allows."""
        place = gate, channel, id(facts)
        found = self._each.get(place)
        if found is None:
            if len(self._each) >= _MOST:
                self._each.clear()
            found = _line(gate, channel, "allow", "", None, facts)
            self._each[place] = found
        return found

    def all_allowed(
        self, panel: Panel, channel: str, rulings: Sequence[Ruling]
    ) -> tuple[GateLine, ...]:
        """The lines of all gates of a plan, each of which allows."""
        place = (panel, channel, *map(id, map(_facts, rulings)))
        found = self._all.get(place)
        if found is None:
            if len(self._all) >= _MOST:
                self._all.clear()
            said = panel.all_said(rulings)
            found = tuple([self.allowed(g.name, channel, r.facts) for g, r in said])
            self._all[place] = found
        return found
