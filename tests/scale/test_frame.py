"""Rows from frames and back, and what it says where the extra is missing."""

from __future__ import annotations

import builtins
import importlib
import sys

import pandas as pd
import polars as pl
import pytest

from privflow.errors import MissingExtraError
from privflow.facts import contacts_of
from privflow.scale import frame_of, rows_of

ROWS = [{"id": "c-1", "age": 31, "score": 1.5}, {"id": "c-2", "age": 40, "score": None}]


@pytest.mark.parametrize("frame", [pl.DataFrame(ROWS), pd.DataFrame(ROWS)])
def test_rows_of_a_frame_become_contacts_with_what_is_known(frame):
    contacts = contacts_of(rows_of(frame), id_column="id").good
    assert [dict(contact.attributes) for contact in contacts] == [
        {"age": 31, "score": 1.5},
        {"age": 40},
    ]
    assert {type(contact.attributes["age"]) for contact in contacts} == {int}


@pytest.mark.parametrize(("backend", "kind"), [("polars", pl), ("pandas", pd)])
def test_rows_become_a_frame_and_come_back(backend, kind):
    whole = [{"id": "c-1", "age": 31}, {"id": "c-2", "age": 40}]
    frame = frame_of(whole, backend)
    assert isinstance(frame, kind.DataFrame)
    assert list(rows_of(frame)) == whole


def test_a_frame_without_rows_keeps_its_columns():
    assert list(rows_of(frame_of([], "polars", columns=["id"]))) == []
    assert frame_of([], "polars", columns=["id"]).columns == ["id"]


def test_without_narwhals_it_says_which_extra_to_install(monkeypatch):
    real = builtins.__import__

    def absent(name: str, *given: object, **options: object) -> object:
        if name == "narwhals":
            raise ModuleNotFoundError(name)
        return real(name, *given, **options)

    monkeypatch.setattr(builtins, "__import__", absent)
    monkeypatch.delitem(sys.modules, "privflow.scale.frame")
    with pytest.raises(MissingExtraError, match="narwhals is not installed"):
        importlib.import_module("privflow.scale.frame")
