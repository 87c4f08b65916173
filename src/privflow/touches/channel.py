"""What a channel asks for before it carries a touch, as data with its source."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from privflow.errors import DefinitionError
from privflow.facts import required_text
from privflow.timing import Span, span
from privflow.touches.message import KINDS, names_of, one_of


@frozen(kw_only=True)
class Token:
    """A code that comes with an event and opens the channel once, for a short time.

    Args:
        property: the event property that carries it.
        within: how long it lives from the event on.
    """

    property: str = field(kw_only=False)
    within: Span = field(converter=span)


def _span_or_none(given: str | Span | None) -> Span | None:
    return None if given is None else span(given)


def _kinds_of(given: Iterable[str]) -> tuple[str, ...]:
    return names_of(given, "ChannelProfile.kinds")


@frozen(kw_only=True)
class ChannelProfile:
    """What a channel needs of a contact and allows of a message (渠道).

    Args:
        name: dotted, the family first: `"wecom.message"`.
        namespace: the identity that the contact needs; empty for none.
        needs_relation: a staff member must follow the contact.
        confirmed_by_staff: a send is a task until a staff member confirms it (J7).
        kinds: the message kinds that it may carry.
        token: the one-shot code that it needs.
        confirm_within: how long a touch keeps its place in quotas unless it is
            confirmed; None keeps it until something is heard (Q4).
    """

    name: str = field(kw_only=False)
    namespace: str = ""
    needs_relation: bool = False
    confirmed_by_staff: bool = False
    kinds: tuple[str, ...] = field(default=KINDS, converter=_kinds_of)
    token: Token | None = None
    confirm_within: Span | None = field(default=None, converter=_span_or_none)

    def __attrs_post_init__(self) -> None:
        required_text("ChannelProfile.name", self.name)
        for kind in self.kinds:
            one_of("ChannelProfile.kinds", kind, KINDS)
        if self.confirm_within is not None and not self.confirm_within.us:
            what = "ChannelProfile.confirm_within"
            problem = "got '0s', no time to confirm anything"
            raise DefinitionError(what, problem, "write '72h'")


def _wecom(
    name: str, *, staffed: bool = False, token: Token | None = None
) -> ChannelProfile:
    return ChannelProfile(
        f"wecom.{name}",
        namespace="wecom.external_userid",
        needs_relation=True,
        confirmed_by_staff=staffed,
        token=token,
    )


STANDARD_CHANNELS: tuple[ChannelProfile, ...] = (
    # one call within 20 s of the event: developer.work.weixin.qq.com 92599, 2025-11-17
    _wecom("welcome", token=Token("welcome_code", within="20s")),
    _wecom("message"),
    # a task that staff confirm: developer.work.weixin.qq.com 92135, 2025-11-17
    _wecom("mass", staffed=True),
    # the same task, for customer groups; the group is the contact (J8)
    ChannelProfile(
        "wecom.group",
        namespace="wecom.chat_id",
        needs_relation=True,
        confirmed_by_staff=True,
    ),
    # a task that staff confirm: developer.work.weixin.qq.com 96351, 2025-09-11
    _wecom("moments", staffed=True),
    # customer service (微信客服): developer.work.weixin.qq.com 94677
    ChannelProfile("wecom.kf", namespace="wecom.external_userid"),
    # one call within 20 s of the event: developer.work.weixin.qq.com 96428, 2023-11-30
    ChannelProfile(
        "wecom.kf_welcome",
        namespace="wecom.external_userid",
        token=Token("kf_welcome_code", within="20s"),
    ),
    ChannelProfile("wechat.mass", namespace="wechat.openid"),
    ChannelProfile("wechat.service", namespace="wechat.openid"),
    # service notices only: developers.weixin.qq.com template_message
    ChannelProfile(
        "wechat.template", namespace="wechat.openid", kinds=("transactional", "service")
    ),
    ChannelProfile("wechat.subscribe", namespace="wechat.openid"),
    ChannelProfile("miniprogram.subscribe", namespace="miniprogram.openid"),
    ChannelProfile("miniprogram.service", namespace="miniprogram.openid"),
    ChannelProfile("douyin.message", namespace="douyin.open_id"),
    ChannelProfile("douyin.proactive", namespace="douyin.open_id"),
    # fan groups; the group is the contact (J8)
    ChannelProfile("douyin.group", namespace="douyin.group_id"),
    ChannelProfile("sms", namespace="phone"),
    ChannelProfile("push", namespace="push.token"),
)
"""The channels that a plan knows unless it says otherwise."""
