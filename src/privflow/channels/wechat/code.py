"""What the codes of official accounts and mini-programs mean."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from privflow.channels.result import Codes, Meaning

CODES: Final[Codes] = MappingProxyType({
    "-1": Meaning("retryable", "the system is busy"),
    "40001": Meaning("retryable", "the access token is invalid: fetch a new one"),
    "40003": Meaning(
        "ambiguous",
        "the openid is invalid, of another account, or of nobody who follows",
        candidates=("not_friend", "invalid"),
    ),
    "40007": Meaning("invalid", "the media id is invalid"),
    "40014": Meaning("retryable", "the access token is invalid: fetch a new one"),
    "40037": Meaning("invalid", "the template id is invalid"),
    "40130": Meaning("invalid", "a mass send names at least two openids"),
    "40164": Meaning("forbidden", "the address of the caller is not allowed"),
    "41030": Meaning("invalid", "the page is not in the published mini-program"),
    "42001": Meaning("retryable", "the access token has expired: fetch a new one"),
    "43004": Meaning("not_friend", "the receiver does not follow"),
    "43019": Meaning("forbidden", "the receiver is on the account's own black list"),
    "43101": Meaning(
        "ambiguous",
        "never granted, every grant used, or the grant revoked",
        candidates=("grant_exhausted", "refused"),
    ),
    "43107": Meaning("forbidden", "subscription messages are banned"),
    "43108": Meaning("retryable", "another message to the same openid is on its way"),
    "45002": Meaning("invalid", "the text is too long"),
    "45009": Meaning("rate_limited", "the quota of the interface is used up"),
    "45011": Meaning("rate_limited", "the interface was called too often"),
    "45015": Meaning(
        "ambiguous",
        "the time to answer is over, or the receiver has stopped following",
        candidates=("window_closed", "not_friend"),
    ),
    "45028": Meaning("over_limit", "no mass send is left"),
    "45047": Meaning("over_limit", "customer service: no message is left"),
    "45065": Meaning("duplicate", "a send with this clientmsgid was carried out"),
    "45168": Meaning("invalid", "sensitive words"),
    "47003": Meaning("invalid", "a value of the template is wrong"),
    "48001": Meaning("forbidden", "the interface is not authorised"),
    "48002": Meaning("refused", "the follower refuses messages"),
    "50002": Meaning("forbidden", "the account is limited"),
    "50005": Meaning("not_friend", "the receiver does not follow"),
})
"""By `errcode`.

Source:
    WxMpErrorMsgEnum (40130 "invalid openid list size, at least two openid", 45028 "has
    no masssend quota") and WxMaErrorMsgEnum of WxJava; developers.weixin.qq.com,
    subscribeMessage.send; www.tencentcloud.com/document/product/1219/67648 (43107).
"""
