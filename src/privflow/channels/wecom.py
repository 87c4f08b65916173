"""The codec of WeCom (企业微信): changes of external contacts, and its own apps."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from privflow.channels.callback import decode_callback
from privflow.channels.envelope import Envelope, envelope_name, open_envelope
from privflow.channels.ignored import NO_EVENT, Decoded, Ignored
from privflow.facts import Properties, required_text

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

_HANDED_OVER: Final = "DELETE_BY_TRANSFER"


def _corp(given: str) -> str:
    return required_text("WeComCodec.corp", given)


@frozen(kw_only=True)
class WeComCodec:
    """Reads the callbacks of one corp (企业微信).

    Changes of external contacts make `contact_added` (with `half`: the contact is a
    friend on one side only), `contact_removed` (`by` the contact or the staff),
    `contact_transferred`, `contact_edited`, `transfer_failed` (`reason`) and
    `archive_agreed`. Their `contact_id` is the external_userid, since a codec knows
    no host's ids; the channel is `"wecom.message"` and `staff` the member.

    What members do in an app of the corp makes the events of an official account.
    Their `contact_id` is the member's userid and the channel `"wecom.app"`.

    Args:
        corp: the host's name of the corp; event ids start with it.

    Source:
        https://developer.work.weixin.qq.com/document/path/92130 (contacts) and
        https://developer.work.weixin.qq.com/document/path/90375 and 90376 (apps).

    >>> payload = '''<xml><FromUserName>sys</FromUserName>
    ... <CreateTime>1403610513</CreateTime><MsgType>event</MsgType>
    ... <Event>change_external_contact</Event>
    ... <ChangeType>del_follow_user</ChangeType>
    ... <UserID>zhang</UserID><ExternalUserID>wmA</ExternalUserID></xml>'''
    >>> event = WeComCodec(corp="corp-1").decode(payload)
    >>> event.name, event.contact_id, event.properties["by"]
    ('contact_removed', 'wmA', 'contact')
    >>> event.id
    'corp-1:wmA:1403610513:change_external_contact:del_follow_user:zhang'

    The host puts its own id in the place of the external_userid:

    >>> from attrs import evolve
    >>> evolve(event, contact_id="c-001").contact_id
    'c-001'
    """

    corp: str = field(converter=_corp)

    def decode(self, payload: str | bytes) -> Decoded:
        """The event of a callback, or the name of one that makes none.

        Args:
            payload: the XML, decrypted.

        Raises:
            PayloadError: the payload is malformed, hostile, too large or encrypted,
                or an event lacks a field that the documentation promises.
        """
        envelope = open_envelope(payload, channel="wecom", scope=self.corp)
        if isinstance(envelope, Ignored):
            return envelope
        is_change = envelope.one("Event") == "change_external_contact"
        if is_change and envelope.one("MsgType") == "event":
            return _change(envelope)
        return decode_callback(envelope, channel="wecom.app")


def _change(envelope: Envelope) -> Decoded:
    change = envelope.one("ChangeType")
    if change not in CHANGES:
        return Ignored(envelope_name(envelope, "Event"), reason=NO_EVENT)
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
