"""What Douyin's codes mean."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from privflow.channels.result import Codes, Meaning

CODES: Final[Codes] = MappingProxyType({
    "2100004": Meaning("retryable", "the system is busy"),
    "2100005": Meaning("invalid", "a parameter is invalid"),
    "2100007": Meaning("forbidden", "no right to do it"),
    "2100009": Meaning("forbidden", "the user is banned"),
    "2190001": Meaning("rate_limited", "the quota of the interface is used up"),
    "2190002": Meaning("retryable", "the access token is invalid: fetch a new one"),
    "2190003": Meaning("forbidden", "the user has not authorised the interface"),
    "2190004": Meaning("forbidden", "the app has not got the capability"),
    "2190008": Meaning("retryable", "the access token has expired: fetch a new one"),
    "2190015": Meaning("forbidden", "access token and open_id belong to two users"),
    "28001005": Meaning("retryable", "the system is busy"),
    "28001006": Meaning("retryable", "a network error of the platform"),
    "28001007": Meaning("invalid", "a parameter is invalid"),
    "28001008": Meaning("retryable", "the access token has expired: fetch a new one"),
    "28001012": Meaning("forbidden", "the user has not authorised the interface"),
    "28001014": Meaning("forbidden", "the app has no capability at all"),
    "28001015": Meaning("forbidden", "access token and open_id belong to two users"),
    "28001016": Meaning("forbidden", "the app is banned or withdrawn"),
    "28001018": Meaning("forbidden", "the app has not got the capability"),
    "28001019": Meaning("forbidden", "the capability is banned or withdrawn"),
    "28001056": Meaning("forbidden", "the interface is withdrawn"),
    "28003017": Meaning("rate_limited", "the quota of the interface is used up"),
    "28003018": Meaning("rate_limited", "the interface was called too often"),
    "28003070": Meaning("over_limit", "more messages than the person's action allows"),
})
"""By `err_no` or `error_code`.

Source:
    https://developer.open-douyin.com/docs/resource/zh-CN/dop/develop/openapi/status-code:
    通用状态码(旧) for 21xxxxx, 通用状态码(新) for 28xxxxxx; the platform's forum,
    2023-09-19, for 28003070.
"""
