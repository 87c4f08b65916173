"""What was blocked and by what, and the whole answer for three contacts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, TypeVar

from attrs import frozen

import privflow as pf
from month.dates import END, local_text
from month.drawing import Stack
from month.host import Month
from month.plan import QUOTAS
from privflow.display import Drawable
from privflow.journeys import GateLine

Key = TypeVar("Key", str, tuple[str, ...])

_REASONS: Final[Mapping[str, str]] = {
    "no_consent": "没有营销同意 · no consent on record",
    "refused": "已拒绝或退订 · refused or unsubscribed",
    "no_identity": "没有该渠道的身份 · not known on the channel",
    "no_relation": "不再是好友 · no staff member follows",
    "no_token": "没有可用的欢迎码 · no fresh welcome code",
    "quiet_hours": "免打扰时段 · quiet hours",
    "quota_full": "频控已满 · the quota is full",
    "room_kept": "为高优先级预留 · the last place is kept",
    "mix_full": "促销占比过高 · too many promotions in the mix",
    "condition": "步骤条件不满足 · its own condition did not hold",
    "window_closed": "48小时窗口已关闭 · the reply window is closed",
    "window_used_up": "48小时窗口已用完 · the reply window is used up",
    "too_late": "已过有效期 · came too late",
}


def blocked(month: Month) -> Drawable:
    """What became of the steps that could not leave, and which gates said so."""
    whats = ("deferred", "skipped", "expired")
    counts: Counter[tuple[str, str]] = Counter()
    gates: Counter[tuple[str, str, str]] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    for decision in month.decisions:
        entry = decision.entry
        if entry.what not in whats:
            continue
        counts[entry.reason, entry.what] += 1
        if entry.what == "expired":
            continue  # its lines are those of the attempt before
        for line in decision.lines:
            if line.ruling != "allow":
                gates[line.gate, line.channel, line.reason] += 1
        for winner in _winners(decision.lines):
            lost[f"{entry.source.partition(':')[2]} {entry.subject}", winner] += 1
    reasons: Counter[str] = Counter()
    for (reason, _), count in counts.items():
        reasons[reason] += count
    rows = [
        (reason, _REASONS.get(reason, ""), *(counts[reason, what] for what in whats))
        for reason, _ in _ranked(reasons)
    ]
    heads = [
        "原因 · reason",
        "说明",
        "顺延 · deferred",
        "跳过 · skipped",
        "过期 · expired",
    ]
    return Stack((
        pf.Table(heads, rows, title="步骤结果 · what became of the step"),
        pf.Table(
            ["闸门 · gate", "渠道 · channel", "原因 · reason", "次数 · times"],
            [(*key, count) for key, count in _ranked(gates)],
            title="闸门裁决 · which gate said no, on which channel",
        ),
        pf.Table(
            ["让位 · gave way", "优先 · to", "次数 · times"],
            [(*key, count) for key, count in _ranked(lost)],
            title="仲裁 · two touches met, the more urgent one left first",
        ),
    ))


def _winners(lines: Iterable[GateLine]) -> list[str]:
    """Whom a step gave way to, each named once."""
    lists = (line.facts.get("lost_to", ()) for line in lines)
    found = [str(n) for names in lists if isinstance(names, tuple) for n in names]
    return [name.removeprefix("journey:") for name in dict.fromkeys(found)]


def _ranked(counts: Counter[Key]) -> list[tuple[Key, int]]:
    """The most frequent first; equal ones by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def limits() -> pf.Table:
    """The quotas of the plan in words."""
    rows = [(quota.name, str(quota)) for quota in QUOTAS]
    return pf.Table(["频控 · quota", "规则 · rule"], rows)


# ── Why ──────────────────────────────────────────────────────────────────────


@frozen(kw_only=True)
class _Asked:
    """A question of the report, and which answers it is looking for."""

    word: str
    journey: str
    step: str
    fits: Callable[[pf.Why], bool]


def _waits_for(why: pf.Why, gate: str) -> bool:
    """Whether this gate holds the step, and it may still leave later."""
    holds = {line.gate for line in why.lines if line.ruling == "hold"}
    return gate in holds and why.next_possible_at is not None


def _was_refused(why: pf.Why) -> bool:
    """Whether the contact refused one of the channels."""
    return any(line.reason == "refused" for line in why.lines)


_ASKED: Final = (
    _Asked(
        word="已发送 · sent",
        journey="win-back",
        step="comeback-coupon",
        fits=lambda why: why.decision == "sent" and why.touch_status == "delivered",
    ),
    _Asked(
        word="顺延中 · deferred",
        journey="weekly-promotion",
        step="promotion",
        fits=lambda why: why.decision == "deferred" and _waits_for(why, "calm-week"),
    ),
    _Asked(
        word="被拒绝 · denied",
        journey="win-back",
        step="last-call",
        fits=lambda why: why.decision == "skipped" and _was_refused(why),
    ),
)


def whys(month: Month, engine: pf.Engine) -> Drawable:
    """A touch that was sent, one that waits and one that was denied, each in full."""
    parts: list[Drawable] = []
    told: set[str] = set()
    for asked in _ASKED:
        contact_id, why = _first(month, engine, asked, told)
        told.add(contact_id)
        parts.append(_answer(asked, contact_id, why))
    return Stack(tuple(parts))


def _first(
    month: Month, engine: pf.Engine, asked: _Asked, told: AbstractSet[str]
) -> tuple[str, pf.Why | None]:
    """The first contact by name whose answer fits, and who was not told of yet."""
    for contact_id, state in sorted(month.states.items()):
        why = engine.why(state, journey=asked.journey, step=asked.step, now=END)
        if contact_id not in told and asked.fits(why):
            return contact_id, why
    return "", None


def _answer(asked: _Asked, contact_id: str, why: pf.Why | None) -> Drawable:
    if why is None:
        return pf.Text(f"{asked.word}: 本月没有这样的客户 · nobody this month")
    notes = [f"{asked.word}: {contact_id}, {asked.journey} › {asked.step}"]
    notes += [_REASONS[why.reason]] if why.reason in _REASONS else []
    notes += [f"让位于 · gave way to {winner}" for winner in _winners(why.lines)]
    if why.next_possible_at is not None:
        notes.append(f"最早 · earliest {local_text(why.next_possible_at)} (上海)")
    return Stack((pf.Text("; ".join(notes)), why.table()))
