"""One self-contained page of drawings."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import field, frozen
from typing_extensions import override

from privflow.display.drawable import Drawable, Drawn, pairs_of
from privflow.display.escape import clean, escape, escape_markdown, one_line
from privflow.display.stylesheet import PAGE_SHEET, fragment
from privflow.display.width import columns
from privflow.errors import DefinitionError, brief

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
# The browser itself refuses scripts, images, fonts, frames and forms.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)

_REMEDY = "write Table(columns, rows), Bars, Tree or Text, or what a notebook draws"


def _sections(
    sections: Iterable[tuple[str, Drawable | Drawn]],
) -> tuple[tuple[str, Drawable], ...]:
    return tuple(
        (heading, _drawing(heading, given))
        for heading, given in pairs_of("Page.sections", sections, "drawing")
    )


def _drawing(heading: str, given: object) -> Drawable:
    """The drawing, or that of a value that is shown by one."""
    drawing = given.drawing() if isinstance(given, Drawn) else given
    if not isinstance(drawing, Drawable):
        what, problem = f"Page: section {heading!r}", f"got {brief(given)}"
        raise DefinitionError(what, f"{problem}, expected a drawing", _REMEDY)
    return drawing


@frozen(kw_only=True, str=False)
class Page(Drawable):
    """Drawings under headings, as one document that needs nothing else.

    Args:
        title: of the document and its first heading.
        sections: pairs of heading and drawing, or of heading and a value that is
            shown by one, such as a census or a journey; an empty heading draws none.
        intro: a paragraph below the title.
        lang: the language of the page as in HTML: `"en"`, `"zh-CN"`.

    Raises:
        DefinitionError: a section is no pair or has no drawing, or `lang` is wrong.
    """

    title: str = field(kw_only=False)
    sections: tuple[tuple[str, Drawable], ...] = field(
        converter=_sections, kw_only=False
    )
    intro: str = ""
    lang: str = "en"

    def __attrs_post_init__(self) -> None:
        if not _LANGUAGE.fullmatch(self.lang):
            raise DefinitionError(
                "Page.lang", f"got {self.lang!r}", "write it like 'en' or 'zh-CN'"
            )

    @override
    def to_text(self) -> str:
        """Underlined headings with the drawings as text."""
        blocks = [_underlined(self.title, "═")]
        if self.intro:
            blocks.append(clean(self.intro))
        for heading, drawable in self.sections:
            head = f"{_underlined(heading, '─')}\n" if heading else ""
            blocks.append(f"{head}{drawable.to_text()}")
        return "\n\n".join(blocks)

    @override
    def to_markdown(self) -> str:
        """Headings with the drawings as Markdown."""
        blocks = [f"# {escape_markdown(self.title)}"]
        if self.intro:
            blocks.append(escape_markdown(self.intro))
        for heading, drawable in self.sections:
            if heading:
                blocks.append(f"## {escape_markdown(heading)}")
            blocks.append(drawable.to_markdown())
        return "\n\n".join(blocks)

    @override
    def to_html(self, *, styled: bool = True) -> str:
        """A whole document with a policy that forbids every script.

        Args:
            styled: False leaves the style sheet out.
        """
        title = escape(one_line(self.title))
        sheet = f"<style>{PAGE_SHEET}</style>\n" if styled else ""
        return (
            f'<!DOCTYPE html>\n<html lang="{self.lang}">\n<head>\n'
            '<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{title}</title>\n{sheet}</head>\n"
            f"<body>\n{self._body()}\n</body>\n</html>\n"
        )

    @override
    def _repr_html_(self) -> str:
        """What stands on it: the style sheet of a page would restyle the notebook."""
        return fragment(self._body(), styled=True)

    def _body(self) -> str:
        title = escape(one_line(self.title))
        intro = f'<p class="pd-intro">{escape(self.intro)}</p>\n' if self.intro else ""
        sections = "\n".join(_section(*section) for section in self.sections)
        return f"<h1>{title}</h1>\n{intro}{sections}"


def _underlined(heading: str, rule: str) -> str:
    line = one_line(heading)
    return f"{line}\n{rule * columns(line)}"


def _section(heading: str, drawable: Drawable) -> str:
    head = f"<h2>{escape(one_line(heading))}</h2>\n" if heading else ""
    return f"<section>\n{head}{drawable.to_html(styled=False)}\n</section>"
