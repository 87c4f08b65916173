"""The words of sentences about conditions, in English and in Chinese (C5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, get_args

from privflow.errors import UnknownFormatError
from privflow.timing import Aligned, Calendar, CalendarPeriods, Rolling, Span, Window

Language = Literal["en", "zh"]

_EN = {
    "and": " and ",
    "or": " or ",
    "not": "not ({0})",
    "surely": "surely ({0})",
    "no": "no {0}",
    "some": "some {0}",
    "missing": "{0} is not known",
    "then": "{0} followed by {1} within {2}",
    "not_followed_by": "{0} not followed by {1} within {2}",
    "in_journey": "in journey {0}",
    "in_stage": "in stage {1} of journey {0}",
    "member": "in segment {0}",
    "has": "{0} is {1}",
    "at_least": "{0} is at least {1}",
    "at_most": "{0} is at most {1}",
    "any_of": "{0} is one of {1}",
    "none_of": "{0} is none of {1}",
    "held_for": "{0} has been {1} for {2}",
    "held_since": "{0} has been {1} since {2}",
    "had_within": "{0} was {1} in the last {2}",
    "ever": "{0} was {1} at some time",
    "filled": "{0} (or {1})",
    "length": "length of {0}",
    "age": "years since {0}",
    "days_to_anniversary": "days to the anniversary of {0}",
    "local": "the local {0}",
    "hour": "hour",
    "weekday": "weekday",
    "day": "day",
    "month": "month",
    "bucket": "bucket {0}",
    "count": "number of {0}",
    "days_with": "number of days with {0}",
    "measure": "{0} of {1} over {2}",
    "sum": "sum",
    "mean": "mean",
    "min": "min",
    "max": "max",
    "distinct": "distinct",
    "first": "first",
    "last": "last",
    "where": "{0} where {1}",
    "in": "{0} in {1}",
    "since_entry": "{0} since entry",
    "since_stage": "{0} since the stage began",
    "from": "{0} from {1}",
    "before": "{0} before {1}",
    "all_of": "all of",
    "any": "any of",
    "opposite": "not",
    "sure": "surely",
    "lasting": ", until {0} at least",
    "it_is": " [it is {0}{1}]",
    "unknown": " [missing{0}]",
    "other_type": " [it is {0}: another type, so nobody can say]",
    "too_late": " [it is {0}: nobody can say yet]",
    "left_out": "; {0} of another type left out",
    "in_no_stage": " [not in it]",
    "in_a_stage": " [in stage {0}]",
    "no_anchor": " [the {0} is not known here]",
    "entry": "entry",
    "stage": "stage",
    "holds": " [holds {0}]",
    "none": "none",
    "found": " [{0} found]",
    "by_time": "; time alone changes it at {0}",
    "by_amount": "; {0}{1}",
    "or_wait": ", or leave it until {0}",
    "would_do": "{0} would do",
    "would_change": "{0} would change it",
    "more": "{0} more",
    "over_more": "more than {0} more",
    "any_more": "anything more",
    "less": "{0} less",
    "any_less": "anything less",
    "over_less": "more than {0} less",
    "more_events": "{0} more {1}",
    "more_kinds": "{0} more different {1}",
    "more_days": "{1} on {0} more days",
    "one_event": "one {0}",
    "one_event_whose": "one {0} whose {1}",
    "such": "such {0}",
    "one_in_time": "one {0} in time",
    "a_tag": "the tag {0}",
    "no_tag": "losing the tag {0}",
    "a_value": "{0} as {1}",
    "forgotten": "forgetting {0}",
    "earlier": "{0} earlier",
    "later": "{0} later",
    "new_value": "; a new value of {0} would change it",
    "other_event": "; another {0} of the event would change it",
    "next_event": "; the next {0} may change it",
    "some_tag": "; a tag of {0} may change it",
    "its_journey": "; a step into or out of {0} would change it",
}
_ZH = {
    "and": " 且 ",
    "or": " 或 ",
    "not": "并非 ({0})",
    "surely": "确定 ({0})",
    "no": "没有 {0}",
    "some": "有 {0}",
    "missing": "{0} 未知",
    "then": "{0} 之后 {2}内有 {1}",
    "not_followed_by": "{0} 之后 {2}内没有 {1}",
    "in_journey": "在旅程 {0} 中",
    "in_stage": "在旅程 {0} 的阶段 {1} 中",
    "member": "在人群包 {0} 中",
    "has": "{0} 是 {1}",
    "at_least": "{0} 至少为 {1}",
    "at_most": "{0} 至多为 {1}",
    "any_of": "{0} 属于 {1}",
    "none_of": "{0} 不属于 {1}",
    "held_for": "{0} 为 {1} 已满 {2}",
    "held_since": "{0} 自 {2} 起一直为 {1}",
    "had_within": "{0} 近 {2}内曾为 {1}",
    "ever": "{0} 曾为 {1}",
    "filled": "{0} (缺省为 {1})",
    "length": "{0} 的长度",
    "age": "{0} 至今的周年数",
    "days_to_anniversary": "距 {0} 周年日的天数",
    "local": "当地{0}",
    "hour": "小时",
    "weekday": "星期",
    "day": "日期",
    "month": "月份",
    "bucket": "分桶 {0}",
    "count": "{0} 的次数",
    "days_with": "有 {0} 的天数",
    "measure": "{2} 的 {1} {0}",
    "sum": "合计",
    "mean": "平均值",
    "min": "最小值",
    "max": "最大值",
    "distinct": "不同值个数",
    "first": "首个值",
    "last": "最近值",
    "where": "{0} (其中 {1})",
    "in": "{1}的 {0}",
    "since_entry": "进入旅程后的 {0}",
    "since_stage": "进入阶段后的 {0}",
    "from": "{1} 起的 {0}",
    "before": "{1} 前的 {0}",
    "all_of": "全部满足",
    "any": "任一满足",
    "opposite": "并非",
    "sure": "确定",
    "lasting": ", 至少到 {0} 不变",
    "it_is": " [现为 {0}{1}]",
    "unknown": " [未知{0}]",
    "other_type": " [现为 {0}: 类型不同, 无法判断]",
    "too_late": " [现为 {0}: 尚无法判断]",
    "left_out": "; 另有 {0} 个值类型不同, 未计入",
    "in_no_stage": " [现不在其中]",
    "in_a_stage": " [现在阶段 {0}]",
    "no_anchor": " [此处没有{0}时间]",
    "entry": "进入旅程的",
    "stage": "进入阶段的",
    "holds": " [现有 {0}]",
    "none": "无",
    "found": " [共 {0} 次]",
    "by_time": "; 不做任何事, 到 {0} 也会改变",
    "by_amount": "; {0}{1}",
    "or_wait": ", 或等到 {0}",
    "would_do": "{0}即可满足",
    "would_change": "{0}就会改变",
    "more": "再多 {0} ",
    "over_more": "再多出 {0} 以上",
    "any_more": "再多一点",
    "less": "再少 {0} ",
    "any_less": "再少一点",
    "over_less": "再少 {0} 以上",
    "more_events": "再有 {0} 次 {1} ",
    "more_kinds": "再有 {0} 个不同的 {1} ",
    "more_days": "再有 {0} 天有 {1} ",
    "one_event": "有一次 {0} ",
    "one_event_whose": "有一次 {1} 的 {0} ",
    "such": "这样的 {0}",
    "one_in_time": "时限内有一次 {0} ",
    "a_tag": "打上标签 {0} ",
    "no_tag": "去掉标签 {0} ",
    "a_value": "{1} 为 {0} ",
    "forgotten": "去掉 {0} ",
    "earlier": "早 {0} ",
    "later": "晚 {0} ",
    "new_value": "; {0} 换一个值就会改变",
    "other_event": "; 事件的 {0} 不同就会改变",
    "next_event": "; 下一次 {0} 可能改变它",
    "some_tag": "; {0} 的标签可能改变它",
    "its_journey": "; 进入或离开 {0} 就会改变",
}
WORDS: Mapping[str, Mapping[str, str]] = {"en": _EN, "zh": _ZH}

_UNITS = {
    "d": "天",
    "h": "小时",
    "m": "分钟",
    "s": "秒",
    "ms": "毫秒",
    "us": "微秒",
}
_COUNTED = re.compile(r"([0-9]+)([a-z]+)")
_PERIODS = {"day": "当天", "week": "本周", "month": "本月", "year": "今年"}
_NATURAL = {
    "day": "个自然日",
    "week": "个自然周",
    "month": "个自然月",
    "year": "个自然年",
}
_DAYS = {
    "mon": "周一",
    "tue": "周二",
    "wed": "周三",
    "thu": "周四",
    "fri": "周五",
    "sat": "周六",
    "sun": "周日",
}


def language_of(spec: str) -> Language:
    """The language of that name.

    Raises:
        UnknownFormatError: there is no such one.
    """
    if spec in WORDS:
        return spec  # type: ignore[return-value]  # the keys are the languages
    what = "a condition"
    raise UnknownFormatError(what, spec, get_args(Language))


def said(language: Language, key: str, *parts: object) -> str:
    """The words for a key around its parts."""
    return WORDS[language][key].format(*parts)


def span_words(language: Language, length: Span) -> str:
    """A length of time: `30d`, `30天`."""
    if language == "en":
        return str(length)
    return _COUNTED.sub(lambda found: found[1] + _UNITS[found[2]], str(length))


def window_words(language: Language, window: Window) -> str:
    """A window: `30d rolling`, `近30天`."""
    if language == "en":
        return str(window)
    match window:
        case Rolling():
            return f"近{span_words(language, window.span)}"
        case Calendar():
            is_week = window.unit == "week"
            begins = f" ({_DAYS[window.first_day]}起)" if is_week else ""
            return f"{_PERIODS[window.unit]}{begins}{_in_zone(window.tz)}"
        case CalendarPeriods():
            is_week = window.unit == "week"
            begins = f" ({_DAYS[window.first_day]}起)" if is_week else ""
            length = f"近{window.count}{_NATURAL[window.unit]}"
            return f"{length}{begins}{_in_zone(window.tz)}"
        case Aligned():
            return f"当前{span_words(language, window.span)}时段{_in_zone(window.tz)}"
        case _:
            return str(window)


def _in_zone(zone: str | None) -> str:
    return f" ({zone})" if zone else ""
