"""A reader for the small XML documents that WeChat and WeCom send, safe by refusal.

Whatever could make a parser work, wait or reach out is refused before it is
expanded: document types, entities, other encodings, size, depth, numbers.
"""

from __future__ import annotations

from typing import Final, NoReturn
from xml.parsers import expat

from attrs import field, frozen

from privflow.channels.quote import quoted
from privflow.errors import PayloadError

MAX_BYTES: Final = 64 * 1024
"""The largest document, in bytes of UTF-8."""
MAX_DEPTH: Final = 8
"""How deep elements may nest, the root counted."""
MAX_ELEMENTS: Final = 2_000
"""How many elements a document may hold, the root counted."""
_ROOT: Final = "xml"


@frozen(kw_only=True)
class Element:
    """One element of a document, read like a mapping of its children by name.

    Args:
        name: as written, prefix included.
        text: its own text, unstripped; without that of its children.
        children: in the order of the document; a name may occur more than once.
    """

    name: str = field(kw_only=False)
    text: str = ""
    children: tuple[Element, ...] = ()

    def __contains__(self, name: object) -> bool:
        return any(child.name == name for child in self.children)

    def __getitem__(self, name: str) -> Element:
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def get(self, name: str) -> Element | None:
        """The first child of that name, or None."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> tuple[Element, ...]:
        """Every child of that name, in the order of the document."""
        return tuple(child for child in self.children if child.name == name)


class _Open:
    """An element whose end tag has not come yet."""

    __slots__ = ("children", "name", "text")

    def __init__(self, name: str) -> None:
        self.name = name
        self.text: list[str] = []
        self.children: list[Element] = []


class _Builder:
    """Takes the parser's calls and builds the tree, or refuses."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.count = 0
        self.document = _Open("")
        self.stack = [self.document]

    def refuse(self, problem: str, remedy: str) -> NoReturn:
        raise PayloadError(self.channel, problem, remedy)

    def declaration(self, _version: str, encoding: str | None, _alone: int) -> None:
        if encoding is not None and encoding.lower() not in {"utf-8", "utf8"}:
            self.refuse(
                f"got XML declared as {quoted(encoding)}, expected 'utf-8'",
                "take the body as the platform sent it: both send UTF-8",
            )

    def doctype(self, name: str, *_: object) -> None:
        self.refuse(
            f"got a DOCTYPE declaration for {quoted(name)}, which no platform sends",
            "drop the request and check who can reach the callback address",
        )

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        depth = len(self.stack)
        if depth == 1 and name != _ROOT:
            self.refuse(
                f"got the root element {quoted(name)}, expected {_ROOT!r}",
                "pass the body of a callback, not that of another interface",
            )
        if depth > MAX_DEPTH:
            self.refuse(
                f"got elements nested deeper than {MAX_DEPTH}",
                "drop the request: no callback is nested that deeply",
            )
        self.count += 1
        if self.count > MAX_ELEMENTS:
            self.refuse(
                f"got more than {MAX_ELEMENTS} elements",
                "drop the request: no callback has that many",
            )
        self.stack.append(_Open(name))

    def data(self, text: str) -> None:
        self.stack[-1].text.append(text)

    def end(self, _name: str) -> None:
        made = self.stack.pop()
        self.stack[-1].children.append(
            Element(made.name, text="".join(made.text), children=tuple(made.children))
        )


def _too_large(channel: str) -> PayloadError:
    problem = f"got a document larger than {MAX_BYTES} bytes"
    return PayloadError(channel, problem, "drop the request: no callback is that large")


def _encoded(payload: str | bytes, channel: str) -> bytes:
    """The document as bytes of UTF-8, not larger than it may be."""
    if len(payload) > MAX_BYTES:
        raise _too_large(channel)
    try:
        if isinstance(payload, str):
            document = payload.encode("utf-8")
        else:
            document = payload
            document.decode("utf-8")  # the parser would only report a bad token
    except UnicodeError as error:
        problem = f"got a document that is not UTF-8: {error}"
        remedy = "pass the body as it came, as bytes or decoded from UTF-8"
        raise PayloadError(channel, problem, remedy) from None
    if len(document) > MAX_BYTES:
        raise _too_large(channel)
    # Expat takes "<" and NUL for UTF-16, whatever encoding it was told.
    if b"\0" in document:
        problem = "got a NUL character, as in UTF-16, expected UTF-8"
        remedy = "pass the body as it came, as bytes or decoded from UTF-8"
        raise PayloadError(channel, problem, remedy)
    return document


def _parser(builder: _Builder) -> expat.XMLParserType:
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.XmlDeclHandler = builder.declaration
    # An entity can be declared in a DOCTYPE alone, so this refuses entities as well.
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.StartElementHandler = builder.start
    parser.CharacterDataHandler = builder.data
    parser.EndElementHandler = builder.end
    return parser


def read_xml(payload: str | bytes, *, channel: str = "xml") -> Element:
    """The root element, `xml`, of a small document, or a refusal.

    Attributes, comments and processing instructions are passed over.

    Args:
        payload: UTF-8, at most `MAX_BYTES`.
        channel: named in the refusal.

    Raises:
        PayloadError: the document is malformed, truncated, followed by something,
            too large, too deep, of another encoding or root, or declares a DOCTYPE.

    >>> tree = read_xml("<xml><To>gh_1</To><Id>1</Id><Id>2</Id></xml>")
    >>> tree["To"].text, [id.text for id in tree.all("Id")], "From" in tree
    ('gh_1', ['1', '2'], False)
    """
    document = _encoded(payload, channel)
    builder = _Builder(channel)
    try:
        _parser(builder).Parse(document, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        where = f"line {error.lineno}, column {error.offset + 1}"
        raise PayloadError(
            channel,
            f"got malformed XML at {where}: {reason}",
            "pass the whole body and nothing else",
        ) from None
    return builder.document.children[0]
