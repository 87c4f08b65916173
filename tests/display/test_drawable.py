from __future__ import annotations

import copy
import pickle

import pandas as pd
import pytest

from privflow.display import (
    Bars,
    Diagram,
    Edge,
    Group,
    Node,
    Page,
    Table,
    Text,
    Tree,
    render,
)
from privflow.errors import (
    DefinitionError,
    DuplicateNameError,
    UnknownFormatError,
    UnknownNameError,
)

ALL = [
    Tree("a", [Tree("b")], mark="YES"),
    Table(["a"], [[1]]),
    Bars([("a", 1)]),
    Diagram([Node("a", "x"), Node("b", ["y"])], [Edge("a", "b")]),
    Page("t", [("h", Text("x"))]),
    Text("x"),
]
EXTRA = {"Bars": ["svg"], "Diagram": ["mermaid", "svg"]}


def names(drawable) -> str:
    return type(drawable).__name__


@pytest.mark.parametrize("drawable", ALL, ids=names)
def test_each_drawing_has_its_formats_and_refuses_the_others(drawable):
    supported = {"text", "md", "html", *EXTRA.get(names(drawable), [])}
    for spec in ("text", "md", "mermaid", "svg", "html", "pdf", "to_text"):
        if spec in supported:
            assert render(drawable, spec)
        else:
            with pytest.raises(UnknownFormatError) as caught:
                render(drawable, spec)
            assert caught.value.args[:2] == (names(drawable), spec)
            assert set(caught.value.args[2]) == supported


@pytest.mark.parametrize("drawable", ALL, ids=names)
def test_str_format_and_notebooks_draw_too(drawable):
    assert str(drawable) == format(drawable) == render(drawable, "")
    assert f"{drawable:md}" == render(drawable, "md")
    if not isinstance(drawable, Page):
        assert drawable._repr_html_() == render(drawable, "html")


@pytest.mark.parametrize("drawable", ALL, ids=names)
def test_drawings_are_values(drawable):
    assert pickle.loads(pickle.dumps(drawable)) == drawable == copy.copy(drawable)
    assert hash(drawable) == hash(copy.deepcopy(drawable))
    assert "\n" not in repr(drawable)
    with pytest.raises(AttributeError):
        drawable.title = "other"


@pytest.mark.parametrize("drawable", ALL[:4], ids=names)
def test_only_an_unstyled_fragment_leaves_the_style_sheet_out(drawable):
    sheet = "<style>.pd{"
    assert sheet in drawable.to_html()
    assert sheet not in drawable.to_html(styled=False)


@pytest.mark.parametrize(
    ("build", "error", "part"),
    [
        (lambda: Table(["a"], [[1, 2]]), DefinitionError, "row 1: got 2 cells"),
        (
            lambda: Table(["a"], pd.DataFrame({"a": [1]})),
            DefinitionError,
            "got 'DataFrame', expected rows of cells",
        ),
        (
            lambda: Bars({"a": 1}),
            DefinitionError,
            "Bars.rows: got 'a', expected a pair of label and amount",
        ),
        (
            lambda: Page("t", [("x", pd.DataFrame({"a": [1], "b": [2]}))]),
            DefinitionError,
            "Page: section 'x': got a b 0 1 2, expected a drawing",
        ),
        (lambda: Bars([("a", 1, 2)]), DefinitionError, "got ('a', 1, 2), expected"),
        (
            lambda: Page("t", [Text("x")]),
            DefinitionError,
            "Page.sections: got Text(text='x'), expected a pair of label and drawing",
        ),
        (lambda: Bars([("a", -1)]), DefinitionError, "'a': got -1"),
        (lambda: Bars([("a", float("nan"))]), DefinitionError, "nan"),
        (lambda: Bars([("a", float("inf"))]), DefinitionError, "inf"),
        (lambda: Page("t", [], lang='en" x="'), DefinitionError, "Page.lang"),
        (lambda: Node("a", [], shape="bx"), UnknownNameError, "did you mean 'box'"),
        (
            lambda: Diagram([Node("a", []), Node("a", [])], []),
            DuplicateNameError,
            "'a'",
        ),
        (
            lambda: Diagram([Node("a", [])], [], groups=[Group("a", "x")]),
            DuplicateNameError,
            "'a'",
        ),
        (
            lambda: Diagram([Node("a", [], group="g")], []),
            UnknownNameError,
            "no such name: 'g'",
        ),
        (
            lambda: Diagram([Node("a", [])], [Edge("a", "b")]),
            UnknownNameError,
            "no such name: 'b'",
        ),
        (
            lambda: Diagram([Node("a", [])], [Edge("b", "a")]),
            UnknownNameError,
            "no such name: 'b'",
        ),
        (
            lambda: Diagram(
                [Node("a", [], group="g")],
                [Edge("g", "a")],
                groups=[Group("g", "x")],
            ),
            DefinitionError,
            "'a' is joined with 'g'",
        ),
    ],
)
def test_a_drawing_that_cannot_be_drawn_is_refused(build, error, part):
    with pytest.raises(error) as caught:
        build()
    assert part in str(caught.value)
