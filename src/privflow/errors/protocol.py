"""The turn of the host: calls that cannot be right; the state is unchanged."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from privflow.errors.error import PrivflowError


class ProtocolError(PrivflowError):
    """The host called in a way that cannot be right; the state is unchanged.

    Args:
        problem: what was asked.
        remedy: how to ask it.
    """

    code: ClassVar[str] = "protocol"

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem, self.remedy = problem, remedy

    @property
    @override
    def message(self) -> str:
        return self.problem

    @property
    @override
    def hint(self) -> str:
        return self.remedy


class WrongContactError(ProtocolError):
    """An input of one contact was given to the state of another."""

    code: ClassVar[str] = "wrong-contact"

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(
            f"got an input of contact {got!r} for the state of {expected!r}",
            "load the state of the contact that the input names",
        )
        self.args = (expected, got)


class TimeReversedError(ProtocolError):
    """`now` lies before what the state has already lived through."""

    code: ClassVar[str] = "time-reversed"

    def __init__(self, reached: object, now: object) -> None:
        super().__init__(
            f"the state has reached {reached}, got now={now}",
            "serialise the inputs of one contact and pass a clock that only rises",
        )
        self.args = (reached, now)


class FutureInputError(ProtocolError):
    """An input claims to have happened after `now`."""

    code: ClassVar[str] = "future-input"

    def __init__(self, at: object, now: object) -> None:
        super().__init__(
            f"got an input that happened at {at}, after now={now}",
            "hand it in when its time has come, or correct the sender's clock",
        )
        self.args = (at, now)


class ContentError(ProtocolError):
    """Rendered content that a channel cannot carry; nothing was encoded.

    Args:
        what: the channel, or the field of the content: `"Content.text"`.
        excess: what it has that is too much, missing or of the wrong kind.
        remedy: what to render instead.
    """

    code: ClassVar[str] = "content"

    def __init__(self, what: str, excess: str, remedy: str) -> None:
        super().__init__(f"{what}: {excess}", remedy)
        self.args = (what, excess, remedy)
        self.what, self.excess = what, excess
