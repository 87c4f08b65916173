"""The words of the journal, in English and in Chinese (E4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from privflow.engine.wording import STATUSES, Words

WORDS: Final[Mapping[str, Words]] = {
    "received": ("took in", "收到"),
    "late": ("took in late", "补收"),
    "repeated": ("knew already", "重复收到"),
    "unknown_touch": ("does not know the touch of", "不认识的触达"),
    "not_consented": ("holds no consent without", "同意无效,缺少"),
    "rule": ("rule fired", "规则触发"),
    "not_fired": ("rule did not fire", "规则未触发"),
    "emitted": ("made", "产生事件"),
    "not_emitted": ("did not make", "未产生事件"),
    "scored": ("added to score", "计分"),
    "tasked": ("gave a task to staff", "派发员工任务"),
    "tagged": ("tagged", "打上标签"),
    "not_tagged": ("did not tag", "未打标签"),
    "untagged": ("untagged", "去掉标签"),
    "attribute": ("set attribute", "设置属性"),
    "entered": ("entered", "进入"),
    "not_entered": ("did not enter", "未进入"),
    "refreshed": ("entered anew the stage", "重新进入阶段"),
    "moved": ("moved to stage", "转入阶段"),
    "stayed": ("stayed in stage", "停留在阶段"),
    "ended": ("left", "离开"),
    "timed": ("timed anew", "重新计时"),
    "edited": ("went on by version", "按版本继续"),
    "unknown": ("is in a journey that the plan does not know", "处于计划未知的旅程"),
    "sent": ("sent", "发送"),
    "assigned": ("gave to staff", "交给员工"),
    "reminded": ("reminded staff of", "提醒员工"),
    "withdrawn": ("took back from staff", "从员工收回"),
    "deferred": ("deferred", "暂缓"),
    "skipped": ("skipped", "跳过"),
    "expired": ("expired", "过期"),
    "receipt": ("heard back", "收到回执"),
    "lapsed": ("waited in vain for word of the touch", "等不到触达的回音"),
}
"""The closed vocabulary of entries, as people read it."""

_RECEIPT: Final[Mapping[str, Words]] = {
    **STATUSES,
    "not_friend": ("no friend any more, or never was", "已非好友或从未是好友"),
    "over_limit": ("a limit of the platform is used up", "平台额度已用完"),
    "window_closed": ("the time to answer is over", "已超出可回复的时间"),
    "grant_exhausted": ("no grant is left", "订阅授权已用完"),
    "rate_limited": ("too many calls in a short time", "调用过于频繁"),
    "retryable": ("the platform is at fault", "平台故障"),
    "duplicate": ("it was sent before", "此前已发送"),
    "invalid": ("the platform does not take the call", "平台不接受该调用"),
    "forbidden": ("the account may not do this", "账号没有权限"),
    "unknown": ("the platform does not say", "平台没有说明"),
}
_NOT_IN_PLAN: Final[Mapping[str, Words]] = {
    "no_journey": ("the plan has no such journey", "计划中没有该旅程"),
    "no_version": ("the plan has no such version", "计划中没有该版本"),
}
_ROUND: Final[Words] = ("it leads round at one instant", "在同一时刻循环")

REASONS_OF: Final[Mapping[str, Mapping[str, Words]]] = {
    "not_consented": {
        "incomplete": (
            "the event does not say it, or says it wrongly",
            "事件没有写明,或写错",
        ),
    },
    "not_entered": {
        "once_only": ("it is entered once in a life", "终身只可进入一次"),
        "already_inside": ("the contact is in it", "客户已在其中"),
        "cooling_down": (
            "the cool-down after the last visit is not over",
            "距上次离开的冷却期未满",
        ),
        "too_many": ("as many visits run as may", "同时进行的次数已满"),
        "not_in_audience": ("not in its audience", "不在目标人群中"),
        "no_key": ("the event does not name the key", "事件没有写明键"),
        "current_member": ("a member already before it began", "开始之前已在分群中"),
        "future_member": ("a member only since it began", "开始之后才进入分群"),
        "loop": _ROUND,
    },
    "not_emitted": {
        "too_many": ("one input has made too many events", "一次输入产生的事件过多"),
    },
    "not_fired": {
        "once": ("it fires once", "只触发一次"),
        "once_per": ("it fired not long enough ago", "距上次触发太近"),
        "fired_already": ("it fired for this input", "本次输入已触发过"),
    },
    "not_tagged": {
        "no_sensitive_consent": (
            "nobody agreed to the sensitive tag",
            "没有对敏感标签的单独同意",
        ),
    },
    "stayed": {"loop": _ROUND},
    "skipped": {
        "no_channel": ("it has no channel", "没有写明渠道"),
        "unknown_channel": ("the plan has no such channel", "计划中没有该渠道"),
        "repeated": ("the event was answered before", "该事件此前已回复"),
    },
    "unknown": {
        **_NOT_IN_PLAN,
        "no_stage": ("the journey has no such stage", "旅程中没有该阶段"),
        "no_step": ("the journey has no such step", "旅程中没有该步骤"),
    },
    "withdrawn": _NOT_IN_PLAN,
    "lapsed": {"unconfirmed": ("nobody confirmed it in time", "逾期没有确认")},
    "late": {
        "lapsed": ("its reservation had lapsed", "预占已失效"),
        "cancelled": ("it had been told as taken back", "此前报告为已取消"),
    },
    "receipt": _RECEIPT,
    "repeated": _RECEIPT,
}
"""What reasons mean in entries of a kind; other reasons are those of `wording`."""
