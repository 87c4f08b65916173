"""Runs the fenced blocks of the README files and of the docs.

A block fenced as `python` is a doctest when it starts with `>>>`, and is executed
otherwise. The blocks of one page share their names, from top to bottom.
"""

from __future__ import annotations

from doctest import ELLIPSIS

from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=ELLIPSIS)],
    patterns=["README*.md", "docs/*.md"],
).pytest()
