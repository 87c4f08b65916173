"""What stands between the host and a platform: three pure functions and a profile."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Protocol

from attrs import field, frozen

from privflow.channels.content import Content
from privflow.channels.ignored import Decoded
from privflow.channels.limit import ContentLimits
from privflow.channels.preset import Preset
from privflow.channels.request import Request
from privflow.channels.response import Response
from privflow.channels.result import Result
from privflow.engine import Command
from privflow.errors import ProtocolError, UnknownNameError
from privflow.facts import Contact, Identity, required_contact
from privflow.timing import Instant
from privflow.touches import STANDARD_CHANNELS, ChannelProfile, Gate, View

CHANNELS: Final = MappingProxyType({known.name: known for known in STANDARD_CHANNELS})
"""The standard channels, by name."""


@frozen(kw_only=True)
class ChannelManual:
    """How one channel of an adapter is used (渠道说明).

    Args:
        channel: what it needs of a contact and allows of a message.
        limits: what it carries.
        batch: how many recipients one call may name.
        takes_key: the platform recognises a repeated call by the key that it carries.
        outcomes: what a call on it can come to, and what is told of it later.
    """

    channel: ChannelProfile = field(kw_only=False)
    limits: ContentLimits
    batch: int = 1
    takes_key: bool = False
    outcomes: tuple[str, ...]


@frozen(kw_only=True)
class AdapterProfile:
    """What an adapter speaks to (适配器说明).

    Args:
        name: the platform: `"wecom"`.
        base_url: what the path of a request is appended to.
        credential: where the host puts the credential, which no request holds.
        channels: those that it encodes.
        presets: the platform's own limits as gates, with their sources.
    """

    name: str = field(kw_only=False)
    base_url: str = ""
    credential: str = ""
    channels: tuple[ChannelManual, ...]
    presets: tuple[Preset, ...] = ()

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The identities that its channels send to."""
        found = (manual.channel.namespace for manual in self.channels)
        return tuple(dict.fromkeys(name for name in found if name))

    @property
    def defaults(self) -> tuple[Gate, ...]:
        """What the platform itself does unless an account chose otherwise, as gates.

        Quotas, reply windows and grants; where pages or providers disagree there is
        no default, and the plan names a preset.
        """
        return tuple(preset.gate for preset in self.presets if preset.default)

    def manual(self, channel: str) -> ChannelManual:
        """The manual of a channel.

        Raises:
            UnknownNameError: the adapter does not encode it.
        """
        for manual in self.channels:
            if manual.channel.name == channel:
                return manual
        known = [manual.channel.name for manual in self.channels]
        what = f"channel of {self.name}"
        raise UnknownNameError(what, channel, known)


class ChannelAdapter(Protocol):
    """Translates between privflow and a platform without sending a byte (渠道适配器).

    An adapter is a value: it keeps nothing between two calls, so a host that waits and
    one that does not use the same one.
    """

    @property
    def profile(self) -> AdapterProfile:
        """What it speaks to: channels, limits, identities, the platform's quotas."""

    def encode(
        self, command: Command, contact: Contact, content: Content, *, now: Instant
    ) -> Request:
        """The call that carries out a command.

        Args:
            content: what the host rendered for the touch.

        Raises:
            ContentError: the channel cannot carry the content.
            ProtocolError: the contact has no identity there that is valid at `now`.
            UnknownNameError: the channel is not one of this adapter's.
        """

    def decode(self, payload: str | bytes) -> tuple[Decoded, ...]:
        """What a callback tells: events, reports, receipts, or what was passed over.

        Args:
            payload: verified and decrypted.

        Raises:
            PayloadError: it is malformed, hostile, too large or still encrypted, or
                lacks what its documentation promises.
        """

    def decode_response(
        self, request: Request, response: Response, *, view: View | None = None
    ) -> Result:
        """What became of a request; never raises, whatever the platform answered.

        Args:
            view: the contact as it stood, for codes that mean several things; without
                it, or where it does not tell, the outcome stays ambiguous.
        """


def identity_of(
    contact: Contact, manual: ChannelManual, *, scope: str, now: Instant
) -> Identity:
    """The identity that a channel sends to: the newest valid one of the scope.

    Args:
        scope: the corp, account or app; an identity without one is of every scope.

    Raises:
        ProtocolError: the contact has none.
    """
    required_contact("encode.contact", contact)
    namespace = manual.channel.namespace
    fitting = [
        identity
        for identity in contact.identities
        if identity.namespace == namespace
        and identity.scope in {"", scope}
        and identity.is_valid(now=now)
    ]
    if not fitting:
        problem = f"contact {contact.id!r} has no valid {namespace} of {scope!r}"
        remedy = "send commands as the engine gives them; it asks for the identity"
        raise ProtocolError(problem, remedy)
    return max(fitting, key=lambda found: (found.since is not None, found.since or now))
