"""What the laws of channel adapters are tried with: a case, and what goes beyond it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from attrs import evolve, field, frozen
from hypothesis import strategies as st

from privflow.channels import (
    ChannelAdapter,
    ChannelManual,
    Content,
    Image,
    Report,
    Request,
    Template,
)
from privflow.engine import AssignTask, Command, Send
from privflow.facts import EMPTY, Contact, Identity, Properties
from privflow.timing import instant
from privflow.touches import Receipt, Touch, View

NOW: Final = instant("2026-10-20T09:30+08:00")
_GOOD: Final = 200


@frozen(kw_only=True)
class Answered:
    """What a platform answers, and to which call.

    Args:
        body: as it comes; `ADDRESS` in it stands for the recipient's address.
        status: of HTTP.
        asking: makes the call that is answered from the one that was encoded; None
            for that one itself.
        view: what the host knows of the contact, for a code that means several things.
    """

    body: str = field(kw_only=False)
    status: int = _GOOD
    asking: Callable[[Request], Request] | None = None
    view: View | None = None


@frozen(kw_only=True)
class AdapterCase:
    """What the laws need to know about an adapter.

    Args:
        contents: each channel to a content that it carries.
        scope: of the identities of contacts.
        parameters: each channel to what its touches carry, where they carry something.
        answers: each channel to answers that together reach all of its outcomes, save
            `unknown` and `rate_limited`, which HTTP alone can tell.
        payloads: callbacks, at least one of each kind.
        kind: of the touches.
    """

    adapter: ChannelAdapter = field(kw_only=False)
    contents: Mapping[str, Content]
    scope: str = ""
    parameters: Mapping[str, Mapping[str, object]] = field(default=EMPTY)
    answers: Mapping[str, tuple[Answered, ...]] = field(factory=dict)
    payloads: tuple[str | bytes, ...] = ()
    kind: str = "service"

    def manuals(self) -> tuple[ChannelManual, ...]:
        """The manual of each channel."""
        return self.adapter.profile.channels

    def contact(self, *, address: str = "a-1") -> Contact:
        """Somebody whom every channel reaches."""
        spaces = self.adapter.profile.namespaces
        found = (Identity(space, address, scope=self.scope) for space in spaces)
        return Contact("c-001", identities=tuple(found))

    def command(self, manual: ChannelManual, touch_id: str = "t-1") -> Command:
        """The command to send one touch on a channel."""
        name = manual.channel.name
        touch = Touch(
            id=touch_id,
            contact_id="c-001",
            channel=name,
            message="m",
            kind=self.kind,
            source="journey:laws",
            parameters=Properties(self.parameters.get(name, {})),
        )
        maker = AssignTask if manual.channel.confirmed_by_staff else Send
        return maker(touch, staff="zhang")

    def encoded(
        self, manual: ChannelManual, touch_id: str = "t-1", *, address: str = "a-1"
    ) -> Request:
        """The request of one touch."""
        return self.adapter.encode(
            self.command(manual, touch_id),
            self.contact(address=address),
            self.contents[manual.channel.name],
            now=NOW,
        )


def excessive(manual: ChannelManual, content: Content) -> Iterator[Content]:
    """Contents that go beyond each documented limit of a channel by one."""
    limits = manual.limits
    words = evolve(content, template=None, attachments=())
    if limits.characters is not None:
        yield evolve(words, text="x" * (limits.characters + 1))
    if limits.title is not None:
        yield evolve(content, title="x" * (limits.title + 1))
    if limits.octets is not None:
        yield evolve(words, text="好" * (limits.octets // 3 + 1))
    if limits.template:
        yield Content("words alone")
        for name, most in limits.values.items():
            yield Content(template=Template("T", {f"{name}1": "x" * (most + 1)}))
        if limits.parts is not None:
            yield evolve(content, text="x", attachments=[Image("m")] * limits.parts)
    else:
        yield Content()
        yield Content(template=Template("T"))
    yield evolve(content, attachments=[Image("m")] * (limits.attachments + 1))


def outcomes_of(told: Receipt | Report) -> str:
    """The outcome that a receipt or report stands for."""
    if isinstance(told, Report):
        return told.outcome
    if told.status == "failed":
        return "ambiguous" if told.reason == "unknown" else told.reason
    return "sent" if told.status == "submitted" else told.status


def damaged(payload: str | bytes) -> st.SearchStrategy[bytes]:
    """The payload cut, doubled, or with something else in the place of a part."""
    whole = payload.encode() if isinstance(payload, str) else payload
    places = st.integers(0, len(whole))
    filling = st.binary(max_size=8) | st.sampled_from([
        b"\xff",
        b'"',
        b"<a>",
        b"null",
        "\u202e".encode(),
        b'"\\ud800"',
        b"9" * 30,
    ])
    return st.builds(
        lambda low, high, part: (
            whole[: min(low, high)] + part + whole[max(low, high) :]
        ),
        places,
        places,
        filling,
    )
