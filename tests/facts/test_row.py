"""Many rows: the good ones are taken in, and every bad one is told."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pandas as pd
import pytest

from privflow.errors import DefinitionError
from privflow.facts import Contact, contacts_of, events_of
from privflow.timing import instant


def test_every_other_column_becomes_an_attribute():
    [contact] = contacts_of(
        [{"id": 7, "zone": "Asia/Shanghai", "city": "上海", "age": None}],
        id_column="id",
        zone_column="zone",
    ).good
    assert contact == Contact(
        "7", timezone="Asia/Shanghai", attributes={"city": "上海"}
    )


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"city": "上海"}, "the column 'id' is missing"),
        ({"id": None}, "the column 'id' is empty"),
        ({"id": float("nan")}, "the column 'id' is empty"),
        ({"id": pd.NaT}, "the column 'id' is empty"),
        ({"id": pd.NA}, "the column 'id' is empty"),
        ({"Id": "c-2"}, "did you mean 'Id'"),
        ({"id": ""}, "use a non-empty text"),
        ({"id": True}, "got True"),
        ({"id": 10001.0}, "read the column as text; pandas does with dtype=str"),
        ({"id": "c", "zone": "Asia/Beijing"}, "no zone of the IANA"),
        ({"id": "c", "likes": {"a": 1}}, "attribute|expected"),
    ],
)
def test_a_bad_row_is_told_and_the_others_are_taken(row, problem):
    rows = [{"id": "c-1"}, row, {"id": "c-3"}]
    batch = contacts_of(rows, id_column="id", zone_column="zone")
    assert [contact.id for contact in batch.good] == ["c-1", "c-3"]
    [bad] = batch.bad
    assert bad.number == 2 and str(bad).startswith("row 2: ")

    assert re.search(problem, str(bad))


def test_what_pandas_has_for_missing_is_left_out():
    """C7a."""
    row = {"id": "c", "level": pd.NA, "age": float("nan"), "born": pd.NaT}
    assert contacts_of([row], id_column="id").good == (Contact("c"),)


def test_of_rows_of_one_person_the_first_is_taken_and_the_others_are_told():
    rows = [
        {"id": 7, "city": ["so", "deep", {}]},
        {"id": 7, "city": "上海"},
        {"id": "8"},
        {"id": "7", "city": "北京"},
    ]
    batch = contacts_of(rows, id_column="id")
    assert [(c.id, c.attributes.get("city")) for c in batch.good] == [
        ("7", "上海"),
        ("8", None),
    ]
    assert [bad.number for bad in batch.bad] == [1, 4]
    assert "the id '7' stands in an earlier row" in str(batch.bad[1])
    assert batch.bad[1].error.path == "id"


@pytest.mark.parametrize(
    "at",
    [
        "2026-10-20T09:30+08:00",
        "2026-10-20T09:30",
        datetime(2026, 10, 20, 1, 30, tzinfo=UTC),
        instant("2026-10-20T01:30Z"),
    ],
)
def test_an_instant_may_come_in_several_forms(at):
    rows = [{"who": "c-1", "when": at, "amount": 320, "no": "o-1"}]
    [event] = events_of(
        rows,
        "purchase",
        contact_column="who",
        at_column="when",
        id_column="no",
        tz="Asia/Shanghai",
    ).good
    assert event.at == instant("2026-10-20T01:30Z")
    assert event.properties == {"amount": 320} and event.key == "o-1"


@pytest.mark.parametrize("at", ["2026-10-20T09:30", "yesterday", 20261020, None])
def test_a_bad_instant_names_its_column(at):
    [bad] = events_of(
        [{"who": "c", "when": at}], "purchase", contact_column="who", at_column="when"
    ).bad
    assert bad.error.path == "when" and bad.error.hint


@pytest.mark.parametrize(
    ("rows", "hint"),
    [
        ({"id": "c-1"}, "write [it]"),
        ("c-1", "write [it]"),
        (None, "write [it]"),
        (pd.DataFrame([{"id": "c-1"}]), "write rows_of(frame), from privflow.scale"),
    ],
)
def test_what_is_no_rows_is_refused_at_once(rows, hint):
    with pytest.raises(DefinitionError, match="expected rows of dicts") as caught:
        contacts_of(rows, id_column="id")
    assert caught.value.hint == hint


def test_a_batch_tells_each_kind_of_bad_row_once_and_how_many_there_are():
    days = ["2026-10-01 10:00", "2026-10-02 10:00", "yesterday", "2026-10-03 10:00"]
    batch = events_of(
        [{"who": "c-1", "when": day} for day in days],
        "purchase",
        contact_column="who",
        at_column="when",
    )
    assert repr(batch) == "<Batch 0 good, 4 bad>"
    assert str(batch).splitlines() == [
        repr(batch),
        (
            "3 rows, as row 1: when: instant: got '2026-10-01 10:00', "
            "which has neither offset nor zone [naive-time]"
        ),
        "hint: write the offset ('2026-10-20T09:30+08:00') or pass tz='Asia/Shanghai'",
        "row 3: when: instant: got 'yesterday' [time-format]",
        (
            "hint: write it like '2026-10-20T09:30+08:00' or '2026-10-20T01:30:00Z', "
            "in years 1 to 9999"
        ),
    ]


def test_columns_and_errors_of_several_kinds_are_told_apart():
    batch = contacts_of(
        [{"id": "a", "x": {}, "y": 1}, {"id": "b", "x": 1, "y": {}}, {"id": True}],
        id_column="id",
    )
    assert [kind.partition(": ")[0] for kind in str(batch).splitlines()[1::2]] == [
        "row 1",
        "row 2",
        "row 3",
    ]


def test_the_most_frequent_kinds_of_bad_rows_come_first_and_no_more_than_five():
    rows = [{"id": "c-1"}]
    rows += [{"id": f"a-{n}", f"x{n}": {}} for n in range(6)]
    rows += [{"id": ""}, {"id": ""}]
    batch = contacts_of(rows, id_column="id")
    lines = str(batch).splitlines()
    assert lines[1] == "2 rows, as row 8: Contact.id: got '' [definition]"
    assert lines[3].startswith("row 2: x0: ")
    assert len(lines) == 12 and lines[-1] == "and 2 more rows"
    assert str(contacts_of(rows[:1], id_column="id")) == "<Batch 1 good, 0 bad>"


def test_a_notebook_shows_the_kinds_of_bad_rows_as_a_table():
    rows = [{"id": "c-1"}, {"id": "c-1"}, {"id": "c-1"}, {"id": ""}]
    batch = contacts_of(rows, id_column="id")
    table = batch.table()
    assert table.title == "1 good, 3 bad"
    assert table.columns == ("rows", "first", "problem", "hint")
    assert table.rows == (
        (
            2,
            2,
            "id: the id 'c-1' stands in an earlier row, too",
            "keep one row for each person",
        ),
        (1, 4, "Contact.id: got ''", "use a non-empty text"),
    )
    assert batch._repr_html_() == table.to_html()


def test_a_column_is_named_once():
    [of_id] = contacts_of([{"id": 1.5}], id_column="id").bad
    assert str(of_id).startswith("row 1: id: got 1.5, expected text ")
    [of_at] = events_of(
        [{"who": "c", "when": 7}], "purchase", contact_column="who", at_column="when"
    ).bad
    assert str(of_at).startswith("row 1: when: got 7, expected an instant ")


@pytest.mark.parametrize("zone", [None, float("nan"), pd.NaT])
def test_a_zone_that_is_missing_leaves_the_plan_its_own(zone):
    rows = [{"id": "c-1", "zone": zone}]
    [contact] = contacts_of(rows, id_column="id", zone_column="zone").good
    assert contact.timezone is None
