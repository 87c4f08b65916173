from __future__ import annotations

import pytest

from privflow.display import Tree


def test_branches_pass_by_the_children_of_earlier_trees():
    tree = Tree("a", [Tree("b", [Tree("c\nd")]), Tree("e\nf")])
    assert tree.to_text().split("\n") == [
        "a",
        "├─ b",
        "│  └─ c",
        "│     d",
        "└─ e",
        "   f",
    ]


def test_a_mark_stands_before_the_label():
    assert str(Tree("", [Tree("label", mark="YES")])) == "\n└─ YES  label"


@pytest.mark.parametrize(
    ("mark", "tone"),
    [("YES", " pd-good"), ("no", " pd-bad"), ("Unknown", " pd-open"), ("odd", "")],
)
def test_a_pill_has_the_colour_of_its_mark(mark, tone):
    assert f'<span class="pd-mark{tone}">{mark}</span>x' in (
        Tree("x", mark=mark).to_html()
    )


def test_no_pill_is_drawn_without_a_mark():
    assert "<span" not in Tree("x").to_html()


def test_a_deep_tree_is_drawn_without_recursion():
    tree = Tree("leaf")
    for _ in range(3000):
        tree = Tree("x", [tree])
    assert tree.to_text().endswith("└─ leaf")
    assert tree.to_html().count("<li>") == tree.to_markdown().count("\n") + 1 == 3001
