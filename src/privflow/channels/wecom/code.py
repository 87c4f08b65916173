"""What WeCom's codes mean."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from privflow.channels.result import Codes, Meaning

CODES: Final[Codes] = MappingProxyType({
    "-1": Meaning("retryable", "the system is busy"),
    "40001": Meaning("forbidden", "the secret is invalid"),
    "40003": Meaning("invalid", "the userid is invalid"),
    "40007": Meaning("invalid", "the media id is invalid, or older than three days"),
    "40014": Meaning("retryable", "the access token is invalid: fetch a new one"),
    "40035": Meaning("invalid", "a parameter of the external contact is invalid"),
    "40056": Meaning("forbidden", "the agentid is invalid"),
    "40058": Meaning("invalid", "a parameter is invalid"),
    "40063": Meaning("invalid", "a parameter is empty"),
    "40068": Meaning("invalid", "the tag id is invalid"),
    "40096": Meaning("invalid", "the external userid is invalid"),
    "40128": Meaning("over_limit", "transferred too often within 90 days"),
    "41048": Meaning(
        "ambiguous",
        "no customer can be sent to",
        candidates=("not_friend", "invalid"),
    ),
    "41050": Meaning("window_closed", "the welcome code is invalid or over 20 s old"),
    "41051": Meaning(
        "ambiguous",
        "the contact has started chatting, or the welcome was sent",
        candidates=("duplicate", "window_closed"),
    ),
    "41053": Meaning("refused", "the contact has not agreed to the chat archive"),
    "41062": Meaning("retryable", "the member has not published it yet"),
    "41063": Meaning("retryable", "the mass send is being dispatched"),
    "41078": Meaning("rate_limited", "too many Moments tasks"),
    "41079": Meaning("retryable", "the Moments task is being dispatched"),
    "41089": Meaning("invalid", "the Moments task is empty"),
    "41096": Meaning("retryable", "another app is sending the welcome"),
    "42001": Meaning("retryable", "the access token has expired: fetch a new one"),
    "44004": Meaning("invalid", "the text is empty"),
    "45002": Meaning("invalid", "the text is too long"),
    "45009": Meaning("rate_limited", "the interface was called too often"),
    "45033": Meaning("rate_limited", "too many calls at once"),
    "48001": Meaning("forbidden", "the interface is not authorised"),
    "48002": Meaning("forbidden", "no right to call the interface"),
    "48004": Meaning("forbidden", "the corp has withdrawn its authorisation"),
    "60011": Meaning("forbidden", "no right over the member or app"),
    "60020": Meaning("forbidden", "the address of the caller is not allowed"),
    "84061": Meaning("not_friend", "not an external contact of the member"),
    "86214": Meaning("invalid", "the kind of mass send is invalid"),
    "90207": Meaning("forbidden", "the app may not contact customers"),
    "90208": Meaning("forbidden", "the member is outside the range of use"),
    "95001": Meaning("over_limit", "customer service: no message is left"),
    "95004": Meaning("invalid", "customer service: no such account"),
    "95007": Meaning("window_closed", "customer service: the code is invalid or used"),
    "95013": Meaning("window_closed", "customer service: the conversation has ended"),
    "95017": Meaning("forbidden", "customer service: the interface is closed"),
    "95018": Meaning(
        "window_closed", "customer service: not in a state that the interface serves"
    ),
    "301055": Meaning("invalid", "the attachments of the mass send are too large"),
})
"""By `errcode`.

Source:
    https://developer.work.weixin.qq.com/document/path/90313 (global codes), 92135,
    92599 (2025-11-17), 96351 (2025-09-11); app/services and common/ecode of
    openscrm/api-server (2024-10); silenceper/wechat work/kf for 95000 to 95018.
"""

RECEIVED: Final = MappingProxyType({
    "0": "waiting",
    "1": "delivered",
    "2": "not_friend",
    "3": "over_limit",
})
"""What became of a mass send for one customer or customer group, by `status`.

Source:
    https://developer.work.weixin.qq.com/document/path/93338 (send_list).
"""

DONE: Final = MappingProxyType({"0": "waiting", "2": "confirmed"})
"""What a member has done about a mass send, by `status` of task_list (93338)."""

PUBLISHED: Final = MappingProxyType({"0": "waiting", "1": "confirmed"})
"""What a member has done about a Moments task, by `publish_status` (93333)."""

TRANSFERRED: Final = MappingProxyType({
    "1": "delivered",
    "2": "waiting",
    "3": "refused",
    "4": "over_limit",
})
"""What became of a hand-over, by `status` of transfer_result (94088)."""
