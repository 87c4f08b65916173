"""The limits of mainland SMS providers (短信) as gates."""

from __future__ import annotations

from datetime import date
from typing import Final

from privflow.channels.preset import Preset
from privflow.errors import UnknownNameError
from privflow.quotas import TouchQuota
from privflow.timing import Window, calendar, rolling
from privflow.touches import Gate, QuietHours

_PROVIDER: Final = "SMS provider"
_ALIYUN: Final = "https://help.aliyun.com/document_detail/44335.html"
_TENCENT: Final = "https://cloud.tencent.com/document/product/382/3771"
_TENCENT_FAQ: Final = "https://cloud.tencent.com/document/faq/382/13303"
_HUAWEI: Final = "https://support.huaweicloud.com, MSGSMS faq"
_HUAWEI_IOT: Final = "https://support.huaweicloud.com, iotcom_06_0109"
# Huawei closed its SMS product for the mainland.
_CLOSED: Final = date(2025, 4, 25)
_BAIDU: Final = "https://cloud.baidu.com/doc/SMS/s/Rkih1xo03"
_GETUI: Final = "https://docs.getui.com/sms/question"
_STRICTER: Final = "counted there per signature and phone; the gate counts per contact"
_WHOSE: Final = "in the contact's zone, which is that of China for mainland phones"


def _cap(
    name: str, limit: int, per: Window, kind: str | None = "marketing"
) -> TouchQuota:
    return TouchQuota(f"sms-{name}", limit, per=per, channel="sms", kind=kind)


def _hours(start: str, end: str) -> QuietHours:
    exempt = ["transactional", "service"]
    return QuietHours(start, end, channel="sms", exempt=exempt, name="sms-hours")


_DAY: Final = calendar("day", tz="Asia/Shanghai")

_CAPS: Final = (
    Preset(
        _cap("aliyun-day", 50, rolling("24h")),
        "aliyun-day",
        page=_ALIYUN,
        says="50 a day per signature, template and phone; 从发送时间起24小时内",
        note="the 24 hours begin with a send; a look-back is never laxer",
    ),
    Preset(
        _cap("tencent-day", 2, _DAY, None),
        "tencent-day",
        page=_TENCENT_FAQ,
        dated=date(2025, 11, 3),
        since=date(2024, 5, 27),
        says="同一手机号一个自然日最多发送2条",
        note=(
            "the default of an app, which may change it; 10 before; one text twice"
            " within 30 seconds is refused, which the gate does not see"
        ),
    ),
    Preset(
        _cap("tencent-marketing", 3, _DAY),
        "tencent-marketing",
        page=_TENCENT_FAQ,
        dated=date(2025, 11, 3),
        says="运营商限频规则:同一号码营销短信3条/天",
        note="the carriers' rule, and of 10 a day for all else",
    ),
    Preset(
        _cap("huawei-day", 50, rolling("24h"), None),
        "huawei-day",
        page=_HUAWEI,
        until=_CLOSED,
        says="50 in any 24 hours",
        note=_STRICTER,
    ),
    Preset(
        _cap("huawei-minute", 15, rolling("1m"), None),
        "huawei-minute",
        page=_HUAWEI,
        until=_CLOSED,
        says="15 in any minute",
        note=_STRICTER,
    ),
    Preset(
        _cap("huawei-hour", 4, rolling("1h")),
        "huawei-hour",
        page=_HUAWEI,
        until=_CLOSED,
        says="推广: 4 in any hour",
        note=_STRICTER,
    ),
    Preset(
        _cap("huawei-iot-day", 10, rolling("24h")),
        "huawei_iot-day",
        page=_HUAWEI_IOT,
        says="推广: 10 in any 24 hours",
        note=_STRICTER,
    ),
    Preset(
        _cap("huawei-iot-minute", 2, rolling("1m")),
        "huawei_iot-minute",
        page=_HUAWEI_IOT,
        says="推广: 2 in a minute",
        note=_STRICTER,
    ),
    Preset(
        _cap("baidu-day", 50, _DAY, "service"),
        "baidu-day",
        page=_BAIDU,
        dated=date(2022, 3, 16),
        says="notifications: 50 a 自然日 per signature and phone",
        note="marketing depends on the carrier's contract",
    ),
    Preset(
        _cap("getui-day", 20, _DAY, None),
        "getui-day",
        page=_GETUI,
        says="20 a 自然天 per phone",
    ),
)

_HOURS: Final = (
    Preset(
        _hours("22:00", "08:00"),
        "tencent-hours",
        page=_TENCENT,
        says="为避免骚扰用户,营销短信只允许在8点到22点发送",
        note=_WHOSE,
    ),
    Preset(
        _hours("22:00", "08:00"),
        "huawei-hours",
        page=_HUAWEI,
        until=_CLOSED,
        says="推广短信 8:00-22:00",
        note=_WHOSE,
    ),
    Preset(
        _hours("21:00", "08:00"),
        "huawei_iot-hours",
        page=_HUAWEI_IOT,
        says="推广短信 8:00-21:00",
        note=_WHOSE,
    ),
    Preset(
        _hours("21:00", "08:00"),
        "getui-hours",
        page=_GETUI,
        says="8:00-21:00",
        note=_WHOSE,
    ),
)

PRESETS: Final = (*_CAPS, *_HOURS)
PROVIDERS: Final = ("aliyun", "tencent", "huawei", "huawei_iot", "baidu", "getui")


def _of(provider: str, presets: tuple[Preset, ...]) -> tuple[Gate, ...]:
    if provider not in PROVIDERS:
        raise UnknownNameError(_PROVIDER, provider, PROVIDERS)
    return tuple(
        preset.gate for preset in presets if preset.rule.rpartition("-")[0] == provider
    )


def caps(provider: str) -> tuple[Gate, ...]:
    """How many messages a phone gets by a provider, each window a gate (短信频控).

    "50 a day" is a calendar day at one provider, 24 hours from a send at another, and
    any 24 hours at a third, so there is no provider that is meant by default.

    Args:
        provider: one of `"aliyun"`, `"tencent"`, `"huawei"`, `"huawei_iot"`, `"baidu"`,
            `"getui"`.

    Raises:
        UnknownNameError: another provider.

    >>> [str(gate) for gate in caps("getui")]
    ['at most 20 touches on sms, calendar day in Asia/Shanghai']
    """
    return _of(provider, _CAPS)


def hours(provider: str) -> tuple[Gate, ...]:
    """The hours in which a provider sends no marketing; none where it states none.

    Raises:
        UnknownNameError: another provider.
    """
    return _of(provider, _HOURS)
