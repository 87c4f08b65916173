"""No label, however hostile, gets out of its place in any format."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET  # reads only what the library itself wrote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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

SVG = "{http://www.w3.org/2000/svg}"
VOID = {"meta"}
ATTRIBUTES = {
    "charset",
    "class",
    "content",
    "d",
    "height",
    "http-equiv",
    "lang",
    "name",
    "points",
    "role",
    "rx",
    "scope",
    "style",
    "transform",
    "viewbox",
    "width",
    "x",
    "xmlns",
    "y",
}

HOSTILE = [
    "<script>alert(1)</script>",
    "</title></style></svg><img src=x onerror=alert(1)>",
    '" onload="alert(1)',
    "' onmouseover='alert(1)",
    "]]><!--",
    "&lt;b&gt; &#x41; &nbsp",
    "https://example.com/x.png",
    'x"] --> y["',
    '"]\nend\nclick n0 "javascript:alert(1)"',
    "%%{init: {'theme': 'dark'}}%%",
    "style a fill:#f00;",
    "1. one\n- two",
    "$$x$$ `code` **bold** _em_",
    "a | b\n| --- |\n# heading",
    "```\nout of the fence\n````",
    "![x](http://example.com) [y](javascript:alert(1))",
    "\x00\x07\x1b[31m\x7f\x9b",
    "\u202eright to left\u2066\u200f",
    "\ud800 lone \udfff",
    "\ufffe\uffff\U0001ffff\ufeff",
    "line\u2028and\u2029paragraph\x85\x0b\x0c\r\n",
    "",
    "   ",
    "\n\n",
    "上海" * 200,
    "x" * 5000,
    "e\u0301\u0302" * 50,
    "👩\u200d👩\u200d👧",
]

anything = st.one_of(
    st.text(),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Cn", "Zl", "Zp"])),
    st.text(st.sampled_from("<>&\"'`#|[]{}()%$*_-\n\\;:/=! a1")),
    st.sampled_from(HOSTILE),
)


class Strict(HTMLParser):
    """Fails on tags that do not close in order and on attributes nobody planned."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        assert tag != "script"
        for name, value in attrs:
            assert name in ATTRIBUTES
            assert name == "xmlns" or not re.search(r"\w+://|javascript:", value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, data):
        raise AssertionError(data)


def drawings(label: str, other: str) -> list:
    """One of each kind, with labels at every place that takes one."""
    tree = Tree(
        label, [Tree(other, [Tree(label)], mark=label), Tree(label)], mark=other
    )
    table = Table([label, other], [[other, 1], [label, 2]], title=label)
    bars = Bars([(label, 3), (other, 1.5)], title=other, unit=label)
    diagram = Diagram(
        [
            Node(f"a{label}", [label, other], group=f"g{label}"),
            Node("b", [other], shape="round"),
            Node("c", [], shape="diamond", group=f"g{label}"),
            Node("d", [label], group=f"g{label}"),
        ],
        [
            Edge(f"a{label}", "c", label=label),
            Edge(f"a{label}", "d", label=other),
            Edge(f"g{label}", "b", label=other, dashed=True),
            Edge("b", "d", label=label),
            Edge("b", "b", label=label),
        ],
        title=other,
        groups=[Group(f"g{label}", label)],
    )
    page = Page(
        label, [(other, tree), (label, diagram), ("", Text(label))], intro=other
    )
    return [tree, table, bars, diagram, Text(label), page]


def check(label: str, other: str) -> None:
    """Everything that must hold for every drawing of two labels."""
    tree, table, bars, diagram, *others = drawings(label, other)
    for drawable in (tree, table, bars, diagram, *others):
        forms = [render(drawable, form) for form in ("text", "md", "html")]
        "".join(forms).encode()
        text, _, page = forms
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
        parser = Strict()
        parser.feed(page)
        parser.close()
        assert parser.open == []
    for drawable in (bars, diagram):
        root = ET.fromstring(render(drawable, "svg"))  # noqa: S314  # own output
        assert root.tag == f"{SVG}svg"
        assert {name.lower() for part in root.iter() for name in part.attrib} <= (
            ATTRIBUTES
        )
    check_mermaid(diagram)
    check_tables(table, bars)
    assert len(tree.to_markdown().split("\n")) == 4


def check_mermaid(diagram: Diagram) -> None:
    """Every line is one of the few forms that the renderer writes itself."""
    quoted = r'"[^"\[`%$<>&]*(?:<br/>[^"`%$<>&]*)*"|"[^"`%$]*"'
    forms = [
        r"---",
        r'title: "(?:[^"\\]|\\.)*"',
        r"flowchart LR",
        r"  subgraph g\d+\[(?:" + quoted + r")\]",
        r"    direction TB",
        r"  end",
        r"  (?:  )?n\d+(?:\[|\(\[|\{)(?:" + quoted + r")(?:\]|\]\)|\})",
        r"  [ng]\d+ -(?:-|\.-)>(?:\|(?:" + quoted + r")\|)? [ng]\d+",
    ]
    for line in diagram.to_mermaid().split("\n"):
        assert any(re.fullmatch(form, line) for form in forms), line
    assert "style" not in diagram.to_mermaid().partition("flowchart LR")[2]


def check_tables(table: Table, bars: Bars) -> None:
    """A Markdown table has as many bare pipes as columns ask for."""
    lines = table.to_markdown().split("\n")[-4:]
    assert {len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in lines} == {3}
    rows = bars.to_markdown().split("\n")[-2:]
    assert {len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in rows} == {4}


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_breaks_no_format(label):
    check(label, "harmless")


@given(anything, anything)
def test_any_two_labels_give_well_formed_output(label, other):
    check(label, other)


@given(anything)
@settings(max_examples=10)
def test_the_same_drawing_always_looks_the_same(label):
    for one, two in zip(drawings(label, "x"), drawings(label, "x"), strict=True):
        for spec in ("text", "md", "html"):
            assert render(one, spec) == render(two, spec)


@given(anything)
def test_a_fence_closes_only_at_its_end(text):
    lines = Text(f"{text}\n.").to_markdown().split("\n")
    fence = lines[0]
    assert set(fence) == {"`"}
    assert [line for line in lines[1:] if line.startswith(fence)] == [fence]
    assert lines[-1] == fence
