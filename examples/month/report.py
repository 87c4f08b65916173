"""Tells what came of the month: the same sections as text and as one HTML page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from attrs import frozen

import privflow as pf
from month.callbacks import Answers, Callbacks
from month.data import Orders
from month.dates import DAYS, END, FIRST_DAY, START, local_day
from month.drawing import Cards, Sketch, Stack
from month.funnel import IN_CHINESE, funnel
from month.host import Month
from month.plan import JOURNEYS, SEGMENTS, TIER
from month.reasons import blocked, limits, whys
from privflow.display import Drawable

TITLE: Final = "一个月的触达 · A month of touches"
_WEEKDAYS: Final = "一二三四五六日"
_MOST_BAD: Final = 20

_CHANNELS: Final[Mapping[str, str]] = {
    "wecom.mass": "企微群发 · mass task",
    "wecom.moments": "企微朋友圈 · Moments task",
    "wecom.message": "企微单聊 · message",
    "wecom.welcome": "企微欢迎语 · welcome",
    "wechat.service": "公众号客服消息 · service message",
    "sms": "短信 · SMS",
}


@frozen(kw_only=True)
class Story:
    """All that the report tells about."""

    orders: Orders
    callbacks: Callbacks
    answers: Answers
    month: Month
    engine: pf.Engine


def printed(story: Story) -> str:
    """The report for a terminal."""
    return pf.Page(TITLE, list(_sections(story)), intro=_intro(story)).to_text()


def page(story: Story) -> str:
    """The report as one HTML document that needs nothing else."""
    given, *told = _sections(story)
    drawn = [
        (f"旅程 · {IN_CHINESE[journey.name]} · {journey.name}", Sketch(journey))
        for journey in JOURNEYS
    ]
    sections = [("", _cards(story.month)), *told, *drawn, given]
    return pf.Page(TITLE, sections, intro=_intro(story), lang="zh-CN").to_html()


def _intro(story: Story) -> str:
    customers = len({order.customer for order in story.orders.rows})
    return (
        f"2026年12月 · 上海时区 · 虚拟时间。{customers} 位下单客户的真实订单记录, "
        "日期整体后移20年; 手机号, 同意记录, 好友关系与企微回执为示例所编。\n"
        f"December 2026 in virtual time, all instants Shanghai's. The orders of "
        f"{customers} customers are recorded, their dates moved by twenty years; phone "
        "numbers, consents, friendships and what WeCom answers are made up."
    )


def _sections(story: Story) -> Iterator[tuple[str, Drawable]]:
    month = story.month
    yield "输入 · Input", _input(story)
    yield "人群包 · Segments", _segments(month)
    yield "每日触达 · Touches per day", _days(month)
    yield "渠道 · Channels", _channels(month)
    yield "被拦下的触达 · What was blocked, and why", blocked(month)
    yield "频控与闸门 · Quotas and gates of the plan", limits()
    yield "旅程漏斗 · Journeys", funnel(month)
    yield "为什么 · Why: three contacts", whys(month, story.engine)


def _cards(month: Month) -> Cards:
    entries = Counter(decision.entry.what for decision in month.decisions)
    delivered = sum(receipt.status == "delivered" for _, receipt in month.receipts)
    return Cards((
        (f"{len(month.states):,}", "客户 · contacts"),
        (f"{len(month.given):,}", "触达指令 · touches given"),
        (f"{delivered:,}", "已送达 · delivered"),
        (f"{entries['deferred']:,}", "顺延 · deferred"),
        (f"{entries['skipped']:,}", "跳过 · skipped"),
        (f"{entries['expired']:,}", "过期 · expired"),
    ))


# ── Input ────────────────────────────────────────────────────────────────────


def _input(story: Story) -> Drawable:
    orders, callbacks, answers = story.orders, story.callbacks, story.answers
    live = sum(order.at >= START for order in orders.rows)
    rows = [
        ("订单 · orders read", len(orders.rows)),
        ("  其中当月 · of the month, arriving live", live),
        ("坏行 · bad rows left out", len(orders.bad)),
        ("外部联系人 · contacts in API answers", len(answers.contacts)),
        ("其他应答 · API answers about no contact", len(answers.others)),
        ("回调事件 · callbacks that made an event", callbacks.total("event")),
        ("员工事件 · events of staff in their own app", callbacks.total("staff")),
        ("忽略 · callbacks ignored", callbacks.total("ignored")),
        ("拒收 · callbacks refused, still encrypted", callbacks.total("refused")),
    ]
    parts: list[Drawable] = [pf.Table(["输入 · input", "数量 · count"], rows)]
    if orders.bad:
        parts.append(_bad_rows(orders))
    parts.append(_callbacks(callbacks))
    return Stack(tuple(parts))


def _bad_rows(orders: Orders) -> pf.Table:
    shown = orders.bad[:_MOST_BAD]
    more = len(orders.bad) - len(shown)
    return pf.Table(
        ["行 · line", "字段 · field", "问题 · problem", "建议 · hint"],
        [(bad.line, bad.field, bad.problem, bad.hint) for bad in shown],
        title=f"坏行 · bad rows{f' (and {more} more)' if more else ''}",
    )


def _callbacks(callbacks: Callbacks) -> pf.Table:
    words = {
        "event": "事件 · event",
        "staff": "员工 · staff",
        "ignored": "忽略 · ignored",
        "refused": "拒收 · refused",
    }
    rows = []
    for fate, word in words.items():
        names = [
            name if count == 1 else f"{name} × {count}"
            for (found, name), count in callbacks.counts.items()
            if found == fate
        ]
        rows += [(word, ", ".join(part)) for part in _in_lines(names, 4)]
    return pf.Table(["回调 · callbacks", "名称 · by name"], rows)


def _in_lines(names: Sequence[str], each: int) -> Iterator[Sequence[str]]:
    return (names[i : i + each] for i in range(0, len(names), each))


# ── Segments ─────────────────────────────────────────────────────────────────


def _segments(month: Month) -> Drawable:
    everybody = len(month.states)
    rows = []
    for segment in SEGMENTS:
        before = _inside(segment, month.before, START)
        after = _inside(segment, month.states, END)
        agreed = sum(_agreed(state) for state in after)
        share = round(100 * len(after) / everybody) if everybody else 0
        said = (segment.name, segment.description)
        rows.append((*said, len(before), len(after), share, agreed))
    heads = [
        "人群包 · segment",
        "说明",
        "12-01",
        "12-31",
        "占比 · share %",
        "可营销 · agreed",
    ]
    held = Counter(
        tag for state in month.states.values() for tag in state.contact.tags.at(END)
    )
    tiers = [(tier.label, held[tier]) for tier in TIER]
    return Stack((
        pf.Table(heads, rows),
        pf.Bars(tiers, title="粉丝分层, 月末 · fan tiers at the end", unit="人"),
    ))


def _inside(
    segment: pf.Segment, states: Mapping[str, pf.ContactState], now: pf.Instant
) -> list[pf.ContactState]:
    return [state for state in states.values() if segment.contains(state, now=now)]


def _agreed(state: pf.ContactState) -> bool:
    """Whether marketing may reach the contact on some channel."""
    found = (
        state.contact.consents.latest(channel, purpose="marketing", now=END)
        for channel in ("wecom.message", "sms")
    )
    return any(record is not None and record.granted for record in found)


# ── Touches ──────────────────────────────────────────────────────────────────


def _days(month: Month) -> pf.Bars:
    counts = Counter(local_day(given.at) for given in month.given)
    days = [FIRST_DAY + timedelta(days=place) for place in range(DAYS)]
    rows = [
        (f"{day:%m-%d} 周{_WEEKDAYS[day.weekday()]}", counts[day.isoformat()])
        for day in days
    ]
    return pf.Bars(rows)


def _channels(month: Month) -> Drawable:
    given = Counter(g.command.touch.channel for g in month.given)
    channel_of = {g.command.touch.id: g.command.touch.channel for g in month.given}
    heard = Counter(
        (channel_of[receipt.touch_id], receipt.status) for _, receipt in month.receipts
    )
    marketing = Counter(
        g.command.touch.channel
        for g in month.given
        if g.command.touch.kind == "marketing"
    )
    told = ("confirmed", "delivered", "failed", "expired")
    rows = [
        (
            channel,
            _CHANNELS.get(channel, ""),
            count,
            marketing[channel],
            *(heard[channel, status] for status in told),
        )
        for channel, count in given.most_common()
    ]
    heads = [
        "渠道 · channel",
        "说明",
        "指令 · given",
        "营销 · marketing",
        "员工已发 · confirmed",
        "送达 · delivered",
        "失败 · failed",
        "超时 · lapsed",
    ]
    return Stack((
        pf.Bars([(channel, count) for channel, count in given.most_common()]),
        pf.Table(heads, rows),
    ))
