"""What a fact is made of is checked when it is made, and not when it is asked."""

from __future__ import annotations

import pytest

from privflow.errors import DefinitionError
from privflow.facts import (
    Account,
    Catalog,
    Consent,
    Consents,
    Contact,
    Group,
    Identity,
    Membership,
    Merge,
    MergeGuard,
    MergeLine,
    Relation,
    Role,
    Suppression,
    Tag,
    TagFact,
    TagGroup,
    Tags,
)
from privflow.timing import instant

NOW = instant("2026-10-20T09:30+08:00")
PHONE, OTHER = Identity("phone", "13800000000"), Identity("phone", "139")
YES = Consent("sms", True, purpose="marketing", at=NOW, evidence="form-1")
VIP = TagFact(tag=Tag("level", "vip"), since=NOW)
LIN = Contact("c-1")
DAY = "2026-10-20"

LISTS = [
    (lambda given: Contact("c-1", identities=given).identities, PHONE),
    (
        lambda given: Contact("c-1", relations=given).relations,
        Relation(staff="li", since=NOW),
    ),
    (lambda given: Contact("c-1", tags=given).tags.history, VIP),
    (lambda given: Contact("c-1", consents=given).consents.records, YES),
    (lambda given: Contact("c-1", absorbed=given).absorbed, "c-2"),
    (lambda given: Consents(given).records, YES),
    (lambda given: Tags(given).history, VIP),
    (lambda given: Relation(staff="li", since=NOW, tags=given).tags, "vip"),
    (lambda given: TagGroup("level", given).labels, "vip"),
    (lambda given: Account("a-1", roles=given).roles, Role("c-1", "user", since=NOW)),
    (
        lambda given: (
            Group("g-1", "wrX", owner="li", created_at=NOW, members=given).members
        ),
        Membership("c-1", since=NOW),
    ),
    (lambda given: Catalog(tags=given).tags, TagGroup("level", ["vip"])),
    (
        lambda given: (
            Merge(older=LIN, newer=LIN, result=LIN, at=NOW, lines=given).lines
        ),
        MergeLine(what="tag", name="vip", of="both", rule="union"),
    ),
    (lambda given: MergeGuard(blocked=given).blocked, "13800000000"),
    (lambda given: Suppression(hashes=given, at=NOW).hashes, "ab12"),
]
"""What reads a collection back after it was given, and one thing for it to hold."""


@pytest.mark.parametrize(("kept", "one"), LISTS)
def test_any_ordered_collection_is_kept_as_a_tuple(kept, one):
    for given in ([one], (one,), iter([one])):
        assert kept(given) == (one,)


@pytest.mark.parametrize(("kept", "one"), LISTS)
@pytest.mark.parametrize("wrong", [None, 7, b"x", "x", [None], [7], (b"x",)])
def test_what_a_collection_cannot_hold_is_refused_when_it_is_given(kept, one, wrong):
    with pytest.raises(DefinitionError, match=": got "):
        kept(wrong)
    with pytest.raises(DefinitionError, match=": got "):
        kept(one)


def test_a_set_has_one_order_in_every_process():
    """E3."""
    assert MergeGuard(blocked={"b", "a", "c"}).blocked == ("a", "b", "c")
    assert Contact("c-1", identities={OTHER, PHONE}).identities == (PHONE, OTHER)


INSTANTS = [
    ("Identity.since", lambda at: Identity("phone", "1", since=at)),
    ("Identity.until", lambda at: Identity("phone", "1", until=at)),
    ("Relation.since", lambda at: Relation(staff="li", since=at)),
    ("Relation.until", lambda at: Relation(staff="li", since=NOW, until=at)),
    ("Role.since", lambda at: Role("c-1", "user", since=at)),
    ("Role.until", lambda at: Role("c-1", "user", since=NOW, until=at)),
    ("Membership.since", lambda at: Membership("c-1", since=at)),
    ("Membership.until", lambda at: Membership("c-1", since=NOW, until=at)),
    ("TagFact.since", lambda at: TagFact(tag=VIP.tag, since=at)),
    ("TagFact.until", lambda at: TagFact(tag=VIP.tag, since=NOW, until=at)),
    ("Consent.at", lambda at: Consent("sms", False, purpose="marketing", at=at)),
    (
        "Consent.until",
        lambda at: Consent("sms", False, purpose="marketing", at=NOW, until=at),
    ),
    ("Group.created_at", lambda at: Group("g", "wrX", owner="li", created_at=at)),
    (
        "Group.dismissed_at",
        lambda at: Group("g", "wrX", owner="li", created_at=NOW, dismissed_at=at),
    ),
    ("Merge.at", lambda at: Merge(older=LIN, newer=LIN, result=LIN, at=at)),
    ("Suppression.at", lambda at: Suppression(hashes=[], at=at)),
]


@pytest.mark.parametrize(("named", "made"), INSTANTS)
def test_an_instant_that_is_none_is_refused_by_name(named, made):
    """T1."""
    with pytest.raises(DefinitionError, match=rf"{named}: got '{DAY}'.*an instant"):
        made(DAY)


def test_a_fact_is_of_a_tag():
    with pytest.raises(DefinitionError, match=r"TagFact.tag: got 'level:vip'"):
        TagFact(tag="level:vip", since=NOW)
