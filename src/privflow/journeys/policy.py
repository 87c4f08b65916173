"""What a step does when it is blocked, and whether a journey may be entered again."""

from __future__ import annotations

from typing import Literal

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


@frozen(kw_only=True)
class Reentry:
    """Whether a journey that was left may be entered again (J4).

    Args:
        again: `"once"`, never again; `"after_exit"`, when the cool-down is over.
        cooldown: from leaving until a new trigger counts; with `"after_exit"`.
    """

    again: Literal["once", "after_exit"]
    cooldown: Span | None = None

    def __attrs_post_init__(self) -> None:
        one_of("Reentry.again", self.again, ("once", "after_exit"))
        if (self.again == "after_exit") != (self.cooldown is not None):
            problem = f"got {self.again!r} with cooldown {self.cooldown}"
            remedy = "write Reentry.once() or Reentry.after_exit(cooldown='90d')"
            raise DefinitionError("Reentry", problem, remedy)

    @classmethod
    def once(cls) -> Reentry:
        """A contact goes through the journey once in their life."""
        return cls(again="once")

    @classmethod
    def after_exit(cls, *, cooldown: Span | str) -> Reentry:
        """A contact may enter again when the cool-down since the exit is over."""
        return cls(again="after_exit", cooldown=span(cooldown))


ONCE = Reentry.once()
"""What a journey allows unless it says otherwise."""
