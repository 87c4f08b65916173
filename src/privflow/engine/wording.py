"""The words of answers to "why", in English and in Chinese, with their numbers (E4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from privflow.conditions import Language
from privflow.facts import Properties, Value
from privflow.timing import Instant

Words = tuple[str, str]
"""The same in English and in Chinese."""

_PLACE: Final[Mapping[Language, int]] = {"en": 0, "zh": 1}

DECISIONS: Final[Mapping[str, Words]] = {
    "sent": ("was sent", "已发送"),
    "waiting": ("is not due yet", "尚未到期"),
    "deferred": ("is blocked for now", "暂时受阻"),
    "skipped": ("was skipped", "已跳过"),
    "expired": ("came too late", "已过期"),
    "ended": ("will not be sent: the journey was left", "不会发送:已离开旅程"),
    "unreached": (
        "has not been reached: the contact is in another stage",
        "尚未到达:客户在其他阶段",
    ),
    "not_enrolled": (
        "was never due: the contact did not enter the journey",
        "从未到期:客户没有进入该旅程",
    ),
    "unknown": (
        "waits in a version of the journey that the plan does not have",
        "停在计划中没有的旅程版本里",
    ),
}

REASONS: Final[Mapping[str, Words]] = {
    "": ("", ""),
    "condition": ("its own condition did not hold", "步骤自身的条件不成立"),
    "no_anchor": ("what it counts from has not come", "计时起点尚未出现"),
    "passed": (
        "its time had passed before the stage was entered",
        "进入阶段之前时间已过",
    ),
    "edited": ("the journey was edited", "旅程已被修改"),
    "control": (
        "the contact is in the control group of {share}",
        "客户属于占 {share} 的对照组",
    ),
    "held": (
        "a limit that contacts share has no room",
        "多客户共享的额度已用完",
    ),
    "restarted": ("it was entered anew", "旅程已重新进入"),
    "no_date": ("its schedule has no date for this contact", "对该客户没有可排的日期"),
    "too_late": (
        "it was no longer valid when it could have left",
        "可以发送时已不再有效",
    ),
    "kind_not_carried": (
        "the channel does not carry {kind} messages",
        "渠道不承载 {kind} 类消息",
    ),
    "no_identity": ("the contact has no {namespace}", "客户没有 {namespace} 身份"),
    "no_relation": ("no staff member follows the contact", "没有员工跟进该客户"),
    "no_token": (
        "no unused {token} of the last {within}",
        "最近 {within} 内没有未使用的 {token}",
    ),
    "no_consent": (
        "no consent to marketing on {channel}",
        "没有在 {channel} 接收营销的同意",
    ),
    "refused": ("refused or withdrawn since {since}", "自 {since} 起已拒绝或撤回同意"),
    "suppressed": (
        "who was erased at {since} is not written to again",
        "已于 {since} 删除,不再联系",
    ),
    "notice_outdated": (
        "the consent since {since} was to the notice {notice}",
        "{since} 的同意针对的是告知 {notice}",
    ),
    "restricted": ("processing is restricted since {since}", "自 {since} 起限制处理"),
    "minor": (
        "no automated marketing to who is under {adult}",
        "不向未满 {adult} 岁者自动营销",
    ),
    "age_unknown": ("their age is not known", "年龄未知"),
    "no_guardian": (
        "who is under {child} needs a guardian's consent",
        "未满 {child} 岁需监护人同意",
    ),
    "not_personalised": (
        "personalised messages are refused since {since}",
        "自 {since} 起拒绝个性化消息",
    ),
    "cooling_down": (
        "asked again too soon: refused since {since}",
        "再次征求过早:{since} 已拒绝",
    ),
    "quiet_hours": ("quiet hours {hours}", "免打扰时段 {hours}"),
    "send_window": ("open {hours}", "发送时段 {hours}"),
    "calendar_ended": (
        "the calendar {calendar} is known until {known_until}",
        "日历 {calendar} 只到 {known_until}",
    ),
    "quota_full": (
        "{count} of {limit} used in {window}",
        "{window}已用 {count}/{limit}",
    ),
    "room_kept": (
        "{count} of {limit} used in {window}, the rest is kept",
        "{window}已用 {count}/{limit},其余预留",
    ),
    "window_closed": (
        "the contact did nothing in {window} that opens the reply window",
        "客户在{window}内没有打开回复窗口的行为",
    ),
    "window_used_up": (
        "{count} of {limit} used in the reply window of {window}",
        "{window}的回复窗口已用 {count}/{limit}",
    ),
    "grant_exhausted": ("no grant is left", "订阅授权已用完"),
    "cost_over_limit": (
        "costs {cost}, and {limit} in {window} is all there is",
        "需要 {cost},而{window}总共只有 {limit}",
    ),
    "too_soon": (
        "less than {gap} after the last touch, at {last}",
        "距上次触达 {last} 不足 {gap}",
    ),
    "locked_out": (
        "the platform refused one as too many at {since}",
        "平台于 {since} 以超限拒绝",
    ),
    "not_granted": ("no consent holds", "没有有效授权"),
    "no_key": ("the message names no {key}", "消息没有写明 {key}"),
    "mix_full": (
        "{count} of the {total} touches in {window} are of that label",
        "{window}的 {total} 次触达中已有 {count} 次属于该标签",
    ),
    "goal": ("the goal was reached", "目标已达成"),
    "exit": ("the exit condition held", "退出条件成立"),
    "completed": ("everything in it was done", "全部步骤已完成"),
    "rule": ("a rule ended it", "被规则结束"),
    "hand": ("it was ended by hand", "已由人工结束"),
    "withdrawn": (
        "staff were asked not to send it any more",
        "已请员工不再发送",
    ),
    "unmerged": (
        "it was another contact's, and a merge was undone",
        "属于另一位客户,合并已撤销",
    ),
    "step": ("a blocked step ended it", "被受阻的步骤结束"),
    "stage_left": (
        "the contact went on to another stage before",
        "此前客户已进入其他阶段",
    ),
}

STATUSES: Final[Mapping[str, Words]] = {
    "reserved": ("reserved", "已占用额度"),
    "submitted": ("submitted", "已提交"),
    "confirmed": ("confirmed", "员工已确认"),
    "delivered": ("delivered", "已送达"),
    "read": ("read", "已读"),
    "clicked": ("clicked", "已点击"),
    "replied": ("replied", "已回复"),
    "failed": ("failed", "失败"),
    "refused": ("refused", "被拒绝"),
    "expired": ("expired", "过期未确认"),
    "cancelled": ("cancelled", "已取消"),
}

_PHRASES: Final[Mapping[str, Words]] = {
    "because": (": {0}", ":{0}"),
    "status": (" ({0})", "({0})"),
    "possible": ("; next possible at {0}", ";最早可于 {0} 发送"),
    "given_up": ("; given up at {0}", ";将于 {0} 放弃"),
    "winners": ("{0}; gave way to {1}", "{0};让位于 {1}"),
    "list": (", ", "、"),
    "gate": ("gate", "闸门"),
    "channel": ("channel", "渠道"),
    "ruling": ("ruling", "裁决"),
    "reason": ("because", "原因"),
    "until": ("until", "直到"),
    "allow": ("allow", "放行"),
    "hold": ("hold", "暂缓"),
    "deny": ("deny", "拒绝"),
}

_FACTS: Final[Mapping[str, Words]] = {
    "balance": ("balance", "余额"),
    "calendar": ("calendar", "日历"),
    "claimed": ("counted for all contacts together", "多客户共同计数"),
    "closes_at": ("closes at", "关闭于"),
    "cost": ("cost", "消耗"),
    "count": ("count", "已用"),
    "evidence": ("evidence", "凭证"),
    "gap": ("gap", "间隔"),
    "gate": ("gate", "闸门"),
    "hours": ("hours", "时段"),
    "last": ("last", "上次"),
    "limit": ("limit", "上限"),
    "notice": ("notice", "告知"),
    "since": ("since", "自"),
    "total": ("total", "总数"),
    "until": ("until", "至"),
    "window": ("window", "周期"),
}
"""What the numbers of a gate are called; a name of a user's own stands as it is."""

_WINDOWS: Final = (
    (re.compile(r"(\S+) rolling"), r"最近 \1 "),
    (re.compile(r"(\d+) calendar days"), r"最近 \1 个自然日"),
    (re.compile(r"(\d+) calendar weeks( from \w+)?"), r"最近 \1 个自然周"),
    (re.compile(r"(\d+) calendar months"), r"最近 \1 个自然月"),
    (re.compile(r"(\d+) calendar years"), r"最近 \1 个自然年"),
    (re.compile(r"calendar day"), "当日"),
    (re.compile(r"calendar week( from \w+)?"), "本周"),
    (re.compile(r"calendar month"), "当月"),
    (re.compile(r"calendar year"), "当年"),
    (re.compile(r"(\S+) by the clock"), r"整点对齐的 \1 "),
    (re.compile(r" in (\S+)$"), r"(\1)"),
)


def spoken(words: Words, language: Language) -> str:
    """Of words in both languages, those of one."""
    return words[_PLACE[language]]


def phrase(name: str, language: Language, *parts: object) -> str:
    """A phrase between the parts of an answer."""
    return spoken(_PHRASES[name], language).format(*parts)


def decision_words(decision: str, language: Language) -> str:
    """What became of a step."""
    return spoken(DECISIONS[decision], language)


def status_words(status: str, language: Language) -> str:
    """How far a touch has come; a status from elsewhere stands as it is."""
    return spoken(STATUSES.get(status, (status, status)), language)


def reason_sentence(
    reason: str, facts: Properties, zone: str = "UTC", language: Language = "en"
) -> str:
    """The reason in words, with its numbers; a user's own code stands as it is."""
    numbers = _Shown({n: _fact(n, v, zone, language) for n, v in facts.items()})
    winners = numbers.pop("lost_to", "")
    words = REASONS.get(reason)
    if words is not None:
        text = spoken(words, language).format_map(numbers)
    else:
        listed = phrase("list", language).join(f"{n} {v}" for n, v in numbers.items())
        text = f"{reason} ({listed})" if listed else reason
    return phrase("winners", language, text, winners) if winners else text


def shown_facts(facts: Properties, zone: str, language: Language) -> str:
    """The numbers that a gate looked at, one after another."""
    found = (_named(name, value, zone, language) for name, value in facts.items())
    return phrase("list", language).join(found)


def _named(name: str, value: Value, zone: str, language: Language) -> str:
    """A value behind its name; the name alone says what is simply so."""
    label = spoken(_FACTS.get(name, (name, name)), language)
    return label if value is True else f"{label} {_fact(name, value, zone, language)}"


def _fact(name: str, value: Value, zone: str, language: Language) -> str:
    """A value as people read it: instants in a zone, windows in their language."""
    if isinstance(value, tuple):
        parts = (_fact(name, part, zone, language) for part in value)
        return phrase("list", language).join(parts)
    if isinstance(value, Instant):
        return value.isoformat(zone)
    text = str(value)
    if name == "window" and language == "zh":
        for pattern, words in _WINDOWS:
            text = pattern.sub(words, text)
    return text


class _Shown(dict[str, str]):
    """The facts of a reason; what a gate did not say is a question mark."""

    def __missing__(self, name: str) -> str:
        return "?"
