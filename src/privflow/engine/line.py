"""What gates say that allow a touch: one line for all who are told the same."""

from __future__ import annotations

from privflow.facts import Properties, maker
from privflow.journeys import GateLine

_MOST = 256
"""Lines kept; of gates that tell new facts each time nothing is ever found again."""
_line = maker(GateLine)


class Lines:
    """Lines that were made before, by the very facts that they tell."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, int], GateLine] = {}

    def allowed(self, gate: str, channel: str, facts: Properties) -> GateLine:
        """The line of a gate that allows."""
        place = gate, channel, id(facts)  # a line that is kept keeps its facts, too
        found = self._known.get(place)
        if found is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            found = _line(gate, channel, "allow", "", None, facts)
            self._known[place] = found
        return found
