"""The limits of phone makers on notifications (推送) as gates."""

from __future__ import annotations

from datetime import date
from typing import Final

from privflow.channels.preset import Preset, chosen
from privflow.errors import UnknownNameError
from privflow.quotas import Pool, TouchQuota
from privflow.timing import calendar
from privflow.touches import Gate, one_of

_PAGE: Final = "https://cloud.tencent.com/document/product/269/130977"
_DATED: Final = date(2026, 5, 14)
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
_MI: Final = "https://dev.mi.com/xiaomihyperos/documentation/detail?pId=1656"
VENDORS: Final = tuple(vendor for vendor, *_ in _TABLE)


def _preset(vendor: str, category: str, limit: int, since: date) -> Preset:
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
        dated=_DATED,
        since=since,
        says=f"marketing: {limit} per device and day",
        note=(
            f"licensed or not decides between 8 and 5; {_DEVICE}"
            if vendor == "xiaomi"
            else _DEVICE
        ),
    )


_CAPS: Final = tuple(
    _preset(vendor, category, limit, since)
    for vendor, news, other, since in _TABLE
    for category, limit in (("news", news), ("other", other))
)

_SMALL: Final = 10_000
_JIGUANG: Final = "https://docs.jiguang.cn/jpush/client/Android/android_3rd_qps"
_READ: Final = date(2025, 4, 7)
_HERE: Final = f"shown for {_SMALL} people; push.pool takes your number"
_ARRIVED: Final = "counted there when it has arrived, by the gate when it is claimed"

# Maker, category, pushes for each person, the page, its date, and whose page it is.
_POOL_TABLE: Final = (
    ("oppo", "news", 2, _JIGUANG, _READ, "consistent"),
    ("oppo", "other", 2, _JIGUANG, _READ, "consistent"),
    ("vivo", "news", 3, _JIGUANG, _READ, "consistent"),
    ("vivo", "other", 2, _JIGUANG, _READ, "consistent"),
    ("xiaomi", "news", 3, _MI, date(2026, 2, 4), "official"),
    ("xiaomi", "other", 2, _MI, date(2026, 2, 4), "official"),
)
_POOL_WORDS: Final = {
    "oppo": "累计用户数<50000 时,按 100000 计算; ≥50000 时,累计用户数*2",
    "vivo": "新闻类: 3 倍通知开启有效用户数, 其他类: 2 倍; <10000 默认为 10000",
    "xiaomi": "通知开启数 x 倍数: 2 倍, 具备许可证 3 倍; 小于 10000 的按 10000 计数",
}


def _pool_of(vendor: str, times: int, audience: int) -> Pool:
    """A small audience has a pool of its own size at each maker."""
    if vendor == "oppo":
        return Pool(times, audience=audience, least=100_000)
    if vendor == "vivo" and audience < _SMALL:
        return Pool(1, audience=_SMALL)
    return Pool(times, audience=max(audience, _SMALL))


def _pool_gate(vendor: str, category: str, times: int, audience: int) -> TouchQuota:
    return TouchQuota(
        f"push-{vendor}-{category}-pool",
        _pool_of(vendor, times, audience),
        per=calendar("day", tz="Asia/Shanghai"),
        channel="push",
        kind="marketing",
        each="plan",
    )


_POOLS: Final = tuple(
    Preset(
        _pool_gate(vendor, category, times, _SMALL),
        f"{vendor}-{category}-pool",
        page=page,
        dated=dated,
        says=_POOL_WORDS[vendor],
        confidence=confidence,
        note=_HERE if vendor == "oppo" else f"{_HERE}; {_ARRIVED}",
    )
    for vendor, category, times, page, dated, confidence in _POOL_TABLE
)

_CEILINGS: Final = (
    Preset(
        TouchQuota(
            "push-huawei-ceiling",
            3000,
            per=calendar("day", tz="Asia/Shanghai"),
            channel="push",
        ),
        "huawei-ceiling",
        page=(
            "https://developer.huawei.com/consumer/cn/doc/HMSCore-Guides/"
            "msg-receipt-guide-0000001050040176"
        ),
        says="每天向某个设备上某个应用最多可发送3000条消息,…请超过零点后再发送消息",
        note=f"of every kind; beyond it all are dropped until midnight; {_DEVICE}",
    ),
)

PRESETS: Final = (*_CAPS, *_CEILINGS, *_POOLS)


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
    return chosen("preset", _CAPS, f"{vendor}-{category}")


def ceiling(vendor: str) -> Gate:
    """How many notifications of any kind a device gets a day before all are dropped.

    Args:
        vendor: `"huawei"`; the others state none.

    Raises:
        UnknownNameError: a maker without a ceiling.

    Source:
        https://developer.huawei.com, HMSCore-Guides/msg-receipt-guide, status 102.

    >>> print(ceiling("huawei"))
    at most 3000 touches on push, calendar day in Asia/Shanghai
    """
    known = {preset.rule.partition("-")[0]: preset.gate for preset in _CEILINGS}
    if vendor not in known:
        raise UnknownNameError(_MAKER, vendor, known)
    return known[vendor]


def pool(vendor: str, *, audience: int, category: str = "other") -> Gate:
    """How many marketing notifications a phone maker takes of an app a day (推送总量).

    All contacts share it, so it is claimed from a `QuotaStore`. Where two pages read
    the limit of a small app differently, the lower one is taken (vivo).

    Args:
        vendor: `"oppo"`, `"vivo"` or `"xiaomi"`; the others state none.
        audience: how many people have the app with notifications on, or, at OPPO, have
            it at all; count again from time to time.
        category: `"news"` for an app with a licence for news, or `"other"`.

    Raises:
        UnknownNameError: a maker without a pool.
        DefinitionError: another category, or an audience below 1.

    Source:
        https://dev.mi.com/xiaomihyperos/documentation/detail?pId=1656, 2026-02-04, and
        https://docs.jiguang.cn/jpush/client/Android/android_3rd_qps, 2025-04-07.

    >>> pool("oppo", audience=60_000).limit.limit
    120000
    """
    one_of("category", category, CATEGORIES)
    known = {(maker, kind): times for maker, kind, times, *_ in _POOL_TABLE}
    if (vendor, category) not in known:
        raise UnknownNameError(_MAKER, vendor, sorted({maker for maker, _ in known}))
    return _pool_gate(vendor, category, known[vendor, category], audience)
