"""Runs the fenced blocks of the README files and of the docs, and shares out files.

A block fenced as `python` is a doctest when it starts with `>>>`, and is executed
otherwise. The blocks of one page share their names, from top to bottom.
"""

from __future__ import annotations

from doctest import ELLIPSIS
from typing import TYPE_CHECKING

import pytest
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser

if TYPE_CHECKING:
    from xdist.scheduler import LoadFileScheduling

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=ELLIPSIS)],
    patterns=["README*.md", "docs/*.md"],
).pytest()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(
    config: pytest.Config, log: object
) -> LoadFileScheduling:
    """With `-n`, one process has all of a file: the blocks of a page share their names.

    Files go out in their order: those with few tests are not the quick ones.
    """
    from xdist.scheduler import LoadFileScheduling  # noqa: PLC0415 - only with -n

    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)
