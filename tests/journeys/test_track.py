"""Tracks: sequences of the states of steps, whatever is packed of them."""

from __future__ import annotations

import copy
import pickle
from itertools import permutations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import privflow as pf
from privflow.errors import DefinitionError
from privflow.facts import Properties
from privflow.journeys import GateLine, StepState, Track, waiting

NOW = pf.instant("2026-10-20T09:30+08:00")
NAMES = ("a", "b", "c", "d")

instants = st.integers(0, 3).map(lambda n: pf.Instant(NOW.us + n))
lines = st.sampled_from([
    (),
    (GateLine(gate="open", channel="sms", ruling="allow"),),
    (
        GateLine(
            gate="day", channel="sms", ruling="allow", facts=Properties({"count": 1})
        ),
    ),
    (GateLine(gate="day", channel="sms", ruling="hold", reason="full", until=NOW),),
])
touch_ids = st.sampled_from(["", "0" * 24, "ab" * 12, "AB" * 12, "t-1", "\ud800"])


def states_of(name: str) -> st.SearchStrategy[StepState]:
    return st.builds(
        StepState,
        st.just(name),
        due_at=st.none() | instants,
        since=st.none() | instants,
        occurrence=st.integers(1, 3),
        status=st.sampled_from(["waiting", "deferred", "sent", "skipped", "expired"]),
        reason=st.sampled_from(["", "quiet_hours"]),
        again_at=st.none() | instants,
        opens_at=st.none() | instants,
        decided_at=st.none() | instants,
        touch_id=touch_ids,
        lines=lines,
        stage=st.sampled_from(["", "before"]),
        held=st.sampled_from([(), ("sms",)]),
    )


tracks = st.lists(st.sampled_from(NAMES), unique=True).flatmap(
    lambda names: st.tuples(*map(states_of, names))
)


@given(tracks)
def test_a_track_is_the_sequence_of_its_states(states):
    """J2: nothing of what was decided is lost."""
    track = Track(states)
    assert tuple(track) == states
    assert track == states
    assert tuple(reversed(track)) == states[::-1]
    assert len(track) == len(states)
    assert [track[place] for place in range(len(states))] == list(states)
    assert track[1:] == states[1:]
    assert eval(repr(track), {**vars(pf), **globals()}) == track  # noqa: S307 - its own repr


@given(tracks, st.sampled_from(NAMES).flatmap(states_of))
def test_a_new_state_stands_where_the_old_one_stood(states, new):
    """J2: a closed step that opens again included, which a held-back touch does."""
    track = Track(states)
    expected = tuple(new if state.step == new.step else state for state in states)
    changed = track.with_state(new)
    assert tuple(changed) == expected
    assert changed == Track(expected)
    assert hash(changed) == hash(Track(expected)) == hash(expected)
    assert tuple(track) == states
    if new.step not in {state.step for state in states}:
        assert changed is track


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_steps_may_close_in_any_order(order):
    """J2: each keeps its own instants, touch and lines."""
    waits = [
        waiting(name, pf.Instant(NOW.us + n), None) for n, name in enumerate("abc")
    ]
    done = [
        state.closed(
            "sent",
            at=pf.Instant(NOW.us + 10 * n),
            touch_id=str(n) * 24,
            lines=(GateLine(gate=f"g-{n}", channel="sms", ruling="allow"),),
        )
        for n, state in enumerate(waits)
    ]
    track, expected = Track(waits), list(waits)
    for place in order:
        track = track.with_state(done[place])
        expected[place] = done[place]
        assert list(track) == expected
        assert track == Track(expected)


@given(tracks)
def test_what_the_engine_asks_is_what_the_states_say(states):
    track = Track(states)
    assert track.open == tuple(state for state in states if state.is_open)
    sent = [(state.step, state.touch_id) for state in states if state.touch_id]
    assert list(track.touches()) == sent
    for name in NAMES:
        found = [state for state in states if state.step == name]
        assert track.find(name) == next(iter(found), None)


@given(tracks, tracks)
def test_tracks_are_equal_where_their_states_are(one, other):
    assert (Track(one) == Track(other)) == (one == other)
    assert (Track(one) == other) == (one == other)


@given(tracks)
def test_a_copy_is_the_same_track(states):
    track = Track(states)
    assert pickle.loads(pickle.dumps(track)) == track
    assert copy.copy(track) is copy.deepcopy(track) is track


def test_numbers_that_python_calls_equal_stay_what_they_are():
    """E3: what a gate told is read back as it was told."""
    told = [
        StepState(
            name,
            due_at=NOW,
            status="sent",
            decided_at=NOW,
            lines=(
                GateLine(
                    gate="g",
                    channel="sms",
                    ruling="allow",
                    facts=Properties({"count": count}),
                ),
            ),
        )
        for name, count in (("a", 1), ("b", True), ("c", 1.0))
    ]
    counts = [state.lines[0].facts["count"] for state in Track(told)]
    assert list(map(type, counts)) == [int, bool, float]


@given(tracks, tracks)
def test_what_is_over_goes_behind_what_was_over_before(earlier, states):
    """J5: a stage that is left keeps its states, each with the name of the stage."""
    past = Track(earlier).followed_by(Track(states).of_stage("greet"))
    as_left = (*earlier, *(evolve(state, stage="greet") for state in states))
    assert past == Track(as_left)
    assert past.open == Track(as_left).open
    assert hash(past) == hash(Track(as_left))
    assert tuple(pickle.loads(pickle.dumps(past))) == as_left
    assert list(past.touches()) == list(Track(as_left).touches())


@given(tracks, st.sets(st.sampled_from(NAMES)))
def test_a_track_can_do_without_some_steps(states, gone):
    found = Track(states).without(gone)
    assert found == Track(state for state in states if state.step not in gone)


def test_a_track_never_changes():
    track = Track([waiting("a", NOW, None)])
    with pytest.raises(AttributeError, match="with_state"):
        track.more = 1
    with pytest.raises(AttributeError, match="with_state"):
        del track.open


def test_a_track_equals_nothing_but_sequences_of_states():
    assert Track() != []
    assert Track() == ()


@pytest.mark.parametrize(
    ("given_states", "what", "problem"),
    [
        (["a"], "Track[0]", "got 'a'"),
        ([waiting("a", NOW, None), 3], "Track[1]", "got 3"),
        ([StepState("a", due_at=5)], "Track[0].due_at", "expected an instant"),
        (
            [evolve(waiting("a", NOW, None), decided_at="now")],
            "Track[0].decided_at",
            "expected an instant",
        ),
    ],
)
def test_what_is_no_state_of_a_step_is_refused(given_states, what, problem):
    with pytest.raises(DefinitionError) as caught:
        Track(given_states)
    assert caught.value.what == what
    assert problem in str(caught.value)


def test_an_enrolment_is_made_of_any_states():
    enrolment = pf.Enrolment(
        "j",
        version=1,
        visit=1,
        entered_at=NOW,
        stage="s",
        stage_at=NOW,
        steps=[waiting("a", NOW, None)],
    )
    assert enrolment.steps == (waiting("a", NOW, None),)
    assert enrolment.step("a") == waiting("a", NOW, None)
