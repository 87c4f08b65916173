"""What WeCom's answers to each of its calls come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from attrs import evolve

from privflow.channels.answer import (
    Answer,
    Resolver,
    answer_of,
    code_of,
    failed,
    for_all,
)
from privflow.channels.request import Request
from privflow.channels.response import Response
from privflow.channels.result import Result, receipt_of
from privflow.channels.wecom.code import CODES, DONE, PUBLISHED, RECEIVED, TRANSFERRED
from privflow.channels.wecom.operation import (
    EXTERNAL,
    MASS_RESULT,
    MASS_TASK,
    MOMENT_JOB,
    MOMENT_RESULT,
    MOMENT_TASK,
    TRANSFER,
    recipients_by_address,
)
from privflow.timing import Instant
from privflow.touches import Receipt, View

MASS: Final = f"{EXTERNAL}/add_msg_template"
MOMENT: Final = f"{EXTERNAL}/add_moment_task"
WELCOME: Final = f"{EXTERNAL}/send_welcome_msg"
APP_MESSAGE: Final = "/cgi-bin/message/send"
KF: Final = "/cgi-bin/kf/send_msg"
KF_WELCOME: Final = "/cgi-bin/kf/send_msg_on_event"

_SECOND: Final = 1_000_000
_LATEST: Final = 253_402_300_799
_JOB_DONE: Final = 3


def _chat_began(request: Request, view: View, at: Instant) -> str:
    """41051: a welcome that was sent before, or a chat that began another way."""
    for whom in request.recipients:
        record = view.ledger.find(whom.touch_id)
        if record is not None and record.moments:
            return "duplicate"
    added = [when for when, *_ in view.timeline.rows("contact_added") if when <= at]
    wrote = (when for when, *_ in view.timeline.rows("message_received") if when <= at)
    since = max(added, default=None)
    if any(since is None or when >= since for when in wrote):
        return "window_closed"
    return ""


RESOLVERS: Final[Mapping[str, Resolver]] = MappingProxyType({"41051": _chat_began})


def decode_answer(request: Request, response: Response, view: View | None) -> Result:
    """The result of any call that the adapter or an operation made."""
    answer = answer_of(response, CODES, channel="wecom", code="errcode", words="errmsg")
    if answer.meaning is not None:
        return failed(request, response, answer, resolvers=RESOLVERS, view=view)
    return _READERS.get(request.path, _taken)(request, response, answer)


def _taken(request: Request, response: Response, answer: Answer) -> Result:
    """A call that did something for all of its recipients alike."""
    is_task = request.path in {MOMENT, APP_MESSAGE}
    outcome = "task_created" if is_task else "sent"
    if request.path == APP_MESSAGE and answer.fields.get("invaliduser"):
        outcome = "invalid"
    reference = _reference(answer, "jobid", "msgid")
    result = Result(outcome, raw=answer.raw, reference=reference)
    return for_all(request, response, result)


def _reference(answer: Answer, *names: str) -> str:
    return next(
        (code for name in names if (code := _text(answer.fields.get(name)))), ""
    )


def _text(given: object) -> str:
    return given if isinstance(given, str) else ""


def _objects(given: object) -> Iterator[Mapping[str, object]]:
    """The objects of a list; what is none is passed over."""
    if isinstance(given, list):
        yield from (part for part in given if isinstance(part, dict))


def _mass(request: Request, response: Response, answer: Answer) -> Result:
    """A task, save for those whom the platform names as unusable."""
    named = answer.fields.get("fail_list")
    unusable = set(map(_text, named)) if isinstance(named, list) else set()
    result = Result(
        "task_created", raw=answer.raw, reference=_reference(answer, "msgid")
    )
    receipts = tuple(
        receipt_of(
            whom.touch_id,
            "invalid" if whom.address in unusable else "task_created",
            at=response.at,
            raw="fail_list" if whom.address in unusable else answer.raw,
        )
        for whom in request.recipients
    )
    return evolve(result, receipts=receipts)


def _received(request: Request, response: Response, answer: Answer) -> Result:
    """One receipt for each recipient of whom the answer tells more than nothing."""
    known = recipients_by_address(request)
    address = "chat_id" if request.channel == "wecom.group" else "external_userid"
    receipts: list[Receipt] = []
    for entry in _objects(answer.fields.get("send_list")):
        raw = code_of(entry.get("status"))
        outcome = RECEIVED.get(raw, "unknown")
        if outcome != "waiting":
            at = _when(entry.get("send_time"), response.at)
            receipts += (
                receipt_of(whom.touch_id, outcome, at=at, raw=raw)
                for whom in known.get(_text(entry.get(address)), ())
            )
    return _asked(answer, receipts)


def _done(request: Request, response: Response, answer: Answer) -> Result:
    return _by_staff(request, response, answer, DONE)


def _published(request: Request, response: Response, answer: Answer) -> Result:
    return _by_staff(request, response, answer, PUBLISHED)


def _by_staff(
    request: Request, response: Response, answer: Answer, meanings: Mapping[str, str]
) -> Result:
    """Confirmed for all recipients, once every member who was asked has done it."""
    name = "publish_status" if meanings is PUBLISHED else "status"
    entries = list(_objects(answer.fields.get("task_list")))
    found = {meanings.get(code_of(entry.get(name)), "unknown") for entry in entries}
    if found != {"confirmed"} or answer.fields.get("next_cursor"):
        return _asked(answer, [])
    at = max(_when(entry.get("send_time"), response.at) for entry in entries)
    receipts = [
        receipt_of(whom.touch_id, "confirmed", at=at, raw=answer.raw)
        for whom in request.recipients
    ]
    return evolve(_asked(answer, receipts), outcome="confirmed")


def _asked(answer: Answer, receipts: list[Receipt]) -> Result:
    """What an answer to a question comes to; its reference is the next page."""
    return Result(
        "delivered" if receipts else "waiting",
        raw=answer.raw,
        reference=_text(answer.fields.get("next_cursor")),
        receipts=tuple(receipts),
    )


def _job(request: Request, response: Response, answer: Answer) -> Result:
    """The id of the post, once the job has created it."""
    del request, response
    inner = answer.fields.get("result")
    fields = inner if isinstance(inner, dict) else {}
    code = code_of(fields.get("errcode"))
    if answer.fields.get("status") != _JOB_DONE:
        return Result("waiting", raw=answer.raw)
    if code not in {"", "0"}:
        meaning = CODES.get(code)
        return Result(meaning.outcome if meaning else "unknown", raw=code)
    moment = _text(fields.get("moment_id"))
    return Result("task_created", raw=answer.raw, reference=moment)


def _seen(request: Request, response: Response, answer: Answer) -> Result:
    known = recipients_by_address(request)
    receipts = [
        receipt_of(whom.touch_id, "delivered", at=response.at, raw=answer.raw)
        for entry in _objects(answer.fields.get("customer_list"))
        for whom in known.get(_text(entry.get("external_userid")), ())
    ]
    return _asked(answer, receipts)


def _transferred(request: Request, response: Response, answer: Answer) -> Result:
    """The first code of a contact that is no success, else that it has begun."""
    del request, response
    for entry in _objects(answer.fields.get("customer")):
        code = code_of(entry.get("errcode"))
        if code not in {"", "0"}:
            meaning = CODES.get(code)
            return Result(
                meaning.outcome if meaning and not meaning.candidates else "unknown",
                raw=code,
                says=meaning.says if meaning else "",
            )
        status = code_of(entry.get("status"))
        if status in TRANSFERRED:
            return Result(TRANSFERRED[status], raw=status)
    return Result("task_created", raw=answer.raw)


def _when(given: object, otherwise: Instant) -> Instant:
    """The platform's own second, where it names one that is not later."""
    if isinstance(given, int) and not isinstance(given, bool) and 0 < given <= _LATEST:
        return min(Instant(given * _SECOND), otherwise)
    return otherwise


_READERS: Final[Mapping[str, Callable[[Request, Response, Answer], Result]]] = (
    MappingProxyType({
        MASS: _mass,
        MASS_RESULT: _received,
        MASS_TASK: _done,
        MOMENT_JOB: _job,
        MOMENT_TASK: _published,
        MOMENT_RESULT: _seen,
        TRANSFER: _transferred,
    })
)
