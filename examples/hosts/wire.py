"""How a request leaves: its address, and the credential that no request holds."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha1
from urllib.parse import quote, urlencode

from attrs import field, frozen

import privflow as pf
from privflow.channels import Request, Response


@frozen(kw_only=True)
class Account:
    """Where the platforms are, and who we are to them.

    Args:
        corp, secret: of the app in WeCom.
        key_id, key: of the account at the SMS provider.
    """

    wecom_url: str
    sms_url: str
    corp: str
    secret: str = field(repr=False)
    key_id: str
    key: str = field(repr=False)

    def token_url(self) -> str:
        """Where a token for WeCom is fetched (developer.work.weixin.qq.com 91039)."""
        query = urlencode({"corpid": self.corp, "corpsecret": self.secret})
        return f"{self.wecom_url}/cgi-bin/gettoken?{query}"

    def url(self, request: Request, *, token: str, now: pf.Instant, nonce: str) -> str:
        """The full address of a request, credential included: keep it out of logs."""
        query = {name: str(value) for name, value in request.query.items()}
        if request.channel != "sms":
            asked = urlencode({**query, "access_token": token})
            return f"{self.wecom_url}{request.path}?{asked}"
        query |= {
            "AccessKeyId": self.key_id,
            "Format": "JSON",
            "SignatureMethod": "HMAC-SHA1",
            "SignatureNonce": nonce,
            "SignatureVersion": "1.0",
            "Timestamp": now.isoformat().partition(".")[0].rstrip("Z") + "Z",
        }
        query["Signature"] = signature(request.method, query, self.key)
        return f"{self.sms_url}{request.path}?{urlencode(query)}"


def headers_of(request: Request) -> dict[str, str]:
    """The headers that a request names, as an HTTP client takes them."""
    return {name: str(value) for name, value in request.headers.items()}


def has_stale_token(answer: Response) -> bool:
    """Whether the call is to be made once more, with a new token."""
    return answer.fields("wecom").get("errcode") in {40014, 42001}


def signature(method: str, query: Mapping[str, str], key: str) -> str:
    """The signature of a call to Aliyun (help.aliyun.com, RPC, HMAC-SHA1)."""
    pairs = (f"{_quoted(n)}={_quoted(v)}" for n, v in sorted(query.items()))
    text = f"{method}&{_quoted('/')}&{_quoted('&'.join(pairs))}"
    return b64encode(hmac.digest(f"{key}&".encode(), text.encode(), sha1)).decode()


def _quoted(text: str) -> str:
    return quote(text, safe="~")
