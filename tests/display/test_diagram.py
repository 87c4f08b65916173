from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET  # reads only what the library itself wrote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.display import Diagram, Edge, Group, Node


def stages(*, edges=(), count=3) -> Diagram:
    """Groups `g0`, `g1`, … of two steps each."""
    return Diagram(
        [
            Node(f"g{group}.{step}", [f"step {step}"], group=f"g{group}")
            for group in range(count)
            for step in range(2)
        ],
        edges,
        groups=[Group(f"g{group}", f"stage {group}") for group in range(count)],
    )


def boxes(diagram: Diagram, kind: str) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of each rectangle of a class, in the order drawn."""
    root = ET.fromstring(diagram.to_svg())  # noqa: S314  # the library's own output
    found: list[tuple[float, float, float, float]] = []

    def walk(element, x: float, y: float) -> None:
        moved = re.findall(r"[-\d.]+", element.get("transform", "0 0"))
        x, y = x + float(moved[0]), y + float(moved[1])
        if element.get("class") == kind and element.get("x"):
            left, top = x + float(element.get("x")), y + float(element.get("y"))
            found.append((
                left,
                top,
                left + float(element.get("width")),
                top + float(element.get("height")),
            ))
        for child in element:
            walk(child, x, y)

    walk(root, 0, 0)
    return found


def apart(one, two, *, by: float = 0) -> bool:
    return (
        one[2] <= two[0] + by
        or two[2] <= one[0] + by
        or one[3] <= two[1] + by
        or two[3] <= one[1] + by
    )


def test_groups_without_edges_stand_from_left_to_right_in_order():
    frames = boxes(stages(), "pd-frame")
    assert frames == sorted(frames)
    assert all(one[2] < two[0] for one, two in pairwise(frames))


def test_nodes_without_edges_stand_behind_the_groups_before_them():
    groups = [Group("g", "stage"), Group("h", "stage")]
    nodes = [
        Node("in", ["in"], shape="round"),
        Node("a", ["a"], group="g"),
        Node("b", ["b"], group="h"),
        Node("goal", ["goal"], shape="round"),
        Node("exit", ["exit"], shape="round"),
    ]
    edges = [Edge("in", "g"), Edge("g", "h")]
    diagram = Diagram(nodes, edges, groups=groups)
    enter, goal, leave = boxes(diagram, "pd-round")
    last = boxes(diagram, "pd-frame")[-1]
    assert enter[0] < last[0] < last[2] < goal[0] == leave[0]
    assert goal[3] < leave[1]


def test_the_steps_of_a_group_stand_below_each_other_inside_its_frame():
    diagram = stages()
    steps = boxes(diagram, "pd-box")
    for index, frame in enumerate(boxes(diagram, "pd-frame")):
        first, second = steps[2 * index : 2 * index + 2]
        assert first[3] < second[1]
        for left, top, right, bottom in (first, second):
            assert frame[0] < left
            assert frame[1] < top
            assert right < frame[2]
            assert bottom < frame[3]


def test_a_circle_of_groups_keeps_their_order():
    edges = [Edge("g0", "g1"), Edge("g1", "g2"), Edge("g2", "g0", label="again")]
    frames = boxes(stages(edges=edges), "pd-frame")
    assert all(one[2] < two[0] for one, two in pairwise(frames))


def test_an_entry_stands_just_before_what_it_enters():
    diagram = Diagram(
        [Node("a", ["a"]), Node("b", ["b"]), Node("c", ["c"]), Node("d", ["d"])],
        [Edge("a", "b"), Edge("b", "c"), Edge("d", "c")],
    )
    a, b, _, d = boxes(diagram, "pd-box")
    assert a[0] < b[0]
    assert b[0] == d[0]


def test_an_empty_diagram_is_drawn():
    diagram = Diagram([], [])
    assert diagram.to_svg().startswith("<svg")
    assert not diagram.to_text()
    assert diagram.to_mermaid() == "flowchart LR"


def test_a_long_text_is_folded_and_kept_in_the_tooltip():
    svg = Diagram([Node("a", ["word " * 100])], []).to_svg()
    assert "…</text>" in svg
    assert f"<title>{'word ' * 100}</title>" in svg


def test_mermaid_has_its_own_ids():
    diagram = Diagram(
        [
            Node('x"]', ['say "hi"', "[b]"], group="g g"),
            Node("end", ["?"], shape="diamond"),
        ],
        [Edge('x"]', "end", label="a|b"), Edge("end", "g g", dashed=True)],
        groups=[Group("g g", "the\ngroup")],
        title='a "title"',
    )
    assert diagram.to_mermaid().split("\n") == [
        "---",
        'title: "a \\"title\\""',
        "---",
        "flowchart LR",
        '  subgraph g0["the<br/>group"]',
        "    direction TB",
        '    n0["say #quot;hi#quot;<br/>[b]"]',
        "  end",
        '  n1{"?"}',
        '  n0 -->|"a|b"| n1',
        "  n1 -.-> g0",
    ]


@pytest.mark.parametrize(
    ("edge", "drawn"),
    [
        (Edge("g0", "g0"), "n1 --> n0"),
        (Edge("g0.0", "g0.0"), "n0 --> n0"),
        (Edge("g0", "g1"), "g0 --> g1"),
    ],
)
def test_mermaid_joins_last_and_first_step_for_the_loop_of_a_group(edge, drawn):
    assert stages(edges=[edge]).to_mermaid().split("\n")[-1].strip() == drawn


def test_the_loop_of_an_empty_group_stays_a_loop():
    diagram = Diagram([], [Edge("g", "g")], groups=[Group("g", "")])
    assert "g0 --> g0" in diagram.to_mermaid()
    assert 'g0[" "]' in diagram.to_mermaid()
    assert diagram.to_svg()


def test_text_lists_where_each_node_leads():
    edges = [Edge("g0", "g1", label="x\ny"), Edge("g0.0", "g0.1", dashed=True)]
    assert stages(edges=edges, count=2).to_text().split("\n") == [
        "[stage 0]",
        "  → stage 1: x y",
        "  step 0",
        "    ⇢ step 1",
        "  step 1",
        "[stage 1]",
        "  step 0",
        "  step 1",
    ]


labels = st.sampled_from(["", "yes", "上海 or 北京", "event('reply').exists() & x"])


@st.composite
def diagrams(draw) -> Diagram:
    """Any graph of a few groups, free nodes and edges of all kinds."""
    groups = [f"g{index}" for index in range(draw(st.integers(0, 4)))]
    nodes = [
        Node(
            f"n{index}",
            [draw(labels)],
            shape=draw(st.sampled_from(["box", "round", "diamond"])),
            group=draw(st.sampled_from(["", *groups])),
        )
        for index in range(draw(st.integers(1, 7)))
    ]
    group_of = {node.id: node.group for node in nodes}
    names = [*groups, *group_of]
    ends = st.sampled_from(names)
    edges = [
        Edge(source, target, label=draw(labels), dashed=draw(st.booleans()))
        for source, target in draw(st.lists(st.tuples(ends, ends), max_size=12))
        if group_of.get(source) != target and group_of.get(target) != source
    ]
    return Diagram(nodes, edges, groups=[Group(name, name) for name in groups])


@given(diagrams())
def test_frames_and_boxes_and_labels_never_overlap(diagram):
    frames = boxes(diagram, "pd-frame")
    labelled = boxes(diagram, "pd-paper")
    assert len(frames) == len(diagram.groups)
    solid = [*frames, *labelled]
    for index, one in enumerate(solid):
        assert all(apart(one, two, by=0.3) for two in solid[index + 1 :])
    cards = [*boxes(diagram, "pd-box"), *boxes(diagram, "pd-round")]
    for index, one in enumerate(cards):
        assert all(apart(one, two, by=0.3) for two in [*cards[index + 1 :], *labelled])
    inner = boxes(diagram, "pd-panel")
    for index, one in enumerate(inner):
        assert all(apart(one, two, by=0.3) for two in [*cards, *inner[index + 1 :]])


@given(diagrams())
def test_everything_stays_inside_the_drawing(diagram):
    root = ET.fromstring(diagram.to_svg())  # noqa: S314  # the library's own output
    width, height = float(root.get("width")), float(root.get("height"))
    for kind in ("pd-frame", "pd-box", "pd-round", "pd-paper", "pd-panel"):
        for left, top, right, bottom in boxes(diagram, kind):
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height


@given(diagrams())
def test_every_edge_is_one_line_with_one_tip(diagram):
    svg = diagram.to_svg()
    assert svg.count('class="pd-tip"') == len(diagram.edges)
    assert svg.count("pd-edge pd-dashed") == sum(edge.dashed for edge in diagram.edges)
    assert "nan" not in svg
