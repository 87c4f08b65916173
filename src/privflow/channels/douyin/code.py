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
    "28003070": Meaning("over_limit", "more messages than the person's action allows"),
})
"""By `err_no` or `error_code`.

Source:
    https://developer.open-douyin.com, status codes; its forum, 2023-09-19, for
    28003070.
"""
