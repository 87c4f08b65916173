"""What follows from the answer to a call about errands."""

from __future__ import annotations

from typing import Final

from attrs import frozen

import privflow as pf
from hosts.errand import BREATH, Call, Errand, Errands
from hosts.question import platform_of
from hosts.shop import ZONE
from privflow.channels import Response, Result, receipt_of
from privflow.touches import Ledger

STALE: Final = pf.span("2h")
_HOUR: Final = pf.span("1h")
_TAKEN: Final = frozenset({"sent", "task_created", "duplicate"})


@frozen
class Seen:
    """A contact as codes that mean several things are told apart by."""

    contact: pf.Contact
    timeline: pf.Timeline
    ledger: Ledger
    timezone: str = ZONE


def settle(errands: Errands, call: Call, answer: Response) -> None:
    """Draw the consequences of an answer, all of them or none."""
    reader = {"send": _sent, "ask": _asked, "look": _looked, "recall": _recalled}
    if call.purpose in reader:
        with errands.host.transaction():
            reader[call.purpose](errands, call, answer)


def _sent(errands: Errands, call: Call, answer: Response) -> None:
    adapter = platform_of(call.sent.channel).adapter
    first = call.errands[0]
    again = first.phase == "tried"
    state = errands.host.state(first.touch.contact_id)
    seen = None if again else Seen(state.contact, state.timeline, state.ledger)
    result = adapter.decode_response(call.sent, answer, view=seen)
    if result.outcome == "unknown" and _is_worth_another(first, answer.at):
        for errand in call.errands:
            tried = errand.tried if again else answer.at
            errands.move(errand, "tried", answer.at + errand.pause, tried=tried)
    elif result.may_repeat:
        for errand in call.errands:
            phase = "tried" if again else "later"
            errands.move(errand, phase, answer.at + BREATH)
    else:
        result = _after_doubt(call, result, answer.at) if again else result
        receipts = {receipt.touch_id: receipt for receipt in result.receipts}
        for errand in call.errands:
            _take(errands, call, errand, receipts[errand.touch.id], result.reference)


def _is_worth_another(errand: Errand, at: pf.Instant) -> bool:
    """Whether a call without an answer is made again: not for ever."""
    return errand.phase != "tried" or at < errand.tried + STALE


def _after_doubt(call: Call, result: Result, at: pf.Instant) -> Result:
    """What a repeated call tells of the first one, whose answer got lost.

    A failure of the second says nothing of the first: the message may be there.
    """
    if result.outcome in _TAKEN:
        return result
    outcome = "duplicate" if "duplicate" in result.candidates else "unknown"
    receipts = tuple(
        receipt_of(whom.touch_id, outcome, at=at, raw=result.raw)
        for whom in call.sent.recipients
    )
    return Result(outcome, raw=result.raw, receipts=receipts)


def _take(
    errands: Errands, call: Call, errand: Errand, receipt: pf.Receipt, reference: str
) -> None:
    """Follow it up, where the platform has it and will tell more; else close it."""
    platform = platform_of(call.sent.channel)
    question = platform.progress(call.sent, reference, receipt.at)
    if receipt.status != "submitted" or question is None:
        errands.end(errand, receipt)
        return
    errands.tell(errand.command, receipt)
    errands.move(
        errand, "taken", _full_hour(receipt.at), tried=receipt.at, reference=reference
    )


def _asked(errands: Errands, call: Call, answer: Response) -> None:
    """It was taken, under a reference that nobody knows yet; or never carried out."""
    platform = platform_of(call.sent.channel)
    found = platform.taken_as(call.sent, answer)
    known = errands.references()
    new = [reference for reference in found or () if reference not in known]
    for errand in call.errands:
        if found is None:
            errands.move(errand, "tried", answer.at + errand.pause)
        elif new:
            receipt = pf.Receipt(errand.touch.id, "submitted", at=errand.tried)
            _take(errands, call, errand, receipt, new[0])
        else:
            errands.move(errand, "later", answer.at)


def _looked(errands: Errands, call: Call, answer: Response) -> None:
    told = platform_of(call.sent.channel).told(call.request, answer)
    ends = {receipt.touch_id: receipt for receipt in told or ()}
    for errand in call.errands:
        touch_id = errand.touch.id
        if touch_id in ends:
            errands.end(errand, ends[touch_id])
        elif errand.phase == "recalled" and told is not None:
            end = "cancelled" if errand.withdrawn else "expired"
            errands.end(errand, pf.Receipt(touch_id, end, at=answer.at))
        else:
            again = answer.at + BREATH if told is None else _full_hour(answer.at)
            errands.move(errand, errand.phase, again)


def _recalled(errands: Errands, call: Call, answer: Response) -> None:
    is_done = answer.fields("wecom").get("errcode") == 0
    for errand in call.errands:
        if is_done:
            errands.move(errand, "recalled", answer.at)
        else:
            errands.move(errand, "taken", answer.at + BREATH)


def _full_hour(at: pf.Instant) -> pf.Instant:
    """The next full hour: what is asked every hour is asked together."""
    return pf.Instant((at.us // _HOUR.us + 1) * _HOUR.us)
