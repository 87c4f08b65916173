"""If this happens and that holds, do so."""

from __future__ import annotations

from attrs import field, frozen

from privflow.conditions import Condition, Trigger, trigger_of
from privflow.errors import ConditionTypeError, DefinitionError
from privflow.facts import required_text
from privflow.rules.action import Action

_ACTIONS = Action.__args__  # type: ignore[attr-defined]


@frozen(kw_only=True)
class Rule:
    """Event, condition, actions (自动化规则).

    Rules of one event run by descending priority, then as listed; each sees what the
    ones before it changed.

    Args:
        on: the event: `event("message_received")`.
        when: judged with the event at hand, so that `prop` reads it; always if None.
        do: the actions, in order.
        priority: higher runs earlier.

    Raises:
        DefinitionError: it does nothing, or something that is no action.
    """

    name: str = field(kw_only=False)
    on: Trigger = field(converter=trigger_of)
    when: Condition | None = None
    do: tuple[Action, ...] = field(converter=tuple[Action, ...])
    priority: int = 0

    def __attrs_post_init__(self) -> None:
        required_text("Rule.name", self.name)
        if self.when is not None and not isinstance(self.when, Condition):
            what = f"condition of rule {self.name!r}"
            raise ConditionTypeError(what, self.when, "a condition")
        if not self.do:
            problem = f"rule {self.name!r} does nothing"
            raise DefinitionError("Rule.do", problem, "list its actions")
        for action in self.do:
            if not isinstance(action, _ACTIONS):
                problem = f"rule {self.name!r} has {action!r}, which is no action"
                raise DefinitionError("Rule.do", problem, "use AddTag, Reply and so on")
