"""How far the journeys have come, and what became of each of their steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import privflow as pf
from month.drawing import Stack
from month.host import Month
from month.plan import JOURNEYS
from privflow.display import Drawable

IN_CHINESE: Final[Mapping[str, str]] = {
    "new-friend": "新好友欢迎",
    "win-back": "流失挽回",
    "repurchase": "复购跟进",
    "weekly-promotion": "每周促销",
}


def funnel(month: Month) -> Drawable:
    """Each journey's stages and ends, and each step's outcomes."""
    counts = Counter(
        (d.entry.source, d.entry.what, d.entry.subject, d.entry.reason)
        for d in month.decisions
        if d.entry.source.startswith("journey:")
    )
    return Stack((_visits(month, counts), _steps(month)))


def _visits(month: Month, counts: Counter[tuple[str, str, str, str]]) -> pf.Table:
    rows = []
    for journey in JOURNEYS:
        source = f"journey:{journey.name}"
        reached = [
            sum(counts[source, what, stage.name, ""] for what in ("entered", "moved"))
            for stage in journey.stages
        ]
        stages = " › ".join(
            f"{stage.name} {count}"
            for stage, count in zip(journey.stages, reached, strict=True)
        )
        inside = sum(
            enrolment is not None and enrolment.ended_at is None
            for state in month.states.values()
            for enrolment in [state.enrolment(journey.name)]
        )
        ended = (
            counts[source, "ended", "", by] for by in ("goal", "exit", "completed")
        )
        said = (journey.name, IN_CHINESE[journey.name])
        rows.append((*said, stages, *ended, inside))
    heads = [
        "旅程 · journey",
        "说明",
        "到达阶段 · stages reached",
        "达成目标 · goal",
        "退出 · exit",
        "走完 · completed",
        "在途 · inside",
    ]
    return pf.Table(heads, rows)


def _steps(month: Month) -> pf.Table:
    touched = Counter(
        (g.command.touch.journey, g.command.touch.step) for g in month.given
    )
    closed = Counter(
        (d.entry.source.partition(":")[2], d.entry.subject, d.entry.what)
        for d in month.decisions
    )
    rows = []
    for journey in JOURNEYS:
        for stage in journey.stages:
            for step in stage.steps:
                place = (journey.name, step.name)
                whats = ("deferred", "skipped", "expired")
                told = (closed[*place, what] for what in whats)
                kind = {"marketing": "营销", "service": "服务"}[step.message.kind]
                when = f"{stage.name}: {step.schedule}"
                rows.append((*place, when, kind, touched[place], *told))
    heads = [
        "旅程 · journey",
        "步骤 · step",
        "时间 · when",
        "类型 · kind",
        "发出 · sent",
        "顺延 · deferred",
        "跳过 · skipped",
        "过期 · expired",
    ]
    return pf.Table(heads, rows)
