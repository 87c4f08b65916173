"""A host for tests: keeps one state, wakes it, hands in a script, writes all down."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby

from attrs import frozen

from privflow.engine import (
    Command,
    ContactState,
    Engine,
    Entry,
    Outcome,
    Remind,
    StaffTask,
    Withdraw,
)
from privflow.facts import Contact, Event
from privflow.timing import Instant
from privflow.touches import Receipt
from strategies.plan import declaring
from strategies.script import Declared, Happens, Heard, Item


@frozen
class Given:
    """A command, the instant at which it left, and the contact as they were."""

    at: Instant
    command: Command
    contact: Contact


class Host:
    """One contact in the care of an engine.

    Args:
        look: called with the state before and the outcome, after every call.
    """

    def __init__(
        self,
        engine: Engine,
        state: ContactState,
        look: Callable[[ContactState, Outcome], None] = lambda _state, _outcome: None,
    ) -> None:
        self.engine, self.state, self.look = engine, state, look
        self.given: list[Given] = []
        self.tasks: list[tuple[Instant, StaffTask]] = []
        self.reminded: list[Given] = []
        self.withdrawn: list[Given] = []
        self.journal: list[Entry] = []
        self.receipts: list[Receipt] = []

    def call(self, *inputs: Event | Receipt, now: Instant) -> None:
        """One call of the engine."""
        before = self.state
        outcome = self.engine.advance(before, *inputs, now=now)
        self.state = outcome.state
        self.journal += outcome.journal
        self.tasks += ((now, task) for task in outcome.tasks)
        commands = [Given(now, c, before.contact) for c in outcome.commands]
        later = (Remind, Withdraw)
        self.given += [g for g in commands if not isinstance(g.command, later)]
        self.reminded += [g for g in commands if isinstance(g.command, Remind)]
        self.withdrawn += [g for g in commands if isinstance(g.command, Withdraw)]
        self.look(before, outcome)

    def wake_until(self, end: Instant, *, most: int = 400) -> None:
        """Wake the contact whenever they want to be woken, each time in time."""
        for _ in range(most):
            at = self.state.wake_at
            if at is None or at > end:
                return
            self.call(now=at)

    def inputs_of(self, items: Iterable[Item]) -> list[Event | Receipt]:
        """The events and receipts, in the order in which the engine takes them."""
        inputs: list[Event | Receipt] = []
        for item in items:
            if isinstance(item, Happens):
                inputs.append(item.event)
            elif isinstance(item, Heard) and item.place < len(self.given):
                touch = self.given[-1 - item.place].command.touch
                inputs.append(Receipt(touch.id, item.status, at=item.at))
        receipts = [given for given in inputs if isinstance(given, Receipt)]
        self.receipts += receipts
        return sorted(inputs, key=_order)

    def learn(self, items: Iterable[Item]) -> None:
        """Let the state know what the contact declared."""
        for item in items:
            if isinstance(item, Declared):
                contact = declaring(
                    self.state.contact, item.channel, at=item.at, granted=item.granted
                )
                self.state = self.state.knowing(contact)

    def play(
        self,
        script: Iterable[Item],
        *,
        cuts: Iterable[bool] = (),
        wakes: bool = True,
    ) -> None:
        """Hand the script in, every item at its own instant.

        Args:
            cuts: whether to begin a new call, for each input after the first of an
                instant; never where they are used up.
            wakes: wake at the instant of an input before handing it in, too, where the
                contact wants to be woken just then. What is heard of the last touch
                or declared is always told afterwards.
        """
        cutting = iter(cuts)
        for at, items in groupby(script, key=lambda item: item.at):
            group = list(items)
            needs = any(isinstance(item, Declared | Heard) for item in group)
            self.wake_until(at if wakes or needs else Instant(at.us - 1))
            self.learn(group)
            calls: list[list[Event | Receipt]] = [[]]
            for given in self.inputs_of(group):
                if calls[-1] and next(cutting, False):
                    calls.append([])
                calls[-1].append(given)
            for inputs in calls:
                self.call(*inputs, now=at)


def _order(given: Event | Receipt) -> tuple[int, bool, str, str]:
    if isinstance(given, Event):
        return given.at.us, True, given.key, given.name
    return given.at.us, False, given.touch_id, given.status
