"""Which gates a touch has to be shown to, and which ones are not about it.

Theory of operation
-------------------
1. A quota is about touches of some channel, kind, label or journey. To any other touch
   it says that it may leave, and tells no facts. That is known without asking.
2. What a touch is about lies in its traits. So the gates to ask are found once for all
   touches with the same traits, and a plan with quotas for many channels costs a touch
   no more than those for its own.
3. The journal tells of every gate of the plan, asked or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from typing_extensions import override

from privflow.quotas import TouchQuota
from privflow.touches import Allow, Deny, Gate, Ruling, Traits

_MOST: Final = 16_384
_NOT_ABOUT_IT: Final = Allow()


class Panel:
    """The gates that are asked about some touches, in the order of the plan.

    Args:
        gates: all of the plan.
        places: of those that are asked.
    """

    __slots__ = ("gates", "judges", "places")

    def __init__(self, gates: Sequence[Gate], places: tuple[int, ...]) -> None:
        self.gates, self.places = gates, places
        self.judges = tuple(gates[place].judge for place in places)

    def last_asked(self, rulings: Sequence[Ruling]) -> Gate:
        """The gate behind the last of some rulings."""
        return self.gates[self.places[len(rulings) - 1]]

    def all_said(self, rulings: Sequence[Ruling]) -> list[tuple[Gate, Ruling]]:
        """What every gate of the plan says, up to one that denies."""
        asked = dict(zip(self.places, rulings, strict=False))
        end = len(self.gates)
        if isinstance(rulings[-1], Deny):
            end = self.places[len(rulings) - 1] + 1
        said = enumerate(self.gates[:end])
        return [(gate, asked.get(place, _NOT_ABOUT_IT)) for place, gate in said]


class Panels(dict[Traits, Panel]):
    """The panel of the touches with these traits, found when it is first asked for."""

    def __init__(self, gates: Sequence[Gate]) -> None:
        super().__init__()
        self._gates = gates
        self._known: dict[tuple[int, ...], Panel] = {}

    @override
    def __reduce__(self) -> tuple[object, ...]:
        return Panels, (self._gates,)

    def __missing__(self, traits: Traits) -> Panel:
        places = tuple([
            place
            for place, gate in enumerate(self._gates)
            if not (type(gate) is TouchQuota and not gate.matches(traits))
        ])
        if len(self) >= _MOST:
            self.clear()
        found = self._known.setdefault(places, Panel(self._gates, places))
        self[traits] = found
        return found
