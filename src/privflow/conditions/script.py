"""The text of a condition as its author wrote it: its syntax, and places in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from io import StringIO
from tokenize import STRING, TokenError, TokenInfo, generate_tokens
from unicodedata import category, east_asian_width

from privflow.errors import (
    ConditionSyntaxError,
    PrivflowError,
    brief,
    source_lines,
)

MOST_CHARACTERS = 100_000
_ELSEWHERE = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"=>", ">= instead of =>"),
        (r"=(?!=)", "== instead of ="),
        (r"<>", "!= instead of <>"),
        (r"!(?!=)", "~ instead of !"),
        (r"&", "& instead of &&"),
        (r"\|", "| instead of ||"),
        (r"(?i:and)\b", "& instead of AND"),
        (r"(?i:or)\b", "| instead of OR"),
        (r"(?i:like)\b", ".contains('…') instead of LIKE"),
    )
)
"""What other languages write, where Python's parser stops at it."""

_SEVERAL_LINES = "a condition of several lines stands in ( )"
_VAGUE = frozenset({"invalid syntax", "unexpected indent"})
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = "\\'\"\nabfnrtv01234567xNuU"


class Script:
    """A text, and the syntax tree of what stands in it between spaces.

    Lines and columns count from 1, in the text as it was given.

    Raises:
        ConditionSyntaxError: it is no text, too long, or not what Python can read.
    """

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise ConditionSyntaxError(repr(text)[:80], "got no text", 1, 1)
        if len(text) > MOST_CHARACTERS:
            problem = f"has {len(text)} characters, at most {MOST_CHARACTERS} are read"
            raise ConditionSyntaxError(text[:80], problem, 1, 1)
        self._text, self._source = text, text.strip()
        before = source_lines(text[: len(text) - len(text.lstrip())])
        self._lines, self._columns = len(before) - 1, len(before[-1])
        self._check_characters()
        self._check_escapes()
        self.tree = self._parsed()

    def problem(self, node: ast.expr, what: str) -> ConditionSyntaxError:
        """What is wrong with a part of the tree, at the place where it begins."""
        return self._behind(node.lineno, node.col_offset, what)

    def problem_at_name(self, node: ast.expr, what: str) -> ConditionSyntaxError:
        """The same; of what follows a point, where its name begins."""
        named = node.func if isinstance(node, ast.Call) else node
        if not isinstance(named, ast.Attribute):
            return self.problem(node, what)
        line, end = named.end_lineno or named.lineno, named.end_col_offset or 0
        return self._behind(line, max(0, end - len(named.attr.encode())), what)

    def place(self, error: PrivflowError, node: ast.expr) -> None:
        """Tell an error about an operand where it stands; the place is in a note."""
        found = self.problem_at_name(node, "")
        error.at(found.what).add_note("\n".join(found.message.splitlines()[1:]))

    def quoted(self, node: ast.expr) -> str:
        """A part of the tree as it was written."""
        return brief(ast.get_source_segment(self._source, node))

    def _behind(self, line: int, size: int, what: str) -> ConditionSyntaxError:
        """The problem behind so many bytes of a line, as Python counts columns."""
        before = source_lines(self._source)[line - 1].encode()[:size]
        return self._at(line, len(before.decode("utf-8", "replace")) + 1, what)

    def _at(self, line: int, column: int, what: str) -> ConditionSyntaxError:
        """The problem at a place of the source, which may not begin with the text."""
        shift = self._columns if line == 1 else 0
        place = line + self._lines, column + shift
        return ConditionSyntaxError(self._text, what, *place)

    def _check_characters(self) -> None:
        found = _UNWRITABLE.search(self._source)
        if found:
            lines = source_lines(self._source[: found.start()])
            problem = f"has the character {found[0]!r}: write it as that escape"
            raise self._at(len(lines), len(lines[-1]) + 1, problem)

    def _check_escapes(self) -> None:
        r"""Refuse "\d" and the like, of which Python warns whoever runs the host."""
        if "\\" not in self._source:
            return
        for token in self._strings():
            prefix = token.string[: token.string.find(token.string[-1])]
            for found in _ESCAPED.finditer(token.string):
                if found[1] not in _ESCAPES and "r" not in prefix.lower():
                    lines = source_lines(token.string[: found.start()])
                    line, column = token.start[0] + len(lines) - 1, len(lines[-1])
                    column += token.start[1] if len(lines) == 1 else 0
                    what = f"{found[0]!r} is no escape: double the backslash, or r'…'"
                    raise self._at(line, column + 1, what)

    def _strings(self) -> Iterator[TokenInfo]:
        lines = "\n".join(source_lines(self._source))
        try:
            for token in generate_tokens(StringIO(lines).readline):
                if token.type == STRING:
                    yield token
        except (TokenError, SyntaxError):
            return  # the parser tells it better

    def _parsed(self) -> ast.expr:
        try:
            return ast.parse(self._source, mode="eval").body
        except SyntaxError as error:
            raise self._misspelt(error) from None
        except (RecursionError, MemoryError):
            raise self._at(1, 1, "is nested too deep") from None

    def _misspelt(self, error: SyntaxError) -> ConditionSyntaxError:
        """Python's complaint, with the end as its place where something is missing."""
        lines = source_lines(self._source)
        end = len(lines), len(lines[-1]) + 1
        problem, is_at_end = error.msg, not error.offset
        if "never closed" in problem:
            opened = self._at(error.lineno or 1, error.offset or 1, problem)
            return self._at(*end, f"{problem} (from {opened.what})")
        place = end if is_at_end else (error.lineno or 1, max(1, error.offset or 1))
        if is_at_end and problem == "invalid syntax":
            problem = "invalid syntax: something is missing at the end"
        line, before = lines[place[0] - 1], place[1] - 1
        if problem == "unexpected indent":
            before = len(line) - len(line.lstrip())
        if problem in _VAGUE and _is_cut(line, before, place[0]):
            problem = _SEVERAL_LINES
        problem += _slip(problem, line[before:])
        if "integer string conversion" in problem:
            problem = "has a number of too many digits"
        if len(lines) > 1 and _is_expression(f"({self._source}\n)"):
            problem = _SEVERAL_LINES
        return self._at(place[0], before + 1, problem)


def _is_cut(line: str, before: int, number: int) -> bool:
    """Whether a line ends or begins where the condition goes on."""
    if not line[:before].strip():
        return number > 1 and line.strip()[:1] in {"&", "|"}
    return not line[before:].strip() and line.rstrip()[-1:] in {"&", "|", "~"}


def _slip(problem: str, rest: str) -> str:
    """What was meant, where a text goes wrong in a way that many texts do."""
    if problem.startswith("invalid character") and _is_chinese(rest[:1]):
        return ": write the sign on an English keyboard"
    if problem != "invalid syntax":
        return ""
    said = (words for pattern, words in _ELSEWHERE if pattern.match(rest))
    return next((f": write {words}" for words in said), "")


def _is_chinese(sign: str) -> bool:
    """Whether a sign is a quote, comma or bracket of Chinese text; no picture is."""
    is_wide = bool(sign) and east_asian_width(sign) in {"W", "F"}
    return "\u2018" <= sign <= "\u201d" or (is_wide and category(sign) != "So")


def _is_expression(source: str) -> bool:
    try:
        ast.parse(source, mode="eval")
    except (SyntaxError, RecursionError, MemoryError):
        return False
    return True
