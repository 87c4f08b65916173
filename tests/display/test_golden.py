"""Representative drawings, compared with the files in `golden/`.

After a change that is meant to be seen, look at the new drawings and write them anew:

    python tests/display/test_golden.py
"""

from __future__ import annotations

from pathlib import Path

import pytest

from privflow.display import (
    Bars,
    Diagram,
    Drawable,
    Edge,
    Group,
    Node,
    Page,
    Table,
    Text,
    Tree,
    render,
)

GOLDEN = Path(__file__).parent / "golden"

TREE = Tree(
    "all of",
    [
        Tree("age > 40", [Tree("age is 31", mark="NO")], mark="NO"),
        Tree("city is 上海", mark="YES"),
        Tree("spent >= 500\nin 30 days", [Tree("one order")], mark="UNKNOWN"),
    ],
    mark="NO",
)
TABLE = Table(
    ["城市", "people", "share"],
    [["上海", 1204, "31 %"], ["Paris | <b>", 7, "0 %"]],
    title="Cities",
)
BARS = Bars(
    [("周一", 120), ("Tuesday", 40.5), ("Wednesday", 0)], title="a day", unit="条"
)
DIAGRAM = Diagram(
    [
        Node("in", ["加好友 added"], shape="round"),
        Node("hello", ["hello", "after 0s", "welcome → message"], group="one"),
        Node("guide", ["guide 指南", "day 1 at 10:00"], group="one"),
        Node("ask", ["replied?"], group="one", shape="diamond"),
        Node("offer", ["offer", "after 2h"], group="two"),
        Node("moment", ["朋友圈", "every Friday"], group="three"),
        Node("goal", ["goal", "bought something"], shape="round"),
    ],
    [
        Edge("in", "one"),
        Edge("hello", "guide"),
        Edge("guide", "ask", label="读过 read"),
        Edge("ask", "hello", label="again", dashed=True),
        Edge("one", "two", label="event('reply').since_stage().exists()"),
        Edge("one", "three", label="14 天 after 14d"),
        Edge("two", "goal"),
        Edge("three", "two", label="回复"),
        Edge("two", "three", label="after 7d"),
        Edge("three", "three", label="every 30d"),
    ],
    title='new "friend" 新好友',
    groups=[
        Group("one", "acquaint 初识"),
        Group("two", "convert"),
        Group("three", "x"),
    ],
)
PAGE = Page(
    "A page <of> drawings",
    [
        ("Tree", TREE),
        ("Table", TABLE),
        ("Bars", BARS),
        ("Diagram", DIAGRAM),
        ("", Text("one paragraph")),
        ("Block", Text("two\n  lines")),
    ],
    intro="What it shows.",
    lang="zh-CN",
)

DRAWINGS: dict[str, tuple[Drawable, str]] = {
    "tree.txt": (TREE, "text"),
    "tree.md": (TREE, "md"),
    "table.txt": (TABLE, "text"),
    "table.md": (TABLE, "md"),
    "bars.txt": (BARS, "text"),
    "bars.md": (BARS, "md"),
    "bars.svg": (BARS, "svg"),
    "diagram.txt": (DIAGRAM, "text"),
    "diagram.mmd": (DIAGRAM, "mermaid"),
    "diagram.svg": (DIAGRAM, "svg"),
    "page.html": (PAGE, "html"),
    "page.md": (PAGE, "md"),
    "page.txt": (PAGE, "text"),
}


def _bytes(name: str) -> bytes:
    return (render(*DRAWINGS[name]).rstrip("\n") + "\n").encode()


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_equals_its_golden_file(name):
    assert _bytes(name) == (GOLDEN / name).read_bytes()


def test_every_golden_file_belongs_to_a_drawing():
    assert {path.name for path in GOLDEN.iterdir()} == set(DRAWINGS)


if __name__ == "__main__":
    for each in DRAWINGS:
        (GOLDEN / each).write_bytes(_bytes(each))
