"""What a decoder answers: events, reports, receipts, or the name of what it passed."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen
from typing_extensions import override

from privflow.channels.quote import quoted
from privflow.channels.result import Report
from privflow.facts import Event
from privflow.touches import Receipt

NO_EVENT: Final = "no event of a contact stands for it"
SUITE: Final = "a notice to the provider of a suite, of no contact of a corp"
PAYMENT: Final = "an answer of the payment interface"
UNTYPED: Final = "it has neither MsgType nor InfoType"
ECHO: Final = "an echo of what the account itself sent"
PULL: Final = (
    "it says nothing itself: ask kf/sync_msg with its Token, decode the answer"
)
UNDATED: Final = "it bears no time, and an event without its time has no place"
HANDSHAKE: Final = "answer it with its challenge, as the platform asks"


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


Decoded = Event | Report | Receipt | Ignored
"""One thing that a payload is decoded to."""
