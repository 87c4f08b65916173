"""Runs the examples once per session, as `python examples/…` does."""

from __future__ import annotations

import io
import runpy
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import frozen

EXAMPLES: Final = Path(__file__).parents[2] / "examples"


@frozen
class Run:
    """What an example left behind: its names, its output and its report."""

    names: dict[str, Any]
    stdout: str
    stderr: str
    report: str


def run_example(name: str, out: Path, *arguments: str) -> Run:
    """Run an example in this process, with a report folder of its own."""
    script = EXAMPLES / name
    argv, path = sys.argv, list(sys.path)
    stdout, stderr = io.StringIO(), io.StringIO()
    sys.argv = [str(script), "--out", str(out), *arguments]
    sys.path.insert(0, str(EXAMPLES))
    try:
        with redirect_stdout(stdout), redirect_stderr(stderr):
            names = runpy.run_path(str(script), run_name="__main__")
    finally:
        sys.argv, sys.path[:] = argv, path
    written = out / "month.html"
    report = written.read_text(encoding="utf-8") if written.exists() else ""
    return Run(names, stdout.getvalue(), stderr.getvalue(), report)


@pytest.fixture(scope="session")
def run() -> Callable[..., Run]:
    """Runs an example once more."""
    return run_example


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The month of touches on the recorded data, run once."""
    return run_example("01_month_of_touches.py", tmp_path_factory.mktemp("month"))


@pytest.fixture(scope="session")
def orders_of(month: Run) -> Callable[[list[str]], Any]:
    """The function of the example that reads the lines of a CSV."""
    return month.names["data"].orders_of
