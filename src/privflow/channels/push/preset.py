"""The limits of phone makers on notifications (推送) as gates."""

from __future__ import annotations

from datetime import date
from typing import Final

from privflow.channels.preset import Preset
from privflow.errors import UnknownNameError
from privflow.quotas import TouchQuota
from privflow.timing import calendar
from privflow.touches import Gate, one_of

_PAGE: Final = "https://cloud.tencent.com/document/product/269/130977, 2026-05-14"
_DEVICE: Final = "counted there per app and device; the gate counts per contact"
_MAKER: Final = "phone maker"
CATEGORIES: Final = ("news", "other")

# Maker, marketing of a news app and of another, the date of the maker's own rule.
_TABLE: Final = (
    ("huawei", 5, 2, date(2023, 9, 15)),
    ("honor", 5, 2, date(2024, 12, 31)),
    ("oppo", 5, 2, date(2024, 11, 20)),
    ("vivo", 5, 2, date(2023, 4, 3)),
    ("xiaomi", 8, 5, date(2023, 2, 1)),
    ("meizu", 5, 3, date(2025, 5, 7)),
)
VENDORS: Final = tuple(vendor for vendor, *_ in _TABLE)


def _preset(vendor: str, category: str, limit: int, dated: date) -> Preset:
    return Preset(
        TouchQuota(
            f"push-{vendor}-{category}",
            limit,
            per=calendar("day", tz="Asia/Shanghai"),
            channel="push",
            kind="marketing",
            counts_on="delivered" if vendor in {"vivo", "xiaomi"} else "submitted",
        ),
        f"{vendor}-{category}",
        page=_PAGE,
        dated=dated,
        says=f"marketing: {limit} per device and day",
        note=(
            f"licensed or not decides between 8 and 5; {_DEVICE}"
            if vendor == "xiaomi"
            else _DEVICE
        ),
    )


PRESETS: Final = tuple(
    _preset(vendor, category, limit, dated)
    for vendor, news, other, dated in _TABLE
    for category, limit in (("news", news), ("other", other))
)


def cap(vendor: str, *, category: str = "other") -> Gate:
    """How many marketing notifications a phone maker shows a day (厂商推送限额).

    The category of the app, which the maker has approved, decides: news apps get more.

    Args:
        vendor: `"huawei"`, `"honor"`, `"oppo"`, `"vivo"`, `"xiaomi"` or `"meizu"`.
        category: `"news"` or `"other"`.

    Raises:
        UnknownNameError: another maker.
        DefinitionError: another category.

    >>> print(cap("huawei"))
    at most 2 marketing touches on push, calendar day in Asia/Shanghai
    """
    if vendor not in VENDORS:
        raise UnknownNameError(_MAKER, vendor, VENDORS)
    one_of("category", category, CATEGORIES)
    found = {preset.rule: preset.gate for preset in PRESETS}
    return found[f"{vendor}-{category}"]
