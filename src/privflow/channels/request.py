"""One call to a platform as plain data: the host adds the credential and sends it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Final

from attrs import evolve, field, frozen
from typing_extensions import override

from privflow.facts import EMPTY, Properties, properties_of

_PLAIN_KEY: Final = re.compile("[0-9A-Za-z_-]{1,32}")
_KEY_BYTES: Final = 16
_OF_JSON: Final = Properties({"Content-Type": "application/json; charset=utf-8"})


def key_of(*touch_ids: str) -> str:
    """A key against repeats that every platform takes: 32 letters, digits, `_`, `-`.

    >>> key_of("4f1a"), len(key_of("4f1a", "90bc"))
    ('4f1a', 32)
    """
    if len(touch_ids) == 1 and _PLAIN_KEY.fullmatch(touch_ids[0]):
        return touch_ids[0]
    joined = json.dumps(touch_ids).encode("ascii")
    return blake2b(joined, digest_size=_KEY_BYTES).hexdigest()


def written(body: Mapping[str, object]) -> str:
    """The body as the JSON text that is sent."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


@frozen(kw_only=True)
class Recipient:
    """Whom a request reaches, and for which touch.

    Args:
        address: the platform's own id of the person; left out of every repr.
    """

    touch_id: str = field(kw_only=False)
    address: str = field(kw_only=False, repr=False)


@frozen(kw_only=True, repr=False)
class Request:
    """One call to a platform (接口请求): no credential inside, none in the repr.

    Args:
        path: below the platform's base URL.
        body: JSON; send it as it stands, in UTF-8.
        query: of the address, the credential excepted.
        headers: those that the call needs, the credential excepted; that of JSON, if
            it has a body and none are given.
        channel: the channel that it is for.
        key: against repeats; equal for equal touches, whatever the content.
        key_field: the field of the body that carries the key; empty if none does.
        recipients: whom it reaches; empty for a call that touches nobody.
        batch: how many recipients one call may reach.
        batch_field: the list in the body that names them; empty if none does.
    """

    method: str = field(kw_only=False)
    path: str = field(kw_only=False)
    body: str = ""
    query: Properties = field(default=EMPTY, converter=properties_of)
    headers: Properties = field(converter=properties_of)
    channel: str
    key: str = ""
    key_field: str = ""
    recipients: tuple[Recipient, ...] = ()
    batch: int = 1
    batch_field: str = ""

    @headers.default
    def _headers_of_body(self) -> Properties:
        return _OF_JSON if self.body else EMPTY

    @property
    def json(self) -> dict[str, Any]:
        """The body, read; a new dict each time."""
        return json.loads(self.body) if self.body else {}

    @override
    def __repr__(self) -> str:
        count = len(self.recipients)
        whom = f"to {count} recipient{'' if count == 1 else 's'}"
        return f"<Request {self.channel} {self.method} {self.path} {whom}>"


def merged(requests: Iterable[Request]) -> tuple[Request, ...]:
    """The requests with those that differ in their recipients alone put together.

    A mass send to a thousand people is then one task for a staff member and not a
    thousand. Order is kept; a batch holds as many as the platform takes.
    """
    batches: list[list[Request]] = []
    open_ones: dict[object, list[Request]] = {}
    for request in requests:
        alike = _without_recipients(request)
        group = open_ones.get(alike)
        if alike is None or group is None or len(group) >= request.batch:
            group = []
            batches.append(group)
            open_ones[alike] = group
        group.append(request)
    return tuple(_joined(group) for group in batches)


def _without_recipients(request: Request) -> Request | None:
    """What requests of one batch have in common; None for one that goes alone."""
    if request.batch <= 1:
        return None
    body = request.json
    if request.batch_field:
        body[request.batch_field] = []
    if request.key_field:
        body[request.key_field] = ""
    return evolve(request, body=written(body), key="", recipients=())


def _joined(group: list[Request]) -> Request:
    first, *others = group
    if not others:
        return first
    recipients = tuple(whom for request in group for whom in request.recipients)
    body = first.json
    if first.batch_field:
        body[first.batch_field] = [whom.address for whom in recipients]
    key = key_of(*(whom.touch_id for whom in recipients))
    if first.key_field:
        body[first.key_field] = key
    return evolve(first, body=written(body), key=key, recipients=recipients)
