"""Two states of one person become one, and two again (K1)."""

from __future__ import annotations

import pytest
from attrs import evolve

from privflow.conditions import attr, entered, event
from privflow.documents import dump, load
from privflow.engine import ContactState, Engine, StateMerge
from privflow.errors import ProtocolError, TimeReversedError, WrongContactError
from privflow.facts import Contact, Event, MergeGuard
from privflow.journeys import Reentry, Stage, To
from privflow.quotas import TouchQuota
from privflow.segments import Segment
from privflow.timing import Instant, after, rolling, weekly
from privflow.touches import Receipt
from strategies.story import START, engine, happens, journey, later, person, step


def other(**rest: object) -> Contact:
    return evolve(person(**rest), id="c-2")


def told(contact: Contact, name: str, at: Instant, **rest: object) -> Event:
    return Event(name, contact.id, at=at, **rest)


def lived(
    eng: Engine, contact: Contact, *names: str, at: Instant = START, until: str = "0s"
) -> ContactState:
    """The state after some events at one instant, woken in time until later."""
    inputs = [told(contact, name, at) for name in names]
    state = eng.advance(ContactState(contact), *inputs, now=at).state
    end = later(until)
    return eng.advance(woken(eng, state, end), now=end).state if end > at else state


def sent(state: ContactState) -> list[str]:
    return [record.touch.step for record in state.ledger]


# ── What was sent and what happened ──────────────────────────────────────────


def test_ledgers_add_up_and_quotas_count_both():
    """K1, Q4: never the larger of the two."""
    eng = engine(
        journey(step("x")),
        journey(step("y"), name="k", enter_on=event("more")),
        quotas=[TouchQuota("two-a-day", 2, per=rolling("1d"))],
    )
    one = lived(eng, person(), "go")
    two = lived(eng, other(), "go")
    merged = eng.merge(one, two, now=START).result
    assert len(merged.ledger) == 2
    assert {record.touch.contact_id for record in merged.ledger} == {"c-1"}
    outcome = eng.advance(merged, told(merged.contact, "more", START), now=START)
    assert outcome.commands == ()
    assert outcome.state.wake_at == later("1d")
    assert len(eng.advance(one, told(one.contact, "more", START), now=START).commands)


def test_a_receipt_of_the_other_s_touch_is_heard():
    """K1, Q3: ids stay."""
    eng = engine(journey(step("x")))
    two = lived(eng, other(), "go")
    [record] = two.ledger
    merged = eng.merge(lived(eng, person()), two, now=START).result
    receipt = Receipt(record.touch.id, "delivered", at=START)
    state = eng.advance(merged, receipt, now=START).state
    assert state.ledger.find(record.touch.id).status == "delivered"


@pytest.mark.parametrize("key", ["", "evt-1"])
def test_a_repeat_of_what_the_other_one_did_is_known(key):
    """K1, E1: with an id of its own or without."""
    eng = engine(journey(step("x"), reentry=Reentry.after_exit(cooldown="0s")))
    event_ = Event("go", "c-2", at=START, properties={"n": 1}, id=key)
    two = eng.advance(ContactState(other()), event_, now=START).state
    merged = eng.merge(ContactState(person()), two, now=START).result
    again = eng.advance(merged, evolve(event_, contact_id="c-1"), now=later("1h"))
    assert len(again.state.timeline) == 1
    assert again.commands == ()
    assert "repeated" in {entry.what for entry in again.journal}


def test_events_of_both_are_in_one_order():
    """K1, E7."""
    one = ContactState(person()).observing([
        happens("buy", later(f"{h}h")) for h in (1, 3, 5)
    ])
    two = ContactState(other()).observing([
        told(other(), "buy", later(f"{h}h")) for h in (0, 3, 4)
    ])
    merged = engine().merge(one, two, now=later("9h")).result
    times = [at for at, _, _ in merged.timeline.rows("buy")]
    assert times == [later(f"{h}h") for h in (0, 1, 3, 4, 5)]


def test_who_was_in_a_segment_does_not_come_in_again():
    """K1, J1a."""
    eng = engine(
        journey(step("x"), enter_on=entered("adults")),
        segments=[Segment("adults", attr.age >= 18)],
    )
    one, two = (
        lived(eng, make(attributes={"age": 30}), "hi") for make in (person, other)
    )
    assert (sent(one), sent(two)) == (["x"], ["x"])
    state = eng.advance(eng.merge(one, two, now=START).result, now=START).state
    assert sent(state) == ["x", "x"]
    new = eng.merge(ContactState(person()), ContactState(other()), now=START).result
    assert new.inside is None


def test_a_touch_in_both_ledgers_counts_once():
    """K1: from a copy of a state that was merged before."""
    eng = engine(journey(step("x")))
    one = lived(eng, person(), "go")
    copy = evolve(one, contact=other())
    assert eng.merge(one, copy, now=START).result.ledger == one.ledger


# ── Journeys ─────────────────────────────────────────────────────────────────

TWO = (step("x"), step("y", after("2h")))


def test_what_only_one_had_begun_goes_on():
    """K1."""
    eng = engine(journey(*TWO))
    two = lived(eng, other(), "go")
    made = eng.merge(lived(eng, person()), two, now=START)
    assert made.result.enrolments == two.enrolments
    state = eng.advance(made.result, now=later("2h")).state
    assert sent(state) == ["x", "y"]
    assert [line.of for line in made.visits] == ["newer"]


def test_of_two_visits_at_once_the_first_stays_and_nothing_is_sent_twice():
    """K1, J2."""
    eng = engine(journey(*TWO, step("z", after("9h"))))
    one = lived(eng, person(), "go", at=later("1h"), until="2h")
    two = lived(eng, other(), "go", until="2h")
    assert (sent(one), sent(two)) == (["x"], ["x", "y"])
    made = eng.merge(one, two, now=later("2h"))
    [enrolment] = made.result.enrolments
    assert (enrolment.entered_at, enrolment.visit) == (START, 2)
    made = eng.merge(two, one, now=later("2h"))
    [enrolment] = made.result.enrolments
    assert enrolment.entered_at == START
    state = made.result
    for hour in ("3h", "9h"):
        state = eng.advance(state, now=later(hour)).state
    assert sorted(sent(state)) == ["x", "x", "y", "z"]


def test_a_step_that_the_other_visit_sent_is_not_sent_again():
    """K1, J2: the visit that stays had not come so far."""
    slow = journey(step("x"), step("y", after("2h"), via=["push"]))
    eng, quick = engine(slow), engine(journey(step("x"), step("y", after("1h"))))
    one = lived(eng, person(), "go", until="1h")
    two = lived(quick, other(), "go", at=later("30m"), until="90m")
    made = eng.merge(one, two, now=later("90m"))
    [enrolment] = made.result.enrolments
    assert enrolment.entered_at == START
    assert enrolment.step("y").status == "sent"
    assert eng.advance(made.result, now=later("2h")).commands == ()
    again, _ = eng.unmerge(made.result, made, now=later("90m"))
    assert again.enrolments == one.enrolments


def test_what_the_other_visit_was_sent_goes_back_with_it():
    """K1: also when the one that stayed has gone on since."""
    steps = [step("x")]
    steps += [step(n, after(h)) for n, h in (("y", "2h"), ("z", "3h"), ("w", "9h"))]
    eng, quick = engine(journey(*steps)), engine(journey(step("y", after("0s"))))
    one = lived(eng, person(), "go")
    two = lived(quick, other(), "go", at=later("1h"))
    made = eng.merge(one, two, now=later("1h"))
    state = eng.advance(made.result, now=later("2h")).state
    state = eng.advance(state, now=later("3h")).state
    assert sent(state) == ["x", "y", "z"]
    survivor, _ = eng.unmerge(state, made, now=later("4h"))
    assert sent(eng.advance(survivor, now=later("4h")).state) == ["x", "z", "y"]


def test_a_step_that_recurs_goes_on():
    """K1, T4."""
    eng = engine(journey(step("x", weekly(["tue", "wed"], "20:00"))))
    one = lived(eng, person(), "go", until="1d")
    two = lived(eng, other(), "go", at=later("1h"), until="1d")
    assert (sent(one), sent(two)) == (["x"], ["x"])
    made = eng.merge(one, two, now=later("1d"))
    state = eng.advance(made.result, now=later("1d")).state
    assert state.wake_at == later("1d11h")
    assert sent(eng.advance(state, now=state.wake_at).state) == ["x", "x", "x"]


def test_once_is_once_under_both_names():
    """K1, J4."""
    eng = engine(journey(*TWO))
    one = lived(eng, person(), "go", until="3h")
    two = lived(eng, other(), "go", at=later("4h"), until="4h")
    assert one.enrolments[0].ended_by == "completed"
    made = eng.merge(one, two, now=later("4h"))
    assert made.result.enrolments == (evolve(one.enrolments[0], visit=2),)
    assert [v.stays for v in made.visits] == [True, False]
    assert "once_only" in made.visits[1].rule
    state = eng.advance(made.result, now=later("6h")).state
    assert sent(state) == ["x", "y", "x"]


@pytest.mark.parametrize(("cooldown", "stays"), [("1h", "4h"), ("5h", "0s")])
def test_a_second_visit_counts_if_it_would_have_been_let_in(cooldown, stays):
    """K1, J4."""
    again = Reentry.after_exit(cooldown=cooldown)
    eng = engine(journey(*TWO, reentry=again))
    one = lived(eng, person(), "go", until="3h")
    two = lived(eng, other(), "go", at=later("4h"), until="4h")
    [enrolment] = eng.merge(one, two, now=later("4h")).result.enrolments
    assert (enrolment.entered_at, enrolment.visit) == (later(stays), 2)


def test_a_journey_that_the_plan_lost_is_entered_once():
    """K1, J6."""
    eng = engine(journey(*TWO))
    one, two = lived(eng, person(), "go"), lived(eng, other(), "go", at=later("1h"))
    made = engine().merge(one, two, now=later("1h"))
    assert [e.entered_at for e in made.result.enrolments] == [START]


def test_no_touch_after_a_merge_has_the_id_of_one_before_it():
    """K1, E1."""
    again = Reentry.after_exit(cooldown="1h")
    eng = engine(journey(step("x"), reentry=again))
    one, two = lived(eng, person(), "go"), lived(eng, other(), "go")
    state = eng.merge(one, two, now=START).result
    for hour in range(2, 12, 2):
        at = later(f"{hour}h")
        state = eng.advance(state, happens("go", at), now=at).state
    ids = [record.touch.id for record in state.ledger]
    assert len(ids) == len(set(ids)) == 7


# ── By every re-entry policy ─────────────────────────────────────────────────

SLOW = (step("x"), step("y", after("3h")))
OFTEN = Reentry.every_time(at_most=3)
ORDERS = Reentry.every_time(at_most=3, key="order")
AGAIN = Reentry.every_time(at_most=3, key="order", repeated="restart")


def entering(
    eng: Engine, contact: Contact, *visits: tuple[str, str], until: str = "2h"
) -> ContactState:
    """The state after a "go" for each hour and order, woken in time."""
    state = ContactState(contact)
    for number, (at, order) in enumerate(visits):
        fields = {"order": order} if order else {}
        event_ = told(contact, "go", later(at), properties=fields, id=f"{number}{at}")
        state = eng.advance(woken(eng, state, later(at)), event_, now=later(at)).state
    return eng.advance(woken(eng, state, later(until)), now=later(until)).state


def woken(eng: Engine, state: ContactState, end: Instant) -> ContactState:
    while state.wake_at is not None and state.wake_at <= end:
        state = eng.advance(state, now=state.wake_at).state
    return state


@pytest.mark.parametrize("is_new", [True, False])
def test_a_step_that_was_renamed_between_is_the_same_step(is_new):
    """K1, J6: the visit that stays goes by the new version, or the other one does."""
    last = step("late", after("9d"))
    rest = {"in_flight": "pinned"}
    old = journey(step("a", after("1h")), last, **rest)
    new = journey(step("b", after("1h"), formerly=["a"]), last, version=2, **rest)
    eng = engine(new, retired=[old])
    first, second = (eng, engine(old)) if is_new else (engine(old), eng)
    older = entering(first, person(), ("0h", ""), until="30m")
    newer = entering(second, other(), ("10m", ""), until="2h")
    assert (sent(older), sent(newer)) == ([], ["a" if is_new else "b"])
    outcome = eng.advance(
        eng.merge(older, newer, now=later("3h")).result, now=later("3h")
    )
    assert outcome.commands == ()
    [visit] = outcome.state.enrolments
    assert (visit.version, visit.steps[0].status) == (2 if is_new else 1, "sent")
    why = eng.why(
        outcome.state, journey="j", step="b" if is_new else "a", now=later("3h")
    )
    assert why.decision == "sent"


CASES = [
    (OFTEN, [("0h", "")], [("1h", "")], ["older 0h", "newer 1h"]),
    (OFTEN, [("1h", "")], [("0h", "")], ["newer 0h", "older 1h"]),
    (OFTEN, [("0h", ""), ("1h", "")], [], ["older 0h", "older 1h"]),
    (OFTEN, [], [("0h", ""), ("1h", "")], ["newer 0h", "newer 1h"]),
    (
        OFTEN,
        [("0h", ""), ("1h", "")],
        [("0h", ""), ("2h", "")],
        ["older 0h", "newer 0h", "older 1h"],
    ),
    (
        ORDERS,
        [("0h", "A"), ("1h", "B")],
        [("0h", "C"), ("2h", "A")],
        ["older 0h A", "newer 0h C", "older 1h B"],
    ),
    (ORDERS, [("1h", "A")], [("0h", "A")], ["newer 0h A"]),
    (
        ORDERS,
        [("0h", "A"), ("1h", "B"), ("2h", "C")],
        [("1h", "D")],
        ["older 0h A", "older 1h B", "newer 1h D"],
    ),
    (AGAIN, [("0h", "A")], [("1h", "A"), ("1h", "B")], ["newer 1h A", "newer 1h B"]),
    (Reentry.once(repeated="restart"), [("0h", "")], [("1h", "")], ["newer 1h"]),
    (Reentry.once(repeated="refresh"), [("0h", "")], [("1h", "")], ["older 0h"]),
    (Reentry.every_time(), [("0h", "")], [("1h", "")], ["older 0h"]),
    (Reentry.every_time(), [("0h", ""), ("4h", "")], [("2h", "")], ["newer 2h"]),
    (Reentry.every_time(), [("0h", ""), ("4h", "")], [("1h", "")], ["older 4h"]),
]


@pytest.mark.parametrize(("reentry", "mine", "theirs", "expected"), CASES)
def test_the_visits_stay_that_one_person_would_have_been_let_in_for(
    reentry, mine, theirs, expected
):
    """K1, J4: in the order of entry, whoever they were made by."""
    eng = engine(journey(*SLOW, reentry=reentry))
    until = max("2h", *(at for at, _ in (*mine, *theirs)))
    one = entering(eng, person(), *mine, until=until)
    two = entering(eng, other(), *theirs, until=until)
    made = eng.merge(one, two, now=later(until))
    stay = {visit.into: visit for visit in made.visits if visit.stays}
    found = [
        f"{stay[e.place].of} {(e.entered_at - START).us // 3_600_000_000}h {e.key}"
        for e in sorted(made.result.enrolments, key=lambda e: e.visit)
    ]
    assert [text.strip() for text in found] == expected
    assert len(stay) == len(expected)
    assert len(made.visits) == len(one.enrolments) + len(two.enrolments)
    older, newer = eng.unmerge(made.result, made, now=later(until))
    assert (older.enrolments, newer.enrolments) == (one.enrolments, two.enrolments)


def test_visits_that_run_at_once_go_back_to_whoever_made_them():
    """K1, J4: with what they have been sent since; an end stays with the survivor."""
    eng = engine(journey(*SLOW, step("z", after("9h")), reentry=OFTEN))
    one = entering(eng, person(), ("0h", ""), ("1h", ""))
    two = entering(eng, other(), ("1h", ""), ("2h", ""))
    made = eng.merge(one, two, now=later("2h"))
    assert [v.rule for v in made.visits if not v.stays] == ["does not count: too_many"]
    state = eng.advance(made.result, now=later("3h")).state
    state = eng.advance(state, now=later("4h")).state
    assert sent(state)[4:] == ["y", "y", "y"]
    older, newer = eng.unmerge(state, made, now=later("4h"))
    assert sent(older) == ["x", "x", "y", "y", "y"]
    assert sent(newer) == ["x", "x"]
    assert [e.ended_by for e in older.enrolments] == ["", "", "unmerged"]
    assert [(e.visit, e.step("y").status) for e in newer.enrolments] == [
        (1, "sent"),
        (2, "waiting"),
    ]
    again = eng.advance(older, happens("go", later("5h")), now=later("5h")).state
    for hours in ("8h", "9h", "14h"):
        again = eng.advance(again, now=later(hours)).state
    ids = [record.touch.id for record in again.ledger]
    assert len(ids) == len(set(ids)) == 10


def test_a_policy_that_has_changed_ends_nobody_s_visits_by_a_merge():
    """K1, J4, J6: two ran at once in the older contact, and go on doing so."""
    often = engine(journey(*SLOW, reentry=OFTEN))
    one = entering(often, person(), ("0h", ""), ("1h", ""))
    two = entering(often, other(), ("2h", ""))
    made = engine(journey(*SLOW)).merge(one, two, now=later("2h"))
    stays = [(v.of, v.visit) for v in made.visits if v.stays]
    assert stays == [("older", 1), ("older", 2)]


def test_a_visit_counts_beside_the_others_as_they_stood_when_it_began():
    """K1, J4: the first one has ended since, and ran then."""
    eng = engine(journey(*SLOW, reentry=Reentry.every_time()))
    one = entering(eng, person(), ("0h", ""), until="4h")
    two = entering(eng, other(), ("2h", ""), until="4h")
    made = eng.merge(one, two, now=later("4h"))
    [visit] = made.result.enrolments
    assert (visit.entered_at, visit.ended_by) == (START, "completed")


def test_visits_of_a_key_that_have_ended_are_kept_beside_the_next_one():
    """K1, J4: as they are where one contact enters again, so that `why` answers."""
    eng = engine(journey(*SLOW, reentry=ORDERS))
    one = entering(eng, person(), ("0h", "A"), until="5h")
    two = entering(eng, other(), ("4h", "A"), ("4h", "B"), until="5h")
    made = eng.merge(one, two, now=later("5h"))
    found = [(e.key, e.entered_at, e.ended_by) for e in made.result.enrolments]
    assert found == [
        ("A", START, "completed"),
        ("A", later("4h"), ""),
        ("B", later("4h"), ""),
    ]
    statuses = [e.step("y").status for e in made.result.enrolments]
    assert statuses == ["sent", "sent", "waiting"]


def test_visits_that_run_at_once_send_their_own_steps():
    """K1, J2: what one of them sent, the other one has still to send."""
    eng = engine(journey(*SLOW, reentry=OFTEN))
    one = entering(eng, person(), ("0h", ""), until="3h")
    two = entering(eng, other(), ("1h", ""), until="3h")
    made = eng.merge(one, two, now=later("3h"))
    state = eng.advance(made.result, now=later("4h")).state
    assert sorted(sent(state)) == ["x", "x", "y", "y"]


def test_all_visits_that_others_stood_for_come_back_under_numbers_of_their_own():
    """K1, E1."""
    eng = engine(journey(*SLOW, reentry=ORDERS))
    one = entering(eng, person(), ("1h", "A"), ("1h", "B"))
    two = entering(eng, other(), ("0h", "A"), ("0h", "B"))
    made = eng.merge(one, two, now=later("2h"))
    state = eng.advance(made.result, now=later("3h")).state
    older, newer = eng.unmerge(state, made, now=later("3h"))
    assert [(e.visit, e.key, e.ended_by) for e in older.enrolments] == [
        (5, "A", ""),
        (6, "B", ""),
    ]
    assert [(e.visit, e.key, e.ended_by) for e in newer.enrolments] == [
        (1, "A", "completed"),
        (2, "B", "completed"),
    ]


def test_visits_of_one_order_send_each_step_once():
    """K1, J2, J4: the order of one person, under two names."""
    steps = (step("x"), step("y", after("3h"), when=event("paid").exists()))
    eng = engine(journey(*steps, step("z", after("9h")), reentry=ORDERS))
    quick = engine(journey(step("x"), step("z"), reentry=ORDERS))
    one = entering(eng, person(), ("0h", "A"))
    two = entering(quick, other(), ("1h", "A"), ("1h", "B"))
    made = eng.merge(one, two, now=later("2h"))
    [first, second] = made.result.enrolments
    assert (first.key, first.step("z").status) == ("A", "sent")
    assert (second.key, second.visit) == ("B", 3)
    older, newer = eng.unmerge(made.result, made, now=later("2h"))
    assert (older.enrolments, newer.enrolments) == (one.enrolments, two.enrolments)


def test_visits_of_a_journey_that_was_renamed_do_not_take_each_other_s_number():
    """K1, J6."""
    before = engine(journey(*SLOW, reentry=OFTEN))
    renamed = journey(*SLOW, name="new", formerly=["j"], reentry=OFTEN)
    eng = engine(evolve(renamed, in_flight="follow"))
    one = entering(before, person(), ("0h", ""))
    two = entering(eng, other(), ("1h", ""))
    made = eng.merge(one, two, now=later("2h"))
    assert [e.place for e in made.result.enrolments] == [("j", 2), ("new", 3)]
    state = eng.advance(made.result, now=later("2h")).state
    assert sorted(e.place for e in state.enrolments) == [("new", 2), ("new", 3)]
    older, newer = eng.unmerge(state, made, now=later("2h"))
    assert [e.place for e in older.enrolments] == [("new", 2)]
    assert newer.enrolments == two.enrolments


@pytest.mark.parametrize("joins", [True, False])
def test_the_control_group_is_that_of_the_older_contact(joins):
    """K1, J5: of their visits, or else of their bucket; and it goes back."""
    part = journey(*SLOW, reentry=OFTEN, control=0.5)
    names = [f"c-{number}" for number in range(2, 40)]
    held = next(name for name in names if part.is_control(name))
    free = next(name for name in names if not part.is_control(name))
    eng = engine(part)
    for mine, theirs in ((held, free), (free, held)):
        visits = [("0h", "")] if joins else []
        one = entering(eng, evolve(person(), id=mine), *visits)
        two = entering(eng, evolve(person(), id=theirs), ("1h", ""))
        made = eng.merge(one, two, now=later("2h"))
        assert {e.control for e in made.result.enrolments} == {mine == held}
        state = eng.advance(made.result, now=later("4h")).state
        _, newer = eng.unmerge(state, made, now=later("4h"))
        assert [e.control for e in newer.enrolments] == [theirs == held]


# ── Refused ──────────────────────────────────────────────────────────────────


def test_what_cannot_be_merged_is_refused():
    """K1."""
    eng = engine(journey(step("x")))
    one, two = lived(eng, person(), "go"), lived(eng, other(), "go")
    with pytest.raises(ProtocolError):
        eng.merge(one, one, now=START)
    with pytest.raises(TimeReversedError):
        eng.merge(one, two, now=Instant(START.us - 1))
    with pytest.raises(ProtocolError):
        eng.merge(
            one,
            evolve(
                two,
                contact=Contact(
                    "c-3",
                    identities=[
                        *person().identities[:1],
                        evolve(person().identities[0], value="2"),
                    ],
                ),
            ),
            now=START,
            guard=MergeGuard(most=1),
        )
    made = eng.merge(one, two, now=START)
    with pytest.raises(ProtocolError):
        eng.merge(made.result, two, now=START)
    with pytest.raises(WrongContactError):
        eng.advance(made.result, told(two.contact, "go", START), now=START)
    first, second = eng.unmerge(made.result, made, now=START)
    for state in (first, second):
        with pytest.raises(ProtocolError):
            eng.unmerge(state, made, now=START)
    with pytest.raises(TimeReversedError):
        eng.unmerge(made.result, made, now=Instant(START.us - 1))


# ── Undone ───────────────────────────────────────────────────────────────────


def test_what_happened_since_stays_with_the_survivor():
    """K1."""
    eng = engine(
        journey(step("x"), step("y", after("3h"))),
        journey(step("k"), name="k", enter_on=event("buy")),
    )
    one, two = lived(eng, person(), "hi"), lived(eng, other(), "go")
    made = eng.merge(one, two, now=START)
    [x] = two.ledger
    state = eng.advance(
        made.result,
        Receipt(x.touch.id, "delivered", at=later("1h")),
        happens("buy", later("2h")),
        now=later("2h"),
    ).state
    state = eng.advance(state, now=later("3h")).state
    assert sent(state) == ["x", "k", "y"]
    survivor, back = eng.unmerge(state, made, now=later("4h"))
    assert sent(survivor) == ["k", "y"]
    assert sorted(survivor.timeline.series) == ["buy", "hi"]
    assert survivor.enrolment("k").ended_by == "completed"
    assert sorted(back.timeline.series) == ["go"]
    assert [r.status for r in back.ledger] == ["delivered"]
    assert {r.touch.contact_id for r in back.ledger} == {"c-2"}
    assert back.enrolment("j").step("y").status == "sent"
    assert survivor.wake_at == back.wake_at == later("4h")
    for each in (survivor, back):
        assert eng.advance(each, now=later("4h")).commands == ()


def test_a_visit_that_goes_back_leaves_an_end_with_the_survivor():
    """K1: so that they are not sent again what they got since."""
    eng = engine(journey(step("x"), step("y", after("3h")), step("z", after("9h"))))
    one, two = lived(eng, person()), lived(eng, other(), "go")
    made = eng.merge(one, two, now=START)
    state = eng.advance(made.result, now=later("3h")).state
    survivor, back = eng.unmerge(state, made, now=later("4h"))
    assert survivor.enrolment("j").ended_by == "unmerged"
    why = eng.why(survivor, journey="j", step="z", now=later("4h"))
    assert (why.decision, why.reason) == ("ended", "unmerged")
    assert "a merge was undone" in why.headline
    assert sent(eng.advance(back, now=later("9h")).state) == ["x", "z"]


def test_both_go_on_with_visits_of_their_own():
    """K1."""
    eng = engine(journey(step("x"), step("y", after("3h")), step("z", after("9h"))))
    one = lived(eng, person(), "go", at=later("1h"))
    two = lived(eng, other(), "go", until="1h")
    made = eng.merge(one, two, now=later("1h"))
    state = eng.advance(made.result, now=later("3h")).state
    survivor, back = eng.unmerge(state, made, now=later("3h"))
    assert [e.entered_at for e in survivor.enrolments] == [later("1h")]
    assert back.enrolment("j").entered_at == START
    survivor = eng.advance(survivor, now=later("4h")).state
    ids = [record.touch.id for record in survivor.ledger]
    assert sorted(sent(survivor)) == ["x", "y", "y"]
    assert len(ids) == len(set(ids))
    assert sent(eng.advance(back, now=later("4h")).state) == ["x"]


def test_visits_to_come_have_touches_of_their_own():
    """K1, E1: whatever was sent in the name of both."""
    again = Reentry.after_exit(cooldown="1h")
    eng = engine(journey(step("x"), step("y", after("3h")), reentry=again))
    one = lived(eng, person(), "go", at=later("1h"))
    two = lived(eng, other(), "go", until="1h")
    made = eng.merge(one, two, now=later("1h"))
    state = eng.advance(made.result, now=later("3h")).state
    state, _ = eng.unmerge(state, made, now=later("3h"))
    for hour in (4, 6, 9, 11, 14):
        at = later(f"{hour}h")
        state = eng.advance(state, happens("go", at), now=at).state
    ids = [record.touch.id for record in state.ledger]
    assert sorted(sent(state)) == ["x", "x", "x", "y", "y", "y", "y"]
    assert len(ids) == len(set(ids))


def test_a_visit_after_the_one_that_was_merged_is_the_survivor_s():
    """K1, J4."""
    again = Reentry.after_exit(cooldown="1h")
    stages = [Stage("a", steps=[step("x")], then=[To("b", after="2h")]), Stage("b")]
    eng = engine(journey(stages=stages, reentry=again))
    one, two = lived(eng, person()), lived(eng, other(), "go")
    made = eng.merge(one, two, now=START)
    state = eng.advance(made.result, now=later("2h")).state
    state = eng.advance(state, happens("go", later("4h")), now=later("4h")).state
    assert state.enrolment("j").entered_at == later("4h")
    survivor, back = eng.unmerge(state, made, now=later("5h"))
    assert survivor.enrolment("j").entered_at == later("4h")
    assert back.enrolment("j").ended_by == "unmerged"


def test_a_visit_that_had_ended_comes_back_as_it_was():
    """K1: beside the end of the one in its place, which goes on for the other one."""
    again = Reentry.after_exit(cooldown="0s")
    eng = engine(journey(*SLOW, reentry=again))
    one = entering(eng, person(), ("0h", ""), until="4h")
    two = entering(eng, other(), ("4h", ""), until="4h")
    made = eng.merge(one, two, now=later("4h"))
    state = eng.advance(made.result, now=later("7h")).state
    survivor, back = eng.unmerge(state, made, now=later("7h"))
    assert survivor.enrolments[0] == one.enrolments[0]
    assert [e.ended_by for e in survivor.enrolments] == ["completed", "completed"]
    [visit] = back.enrolments
    assert (visit.ended_by, visit.step("y").status) == ("", "waiting")
    assert sent(eng.advance(back, now=later("8h")).state) == ["x", "y"]


def test_a_record_is_a_document_and_a_table():
    """K1, E5."""
    eng = engine(journey(step("x")))
    made = eng.merge(lived(eng, person(), "go"), lived(eng, other()), now=START)
    again = load(dump(made))
    assert isinstance(again, StateMerge)
    assert again == made
    assert eng.unmerge(again.result, again, now=START) == eng.unmerge(
        made.result, made, now=START
    )
    assert "only they entered it" in str(made)
    assert "<table" in made._repr_html_()
    assert format(made, "md").count("| j |") == 1
