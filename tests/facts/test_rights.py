"""Restriction, erasure, and what is left after it (K4)."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, ProtocolError
from privflow.facts import (
    Consent,
    Contact,
    Identity,
    MergeGuard,
    TagGroup,
    erase,
    lift_restriction,
    merge,
    restrict,
)
from privflow.timing import Instant, instant, span

T = [Instant(i) for i in range(20)]
SECRET = bytes(range(32))
PHONE = Identity("phone", "13800000000")
LIN = Contact("c-1", identities=[PHONE, Identity("wechat.openid", "o1", scope="a")])
HEALTH = TagGroup("health", ["pregnant"], sensitive=True)
ORDER = TagGroup("order", ["paid", "sent"], profile=False)
TASTE = TagGroup("taste", ["sweet"])
PURPOSE = "sensitive:health"


def test_who_was_erased_is_known_again_by_any_identity():
    """K4."""
    left = erase(LIN, secret=SECRET, at=T[5])
    again = Contact("c-9", identities=[PHONE])
    assert left.covers(again, secret=SECRET)
    assert not left.covers(again, secret=bytes(32))
    other = Contact("c-9", identities=[Identity("wechat.openid", "o1", scope="b")])
    assert not left.covers(other, secret=SECRET)
    assert not left.covers(Contact("c-9"), secret=SECRET)


def test_nothing_readable_is_left():
    """K4."""
    text = repr(erase(LIN, secret=SECRET, at=T[5]))
    for hidden in ("13800000000", "o1'", "c-1", "phone", SECRET.hex()):
        assert hidden not in text


def test_an_old_consent_of_an_imported_list_does_not_count_a_newer_one_does():
    """K4."""
    left = erase(LIN, secret=SECRET, at=T[5])
    old = Contact("c-9", identities=[PHONE]).consenting(
        "sms", purpose="marketing", at=T[1], evidence="list"
    )
    known = left.applied_to(old, secret=SECRET)

    def binds(contact: Contact) -> bool:
        record = contact.consents.latest("sms", purpose="marketing", now=T[9])
        return record is not None and record.granted

    assert binds(old)
    assert not binds(known)
    assert binds(known.consenting("sms", purpose="marketing", at=T[7], evidence="form"))
    assert left.applied_to(Contact("c-8"), secret=SECRET) == Contact("c-8")


def test_who_has_a_value_that_is_nobody_s_is_not_suppressed():
    """K4: nobody is changed who was not erased."""
    shared = [Identity("phone", "null"), Identity("phone", "13800138000")]
    left = erase(
        Contact("c-1", identities=[PHONE, *shared]),
        secret=SECRET,
        at=T[5],
        guard=MergeGuard(blocked=["13800138000"]),
    )
    for identity in shared:
        stranger = Contact("c-9", identities=[identity])
        assert left.applied_to(stranger, secret=SECRET) == stranger
    assert left.covers(Contact("c-9", identities=[PHONE]), secret=SECRET)


@given(st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1)), max_size=4))
def test_any_identity_can_be_erased(pairs):
    known = [(a, f"u-{b}") for a, b in pairs if a.strip()]
    identities = [Identity(a, b) for a, b in known]
    contact = Contact("c", identities=identities)
    left = erase(contact, secret=SECRET, at=T[1])
    assert left == erase(
        Contact("d", identities=identities[::-1]), secret=SECRET, at=T[1]
    )
    assert left.covers(contact, secret=SECRET) == bool(identities)


@pytest.mark.parametrize("secret", [b"", bytes(15), bytes(65)])
def test_a_weak_secret_is_refused(secret):
    with pytest.raises(DefinitionError) as caught:
        erase(LIN, secret=secret, at=T[1])
    assert "16 to 64" in caught.value.hint


def test_a_restriction_is_lifted_by_whoever_asked_for_it():
    """K4."""
    stopped = restrict(LIN, at=T[3])
    lifted = lift_restriction(stopped, at=T[6], evidence="letter")

    def is_stopped(now: int) -> bool:
        record = lifted.consents.latest("*", purpose="processing", now=T[now])
        return record is not None and not record.granted

    assert [is_stopped(now) for now in (2, 3, 5, 6)] == [False, True, True, False]


# ── Tags ─────────────────────────────────────────────────────────────────────


def test_a_sensitive_tag_needs_a_separate_consent():
    """K4."""
    agreed = LIN.consenting("sms", purpose="marketing", at=T[1], evidence="form")
    with pytest.raises(ProtocolError) as caught:
        agreed.tagged(HEALTH["pregnant"], at=T[2])
    assert PURPOSE in caught.value.hint
    agreed = agreed.consenting("*", purpose=PURPOSE, at=T[2], evidence="form")
    with pytest.raises(ProtocolError):
        agreed.tagged(HEALTH["pregnant"], at=T[1])
    tagged = agreed.tagged(HEALTH["pregnant"], at=T[2])
    assert tagged.tags.at(T[3]) == {HEALTH["pregnant"]}


def test_who_withdraws_it_loses_the_tags_and_their_history():
    """K4."""
    contact = LIN.consenting("*", purpose=PURPOSE, at=T[1], evidence="form")
    contact = contact.tagged(HEALTH["pregnant"], at=T[2]).tagged(
        TASTE["sweet"], at=T[2]
    )
    contact = contact.untagged(HEALTH["pregnant"], at=T[4])
    gone = contact.refusing("*", purpose=PURPOSE, at=T[6])
    assert [fact.tag for fact in gone.tags.history] == [TASTE["sweet"]]
    kept = contact.refusing("*", purpose="sensitive:other", at=T[6])
    assert kept.tags == contact.tags


@pytest.mark.parametrize(("ttl", "last"), [(None, 6), ("2us", 3), ("9us", 6)], ids=str)
def test_a_sensitive_tag_lives_no_longer_than_the_consent_to_it(ttl, last):
    """K3, K4: and a longer consent makes it last longer."""
    agreed = Consent("*", True, purpose=PURPOSE, at=T[1], until=T[7], evidence="form")
    contact = LIN.declaring(agreed).tagged(HEALTH["pregnant"], at=T[2], ttl=ttl)
    held = [now.us for now in T if contact.tags.at(now)]
    assert held == list(range(2, last + 1))
    contact = contact.consenting("*", purpose=PURPOSE, at=T[3], evidence="form")
    contact = contact.tagged(HEALTH["pregnant"], at=T[3])
    assert [now.us for now in T if contact.tags.at(now)] == list(range(2, 20))


def test_a_late_withdrawal_leaves_the_tags_of_a_newer_consent():
    """K4, E1."""
    contact = LIN.consenting("*", purpose=PURPOSE, at=T[1], evidence="form")
    contact = contact.consenting("*", purpose=PURPOSE, at=T[8], evidence="form")
    contact = contact.tagged(HEALTH["pregnant"], at=T[9])
    assert contact.refusing("*", purpose=PURPOSE, at=T[4]).tags == contact.tags


def test_profile_tags_can_be_deleted_with_their_history():
    """K3."""
    contact = LIN.tagged(TASTE["sweet"], at=T[1]).tagged(ORDER["paid"], at=T[1])
    contact = contact.untagged(TASTE["sweet"], at=T[3])
    left = contact.without_profile_tags()
    assert [fact.tag for fact in left.tags.history] == [ORDER["paid"]]
    assert left.without_profile_tags() is left


@pytest.mark.parametrize(
    ("attributes", "timezone", "hour", "by", "is_held"),
    [
        ({"age": 13}, None, 0, "self", False),
        ({"age": 13}, None, 0, "guardian", True),
        ({"age": 14}, None, 0, "self", True),
        ({"minor": True}, None, 0, "self", True),
        ({"birthday": date(2012, 10, 20)}, "Asia/Shanghai", 0, "self", True),
        ({"birthday": date(2012, 10, 20)}, "America/New_York", 0, "self", False),
        ({"birthday": date(2012, 10, 20)}, None, 11, "self", False),
        ({"birthday": date(2012, 10, 20)}, None, 12, "self", True),
    ],
)
def test_a_child_needs_a_guardian_s_consent_to_a_sensitive_tag(
    attributes, timezone, hour, by, is_held
):
    """K3: where no zone is known, the birthday begins when it has begun everywhere."""
    now = instant("2026-10-20T00:00Z") + span(f"{hour}h")
    consent = Consent("*", True, purpose=PURPOSE, at=now, evidence="form", by=by)
    child = Contact("c-1", attributes=attributes, timezone=timezone).declaring(consent)
    tag = HEALTH["pregnant"]
    assert child.may_hold(tag, now=now) is is_held
    if not is_held:
        with pytest.raises(ProtocolError, match="by='guardian' for a child under 14"):
            child.tagged(tag, at=now)


def test_a_child_s_own_word_after_the_guardian_s_does_not_do():
    """K3, K4: the newest declaration binds."""
    at = instant("2026-10-20T00:00Z")
    child = Contact("c-1", attributes={"age": 9})
    for by in ("guardian", "self"):
        child = child.declaring(
            Consent("*", True, purpose=PURPOSE, at=at, evidence="form", by=by)
        )
        at = at + span("1h")
    assert not child.may_hold(HEALTH["pregnant"], now=at)


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda state: merge(state, LIN, now=T[0]), "merge.older"),
        (lambda state: merge(LIN, state, now=T[0]), "merge.newer"),
        (lambda state: MergeGuard().shared(LIN, state, now=T[0]), "shared.other"),
        (lambda state: restrict(state, at=T[0]), "restrict.contact"),
        (
            lambda state: lift_restriction(state, at=T[0], evidence="e"),
            "lift_restriction.contact",
        ),
        (lambda state: erase(state, secret=bytes(16), at=T[0]), "erase.contact"),
    ],
)
def test_a_state_where_its_contact_is_meant_is_told_apart(call, what):
    with pytest.raises(DefinitionError, match="expected a contact") as caught:
        call(SimpleNamespace(contact=LIN))
    assert what in caught.value.what
    assert caught.value.hint == "pass the contact of the state: state.contact"


def test_what_has_no_contact_either_is_no_contact():
    with pytest.raises(DefinitionError, match="pass a Contact"):
        restrict("c-1", at=T[0])


@pytest.mark.parametrize("secret", ["s3cret", b"short", bytes(65), None])
def test_a_secret_is_bytes_enough_to_stay_one(secret):
    with pytest.raises(DefinitionError, match="16 to 64 random bytes"):
        erase(LIN, secret=secret, at=T[0])
