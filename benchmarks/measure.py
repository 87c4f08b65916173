"""Timing, medians and tables for the benchmarks: the same rules for every contender."""

from __future__ import annotations

import gc
import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import distributions, version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter

REPEATS = 9
"""An odd number, so that the median is a run that took place."""


def medians(
    runs: Mapping[str, Callable[[], object]], *, repeats: int
) -> dict[str, float]:
    """Seconds that each run takes, the median of its repeats.

    The runs take turns, so that a slow minute of the machine meets all of them; a
    first turn warms up and does not count. The garbage collector rests meanwhile.
    """
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    gc.collect()
    gc.disable()
    try:
        for _ in range(repeats):
            for name, run in runs.items():
                begun = perf_counter()
                run()
                taken[name].append(perf_counter() - begun)
    finally:
        gc.enable()
    return {name: median(seconds) for name, seconds in taken.items()}


def is_installed(module: str) -> bool:
    """Whether a peer can be measured here."""
    return find_spec(module) is not None


def printed(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> str:
    """A section of Markdown with one table."""
    aligned = ["---", *("---:" for _ in columns[1:])]
    lines = (f"| {' | '.join(map(str, row))} |" for row in (columns, aligned, *rows))
    return "\n".join([f"## {title}", "", *lines, ""])


def machine(*peers: str) -> str:
    """The machine and the versions that the figures belong to, in one line.

    Args:
        peers: by the names of their distributions; those not installed are left out.
    """
    names = (name for name in ("privflow", *peers) if _is_distributed(name))
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{_processor()}, {os.cpu_count()} cores; {python}; {versions}"


def _is_distributed(name: str) -> bool:
    return any(distribution.name == name for distribution in distributions(name=name))


def _processor() -> str:
    """The model as Linux knows it, or what Python knows elsewhere."""
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    models = (line.partition(":")[2].strip() for line in lines if "model name" in line)
    return next(models, platform.processor() or platform.machine())
