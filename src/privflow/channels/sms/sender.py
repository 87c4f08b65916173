"""What sending and reading SMS (短信) is, in whichever provider's form."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from attrs import field, frozen

from privflow.channels.adapter import (
    CHANNELS,
    AdapterProfile,
    ChannelManual,
    identity_of,
)
from privflow.channels.content import Content
from privflow.channels.ignored import NO_EVENT, Decoded, Ignored
from privflow.channels.limit import ContentLimits
from privflow.channels.payload import read_json
from privflow.channels.request import Recipient
from privflow.channels.sms.callback import entry_of
from privflow.channels.sms.text import (
    CHANNEL,
    OPT_OUT,
    STOP_WORDS,
    check_signature,
    check_words,
)
from privflow.engine import Command
from privflow.facts import Contact
from privflow.timing import Instant
from privflow.touches import names_of


def manual(*also: str) -> ChannelManual:
    """How SMS is used.

    Args:
        also: what a provider's call can come to, beside what every provider's can.
    """
    return ChannelManual(
        CHANNELS[CHANNEL],
        limits=ContentLimits(template=True, beside=True),
        outcomes=(
            "sent",
            "delivered",
            "over_limit",
            "refused",
            *also,
            "retryable",
            "rate_limited",
            "invalid",
            "forbidden",
            "ambiguous",
            "unknown",
        ),
    )


@frozen(kw_only=True)
class SmsSender(ABC):
    """What an adapter of SMS is told of an account's texts, and does with any provider.

    Its adapters say how the provider's calls, reports and answers are written.

    Args:
        signature: the approved one, without brackets.
        opt_out: of these, one stands in every marketing text.
        stop_words: answers that refuse further messages, upper and lower case alike.
        parts: how many messages a text may be charged as; None for any number.
    """

    signature: str
    opt_out: tuple[str, ...] = field(default=OPT_OUT, converter=names_of)
    stop_words: tuple[str, ...] = field(default=STOP_WORDS, converter=names_of)
    parts: int | None = None

    def __attrs_post_init__(self) -> None:
        check_signature(f"{type(self).__name__}.signature", self.signature)

    @property
    @abstractmethod
    def profile(self) -> AdapterProfile:
        """What it speaks to; see `ChannelAdapter.profile`."""

    @abstractmethod
    def _decoded(self, entry: Mapping[str, object]) -> Decoded:
        """What one entry of a callback tells."""

    def decode(self, payload: str | bytes) -> tuple[Decoded, ...]:
        """What reports and answers tell; see `ChannelAdapter.decode`."""
        told = read_json(payload, channel=CHANNEL)
        entries = told if isinstance(told, list) else [told]
        if not entries:
            return (Ignored("empty", reason=NO_EVENT),)
        return tuple(self._decoded(entry_of(entry)) for entry in entries)

    def _recipient(
        self, command: Command, contact: Contact, content: Content, now: Instant
    ) -> Recipient:
        """The phone that a touch goes to, if its words may be sent."""
        touch = command.touch
        manual = self.profile.manual(touch.channel)
        manual.limits.check(touch.channel, content)
        check_words(
            touch.kind,
            content.text,
            signature=self.signature,
            opt_out=self.opt_out,
            parts=self.parts,
        )
        phone = identity_of(contact, manual, scope="", now=now)
        return Recipient(touch.id, phone.value)
