"""How wide text is on a terminal: East-Asian wide characters take two columns."""

from __future__ import annotations

from unicodedata import category, east_asian_width

_INVISIBLE = frozenset({"Mn", "Me", "Cf"})


def columns(text: str) -> int:
    """The columns that one line of text takes.

    >>> columns("ab"), columns("上海")
    (2, 4)
    """
    if text.isascii():
        return len(text)
    return sum(_columns_of(character) for character in text)


def pad(text: str, width: int, *, right: bool = False) -> str:
    """The text filled with spaces to a width in columns.

    Args:
        text: one line.
        width: in columns; longer text stays as it is.
        right: puts the text at the right end.
    """
    space = " " * (width - columns(text))
    return space + text if right else text + space


def wrap(text: str, width: int) -> list[str]:
    """The lines of a text broken at spaces, and inside words that are too long.

    Args:
        text: may hold line breaks, which are kept.
        width: in columns.
    """
    return [
        line
        for paragraph in text.split("\n")
        for line in _wrap_paragraph(paragraph, width)
    ]


def _columns_of(character: str) -> int:
    if category(character) in _INVISIBLE:
        return 0
    return 2 if east_asian_width(character) in {"W", "F"} else 1


def _wrap_paragraph(paragraph: str, width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in _pieces(paragraph, width):
        if line and columns(line + word.rstrip()) > width:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    return [*lines, line.rstrip()]


def _pieces(paragraph: str, width: int) -> list[str]:
    """Parts between which a line may break; together they are the paragraph."""
    pieces: list[str] = []
    piece = ""
    for character in paragraph:
        wide = _columns_of(character) > 1
        if piece and (wide or columns(piece) >= width):
            pieces.append(piece)
            piece = ""
        piece += character
        if wide or character in " .,&|":
            pieces.append(piece)
            piece = ""
    return [*pieces, piece] if piece else pieces
