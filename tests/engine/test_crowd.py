"""Many contacts, streamed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

import pytest

import privflow as pf
from privflow.engine import ContactState, advance_many
from privflow.errors import (
    DefinitionError,
    DocumentError,
    ProtocolError,
    WrongContactError,
)
from privflow.facts import Contact, Event, Identity
from privflow.timing import after
from strategies.story import START, engine, journey, later, step

ENGINE = engine(journey(step("x"), step("y", after("1h"))))


def person(number: int) -> ContactState:
    return ContactState(Contact(f"c-{number}", identities=[Identity("phone", "1")]))


def entering(number: int):
    return person(number), [Event("go", f"c-{number}", at=START)]


def test_outcomes_come_in_order_and_only_as_far_as_they_are_asked_for():
    asked: list[int] = []

    def crowd() -> Iterator[tuple[ContactState, list[Event]]]:
        for number in range(1_000_000):
            asked.append(number)
            yield entering(number)

    seen: list[tuple[int, str]] = []
    outcomes = advance_many(
        ENGINE,
        crowd(),
        now=START,
        progress=lambda count, outcome: seen.append((count, outcome.state.contact.id)),
    )
    first = list(islice(outcomes, 3))
    alone = ((state, events[0]) for state, events in map(entering, range(3)))
    assert first == [ENGINE.advance(*one, now=START) for one in alone]
    assert (asked, seen) == ([0, 1, 2], [(1, "c-0"), (2, "c-1"), (3, "c-2")])


def test_a_state_alone_is_woken():
    states = [o.state for o in advance_many(ENGINE, map(entering, range(3)), now=START)]
    outcomes = advance_many(ENGINE, states, now=later("1h"))
    assert [c.touch.step for o in outcomes for c in o.commands] == ["y", "y", "y"]


def test_what_is_wrong_with_one_contact_raises_there():
    wrong = (person(1), [Event("go", "c-2", at=START)])
    outcomes = advance_many(ENGINE, [entering(0), wrong], now=START)
    assert next(outcomes).commands
    with pytest.raises(WrongContactError):
        next(outcomes)


def test_states_go_through_json_lines_and_stay_what_they_are():
    """E5."""
    outcomes = advance_many(ENGINE, map(entering, range(3)), now=START)
    states = [outcome.state for outcome in outcomes]
    lines = list(pf.dump_lines(states))
    assert all(line.count("\n") == 1 for line in lines)
    assert list(pf.load_lines([lines[0], "\n", *lines[1:]])) == states


def test_a_plan_alone_is_refused():
    with pytest.raises(DefinitionError, match="expected an engine") as caught:
        next(advance_many(ENGINE.plan, [person(1)], now=START))
    assert caught.value.hint == "pass pf.Engine(plan)"


def test_a_pair_has_a_list_of_inputs():
    state, [event] = entering(1)
    for pair in ((state, event), (state, event, event), (state,)):
        with pytest.raises(ProtocolError, match="a list of its inputs") as caught:
            next(advance_many(ENGINE, [pair], now=START))
        assert caught.value.hint == "write (state, [event])"


def test_the_name_of_a_file_is_no_line():
    with pytest.raises(DefinitionError, match="a text") as caught:
        next(pf.load_lines("states.jsonl"))
    assert caught.value.message == "load_lines: got 'states.jsonl', a text"
    assert caught.value.hint == "pass an open file: open(path, encoding='utf-8')"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2 has 1 problem(s)"),
        ("[" * 100_000, "line 2 has 1 problem(s)"),
        (json.dumps({"schema": 1, "type": "Span", "value": 7}), "line 2, Span has"),
    ],
)
def test_a_bad_line_is_named(line, said):
    """E5."""
    good = next(pf.dump_lines([pf.span("1d")]))
    found = pf.load_lines([good, line])
    assert next(found) == pf.span("1d")
    with pytest.raises(DocumentError) as raised:
        next(found)
    assert said in str(raised.value)
    assert raised.value.hint
