"""The host: keeps states, wakes contacts, carries out commands, hands in receipts.

This is all that privflow asks of a host, in virtual time: a heap stands in for the
message queue and the timer, a dict for the database, `platform` for WeCom.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from itertools import count
from typing import Final

from attrs import field, frozen

import privflow as pf
from month.dates import END, START
from month.people import Arrival, People
from month.platform import News, news_of
from privflow.journeys import GateLine

Progress = Callable[[float], None]
_DAY: Final = pf.span("1d").us


@frozen(kw_only=True)
class Decision:
    """One line of a contact's journal.

    Args:
        lines: what the gates said, where a step was held up or let go.
    """

    contact_id: str
    entry: pf.Entry
    lines: tuple[GateLine, ...] = ()


@frozen(kw_only=True)
class Given:
    """A command, and when the engine gave it."""

    at: pf.Instant
    command: pf.Command = field(kw_only=False)


@frozen(kw_only=True)
class Month:
    """Everything that came of the month, in the order in which it happened.

    Args:
        receipts: with the contact they are about.
        calls: how often the engine was asked.
    """

    before: Mapping[str, pf.ContactState]
    states: Mapping[str, pf.ContactState]
    given: tuple[Given, ...]
    receipts: tuple[tuple[str, pf.Receipt], ...]
    decisions: tuple[Decision, ...]
    calls: int


def live_through(
    engine: pf.Engine, people: People, *, progress: Progress = lambda _share: None
) -> Month:
    """Run the month: one input or wake after another, each at its own instant."""
    host = _Host(engine, people)
    shown = START.us
    while (at := host.next_at()) is not None and at < END:
        if at.us - shown >= _DAY // 4:
            shown = at.us
            progress((at.us - START.us) / (END.us - START.us))
        host.step()
    progress(1.0)
    return Month(
        before=people.states,
        states=host.states,
        given=tuple(host.given),
        receipts=tuple(host.receipts),
        decisions=tuple(host.decisions),
        calls=host.calls,
    )


class _Host:
    def __init__(self, engine: pf.Engine, people: People) -> None:
        self.engine = engine
        self.states = dict(people.states)
        self.given: list[Given] = []
        self.receipts: list[tuple[str, pf.Receipt]] = []
        self.decisions: list[Decision] = []
        self.calls = 0
        self._numbers = count()
        self._heap: list[tuple[int, int, str, News | None]] = []
        for contact_id in self.states:
            self._push(START, contact_id, None)
        for arrival in people.arrivals:
            self._push(arrival.event.at, arrival.event.contact_id, arrival)

    def next_at(self) -> pf.Instant | None:
        return pf.Instant(self._heap[0][0]) if self._heap else None

    def step(self) -> None:
        """Take the next thing from the heap and let the engine decide."""
        us, _, contact_id, news = heappop(self._heap)
        at, state = pf.Instant(us), self.states[contact_id]
        if news is None and state.at is not None and state.wake_at != at:
            return  # something came in between, and the wake was set anew
        outcome = self._decided(state, news, at)
        self.states[contact_id] = outcome.state
        for entry in outcome.journal:
            lines = _gate_lines(outcome.state, entry, at)
            self.decisions.append(
                Decision(contact_id=contact_id, entry=entry, lines=lines)
            )
        for command in outcome.commands:
            self.given.append(Given(command, at=at))
            for heard in news_of(command, at=at):
                self._push(_when(heard), contact_id, heard)
        wake_at = outcome.state.wake_at
        if news is None or wake_at != state.wake_at:
            self._push(wake_at, contact_id, None)

    def _decided(
        self, state: pf.ContactState, news: News | None, at: pf.Instant
    ) -> pf.Outcome:
        self.calls += 1
        if news is None:
            return self.engine.advance(state, now=at)
        if isinstance(news, pf.Receipt):
            self.receipts.append((state.contact.id, news))
            return self.engine.advance(state, news, now=at)
        state = state.knowing(news.learned(state.contact))
        return self.engine.advance(state, news.event, now=at)

    def _push(self, at: pf.Instant | None, contact_id: str, news: News | None) -> None:
        if at is not None and at < END:
            heappush(self._heap, (at.us, next(self._numbers), contact_id, news))


def _when(news: News) -> pf.Instant:
    return news.event.at if isinstance(news, Arrival) else news.at


def _gate_lines(
    state: pf.ContactState, entry: pf.Entry, at: pf.Instant
) -> tuple[GateLine, ...]:
    """What the gates said of the step that a line of the journal is about."""
    kind, _, name = entry.source.partition(":")
    enrolment = state.enrolment(name) if kind == "journey" else None
    if enrolment is None or entry.what not in {"deferred", "skipped", "expired"}:
        return ()
    for step in (*enrolment.steps, *enrolment.earlier):
        if (step.step, step.status, step.decided_at) == (entry.subject, entry.what, at):
            return step.lines
    return ()
