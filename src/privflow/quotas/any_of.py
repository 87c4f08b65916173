"""Alternatives: one gate that is open is enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import evolve, field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.facts import required_text
from privflow.quotas.subject import CONTACT
from privflow.quotas.touch_quota import TouchQuota
from privflow.quotas.written import written
from privflow.timing import Instant, Span
from privflow.touches import (
    Allow,
    Forgetting,
    Gate,
    Hold,
    Recalling,
    Ruling,
    Touch,
    TouchRecord,
    View,
)

_CHOOSING: Final = ("channel", "kind", "label", "of", "journey", "exempt", "each")
_FEWEST: Final = 2


def _gates_of(given: Iterable[Gate]) -> tuple[Gate, ...]:
    what = "AnyOf.gates"
    gates = tuple(given)
    if len(gates) < _FEWEST:
        problem = f"got {len(gates)} of them, expected two or more"
        raise DefinitionError(what, problem, "put a single gate into the plan itself")
    names = [gate.name for gate in gates]
    if len(set(names)) < len(names):
        problem = f"got the names {names}, one of them twice"
        raise DefinitionError(what, problem, "name the gates apart")
    for gate in gates:
        _check(gate)
    _check_alike(gates)
    return gates


def _check(gate: Gate) -> None:
    what = f"AnyOf.gates[{gate.name!r}]"
    if isinstance(gate, AnyOf):
        problem = "got alternatives among alternatives"
        raise DefinitionError(what, problem, "name its gates here")
    if isinstance(gate, TouchQuota) and gate.is_shared:
        problem = "got a quota that contacts share, which is claimed from a store"
        raise DefinitionError(what, problem, "put it into the plan by itself")
    if not isinstance(gate, Recalling):
        problem = f"got {gate!r}, which does not say what it recalls"
        raise DefinitionError(what, problem, "give it a method recalls()")


def _check_alike(gates: tuple[Gate, ...]) -> None:
    """A gate lets through what it does not choose, and with it all would."""
    for name in _CHOOSING:
        found = [_choice(gate, name) for gate in gates]
        if any(one != found[0] for one in found):
            problem = f"got alternatives whose {name} differs: {found}"
            remedy = "where one gate is not concerned, it would open for all"
            raise DefinitionError("AnyOf.gates", problem, remedy)


def _choice(gate: Gate, name: str) -> object:
    """What a gate chooses touches by; None where it is about any."""
    found = getattr(gate, name, None)
    return None if found == CONTACT else found or None


@frozen(kw_only=True, repr=False)
class AnyOf:
    """Gates of which one that allows is enough (任一放行).

    A plan asks all of its gates, and the strictest wins; among these the mildest wins.
    An account may write to somebody within 48 hours of what they wrote, or within a
    minute of a tap on its menu: two windows, and either is leave enough.

    Args:
        gates: two or more, which choose the same touches: one channel, one kind, one
            label, the same subjects. The first that allows is the answer; else the
            first to open; else the refusal of the first one.

    Raises:
        DefinitionError: fewer than two gates, two of one name, gates that choose
            different touches, other alternatives, or a quota that contacts share.

    >>> from privflow.conditions import event
    >>> from privflow.quotas.reply_window import ReplyWindow
    >>> chat = "wechat.service"
    >>> wrote = ReplyWindow(
    ...     "wrote", 5, within="48h", opened_by=event("message_received"), channel=chat
    ... )
    >>> tapped = ReplyWindow(
    ...     "tapped", 3, within="1m", opened_by=event("menu_clicked"), channel=chat
    ... )
    >>> print(AnyOf("reply", [wrote, tapped]))
    at most 5 touches on wechat.service within 2d of event('message_received'); or \
at most 3 touches on wechat.service within 1m of event('menu_clicked')
    """

    name: str = field(kw_only=False)
    gates: tuple[Gate, ...] = field(kw_only=False, converter=_gates_of)

    def __attrs_post_init__(self) -> None:
        required_text("AnyOf.name", self.name)

    @property
    def channel(self) -> str | None:
        """The channel or family that all of its gates choose; None for every one."""
        return getattr(self.gates[0], "channel", None)

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        """Allow where one gate does; else hold until the first opens; else deny.

        The fact `gate` names whose answer it is.
        """
        rulings: list[Ruling] = []
        for gate in self.gates:
            ruling = _told_by(gate, gate.judge(touch, view, now=now))
            if isinstance(ruling, Allow):
                return ruling
            rulings.append(ruling)
        holds = (ruling for ruling in rulings if isinstance(ruling, Hold))
        return min(holds, key=_opens, default=rulings[0])

    def recalls(self) -> Mapping[str, Span | None]:
        """What any of its gates looks at, for as long as the longest of them."""
        found: dict[str, Span | None] = {}
        for gate in self.gates:
            asked = gate.recalls() if isinstance(gate, Recalling) else {}
            for name, length in asked.items():
                found[name] = _longer(found.get(name, length), length)
        return found

    def matters_until(self, record: TouchRecord) -> Instant | None:
        """A touch matters as long as it does to any of its gates."""
        ends = [
            gate.matters_until(record) if isinstance(gate, Forgetting) else None
            for gate in self.gates
        ]
        known = [end for end in ends if end is not None]
        return max(known) if len(known) == len(ends) else None

    @override
    def __str__(self) -> str:
        return "; or ".join(str(gate) for gate in self.gates)

    @override
    def __repr__(self) -> str:
        return written(self)


def _told_by(gate: Gate, ruling: Ruling) -> Ruling:
    """The ruling with the gate's name, unless the gate was not concerned."""
    if isinstance(ruling, Allow) and not ruling.facts:
        return ruling
    return evolve(ruling, facts=ruling.facts.updated({"gate": gate.name}))


def _opens(ruling: Hold) -> Instant:
    return ruling.until


def _longer(one: Span | None, other: Span | None) -> Span | None:
    return None if one is None or other is None else max(one, other)
