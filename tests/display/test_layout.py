from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from privflow.display.layout import arrange
from privflow.display.link import Link, Size

BOX, NOTHING = Size(100, 40), Size(0, 0)


def link(source: int, target: int, label: Size = NOTHING) -> Link:
    return Link(source=source, target=target, source_y=20, target_y=20, label=label)


def test_nothing_takes_no_room():
    assert arrange([], []).size == Size(0, 0)


def test_a_chain_is_one_straight_line():
    layout = arrange([BOX] * 3, [link(0, 1), link(1, 2)])
    assert [y for _, y in layout.corners] == [0, 0, 0]
    assert {y for route in layout.routes for _, y in route.points} == {20}


def test_a_link_that_closes_a_circle_runs_backward():
    layout = arrange([BOX] * 2, [link(0, 1), link(1, 0)])
    assert [route.backward for route in layout.routes] == [False, True]
    assert layout.routes[1].points[0][0] > layout.routes[1].points[-1][0]


def test_a_link_up_the_order_is_not_backward_without_a_circle():
    layout = arrange([BOX] * 2, [link(1, 0)])
    assert not layout.routes[0].backward
    assert layout.corners[1][0] < layout.corners[0][0]


def test_a_long_link_passes_beside_the_blocks_between():
    layout = arrange([BOX] * 3, [link(0, 1), link(1, 2), link(0, 2)])
    middle = layout.corners[1]
    passing = [
        y for x, y in layout.routes[2].points if middle[0] <= x <= middle[0] + 100
    ]
    assert passing
    assert all(y < middle[1] or y > middle[1] + 40 for y in passing)


def test_crossings_are_untangled():
    layout = arrange([BOX] * 4, [link(0, 3), link(1, 2)])
    assert (layout.corners[0][1] < layout.corners[1][1]) == (
        layout.corners[3][1] < layout.corners[2][1]
    )


@given(st.data())
def test_blocks_and_labels_never_overlap(data):
    count = data.draw(st.integers(2, 8))
    index = st.integers(0, count - 1)
    sizes = data.draw(
        st.lists(
            st.builds(Size, st.integers(20, 300), st.integers(20, 500)),
            min_size=count,
            max_size=count,
        )
    )
    label = st.sampled_from([Size(0, 0), Size(60, 20), Size(150, 90)])
    links = [
        link(source, target, room)
        for source, target, room in data.draw(
            st.lists(st.tuples(index, index, label), max_size=14)
        )
        if source != target
    ]
    layout = arrange(sizes, links, range(count))
    taken = [
        (x, y, x + size.width, y + size.height)
        for (x, y), size in zip(layout.corners, sizes, strict=True)
    ]
    taken += [
        (
            route.label[0] - each.label.width / 2,
            route.label[1] - each.label.height / 2,
            route.label[0] + each.label.width / 2,
            route.label[1] + each.label.height / 2,
        )
        for each, route in zip(links, layout.routes, strict=True)
        if each.label.height
    ]
    for one, two in combinations(taken, 2):
        assert (
            one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1]
        )
    assert all(x >= 0 and y > -0.001 for x, y, *_ in taken)
