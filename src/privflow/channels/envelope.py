"""The outer form that callbacks of WeChat and WeCom share, and how it is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from privflow.channels.ignored import PAYMENT, UNTYPED, Ignored
from privflow.channels.payload import read_object, required_payload
from privflow.channels.stamp import event_id, instant_of
from privflow.channels.xml import Element, read_xml
from privflow.errors import PayloadError
from privflow.facts import Event
from privflow.timing import Instant

_WORD_START: Final = re.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,20})?")
_NUMBERS: Final = frozenset({
    "latitude",
    "longitude",
    "precision",
    "location_x",
    "location_y",
    "scale",
})
# What an event says in words of its own: name, contact, instant, id and properties.
_TOLD: Final = frozenset({
    "ToUserName",
    "FromUserName",
    "CreateTime",
    "MsgType",
    "Event",
    "InfoType",
    "TimeStamp",
    "ChangeType",
    "UserID",
    "ExternalUserID",
    "Content",
})


def snake_case(name: str) -> str:
    """A platform's field name as the name of a property.

    >>> [snake_case(name) for name in ("MsgID", "ExternalUserID", "Location_X")]
    ['msg_id', 'external_user_id', 'location_x']
    """
    return _WORD_START.sub("_", name).lower()


def _number(text: str) -> int | float | None:
    """The number, or None: a place that cannot be read is unknown."""
    if not _NUMBER.fullmatch(text.strip()):
        return None
    return float(text) if "." in text else int(text)


def _value(name: str, texts: list[str]) -> object:
    if name in _NUMBERS and len(texts) == 1:
        return _number(texts[0])
    return texts[0] if len(texts) == 1 else tuple(texts)


@frozen(kw_only=True)
class Envelope:
    """A callback that was read and has a type, and its fields.

    Args:
        tree: the whole document.
        channel: the family that reads it, named in refusals: `"wecom"`.
        scope: the host's name of the corp or account, the start of every event id.
        suite: it came to the provider of a suite, in the suite's own form.
    """

    tree: Element = field(kw_only=False)
    channel: str
    scope: str
    suite: bool = False

    def one(self, name: str) -> str:
        """The stripped text of a field that occurs once; empty where it is missing.

        Raises:
            PayloadError: the field occurs twice, so that it says two things.
        """
        found = self.tree.all(name)
        if len(found) > 1:
            problem = f"got {name} {len(found)} times, expected it once"
            remedy = "drop the payload: which of them is meant cannot be known"
            raise PayloadError(self.channel, problem, remedy)
        return found[0].text.strip() if found else ""

    def required(self, name: str) -> str:
        """The stripped text of a field that the documentation promises.

        Raises:
            PayloadError: it is missing, empty, or there twice.
        """
        text = self.one(name)
        if not text:
            problem = f"{name} is missing, which the documentation promises"
            remedy = "drop the payload, or pass it to the codec of its platform"
            raise PayloadError(self.channel, problem, remedy)
        return text

    @property
    def kind(self) -> str:
        """The name of the field that says what it is."""
        if self.suite:
            return "InfoType"
        return "Event" if self.one("MsgType") == "event" else "MsgType"

    @property
    def name(self) -> str:
        """The platform's name of it: the type, and the change where it has one."""
        written = self.one(self.kind) or self.kind
        change = self.one("ChangeType")
        return f"{written}.{change}" if change else written

    @property
    def at(self) -> Instant:
        """When it happened, by the platform's clock."""
        # In a suite some types come in the form of an app, with CreateTime.
        is_stamped = self.suite and not self.one("CreateTime")
        field_name = "TimeStamp" if is_stamped else "CreateTime"
        return instant_of(self.channel, field_name, self.one(field_name))

    def kept(self) -> dict[str, object]:
        """The platform's fields that an event keeps, under their snake_case names.

        A repeated field becomes a tuple. Empty and nested ones are left out.
        """
        texts: dict[str, list[str]] = {}
        for child in self.tree.children:
            is_plain = not child.children and bool(child.text.strip())
            if is_plain and child.name not in _TOLD:
                texts.setdefault(snake_case(child.name), []).append(child.text)
        return {name: _value(name, found) for name, found in texts.items()}

    def event(
        self,
        name: str,
        contact_id: str,
        properties: Mapping[str, object],
        *,
        id_parts: tuple[str | Instant, ...],
    ) -> Event:
        """The event of this callback.

        Args:
            properties: in the words of the vocabulary; they win over kept fields.
            id_parts: what tells it from other events of the scope.
        """
        return Event(
            name,
            contact_id,
            at=self.at,
            properties={**self.kept(), **properties},
            id=event_id(self.scope, *id_parts),
        )


def open_envelope(
    payload: str | bytes, *, channel: str, scope: str
) -> Envelope | Ignored:
    """The callback in a payload, or why it is none of a contact.

    Args:
        payload: XML, or the same fields as JSON, which an account may choose.

    Raises:
        PayloadError: the payload is refused, or still encrypted.
    """
    tree = _tree(payload, channel)
    envelope = Envelope(tree, channel=channel, scope=scope)
    if "Encrypt" in tree:
        problem = "got an encrypted envelope"
        remedy = "verify and decrypt it first, for example with wechatpy's WeChatCrypto"
        raise PayloadError(channel, problem, remedy)
    if envelope.one("InfoType"):
        corp = envelope.one("AuthCorpId") or scope
        return Envelope(tree, channel=channel, scope=corp, suite=True)
    if "return_code" in tree:
        return Ignored("return_code", reason=PAYMENT)
    if not envelope.one("MsgType"):
        return Ignored("untyped", reason=UNTYPED)
    return envelope


def is_json(payload: str | bytes) -> bool:
    """Whether a payload is JSON rather than XML, by its first character."""
    required_payload(payload, channel="callback")
    head = payload[:64].lstrip()
    return head.startswith("{") if isinstance(head, str) else head.startswith(b"{")


def _tree(payload: str | bytes, channel: str) -> Element:
    if is_json(payload):
        return element_of("xml", read_object(payload, channel=channel))
    return read_xml(payload, channel=channel)


def element_of(name: str, value: object) -> Element:
    """A value of JSON as the element that the same callback has in XML.

    A list becomes several children of its name, so it stands below an object.
    """
    match value:
        case Mapping():
            parts = ((key, part) for key, part in value.items() if part is not None)
            children = (
                element_of(str(key), each)
                for key, part in parts
                for each in (part if isinstance(part, list) else [part])
            )
            return Element(name, children=tuple(children))
        case str():
            return Element(name, text=value)
        case bool():
            return Element(name, text="true" if value else "false")
        case int() | float():
            return Element(name, text=str(value))
        case _:
            return Element(name)
