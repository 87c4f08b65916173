"""Makes any text safe to write into text, Markdown, Mermaid, SVG and HTML.

A label comes from people who may wish the reader ill. Three kinds of characters
never reach an output: what XML forbids, what UTF-8 cannot carry, and what turns the
direction of the text around it.
"""

from __future__ import annotations

import html
import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_LINE_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_FORBIDDEN = re.compile(
    "["
    "\x00-\x09\x0b-\x1f\x7f-\x9f"  # controls; line breaks are "\n" by then
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # direction of the text
    "\ufeff\ufff9-\ufffb"  # byte order mark, interlinear annotation
    "\ud800-\udfff"  # surrogates without a partner
    "\ufdd0-\ufdef\ufffe\uffff"  # no characters at all
    + "".join(
        chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(1, 17)
    )
    + "]"
)
_MARKDOWN = re.compile(r"[\\`*{}\[\]<>|~&$#!]|(?<![^\W_])_|_(?![^\W_])")
_MARKDOWN_START = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))")
_MERMAID = re.compile(r"[#\"<>&`%$*\\]|style|classDef")
_MERMAID_START = re.compile(r"^(\s*\d+)([.)])|^(\s*)([-+])")


def clean(text: str) -> str:
    r"""The text with line breaks as "\n" and forbidden characters replaced.

    >>> clean("one\r\ntwo\tthree\x00")
    'one\ntwo three\ufffd'
    """
    broken = _LINE_BREAK.sub("\n", text).replace("\t", " ")
    return _FORBIDDEN.sub(REPLACEMENT, broken)


def one_line(text: str) -> str:
    """The clean text with every line break turned into a space."""
    return clean(text).replace("\n", " ")


def escape(text: str) -> str:
    """The clean text with everything escaped that HTML or XML would read as markup.

    >>> escape("<b title='x'>")
    '&lt;b title=&#x27;x&#x27;&gt;'
    """
    return html.escape(clean(text), quote=True)


def escape_markdown(text: str) -> str:
    r"""One line of Markdown that shows the text as it is.

    >>> escape_markdown("a|b *c* fan_tier")
    'a\\|b \\*c\\* fan_tier'
    """
    line = _MARKDOWN.sub(r"\\\g<0>", one_line(text).strip())
    return _MARKDOWN_START.sub(_escape_start, line)


def escape_mermaid(text: str) -> str:
    """Text for a quoted Mermaid label; line breaks become `<br/>`.

    >>> escape_mermaid('say "hi"')
    'say #quot;hi#quot;'
    """
    return "<br/>".join(_mermaid_line(line) for line in clean(text).split("\n"))


def fenced(text: str, language: str = "") -> str:
    """A Markdown code block whose fence is longer than any fence inside the text."""
    runs = [len(run) for run in re.findall("`+", text)]
    fence = "`" * max([3, *(run + 1 for run in runs)])
    return f"{fence}{language}\n{text}\n{fence}"


def _escape_start(match: re.Match[str]) -> str:
    """A list item, a heading or a number at the start of a line, disarmed."""
    space, sign = match.groups()
    return f"{space}{sign}\\" if sign[0].isdigit() else f"{space}\\{sign}"


def _mermaid_line(line: str) -> str:
    line = _MERMAID.sub(_mermaid_entity, line)
    return _MERMAID_START.sub(_mermaid_start, line)


def _mermaid_entity(match: re.Match[str]) -> str:
    """The character as entity; of a keyword, its first letter.

    Mermaid searches whole lines for `style …#…;` before it parses them, and reads
    `%%{…}%%` anywhere as a directive.
    """
    found = match.group()
    if found == '"':
        return "#quot;"
    return f"#{ord(found[0])};{found[1:]}"


def _mermaid_start(match: re.Match[str]) -> str:
    """What Mermaid would take for a list, which it refuses to draw."""
    number, stop, space, dash = match.groups()
    if number:
        return f"{number}#{ord(stop)};"
    return f"{space}#{ord(dash)};"
