"""Small drawings and their formats: text, Markdown, Mermaid, SVG, HTML.

Whatever is drawn, the output holds no script and nothing remote, and every label is
escaped: labels are hostile input.
"""

from __future__ import annotations

from privflow.display.bars import Bars
from privflow.display.diagram import Diagram
from privflow.display.drawable import Drawable, Drawn, render
from privflow.display.escape import escape
from privflow.display.graph import Edge, Group, Node
from privflow.display.page import Page
from privflow.display.report import Report
from privflow.display.table import Table
from privflow.display.text import Text
from privflow.display.tree import Tree

__all__ = [
    "Bars",
    "Diagram",
    "Drawable",
    "Drawn",
    "Edge",
    "Group",
    "Node",
    "Page",
    "Report",
    "Table",
    "Text",
    "Tree",
    "escape",
    "render",
]
