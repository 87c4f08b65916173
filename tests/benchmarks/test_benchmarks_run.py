"""The benchmarks run, and their contenders agree; how fast they are is not asserted."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Final

import pytest

BENCHMARKS: Final = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def alone(monkeypatch):
    """The scripts find their own modules, and leave none behind."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield
    for name in {"engine", "limiters", "measure", "peers", "people"} - before:
        sys.modules.pop(name, None)


def printed_by(script: str, monkeypatch, capsys) -> str:
    monkeypatch.setattr(sys, "argv", [script, "--quick", "--no-peers"])
    runpy.run_path(str(BENCHMARKS / script), run_name="__main__")
    return capsys.readouterr().out


@pytest.mark.usefixtures("alone")
def test_compiled_conditions_agree_with_the_tests_by_hand(monkeypatch, capsys):
    """It stops where two contenders disagree."""
    text = printed_by("conditions.py", monkeypatch, capsys)
    assert [line.partition(":")[0] for line in text.splitlines() if "##" in line] == [
        "## simple",
        "## medium",
        *["## hard"] * 4,
    ]
    assert text.count("| privflow, compiled |") == 6
    assert text.count("| privflow, judged |") == 6


@pytest.mark.usefixtures("alone")
def test_the_engine_decides_what_the_benchmark_says(monkeypatch, capsys):
    """It stops where a call does not send what it should."""
    text = printed_by("engine.py", monkeypatch, capsys)
    assert "| a wake that sends |" in text


@pytest.mark.usefixtures("alone")
def test_rules_are_found_as_by_a_loop_by_hand(monkeypatch, capsys):
    """It stops where the lookup finds other rules."""
    text = printed_by("rules.py", monkeypatch, capsys)
    assert text.count("| privflow, looked up |") == 2


@pytest.mark.usefixtures("alone")
def test_quotas_are_right_before_they_are_fast(monkeypatch, capsys):
    """It stops where an answer is wrong, or a contender lets another number through."""
    text = printed_by("quotas.py", monkeypatch, capsys)
    assert "1,560 answers of privflow are right." in text
    assert text.count("| privflow |") == 1


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("segments.py", "| one attribute |"),
        ("footprint.py", "| a contact with 3 ids"),
        ("month.py", "| 500 |"),
        ("state.py", "| both |"),
        ("history.py", "| one event more |"),
    ],
)
def test_the_others_run_too(script, line, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [script, "--quick"])
    runpy.run_path(str(BENCHMARKS / script), run_name="__main__")
    assert line in capsys.readouterr().out


@pytest.mark.usefixtures("alone")
def test_the_benchmark_of_stores_runs_without_servers(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["stores.py", "--quick", "--no-servers"])
    runpy.run_path(str(BENCHMARKS / "stores.py"), run_name="__main__")
    assert "| memory |" in capsys.readouterr().out


@pytest.mark.usefixtures("alone")
def test_a_contender_with_other_answers_is_found(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["conditions.py"])
    names = runpy.run_path(str(BENCHMARKS / "conditions.py"))
    task, people = names["SIMPLE"], names["crowd"](50)
    found = names["contenders"](task, people, peers=False)
    wrong = {**found, "wrong": names["Contender"](50, lambda: [False] * 50)}
    assert names["check_answers"](task, found) > 0
    with pytest.raises(SystemExit, match="wrong gives other answers"):
        names["check_answers"](task, wrong)
