"""Which calls are to be made about errands now: to send, to ask, to look, to recall."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import evolve

import privflow as pf
from hosts.errand import Call, Errand, Errands
from hosts.question import platform_of
from hosts.shop import words
from privflow.channels import Request, merged, receipt_of
from privflow.errors import PrivflowError

STALE: Final = pf.span("2h")
"""How long a command may wait for its first call and still be what was meant."""
TASK, MARGIN = pf.span("1d"), pf.span("1h")
"""How long staff have for a task without a deadline; how long before it to recall."""
_PAGE: Final = 500


class Caller:
    """Turns what is due into calls, and marks those that begin."""

    def __init__(self, errands: Errands) -> None:
        self._errands, self._host = errands, errands.host

    def calls(self, now: pf.Instant) -> list[Call]:
        """What is to be called now; of each errand at most one call."""
        self._errands.hasten(now)
        due = [errand for errand in self._movable() if errand.again <= now]
        begun = [errand for errand in due if errand.is_begun]
        fresh = [e for e in due if not e.is_begun and self._may_begin(e, now)]
        # one call of a lane at a time: the next one waits for what becomes of it
        sends = {
            call.errands[0].lane: call for call in reversed(self._sends(fresh, now))
        }
        return [*self._about(begun, now), *self._reminders(), *reversed(sends.values())]

    def next_at(self) -> int | None:
        """When there is something to call again, in microseconds."""
        return min((errand.again.us for errand in self._movable()), default=None)

    def _movable(self) -> list[Errand]:
        """The errands that wait for nothing but time."""
        found = self._errands.open()
        doubtful = {errand.lane for errand in found if errand.is_in_doubt}
        return [e for e in found if e.is_begun or e.lane not in doubtful]

    def _reminders(self) -> Iterator[Call]:
        """One for each task, whoever of its recipients it is about."""
        tasks: dict[str, list[Errand]] = {}
        for errand in self._errands.to_remind():
            if errand.phase == "taken":
                tasks.setdefault(errand.reference, []).append(errand)
            else:
                self._errands.reminded(errand)
        for reference, group in tasks.items():
            request = platform_of(group[0].touch.channel).remind(reference)
            if request is not None:
                yield Call("remind", request, errands=tuple(group), sent=request)

    def begin(self, call: Call, now: pf.Instant) -> None:
        """Save that a call is about to be made; nothing else tells after a crash."""
        if call.purpose == "remind":
            with self._host.transaction():
                for errand in call.errands:
                    self._errands.reminded(errand)
        if call.purpose == "send":
            with self._host.transaction():
                for errand in call.errands:
                    tried = errand.tried if errand.phase == "tried" else now
                    again = now + errand.pause
                    self._errands.move(errand, "tried", again, tried=tried)

    def _may_begin(self, errand: Errand, now: pf.Instant) -> bool:
        """Whether it is still meant, and has its places; else it ends here."""
        touch = errand.touch
        record = self._host.state(touch.contact_id).ledger.find(touch.id)
        with self._host.transaction():
            if errand.withdrawn:
                self._errands.end(errand, pf.Receipt(touch.id, "cancelled", at=now))
                return False
            if record is not None and record.decided_at + STALE <= now:
                self._errands.end(errand, pf.Receipt(touch.id, "expired", at=now))
                return False
            return self._errands.hold_place(errand, now)

    def _about(self, begun: list[Errand], now: pf.Instant) -> Iterator[Call]:
        """The calls about calls that have begun before."""
        groups: dict[object, list[Errand]] = {}
        for errand in begun:
            key = (errand.phase, errand.lane, errand.reference or errand.tried)
            groups.setdefault(key, []).append(errand)
        wanted = {e.reference for e in self._errands.open() if not e.withdrawn}
        for group in groups.values():
            for sent in self._sends(group, now):
                yield _next(sent, wanted, now)

    def _sends(self, errands: Iterable[Errand], now: pf.Instant) -> list[Call]:
        """The calls that send errands; what one call can carry is put together."""
        by_touch, requests = {}, []
        for errand in errands:
            request = self._encoded(errand, now)
            if request is not None:
                by_touch[errand.touch.id] = errand
                requests.append(request)
        return [
            Call(
                "send",
                request,
                errands=tuple(by_touch[whom.touch_id] for whom in request.recipients),
                sent=request,
            )
            for request in merged(requests)
        ]

    def _encoded(self, errand: Errand, now: pf.Instant) -> Request | None:
        """The call of one errand; what cannot be said ends here and stops no other."""
        touch = errand.touch
        contact = self._host.state(touch.contact_id).contact
        adapter = platform_of(touch.channel).adapter
        try:
            request = adapter.encode(errand.command, contact, words(touch), now=now)
        except PrivflowError as error:
            end = receipt_of(touch.id, "invalid", at=now, raw=error.code)
            with self._host.transaction():
                self._errands.end(errand, end)
            return None
        # the results of a larger one would come in several pages
        return evolve(request, batch=min(request.batch, _PAGE))


def _is_over(errand: Errand, wanted: set[str], now: pf.Instant) -> bool:
    """Whether staff have had their time, or nobody is to get it any more."""
    if errand.reference not in wanted:
        return True
    deadline = getattr(errand.command, "deadline", None)
    return now >= (errand.tried + TASK if deadline is None else deadline - MARGIN)


def _next(sent: Call, wanted: set[str], now: pf.Instant) -> Call:
    """What to do about a call that has begun: it is tried, taken or recalled.

    Args:
        wanted: the references of tasks that somebody is still to get.
    """
    first, request = sent.errands[0], sent.sent
    platform = platform_of(request.channel)
    if first.phase == "tried":
        if first.knows_repeats:
            return sent
        question = platform.was_taken(request, first.tried)
        return evolve(sent, purpose="ask", request=question)
    recall = platform.recall(request, first.reference)
    if recall is not None and first.phase == "taken" and _is_over(first, wanted, now):
        return evolve(sent, purpose="recall", request=recall)
    look = platform.progress(request, first.reference, first.tried)
    return sent if look is None else evolve(sent, purpose="look", request=look)
