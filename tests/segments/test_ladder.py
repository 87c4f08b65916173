"""Numbers cut into steps: the masks of each are those of judging every part."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.strategies import compared_with_number, numbers
from privflow.conditions import attr
from privflow.segments.ladder import Ladder
from privflow.segments.part import Part

conditions = compared_with_number(attr.n) | st.builds(
    lambda a, b: attr.n.is_in([a, b, "a", True]), numbers, numbers
)
nodes = st.lists(conditions, min_size=1, max_size=2).map(
    lambda several: tuple(condition.node for condition in several)
)


def expected(parts: list[Part], layers: tuple[int, ...], everyone: int, value: object):
    masks = {layer: 0 if layer else everyone for layer in layers}
    for part in parts:
        bit = 1 << part.segment
        masks[part.layer] &= ~bit
        masks[part.layer] |= bit * part.lets_in(value)
    return tuple(masks.values())


@given(st.lists(st.tuples(st.sampled_from([0, 0, 2]), nodes), max_size=8), st.data())
@settings(max_examples=150)
def test_a_step_has_the_masks_of_its_numbers(drawn, data):
    parts = [
        Part(layer, place, several) for place, (layer, several) in enumerate(drawn)
    ]
    layers, everyone = (0, 2), (1 << len(parts)) - 1
    ladder = Ladder(parts, layers, everyone)
    asked = sorted({number for part in parts for number in part.thresholds()})
    for value in [*asked, *data.draw(st.lists(numbers, max_size=5))]:
        masks = ladder.masks(ladder.step_of(value))
        assert masks == expected(parts, layers, everyone, value)


def test_far_steps_are_reached_whatever_was_asked_before():
    """More steps than are kept at a time, asked up and down."""
    count = 1_200
    parts = [Part(0, place, ((attr.n >= place).node,)) for place in range(count)]
    ladder = Ladder(parts, (0,), (1 << count) - 1)
    for value in [*range(-1, count + 1, 7), *range(count, -2, -1), 0.5, 600, 1e300]:
        inside = min(max(int(value) + 1, 0), count)
        assert ladder.masks(ladder.step_of(value)) == ((1 << inside) - 1,)
    assert not ladder.turns


def test_where_a_part_flips_back_two_steps_may_be_alike():
    ladder = Ladder([Part(0, 0, ((attr.n == 2).node,))], (0,), 1)
    assert ladder.turns
    assert [ladder.masks(ladder.step_of(n)) for n in (1, 2, 3)] == [(0,), (1,), (0,)]


def test_without_parts_there_is_one_step_that_lets_everybody_in():
    ladder = Ladder((), (0,), 3)
    assert ladder.masks(ladder.step_of(7)) == (3,)
