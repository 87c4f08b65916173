"""What a decoder answers when a payload is sound and means nothing to a contact."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen
from typing_extensions import override

from privflow.channels.quote import quoted
from privflow.facts import Event

NO_EVENT: Final = "no event of a contact stands for it"
SUITE: Final = "a notice to the provider of a suite, of no contact of this corp"
PAYMENT: Final = "an answer of the payment interface"
UNTYPED: Final = "it has neither MsgType nor InfoType"


@frozen(kw_only=True)
class Ignored:
    """A well-formed payload that makes no event (忽略的回调).

    Args:
        name: the platform's own name of it: `"change_external_chat.create"`.
        reason: why no event was made, for the host's log.
    """

    name: str = field(kw_only=False)
    reason: str

    @override
    def __str__(self) -> str:
        return f"ignored {quoted(self.name)}: {self.reason}"


Decoded = Event | Ignored
"""What a payload is decoded to."""
