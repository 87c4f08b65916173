"""The callbacks of WeCom: contacts, customer groups, links, apps, and suites."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from privflow.channels.callback import decode_callback
from privflow.channels.envelope import Envelope
from privflow.channels.ignored import NO_EVENT, PULL, SUITE, Decoded, Ignored
from privflow.channels.wecom.callback_type import (
    EVENT_TYPES,
    MESSAGE_TYPES,
    SUITE_TYPES,
)
from privflow.facts import Event, Properties

CHANGES: Final[Mapping[str, tuple[str, Properties]]] = MappingProxyType({
    "add_external_contact": ("contact_added", Properties({"half": False})),
    "add_half_external_contact": ("contact_added", Properties({"half": True})),
    "edit_external_contact": ("contact_edited", Properties()),
    "del_external_contact": ("contact_removed", Properties({"by": "staff"})),
    "del_follow_user": ("contact_removed", Properties({"by": "contact"})),
    "transfer_fail": ("transfer_failed", Properties()),
    "msg_audit_approved": ("archive_agreed", Properties()),
})
"""ChangeType of change_external_contact to the event and the properties it implies."""

MEMBERS: Final[Mapping[str, str]] = MappingProxyType({
    "add_member": "group_joined",
    "del_member": "group_left",
})
"""UpdateDetail of change_external_chat to the event of each member who is named."""

GROUPS: Final[Mapping[str, str]] = MappingProxyType({
    "create": "group_created",
    "update": "group_changed",
    "dismiss": "group_dismissed",
})
"""ChangeType of change_external_chat to the event of the group."""

_JOINED: Final = MappingProxyType({"1": "invited", "2": "link", "3": "qr_code"})
_LEFT: Final = MappingProxyType({"1": "self", "2": "removed"})
_HANDED_OVER: Final = "DELETE_BY_TRANSFER"
_PAGE: Final = "developer.work.weixin.qq.com/document/path"


def decode_wecom(envelope: Envelope) -> tuple[Decoded, ...]:
    """What a callback of WeCom tells."""
    match envelope.one(envelope.kind):
        case "change_external_contact":
            return (_contact(envelope),)
        case "change_external_chat":
            return _group(envelope)
        case "customer_acquisition":
            return (_acquisition(envelope),)
        case "kf_msg_or_event":
            return (Ignored(envelope.name, reason=PULL),)
        case _:
            decoded = decode_callback(envelope, channel="wecom.app")
            return (_passed(envelope) if isinstance(decoded, Ignored) else decoded,)


def _passed(envelope: Envelope) -> Ignored:
    """By name, with the page that documents it; a type without one is told apart."""
    reason = SUITE if envelope.suite else NO_EVENT
    known = SUITE_TYPES if envelope.suite else {**EVENT_TYPES, **MESSAGE_TYPES}
    page = known.get(envelope.name)
    if page is None:
        return Ignored(envelope.name, reason=f"{reason}; no page documents it")
    return Ignored(envelope.name, reason=f"{reason}: {_PAGE}/{page}")


def _contact(envelope: Envelope) -> Decoded:
    change = envelope.one("ChangeType")
    if change not in CHANGES:
        return _passed(envelope)
    name, implied = CHANGES[change]
    if change == "del_external_contact" and envelope.one("Source") == _HANDED_OVER:
        name, implied = "contact_transferred", Properties()
    contact = envelope.required("ExternalUserID")
    staff = envelope.required("UserID")
    properties = {"channel": "wecom.message", "staff": staff, **implied}
    reason = envelope.one("FailReason")
    if reason:
        properties["reason"] = reason
    told_by = (contact, envelope.at, "change_external_contact", change, staff)
    return envelope.event(name, contact, properties, id_parts=told_by)


def _acquisition(envelope: Envelope) -> Decoded:
    """A customer who came by a link and wrote; other changes name no contact."""
    if envelope.one("ChangeType") != "customer_start_chat":
        return _passed(envelope)
    contact, staff = envelope.required("ExternalUserID"), envelope.required("UserID")
    properties = {"channel": "wecom.message", "staff": staff}
    told_by = (contact, envelope.at, "customer_acquisition", staff)
    return envelope.event("chat_started", contact, properties, id_parts=told_by)


def _group(envelope: Envelope) -> tuple[Decoded, ...]:
    """The event of the group, and one of each member who is named."""
    change = envelope.one("ChangeType")
    if change not in GROUPS:
        return (_passed(envelope),)
    group, detail = envelope.required("ChatId"), envelope.one("UpdateDetail")
    properties: dict[str, object] = {"channel": "wecom.group", "group": group}
    if detail:
        properties["detail"] = detail
    told_by = (group, envelope.at, "change_external_chat", change, detail)
    # Two changes of one kind may come within a second: the version tells them apart.
    version = envelope.one("CurMemVer")
    whole = envelope.event(
        GROUPS[change], group, properties, id_parts=(*told_by, version)
    )
    if detail not in MEMBERS:
        return (whole,)
    how = {
        "join_scene": _JOINED.get(envelope.one("JoinScene")),
        "quit_scene": _LEFT.get(envelope.one("QuitScene")),
    }
    about = {name: value for name, value in how.items() if value}
    members = (
        _member(envelope, MEMBERS[detail], member, {**properties, **about}, told_by)
        for member in _members(envelope)
    )
    return (whole, *members)


def _members(envelope: Envelope) -> tuple[str, ...]:
    """Those who are named: as items, or, as it was once, as one text with commas."""
    listed = envelope.tree.get("MemChangeList")
    if listed is None:
        return ()
    items = [item.text for item in listed.all("Item")] or listed.text.split(",")
    return tuple(dict.fromkeys(name.strip() for name in items if name.strip()))


def _member(
    envelope: Envelope,
    name: str,
    member: str,
    properties: Mapping[str, object],
    told_by: tuple[object, ...],
) -> Event:
    version = envelope.one("CurMemVer")
    parts = (*told_by, version, member)
    return envelope.event(name, member, properties, id_parts=parts)  # type: ignore[arg-type]
