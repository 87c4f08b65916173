"""What the codes of Tencent Cloud's SMS mean."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from privflow.channels.result import Codes, Meaning

_TIMED_OUT: Final = Meaning("unknown", "the provider waited in vain for its own answer")
_CAPPED: Final = Meaning("over_limit", "the phone got too many")
_TEMPLATE: Final = Meaning("invalid", "the template is not approved, or other values")

CODES: Final[Codes] = MappingProxyType({
    "FailedOperation.ContainSensitiveWord": Meaning("invalid", "forbidden words"),
    "FailedOperation.FailResolvePacket": Meaning("invalid", "the call is malformed"),
    "FailedOperation.JsonParseFail": Meaning("invalid", "the body is malformed"),
    "FailedOperation.InsufficientBalanceInSmsPackage": Meaning(
        "forbidden", "the account has no messages left"
    ),
    "FailedOperation.MarketingSendTimeConstraint": Meaning(
        "window_closed", "marketing goes out between 8 and 22 o'clock"
    ),
    "FailedOperation.PhoneNumberInBlacklist": Meaning(
        "refused", "the person, or their carrier, wants no such messages"
    ),
    "FailedOperation.SignatureIncorrectOrUnapproved": Meaning(
        "invalid", "the signature is not approved"
    ),
    "FailedOperation.TemplateIncorrectOrUnapproved": _TEMPLATE,
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": _TEMPLATE,
    "FailedOperation.TemplateUnapprovedOrNotExist": _TEMPLATE,
    "InternalError.RequestTimeException": Meaning(
        "retryable", "the clock of the caller is off by more than ten minutes"
    ),
    "InternalError.SendAndRecvFail": _TIMED_OUT,
    "InternalError.Timeout": _TIMED_OUT,
    "InternalError.SigFieldMissing": Meaning("forbidden", "the call is not signed"),
    "InternalError.SigVerificationFail": Meaning("forbidden", "the signature is wrong"),
    "LimitExceeded.AppDailyLimit": Meaning("over_limit", "the app's cap of the day"),
    "LimitExceeded.AppMainlandChinaDailyLimit": Meaning(
        "over_limit", "the app's cap of the day"
    ),
    "LimitExceeded.DeliveryFrequencyLimit": _CAPPED,
    "LimitExceeded.PhoneNumberDailyLimit": _CAPPED,
    "LimitExceeded.PhoneNumberOneHourLimit": _CAPPED,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": _CAPPED,
    "LimitExceeded.PhoneNumberThirtySecondLimit": _CAPPED,
    "AuthFailure.SignatureExpire": Meaning("retryable", "signed too long ago"),
    "AuthFailure": Meaning("forbidden", "the key or the signature is wrong"),
    "InvalidParameter": Meaning("invalid", "a parameter is invalid"),
    "InvalidParameterValue": Meaning("invalid", "a parameter is invalid"),
    "MissingParameter": Meaning("invalid", "a parameter is missing"),
    "RequestLimitExceeded": Meaning("rate_limited", "the account called too often"),
    "UnauthorizedOperation": Meaning("forbidden", "the account may not send it"),
    "UnsupportedOperation": Meaning("invalid", "not to this region, or not this way"),
})
"""By `Code`; one that is not here means what its part before the point does.

Source:
    https://cloud.tencent.com/document/api/382/59177 and, for those of all interfaces,
    https://cloud.tencent.com/document/api/382/38780.
"""
