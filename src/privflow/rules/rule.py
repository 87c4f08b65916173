"""If this happens and that holds, do so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from attrs import field, frozen

from privflow.conditions import Condition, Trigger, trigger_of
from privflow.errors import ConditionTypeError, DefinitionError
from privflow.facts import required_text
from privflow.rules.action import Action

_ACTIONS = get_args(Action)


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
        _optional_condition(f"condition of rule {self.name!r}", self.when)
        if not self.do:
            problem = f"rule {self.name!r} does nothing"
            raise DefinitionError("Rule.do", problem, "list its actions")
        _required_actions(self.name, self.do)


def _optional_condition(what: str, given: object) -> None:
    if given is not None and not isinstance(given, Condition):
        raise ConditionTypeError(what, given, "a condition")


def _required_actions(name: str, given: Iterable[object]) -> None:
    for action in given:
        if not isinstance(action, _ACTIONS):
            problem = f"rule {name!r} has {action!r}, which is no action"
            raise DefinitionError("Rule.do", problem, "use AddTag, Reply and so on")
