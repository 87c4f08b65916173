"""Contacts: identities, relations, attributes and consents (K1, K2, K4)."""

from __future__ import annotations

import pickle
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, DuplicateNameError, UnknownZoneError
from privflow.facts import (
    Catalog,
    Consent,
    Consents,
    Contact,
    Event,
    Identity,
    Relation,
    TagGroup,
    channel_matches,
)
from privflow.timing import Instant, instant

T = [Instant(i) for i in range(10)]
LIN = Contact(
    "c-001",
    identities=[
        Identity("wecom.pending_id", "p1", scope="corp", since=T[1], until=T[5]),
        Identity("wecom.pending_id", "p2", scope="corp"),
        Identity("phone", "13800000000"),
    ],
    attributes={"city": "上海", "score": float("nan")},
    timezone="Asia/Shanghai",
)


def test_a_contact_is_a_value():
    assert pickle.loads(pickle.dumps(LIN)) == LIN
    assert hash(LIN) == hash(
        Contact(**{
            name: getattr(LIN, name)
            for name in ("id", "identities", "attributes", "timezone")
        })
    )
    assert LIN.attributes == {"city": "上海"}
    changed = LIN.with_attributes({"city": None, "age": 31})
    assert changed.attributes == {"age": 31}
    assert LIN.attributes == {"city": "上海"}


@pytest.mark.parametrize(
    ("now", "value"), [(T[0], "p2"), (T[1], "p1"), (T[4], "p1"), (T[5], "p2")]
)
def test_an_identity_is_valid_from_since_until_before_until(now, value):
    """K1."""
    found = LIN.identity("wecom.pending_id", now=now)
    assert found is not None
    assert found.value == value
    assert LIN.identity("email", now=now) is None


def test_a_relation_belongs_to_one_staff_member():
    """K2."""
    first = Relation(staff="zhang", since=T[1], state="qr-7", remark="林姐")
    second = Relation(staff="wang", since=T[2])
    ended = Relation(staff="zhang", since=T[1], until=T[4], ended_by="contact")
    contact = LIN.related(first).related(second).related(ended)
    assert contact.relations == (second, ended)
    assert [ended.lasts(now=now) for now in T[:6]] == [
        False,
        True,
        True,
        True,
        False,
        False,
    ]
    assert first.lasts(now=T[9])


@pytest.mark.parametrize(
    ("build", "error", "hint"),
    [
        (lambda: Contact(""), DefinitionError, "use a non-empty text"),
        (lambda: Contact(5), DefinitionError, "use a non-empty text: '5'"),
        (
            lambda: Event("e", Contact("c-1"), at=T[0]),
            DefinitionError,
            "use a non-empty text: 'c-1', its id",
        ),
        (
            lambda: Event("e", ["c-1"], at=T[0]),
            DefinitionError,
            "use a non-empty text, and one alone",
        ),
        (
            lambda: Event("e", "c-1", at=T[0], id=7),
            DefinitionError,
            "leave it out, or use a text: '7'",
        ),
        (
            lambda: Contact("c", timezone="Asia/Beijing"),
            UnknownZoneError,
            "use a name like 'Asia/Shanghai' or 'UTC'",
        ),
        (
            lambda: Contact("c", attributes={"a": {}}),
            DefinitionError,
            "flatten or convert the value",
        ),
        (lambda: Identity("", "x"), DefinitionError, "use a non-empty text"),
        (lambda: Identity("phone", " "), DefinitionError, "use a non-empty text"),
        (
            lambda: Relation(staff="", since=T[0]),
            DefinitionError,
            "use a non-empty text",
        ),
        (
            lambda: Relation(staff="z", since=T[0], ended_by="x"),
            DefinitionError,
            "say who ended it",
        ),
        (lambda: Event("", "c", at=T[0]), DefinitionError, "use a non-empty text"),
        (lambda: Event("e", "", at=T[0]), DefinitionError, "use a non-empty text"),
        (
            lambda: Event("e", "c", at="2026-10-20T09:30Z"),
            DefinitionError,
            "make it with pf.instant(...)",
        ),
        (
            lambda: LIN.consenting("sms", purpose="marketing", at=T[0], evidence=""),
            DefinitionError,
            "name the page, notice version or record where it was given",
        ),
        (
            lambda: LIN.refusing("", purpose="marketing", at=T[0]),
            DefinitionError,
            "use a non-empty text",
        ),
        (
            lambda: LIN.refusing("sms", purpose="", at=T[0]),
            DefinitionError,
            "use a non-empty text",
        ),
        (
            lambda: Catalog(attributes={"a": list}),
            DefinitionError,
            "use tuple for a list of values",
        ),
        (
            lambda: Catalog(events={"e": {"a": dict}}),
            DefinitionError,
            "use tuple for a list of values",
        ),
        (
            lambda: Catalog(tags=[TagGroup("t", ["a"]), TagGroup("t", ["b"])]),
            DuplicateNameError,
            "rename one of them",
        ),
    ],
)
def test_what_cannot_be_is_refused(build, error, hint):
    """T8: a wrong zone is an error when the contact is made."""
    with pytest.raises(error) as caught:
        build()
    assert caught.value.hint == hint


# ── Consent ──────────────────────────────────────────────────────────────────


def granted(contact: Contact, channel: str, now: Instant, **more: str) -> bool | None:
    found = contact.consents.latest(channel, purpose="marketing", now=now, **more)
    return None if found is None else found.granted


def test_no_record_is_no_consent():
    """K4."""
    assert granted(LIN, "sms", T[9]) is None


def test_a_refusal_binds_until_a_newer_consent():
    """K4."""
    contact = LIN.consenting(
        "wecom.message", purpose="marketing", at=T[1], evidence="v1"
    )
    contact = contact.refusing("wecom", purpose="marketing", at=T[3])
    contact = contact.consenting(
        "wecom.message", purpose="marketing", at=T[6], evidence="v2"
    )
    found = [granted(contact, "wecom.message", now) for now in T[:8]]
    assert found == [None, True, True, False, False, False, True, True]
    assert granted(contact, "wecom.mass", T[9]) is False
    assert granted(contact, "sms", T[9]) is None


def test_at_the_same_instant_the_refusal_wins():
    """K4."""
    contact = LIN.refusing("sms", purpose="marketing", at=T[3])
    contact = contact.consenting("sms", purpose="marketing", at=T[3], evidence="v1")
    assert granted(contact, "sms", T[3]) is False


def test_consent_is_per_purpose_and_enterprise():
    """K4."""
    contact = LIN.consenting("sms", purpose="service", at=T[1], evidence="v1")
    assert granted(contact, "sms", T[2]) is None
    contact = LIN.consenting(
        "sms", purpose="marketing", at=T[1], evidence="v1", enterprise="B"
    )
    assert granted(contact, "sms", T[2]) is None
    assert granted(contact, "sms", T[2], enterprise="B") is True
    contact = contact.refusing("sms", purpose="marketing", at=T[3], enterprise="B")
    assert granted(contact, "sms", T[4]) is None
    assert granted(contact, "sms", T[4], enterprise="B") is False


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=6), st.integers(0, 6)
)
def test_the_order_of_recording_does_not_matter(declared, now):
    """K4."""
    records = [
        Consent("sms", yes, purpose="marketing", at=T[at], evidence="v1")
        for at, yes in declared
    ]
    found = Consents(records).latest("sms", purpose="marketing", now=T[now])
    binding = [(at, not yes) for at, yes in declared if at <= now]
    assert (found is None) == (not binding)
    if found is not None:
        assert (found.at.us, not found.granted) == max(binding)
    backwards = Consents(records[::-1]).latest("sms", purpose="marketing", now=T[now])
    assert backwards == found


@pytest.mark.parametrize(
    ("pattern", "channel", "matches"),
    [
        ("wecom", "wecom", True),
        ("wecom", "wecom.message", True),
        ("wecom.message", "wecom", False),
        ("wecom", "wecomx.message", False),
        ("sms", "wecom", False),
    ],
)
def test_a_family_covers_its_channels(pattern, channel, matches):
    assert channel_matches(pattern, channel) is matches


def test_a_catalogue_knows_its_groups():
    group = TagGroup("t", ["a"])
    catalog = Catalog(
        attributes={"a": Decimal, "b": date, "c": type(instant("2026-01-01T00:00Z"))},
        tags=[group],
    )
    assert catalog.group("t") is group
    assert catalog.group("x") is None


# ── What cannot be ───────────────────────────────────────────────────────────

PHONE = Identity("phone", "1")


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Contact("c", identities=[("phone", "1")]), "Contact.identities"),
        (lambda: Contact("c", identities=PHONE), "Contact.identities"),
        (lambda: Contact("c", relations=[PHONE]), "Contact.relations"),
        (lambda: Contact("c", relations="zhang"), "Contact.relations"),
        (lambda: Identity("phone", "1", since="2026-01-01"), "Identity.since"),
        (lambda: Identity("phone", "1", until=5), "Identity.until"),
        (lambda: Identity("phone", "1", since=T[2], until=T[1]), "Identity.until"),
        (lambda: Relation(staff="li", since=None), "Relation.since"),
        (lambda: Relation(staff="li", since="2026-01-01"), "Relation.since"),
        (lambda: Relation(staff="li", since=T[2], until=T[1]), "Relation.until"),
        (lambda: Relation(staff="li", since=T[2], tags="vip"), "Relation.tags"),
        (lambda: Relation(staff="li", since=T[2], tags=[1]), "Relation.tags"),
        (lambda: TagGroup("g", "vip"), "TagGroup.labels"),
        (lambda: TagGroup("g", [1]), "TagGroup.labels"),
        (lambda: LIN.tagged("vip", at=T[1]), "tag"),
        (lambda: LIN.tagged(TagGroup("g", ["a"])["a"], at="2026"), "at"),
    ],
)
def test_what_is_of_another_kind_or_ends_before_it_begins_is_refused(make, field):
    """K1, K2: when it is made, and not when something is due."""
    with pytest.raises(DefinitionError) as caught:
        make()
    assert caught.value.message.startswith(f"{field}: got ")


def test_what_ends_as_it_begins_never_was():
    assert not Identity("phone", "1", since=T[1], until=T[1]).is_valid(now=T[1])
    assert not Relation(staff="li", since=T[1], until=T[1]).lasts(now=T[1])
