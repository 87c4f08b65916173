"""A piece of plain text, for a page."""

from __future__ import annotations

from attrs import field, frozen
from typing_extensions import override

from privflow.display.drawable import Drawable
from privflow.display.escape import clean, escape, escape_markdown, fenced
from privflow.display.stylesheet import fragment


@frozen(str=False)
class Text(Drawable):
    r"""A paragraph; with line breaks in it, a block that keeps its spaces.

    >>> print(Text("one < two").to_markdown())
    one \< two
    """

    text: str = field()

    @override
    def to_text(self) -> str:
        """The text, without what would disturb a terminal."""
        return clean(self.text)

    @override
    def to_markdown(self) -> str:
        """A paragraph, or a fenced block."""
        text = clean(self.text)
        return fenced(text) if "\n" in text else escape_markdown(text)

    @override
    def to_html(self, *, styled: bool = True) -> str:
        """A paragraph, or preformatted text."""
        tag = "pre" if "\n" in clean(self.text) else "p"
        return fragment(f"<{tag}>{escape(self.text)}</{tag}>", styled=styled)
