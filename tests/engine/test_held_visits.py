"""What the host held back, of journeys that are entered once for each key (Q6, J4)."""

from __future__ import annotations

import pytest

from privflow.conditions import event
from privflow.engine import ContactState, Engine
from privflow.journeys import Journey, Reentry, Skip, Stage
from privflow.quotas import TouchQuota
from privflow.timing import calendar
from privflow.touches import Receipt
from strategies.story import START, engine, happens, journey, later, person, step

ORDERS = Reentry.every_time(at_most=2, key="order")


def of_orders() -> Engine:
    stages = [Stage("only", steps=[step("thanks")])]
    return engine(journey(stages=stages, reentry=ORDERS))


def ordered(number: str, at: str) -> object:
    fields = {"order": number}
    return happens("go", later(at), properties=fields, id=f"{number}-{at}")


@pytest.mark.parametrize(("second", "opens"), [("o-2", True), ("o-1", False)])
def test_another_key_does_not_keep_a_complete_visit_from_going_on(second, opens):
    """Q6, J4: nothing left for the first order; a new visit of it has its own step."""
    eng = of_orders()
    first = eng.advance(ContactState(person()), ordered("o-1", "0s"), now=START)
    [send] = first.commands
    state = eng.advance(first.state, ordered(second, "1h"), now=later("1h")).state
    retry_at = later("3h")
    held = Receipt(send.touch.id, "held", at=later("2h"), retry_at=retry_at)
    state = eng.advance(state, held, now=later("2h")).state
    assert state.wake_at == (retry_at if opens else None)
    outcome = eng.advance(state, now=retry_at)
    assert [dict(c.touch.parameters) for c in outcome.commands] == (
        [{"order": "o-1"}] if opens else []
    )


def test_a_report_of_an_instant_is_heard_before_its_events():
    """E7: the place that it frees is free for what the event brings about."""
    day = TouchQuota("one-a-day", 1, per=calendar("day"))
    second: Journey = journey(
        step("two", on_blocked=Skip()), name="second", enter_on=event("more")
    )
    eng = engine(journey(step("one")), second, quotas=[day])
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    [one] = outcome.commands
    at = later("1h")
    inputs = happens("more", at, id="0"), Receipt(one.touch.id, "failed", at=at)
    for order in (inputs, inputs[::-1]):
        found = eng.advance(outcome.state, *order, now=at)
        assert [command.touch.step for command in found.commands] == ["two"]
