"""What was seen: a lookup that is a value, however many inputs there were (E1)."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import privflow as pf
from privflow.documents import dump, load
from privflow.engine import Seen

KEYS = st.sampled_from([f"k{n}" for n in range(40)])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), KEYS, st.integers(0, 3)),
        st.tuples(st.just("forget"), st.just(""), st.integers(0, 60)),
        st.tuples(st.just("go_back"), st.just(""), st.integers(0, 80)),
    ),
    max_size=120,
)


def listed(seen: Seen) -> list[tuple[str, int]]:
    return [(key, at.us) for key, at in seen]


@given(STEPS)
@settings(max_examples=60)
def test_every_version_is_what_a_plain_list_would_be(steps):
    """Of any version that was ever made, not of the latest alone."""
    model: list[tuple[str, int]] = []
    versions = [(Seen(), model)]
    now = 0
    for what, key, number in steps:
        seen, model = versions[-1]
        if what == "add":
            now += number
            if key in seen:
                continue
            versions.append((seen.adding(key, pf.Instant(now)), [*model, (key, now)]))
        elif what == "forget":
            kept = [item for item in model if item[1] > now - number]
            versions.append((seen.since(now - number), kept))
        else:
            versions.append(versions[-1 - number % len(versions)])
            now = max((at for _, at in versions[-1][1]), default=now)
    for seen, model in versions:
        assert listed(seen) == model
        assert len(seen) == len(model)
        assert {f"k{n}" for n in range(40) if f"k{n}" in seen} == {k for k, _ in model}
        assert seen == Seen([(k, pf.Instant(us)) for k, us in model])


def test_an_older_version_knows_what_a_later_one_took_in_anew():
    first = Seen([(f"k{n}", pf.Instant(n)) for n in range(40)])
    later = first.since(10).adding("k3", pf.Instant(50))
    assert "k3" in later
    assert "k3" in first
    assert "k3" not in first.since(10)


def test_two_versions_grow_from_one_apart():
    root = Seen([(f"k{n}", pf.Instant(n)) for n in range(20)])
    left, right = root.adding("a", pf.Instant(30)), root.adding("b", pf.Instant(30))
    assert ("a" in left, "b" in left, "a" in right, "b" in right) == (
        True,
        False,
        False,
        True,
    )
    assert len(root) == 20


def test_a_key_that_comes_with_an_earlier_instant_is_filed_at_its_own():
    seen = Seen([("b", pf.Instant(5))]).adding("a", pf.Instant(3))
    assert listed(seen) == [("a", 3), ("b", 5)]


def test_what_is_forgotten_takes_no_room_for_long():
    seen = Seen()
    for number in range(1_000):
        seen = seen.adding(f"k{number}", pf.Instant(number)).since(number - 10)
    assert len(seen) == 10
    assert len(pickle.dumps(seen)) < 1_000
    assert len(seen._keys) <= 21  # noqa: SLF001 - room is what is asked about


def test_it_is_a_value():
    seen = Seen([("a", pf.Instant(1))])
    with pytest.raises(AttributeError, match="never changes"):
        seen._size = 2  # noqa: SLF001 - it is refused
    with pytest.raises(AttributeError, match="never changes"):
        del seen._size  # noqa: SLF001 - it is refused
    assert copy.copy(seen) is copy.deepcopy(seen) is seen
    assert pickle.loads(pickle.dumps(seen)) == seen
    assert hash(seen) == hash(Seen(seen))
    assert seen != (("a", pf.Instant(1)),)
    assert (repr(Seen()), 7 in seen) == ("Seen()", False)
    assert eval(repr(seen), {"Seen": Seen, "instant": pf.instant}) == seen  # noqa: S307 - its own repr


def test_a_state_takes_keys_and_instants_and_its_document_stays_as_it_was():
    """E5."""
    items = (("b", pf.Instant(2)), ("a", pf.Instant(2)))
    state = pf.ContactState(pf.Contact("c"), seen=items)
    shown = dump(state)["value"]["seen"]
    assert shown == [["b", pf.Instant(2).isoformat()], ["a", pf.Instant(2).isoformat()]]
    assert load(dump(state)) == state


def test_many_inputs_of_one_contact_cost_the_same_each():
    """E1: not in proportion to what is remembered; counted, not timed."""
    engine = pf.Engine(pf.Plan())
    state = pf.ContactState(pf.Contact("c"))
    for number in range(300):
        at = pf.Instant(number)
        event = pf.Event("visit", "c", at=at, id=f"v{number}")
        state = engine.advance(state, event, now=at).state
    known = state.seen
    assert known.adding("one-more", pf.Instant(300))._keys is known._keys  # noqa: SLF001 - they share it
