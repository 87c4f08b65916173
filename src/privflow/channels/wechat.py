"""The codec of WeChat official accounts (公众号, 服务号)."""

from __future__ import annotations

from attrs import field, frozen

from privflow.channels.callback import decode_callback
from privflow.channels.envelope import open_envelope
from privflow.channels.ignored import Decoded, Ignored
from privflow.facts import required_text


def _account(given: str) -> str:
    return required_text("WeChatCodec.account", given)


@frozen(kw_only=True)
class WeChatCodec:
    """Reads the callbacks of one official account (公众号).

    Makes `message_received`, `subscribed`, `unsubscribed`, `qr_scanned`,
    `menu_clicked`, `link_opened` and `location_reported`. Their `contact_id` is the
    openid, since a codec knows no host's ids; the channel is `"wechat.service"`.

    Args:
        account: the host's name of the account; event ids start with it.

    Source:
        https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html

    >>> payload = '''<xml><FromUserName>oA</FromUserName>
    ... <CreateTime>1348831860</CreateTime><MsgType>text</MsgType>
    ... <Content>多少钱</Content><MsgId>77</MsgId></xml>'''
    >>> event = WeChatCodec(account="gh_1").decode(payload)
    >>> event.name, event.contact_id, event.id, event.properties["text"]
    ('message_received', 'oA', 'gh_1:77', '多少钱')

    The host puts its own id in the place of the openid:

    >>> from attrs import evolve
    >>> evolve(event, contact_id="c-001").contact_id
    'c-001'
    """

    account: str = field(converter=_account)

    def decode(self, payload: str | bytes) -> Decoded:
        """The event of a callback, or the name of one that makes none.

        Args:
            payload: the XML, decrypted.

        Raises:
            PayloadError: the payload is malformed, hostile, too large or encrypted,
                or an event lacks a field that the documentation promises.
        """
        envelope = open_envelope(payload, channel="wechat", scope=self.account)
        if isinstance(envelope, Ignored):
            return envelope
        return decode_callback(envelope, channel="wechat.service")
