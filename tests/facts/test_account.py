"""Companies: who is what in them, and what can be said of all their people."""

from __future__ import annotations

import pytest

from privflow.errors import DefinitionError
from privflow.facts import (
    Account,
    AccountView,
    Contact,
    Relation,
    Role,
    TagGroup,
    merge,
)
from privflow.timing import Instant

T = [Instant(i) for i in range(20)]
STATE = TagGroup("state", ["warm", "hot"])
BOSS = Contact("c-1", relations=[Relation(staff="zhang", since=T[1])])
BOSS = BOSS.tagged(STATE["warm"], at=T[1])
USER = Contact("c-2", relations=[Relation(staff="li", since=T[1], until=T[4])])
USER = USER.tagged(STATE["hot"], at=T[1]).tagged(STATE["warm"], at=T[1])
SHOP = Account(
    "a-1",
    roles=[
        Role("c-1", "decision_maker", since=T[1]),
        Role("c-1", "user", since=T[1]),
        Role("c-2", "user", since=T[2], until=T[9]),
        Role("c-3", "finance", since=T[1]),
    ],
)


def test_a_company_is_what_its_people_are_at_an_instant():
    assert SHOP.view([USER, BOSS, Contact("c-9")], now=T[3]) == AccountView(
        people={"decision_maker": ("c-1",), "user": ("c-1", "c-2")},
        tags=(STATE["hot"], STATE["warm"]),
        staff=("li", "zhang"),
        missing=("c-3",),
    )


def test_who_has_gone_is_left_out():
    view = SHOP.view([USER, BOSS], now=T[9])
    assert view.people["user"] == ("c-1",)
    assert (view.tags, view.staff) == ((STATE["warm"],), ("zhang",))
    assert SHOP.view([], now=T[0]) == AccountView(people={})


def test_who_was_merged_is_found_by_both_ids():
    """K1."""
    merged = merge(BOSS, USER, now=T[5]).result
    view = SHOP.view([merged], now=T[5])
    assert view.people == {"decision_maker": ("c-1",), "user": ("c-1",)}
    assert view.missing == ("c-3",)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Account(""),
        lambda: Role("", "user", since=T[1]),
        lambda: Role("c", " ", since=T[1]),
        lambda: Role("c", "user", since=5),
        lambda: Role("c", "user", since=T[2], until=T[1]),
        lambda: Account("a", roles=[("c", "user")]),
    ],
)
def test_what_cannot_be_is_refused(make):
    with pytest.raises(DefinitionError):
        make()
