"""All presets together, and the table that the docs show."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from privflow.channels.douyin import PRESETS as _DOUYIN
from privflow.channels.miniprogram import PRESETS as _MINIPROGRAM
from privflow.channels.preset import Preset
from privflow.channels.push import PRESETS as _PUSH
from privflow.channels.sms import PRESETS as _SMS
from privflow.channels.wechat import PRESETS as _WECHAT
from privflow.channels.wecom import PRESETS as _WECOM
from privflow.display import Table

PRESETS: Final = MappingProxyType({
    "wecom": _WECOM,
    "wechat": _WECHAT,
    "miniprogram": _MINIPROGRAM,
    "douyin": _DOUYIN,
    "sms": _SMS,
    "push": _PUSH,
})
"""The presets of each platform."""

_COLUMNS: Final = (
    "rule",
    "gate",
    "the page's words",
    "page",
    "dated",
    "in force",
    "read as",
    "read on",
    "note",
)


def presets_table(platform: str) -> Table:
    """The presets of a platform as a table: rule, gate, source, dates, certainty.

    Raises:
        KeyError: the platform has none.
    """
    return Table(_COLUMNS, [_row(preset) for preset in PRESETS[platform]])


def presets_page() -> str:
    """All tables as Markdown, a heading for each platform: docs/presets.md holds it."""
    return "\n".join(
        f"## {platform}\n\n{format(presets_table(platform), 'md').strip()}\n"
        for platform in PRESETS
    )


def _row(preset: Preset) -> tuple[str, ...]:
    return (
        f"{preset.rule} (default)" if preset.default else preset.rule,
        str(preset.gate),
        preset.says,
        preset.page,
        preset.dated.isoformat() if preset.dated else "",
        preset.period,
        preset.confidence,
        preset.read.isoformat(),
        preset.note,
    )
