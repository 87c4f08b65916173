"""The tour is the contract of the public names: each of its asserts must hold."""

from __future__ import annotations


def test_the_tour_runs_and_tells_its_story(run, tmp_path):
    tour = run("02_tour.py", tmp_path)
    assert "flowchart LR" in tour.stdout
    assert "did you mean 'city'?" in tour.stdout
    assert "rule:price-asked sent price-card" in tour.stdout
    assert tour.stderr == ""
