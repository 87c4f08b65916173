"""An adapter of no platform at all: the reference for tests, notebooks and readers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from privflow.channels.adapter import AdapterProfile, ChannelManual, identity_of
from privflow.channels.answer import answer_of, failed, sent
from privflow.channels.content import ATTACHMENTS, Content
from privflow.channels.ignored import NO_EVENT, Decoded, Ignored
from privflow.channels.limit import ContentLimits
from privflow.channels.payload import read_object
from privflow.channels.quote import quoted
from privflow.channels.request import Recipient, Request, key_of, written
from privflow.channels.response import Response
from privflow.channels.result import OUTCOMES, Codes, Meaning, Result, receipt_of
from privflow.engine import Command
from privflow.errors import DefinitionError, PayloadError
from privflow.facts import Contact, Event
from privflow.timing import Instant, instant
from privflow.touches import ChannelProfile, View

_CHANNEL: Final = "memory"
_MOST: Final = 1000
_CODES: Final[Codes] = MappingProxyType({
    name: Meaning(
        name,
        "as it was told",
        candidates=("window_closed", "not_friend") if name == "ambiguous" else (),
    )
    for name in OUTCOMES
})


def _channels(given: Iterable[ChannelProfile]) -> tuple[ChannelProfile, ...]:
    return tuple(given)


@frozen(kw_only=True)
class MemoryAdapter:
    """Speaks to whatever the host keeps in memory (内存适配器).

    A call's body holds the touch, the address and the words. An answer names its
    outcome: `{"code": "over_limit"}`, or `{"code": 0}`. A callback is an event,
    `{"event": "purchase", "contact": "c-1", "at": "2026-10-20T09:30+08:00"}`, with an
    `id` and `properties` if need be, or a receipt: `{"touch": "t-1", "outcome":
    "delivered", "at": ...}`.

    Args:
        channels: those that it carries.

    >>> from privflow.touches import ChannelProfile
    >>> adapter = MemoryAdapter(channels=[ChannelProfile("note")])
    >>> (event,) = adapter.decode(
    ...     '{"event": "purchase", "contact": "c-1", "at": "2026-10-20T01:30:00Z"}'
    ... )
    >>> event.name, event.contact_id
    ('purchase', 'c-1')
    """

    channels: tuple[ChannelProfile, ...] = field(
        default=(ChannelProfile(_CHANNEL),), converter=_channels
    )

    @property
    def profile(self) -> AdapterProfile:
        """Its channels; everything but templates fits."""
        kinds = tuple(kind.kind for kind in ATTACHMENTS)
        limits = ContentLimits(
            characters=_MOST, attachments=len(kinds), kinds=kinds, together=True
        )
        manuals = (
            ChannelManual(
                channel,
                limits=limits,
                batch=_MOST,
                takes_key=True,
                outcomes=tuple(OUTCOMES),
            )
            for channel in self.channels
        )
        return AdapterProfile(_CHANNEL, channels=tuple(manuals))

    def encode(
        self, command: Command, contact: Contact, content: Content, *, now: Instant
    ) -> Request:
        """The call that carries out a command; see `ChannelAdapter.encode`."""
        touch = command.touch
        manual = self.profile.manual(touch.channel)
        manual.limits.check(touch.channel, content)
        address = contact.id
        if manual.channel.namespace:
            address = identity_of(contact, manual, scope="", now=now).value
        body = {
            "to": [address],
            "key": key_of(touch.id),
            "text": content.text,
            "attachments": list(content.kinds),
        }
        return Request(
            "POST",
            f"/{touch.channel}",
            body=written(body),
            channel=touch.channel,
            key=key_of(touch.id),
            key_field="key",
            recipients=(Recipient(touch.id, address),),
            batch=manual.batch,
            batch_field="to",
        )

    def decode(self, payload: str | bytes) -> tuple[Decoded, ...]:
        """The event or receipt that a callback is; see `ChannelAdapter.decode`."""
        told = read_object(payload, channel=_CHANNEL)
        try:
            return (_decoded(told),)
        except DefinitionError as error:
            problem = f"{error.what} {error.problem}"
            raise PayloadError(_CHANNEL, problem, error.remedy) from None

    def decode_response(
        self, request: Request, response: Response, *, view: View | None = None
    ) -> Result:
        """What became of a request; see `ChannelAdapter.decode_response`."""
        answer = answer_of(
            response, _CODES, channel=_CHANNEL, code="code", words="says"
        )
        if answer.meaning is not None:
            return failed(request, response, answer, view=view)
        return sent(request, response, answer)


def _decoded(told: Mapping[str, object]) -> Decoded:
    match told:
        case {"event": str(name), "contact": str(contact), "at": str(at)}:
            properties = told.get("properties")
            number = told.get("id")
            return Event(
                name,
                contact,
                at=instant(at),
                properties=properties if isinstance(properties, dict) else {},
                id=number if isinstance(number, str) else "",
            )
        case {"touch": str(touch), "outcome": str(outcome), "at": str(at)}:
            return receipt_of(touch, outcome, at=instant(at))
        case _:
            return Ignored(quoted(next(iter(told), "untyped")), reason=NO_EVENT)
