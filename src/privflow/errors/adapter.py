"""The turn of a platform: it sent what its own documentation rules out."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from privflow.errors.error import PrivflowError


class AdapterError(PrivflowError):
    """A platform sent something that its documentation rules out.

    Args:
        channel: the channel whose codec read it.
        problem: what is impossible about it.
        remedy: what to do with the payload.
    """

    code: ClassVar[str] = "adapter"

    def __init__(self, channel: str, problem: str, remedy: str) -> None:
        super().__init__(channel, problem, remedy)
        self.channel, self.problem, self.remedy = channel, problem, remedy

    @property
    @override
    def message(self) -> str:
        return f"{self.channel}: {self.problem}"

    @property
    @override
    def hint(self) -> str:
        return self.remedy


class PayloadError(AdapterError):
    """A payload that is malformed, hostile or too large; nothing was decoded."""

    code: ClassVar[str] = "payload"
