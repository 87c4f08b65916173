"""If this happens and that holds, do so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from attrs import field, frozen

from privflow.conditions import Condition, Trigger, required_condition, trigger_of
from privflow.errors import DefinitionError, UnknownNameError
from privflow.facts import required_text, tuple_of
from privflow.rules.action import Action
from privflow.timing import Instant, Span, span

Limit = Literal["once"]
_ACTIONS = get_args(Action)


def _maybe_span(given: Span | str | None) -> Span | None:
    return None if given is None else span(given)


def _actions_of(given: Iterable[Action]) -> tuple[Action, ...]:
    return tuple_of("Rule.do", given)


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
        limit: `"once"` in the life of the contact.
        once_per: after a firing, as much time passes before the next one. Events count
            at their own time, late ones too: no two firings are nearer than this.

    Raises:
        DefinitionError: it does nothing, or something that is no action; or it has two
            limits.
    """

    name: str = field(kw_only=False)
    on: Trigger = field(converter=trigger_of)
    when: Condition | None = None
    do: tuple[Action, ...] = field(converter=_actions_of)
    priority: int = 0
    limit: Limit | None = None
    once_per: Span | None = field(default=None, converter=_maybe_span)

    def __attrs_post_init__(self) -> None:
        required_text("Rule.name", self.name)
        if self.when is not None:
            required_condition(f"condition of rule {self.name!r}", self.when)
        if not self.do:
            problem = f"rule {self.name!r} does nothing"
            raise DefinitionError("Rule.do", problem, "list its actions")
        _required_actions(self.name, self.do)
        if self.limit is not None and self.limit not in get_args(Limit):
            raise UnknownNameError("Rule.limit", self.limit, get_args(Limit))
        if self.limit is not None and self.once_per is not None:
            problem = f"rule {self.name!r} has limit= and once_per="
            raise DefinitionError("Rule.limit", problem, "once says it all")

    @property
    def is_limited(self) -> bool:
        """Whether its firings must be remembered."""
        return self.limit is not None or self.once_per is not None

    def refusal(self, fired: Iterable[Instant], at: Instant) -> str:
        """Why an event at an instant may not set it off; empty where it may.

        Args:
            fired: when it has fired; later instants count, too.
        """
        if self.limit is not None:
            return next((self.limit for _ in fired), "")
        if self.once_per is None:
            return ""
        gap = self.once_per.us
        near = any(abs(at.us - before.us) < gap for before in fired)
        return "once_per" if near else ""


def _required_actions(name: str, given: Iterable[object]) -> None:
    for action in given:
        if not isinstance(action, _ACTIONS):
            problem = f"rule {name!r} has {action!r}, which is no action"
            raise DefinitionError(
                "Rule.do", problem, "write AddTag(...), Reply(...) or the like"
            )
