"""Rows from frames and back, and what it says where the extra is missing."""

from __future__ import annotations

import builtins
import importlib
import sys
from datetime import date, timedelta
from decimal import Decimal

import narwhals
import numpy as np
import pandas as pd
import polars as pl
import pytest

from privflow.conditions import Truth
from privflow.errors import (
    DefinitionError,
    MissingExtraError,
    NaiveTimeError,
    UnknownNameError,
)
from privflow.facts import Contact, contacts_of
from privflow.scale import frame_of, rows_of
from privflow.timing import instant, span

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


LIKES = [["tea", "run"], [], None]


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"id": ["a", "b", "c"], "likes": LIKES}),
        pd.DataFrame({"id": ["a", "b", "c"], "likes": LIKES}),
        pd.DataFrame({
            "id": ["a", "b", "c"],
            "likes": [np.array(["tea", "run"]), np.array([]), None],
        }),
    ],
)
def test_a_column_of_lists_is_read_as_lists(frame):
    contacts = contacts_of(rows_of(frame), id_column="id").good
    assert [contact.attributes.get("likes") for contact in contacts] == [
        ("tea", "run"),
        (),
        None,
    ]


def test_what_no_fact_can_be_is_a_bad_row_and_stops_nothing():
    frame = pl.DataFrame({"id": ["a", "b"], "home": [{"city": "上海"}, None]})
    contacts = contacts_of(rows_of(frame), id_column="id")
    assert [contact.id for contact in contacts.good] == ["b"]
    assert contacts.bad[0].number == 1


@pytest.mark.parametrize("given", [[{"id": "a"}], pl.LazyFrame({"id": ["a"]}), None])
def test_what_is_no_frame_is_refused_where_it_is_given(given):
    with pytest.raises(DefinitionError, match="expected a data frame"):
        rows_of(given)


@pytest.mark.parametrize("backend", ["polars", "pandas"])
def test_a_frame_has_the_columns_of_all_rows(backend):
    frame = frame_of([{"id": "a", "age": 31}, {"id": "b", "city": "上海"}], backend)
    assert list(frame.columns) == ["id", "age", "city"]


@pytest.mark.parametrize("backend", ["polars", "pandas"])
def test_instants_and_lists_come_back_out_of_a_frame(backend):
    known = {"joined": instant("2026-10-20T01:30:00.000001Z"), "likes": ("a", "b")}
    frame = frame_of([{"id": "c-1", **known}], backend)
    (contact,) = contacts_of(rows_of(frame), id_column="id").good
    assert dict(contact.attributes) == known


def test_a_backend_that_there_is_not_is_refused():
    with pytest.raises(UnknownNameError, match="'panda'") as caught:
        frame_of([{"id": "a"}], "panda")
    assert caught.value.hint == "did you mean 'pandas'?"


def test_a_library_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DefinitionError, match="pyarrow is not installed"):
        frame_of([{"id": "a"}], "pyarrow")


@pytest.mark.parametrize("numbers", [[1, 2.5, None], [2.5, None, 1]])
@pytest.mark.parametrize("backend", ["polars", "pandas"])
def test_numbers_of_a_column_may_be_whole_in_any_row(backend, numbers):
    frame = frame_of([{"spent": number} for number in numbers], backend)
    assert [row["spent"] for row in rows_of(frame)] == numbers


def test_money_may_be_whole_in_any_row_and_stays_exact():
    frame = frame_of([{"fen": 3}, {"fen": Decimal("0.1")}], "polars")
    assert frame["fen"].to_list() == [Decimal(3), Decimal("0.1")]


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        (["a", 1], "str and int"),
        ([True, 1], "bool and int"),
        ([Decimal(1), 2.5, 1], "Decimal and float and int"),
        ([[1], None, "a"], "list and str"),
    ],
)
def test_a_column_of_several_types_is_told_by_its_name(values, kinds):
    rows = [{"id": "a", "level": value} for value in values]
    with pytest.raises(DefinitionError) as caught:
        frame_of(rows, "polars")
    assert caught.value.message == (
        f"frame_of: column 'level' holds {kinds}, and polars takes one type"
    )
    assert len(frame_of(rows, "pandas")) == len(values)


@pytest.mark.parametrize("error", [TypeError("not today"), ValueError("not today")])
def test_what_a_library_refuses_for_another_reason_it_says_itself(monkeypatch, error):
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(narwhals, "from_dict", refuse)
    with pytest.raises(type(error), match="not today"):
        frame_of([{"id": "a"}, {"id": None}], "polars")


@pytest.mark.parametrize("given", [Contact("c-1"), "c-1", ("c-1", 31)])
def test_what_is_no_row_is_refused_with_its_place(given):
    with pytest.raises(DefinitionError, match="row 2: got") as caught:
        frame_of([{"id": "c-1"}, given], "pandas")
    assert caught.value.hint == "write a dict: {'id': state.contact.id, …}"


@pytest.mark.parametrize("backend", ["polars", "pandas"])
def test_spans_and_truths_come_out_as_the_libraries_know_them(backend):
    frame = frame_of([{"age": span("36h"), "vip": Truth.YES}], backend)
    assert list(rows_of(frame)) == [{"age": timedelta(hours=36), "vip": "YES"}]


def test_a_value_that_no_library_knows_is_left_as_it_is():
    frame = pd.DataFrame({"id": ["a"], "made": [range]})
    assert list(rows_of(frame)) == [{"id": "a", "made": range}]


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


def test_what_pandas_has_for_missing_is_none():
    frame = pd.DataFrame({
        "id": ["c-1", "c-2"],
        "born": [None, pd.Timestamp("1995-11-03")],
        "age": [None, 31.0],
    })
    first, second = rows_of(frame)
    assert first == {"id": "c-1", "born": None, "age": None}
    assert second["born"].date() == date(1995, 11, 3)


def test_rows_that_pandas_made_by_itself_know_what_is_missing_too():
    """C7a."""
    rows = pd.DataFrame({"id": ["c-1"], "born": [pd.NaT]}).to_dict("records")
    [contact] = contacts_of(rows, id_column="id").good
    assert contact.attributes == {}


def test_a_naive_column_of_a_frame_is_told_by_its_name():
    frame = pd.DataFrame({"id": ["c-1"], "born": [pd.Timestamp("1995-11-03")]})
    [bad] = contacts_of(rows_of(frame), id_column="id").bad
    assert isinstance(bad.error, NaiveTimeError) and bad.error.path == "born"
