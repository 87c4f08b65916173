"""What a step does when it is blocked, and whether a journey may be entered again."""

from __future__ import annotations

from typing import Literal, get_args

from attrs import field, frozen

from privflow.errors import DefinitionError
from privflow.timing import Span, span
from privflow.touches import one_of


def maybe_span(given: Span | str | None) -> Span | None:
    """The span, or None where none is given."""
    return None if given is None else span(given)


@frozen
class Skip:
    """Let this step go and come to the next one."""


@frozen
class Fallback:
    """Try the next channel of `via` at once; when none is left, skip."""


@frozen
class End:
    """Leave the journey."""


@frozen(kw_only=True)
class Defer:
    """Wait until the gates may open, and judge everything again then (Q6).

    Args:
        until_at_most: how long after the step was due it may still leave, however it
            came to be late; up to its own end if None.
    """

    until_at_most: Span | None = field(default=None, converter=maybe_span)


WAIT = Defer()
"""What a step does unless it says otherwise."""

OnBlocked = Skip | Defer | Fallback | End


Again = Literal["once", "after_exit", "every_time"]
Repeated = Literal["ignore", "restart", "refresh"]


def _at_most(given: object) -> int:
    if type(given) is not int or given < 1:
        problem = f"got at_most={given!r}, expected a whole number from 1 on"
        raise DefinitionError("Reentry.at_most", problem, "write at_most=3")
    return given


@frozen(kw_only=True)
class Reentry:
    """Whether a journey may be entered again, and what a repeated trigger does (J4).

    Args:
        again: `"once"`, never again; `"after_exit"`, when the cool-down is over;
            `"every_time"`, whenever it is triggered.
        cooldown: from leaving until a new trigger counts; with `"after_exit"`.
        at_most: how many visits may run at once; with `"every_time"`.
        key: the event property that tells one visit from another, such as an order's
            number. The conditions of a visit see the events of its own key, and those
            that carry none.
        repeated: what a trigger does to the visit that runs already, of the same key
            where there are keys. `"ignore"`: nothing. `"restart"`: that visit ends, and
            another one begins. `"refresh"`: the contact enters the same stage anew;
            what has been decided stays decided, the rest counts from now.

    Raises:
        DefinitionError: parts that do not go together.
    """

    again: Again
    cooldown: Span | None = None
    at_most: int = field(default=1, converter=_at_most)
    key: str = ""
    repeated: Repeated = "ignore"

    def __attrs_post_init__(self) -> None:
        one_of("Reentry.again", self.again, get_args(Again))
        one_of("Reentry.repeated", self.repeated, get_args(Repeated))
        if (self.again == "after_exit") != (self.cooldown is not None):
            problem = f"got {self.again!r} with cooldown {self.cooldown}"
            remedy = "write Reentry.once() or Reentry.after_exit(cooldown='90d')"
            raise DefinitionError("Reentry", problem, remedy)
        if self.again != "every_time" and (self.key or self.at_most > 1):
            problem = f"got {self.again!r} with a key, or with several visits at once"
            raise DefinitionError("Reentry", problem, "write Reentry.every_time(...)")
        if self.repeated != "ignore" and self.at_most > 1 and not self.key:
            problem = f"{self.repeated!r} does not say which of {self.at_most} visits"
            raise DefinitionError("Reentry", problem, "name a key, or at_most=1")

    @classmethod
    def once(cls, *, repeated: Repeated = "ignore") -> Reentry:
        """A contact goes through the journey once in their life."""
        return cls(again="once", repeated=repeated)

    @classmethod
    def after_exit(
        cls, *, cooldown: Span | str, repeated: Repeated = "ignore"
    ) -> Reentry:
        """A contact may enter again when the cool-down since the exit is over."""
        return cls(again="after_exit", cooldown=span(cooldown), repeated=repeated)

    @classmethod
    def every_time(
        cls, *, at_most: int = 1, key: str = "", repeated: Repeated = "ignore"
    ) -> Reentry:
        """A contact enters at every trigger, and may be there several times at once.

        >>> Reentry.every_time(at_most=5, key="order_id").key
        'order_id'
        """
        return cls(again="every_time", at_most=at_most, key=key, repeated=repeated)


ONCE = Reentry.once()
"""What a journey allows unless it says otherwise."""

InFlight = Literal["follow", "pinned", "until_safe_point"]
"""What becomes of those who are in an earlier version of a journey (J6)."""

Members = Literal["all", "current", "future"]
"""Whom a segment brings into a journey (J1a)."""
