"""An event that sets something off: a journey, a rule, a reply window."""

from __future__ import annotations

from attrs import frozen
from typing_extensions import override

from privflow.conditions.condition import Condition
from privflow.conditions.events import Events
from privflow.conditions.node import Happening, Node
from privflow.conditions.reference import is_satisfied
from privflow.conditions.text import happening_source
from privflow.errors import ConditionTypeError, DefinitionError
from privflow.facts import Properties


@frozen(repr=False)
class Trigger:
    """Events of a name, perhaps only those whose properties fit (触发事件)."""

    name: str
    where: Node | None = None

    def matches(self, properties: Properties) -> bool:
        """Whether an event of this name with these properties is meant."""
        return self.where is None or is_satisfied(self.where, properties)

    @override
    def __repr__(self) -> str:
        return happening_source(Happening(self.name, self.where))


def trigger_of(given: Events | Trigger) -> Trigger:
    """`event("purchase").where(prop.amount > 100)` as a trigger.

    Raises:
        ConditionTypeError: it is not written with `event`.
        DefinitionError: it has a window; an event sets something off when it comes.
    """
    if isinstance(given, Trigger):
        return given
    if not isinstance(given, Events):
        raise ConditionTypeError("trigger", given, "event('name')", _remedy(given))
    happening = given.happening
    if happening.window is not None or happening.has_bounds:
        remedy = "write event('name'), and put the window into a condition"
        raise DefinitionError(repr(given), "a trigger has no window", remedy)
    return Trigger(happening.name, happening.where)


def _remedy(given: object) -> str:
    """How to wait for what was named otherwise."""
    match given:
        case str():
            return f"write event({given!r})"
        case Condition():
            return "wait for an event, event('name'), and ask the rest in a condition"
        case _ if isinstance(getattr(given, "condition", None), Condition):
            return (
                f"a journey waits for it with entered({getattr(given, 'name', '')!r})"
            )
        case _:
            return ""
