"""A tree of labels, each with a short mark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType

from attrs import field, frozen
from typing_extensions import override

from privflow.display.drawable import Drawable
from privflow.display.escape import clean, escape, escape_markdown, one_line
from privflow.display.stylesheet import fragment

_TONES = MappingProxyType(
    dict.fromkeys(("YES", "OK", "TRUE", "PASS", "SENT", "DONE"), " pd-good")
    | dict.fromkeys(("NO", "FALSE", "FAIL", "BLOCKED", "ERROR"), " pd-bad")
    | dict.fromkeys(("UNKNOWN", "WAITING", "WARNING"), " pd-open")
)


def _trees(children: Sequence[Tree]) -> tuple[Tree, ...]:
    return tuple(children)


@frozen(kw_only=True, str=False)
class Tree(Drawable):
    """A label with a short mark, and the trees below it.

    Args:
        label: may hold line breaks.
        children: drawn in this order.
        mark: a status of one word, such as YES, NO or UNKNOWN, drawn before the label.

    >>> print(Tree("all of", [Tree("age > 40", mark="YES"), Tree("city", mark="NO")]))
    all of
    ├─ YES  age > 40
    └─ NO  city
    """

    label: str = field(kw_only=False)
    children: tuple[Tree, ...] = field(default=(), converter=_trees, kw_only=False)
    mark: str = ""

    @override
    def to_text(self) -> str:
        """One line for each label, with the branches drawn in front of it."""
        return "\n".join(self._text_lines())

    @override
    def to_markdown(self) -> str:
        """A nested list."""
        lines: list[str] = []
        stack = [(self, 0)]
        while stack:
            tree, depth = stack.pop()
            mark = f"**{escape_markdown(tree.mark)}** " if tree.mark.strip() else ""
            lines.append(f"{'  ' * depth}- {mark}{escape_markdown(tree.label)}")
            stack.extend((child, depth + 1) for child in reversed(tree.children))
        return "\n".join(lines)

    @override
    def to_html(self, *, styled: bool = True) -> str:
        """A nested list with the marks as coloured pills."""
        parts = ["<ul>"]
        stack: list[Tree | str] = ["</ul>", self]
        while stack:
            piece = stack.pop()
            if isinstance(piece, str):
                parts.append(piece)
                continue
            parts.append(f"<li>{_pill(piece.mark)}{escape(piece.label)}")
            stack.append("</li>")
            if piece.children:
                parts.append("<ul>")
                stack.append("</ul>")
                stack.extend(reversed(piece.children))
        return fragment("".join(parts), styled=styled, kind="tree")

    def _text_lines(self) -> Iterator[str]:
        stack = [(self, "", "")]
        while stack:
            tree, first, rest = stack.pop()
            mark = f"{one_line(tree.mark)}  " if tree.mark else ""
            head, *tail = f"{mark}{clean(tree.label)}".split("\n")
            yield f"{first}{head}".rstrip()
            stem = "│  " if tree.children else "   "
            indent = f"{rest}{stem}" if tree.children else rest
            yield from (f"{indent}{line}".rstrip() for line in tail)
            last = len(tree.children) - 1
            stack.extend(
                (child, f"{rest}└─ ", f"{rest}   ")
                if index == last
                else (child, f"{rest}├─ ", f"{rest}│  ")
                for index, child in reversed(list(enumerate(tree.children)))
            )


def _pill(mark: str) -> str:
    if not mark.strip():
        return ""
    tone = _TONES.get(mark.strip().upper(), "")
    return f'<span class="pd-mark{tone}">{escape(mark)}</span>'
