"""Declarations: what binds whom, when, and for how long (K4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError
from privflow.facts import (
    EVERY_CHANNEL,
    Consent,
    Consents,
    Contact,
    Event,
    after_event,
)
from privflow.timing import Instant

T = [Instant(i) for i in range(20)]


def agreed(at: int, channel: str = "sms", **more: object) -> Consent:
    more.setdefault("purpose", "marketing")
    return Consent(channel, True, at=T[at], evidence="form", **more)


def refused(at: int, channel: str = "sms", **more: object) -> Consent:
    more.setdefault("purpose", "marketing")
    return Consent(channel, False, at=T[at], **more)


def binds(records: list[Consent], now: int, channel: str = "sms", **more: object):
    found = Consents(records).latest(channel, purpose="marketing", now=T[now], **more)
    return None if found is None else found.granted


def test_every_channel_covers_every_channel():
    """K4."""
    records = [agreed(1), refused(3, EVERY_CHANNEL), agreed(5, "wecom")]
    assert [binds(records, now) for now in (2, 4, 6)] == [True, False, False]
    assert binds(records, 6, "wecom.mass") is True


def test_a_consent_for_a_time_runs_out():
    """K4, T2."""
    records = [agreed(1, until=T[5])]
    assert [binds(records, now) for now in (0, 1, 4, 5)] == [None, True, True, None]


def test_what_lies_under_a_consent_that_ran_out_binds_again():
    """K4."""
    records = [refused(1), agreed(2, until=T[5])]
    assert [binds(records, now) for now in (1, 4, 5)] == [False, True, False]


def test_a_refusal_to_nobody_in_particular_is_one_to_all():
    """K4."""
    records = [agreed(1, enterprise="acme"), refused(2)]
    assert binds(records, 1, enterprise="acme") is True
    assert binds(records, 3, enterprise="acme") is False


def test_a_refusal_to_one_enterprise_does_not_bind_another():
    """K4."""
    records = [agreed(1, enterprise="acme"), refused(2, enterprise="other")]
    assert binds(records, 3, enterprise="acme") is True


def test_consents_to_another_notice_do_not_count():
    """K4."""
    records = [agreed(1, notice="v1"), agreed(2, notice="v2"), agreed(3, notice="v1")]
    found = Consents(records).latest(
        "sms", purpose="marketing", now=T[9], notices=("v2",)
    )
    assert found == records[1]
    assert binds([*records, refused(4)], 9, notices=("v2",)) is False


@pytest.mark.parametrize(
    "make",
    [
        lambda: refused(1, until=T[4]),
        lambda: agreed(1, until=T[1]),
        lambda: agreed(1, by="teacher"),
        lambda: agreed(1, until="2027"),
        lambda: agreed(1, enterprise=None),
        lambda: Consent("sms", True, purpose="marketing", at=T[1]),
        lambda: Consent("sms", True, purpose="marketing", at=T[1], evidence=" "),
        lambda: Consent("sms", True, purpose="marketing", at=T[1], evidence=None),
        lambda: Consent("sms", "no", purpose="marketing", at=T[1], evidence="form"),
        lambda: Consent("sms", 1, purpose="marketing", at=T[1], evidence="form"),
        lambda: Consent("sms", False, purpose="marketing", at="now"),
        lambda: Consent("", False, purpose="marketing", at=T[1]),
        lambda: Consent("sms", False, purpose=" ", at=T[1]),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(make):
    with pytest.raises(DefinitionError):
        make()


def test_refusals_that_were_taken_back_are_none():
    """K4."""
    records = [refused(1), refused(2, "wecom"), agreed(3), agreed(4, "wecom.mass")]
    found = Consents(records).refusals(purpose="marketing", now=T[9])
    assert list(found) == [records[1]]


def test_a_consent_of_the_same_instant_takes_no_refusal_back():
    """K4."""
    found = Consents([agreed(1), refused(1)]).refusals(purpose="marketing", now=T[9])
    assert list(found) == [refused(1)]


declarations = st.builds(
    lambda at, channel, yes, who: (agreed if yes else refused)(
        at, channel, enterprise=who
    ),
    st.integers(0, 8),
    st.sampled_from(["sms", "wecom", "wecom.mass", "*"]),
    st.booleans(),
    st.sampled_from(["", "acme"]),
)


@given(st.lists(declarations, max_size=8), st.randoms(use_true_random=False))
def test_the_order_in_which_declarations_become_known_does_not_matter(given, random):
    """K4: whole records, added one after another and twice."""
    shuffled = [*given, *given]
    random.shuffle(shuffled)
    contact, other = Contact("c"), Contact("c")
    for record in given:
        contact = contact.declaring(record)
    for record in shuffled:
        other = other.declaring(record)
    for now in range(10):
        for channel in ("sms", "wecom.mass", "wecom.message"):
            for who in ("", "acme"):
                asked = {"purpose": "marketing", "now": T[now], "enterprise": who}
                found = contact.consents.latest(channel, **asked)
                again = other.consents.latest(channel, **asked)
                assert (found and (found.at, found.granted)) == (
                    again and (again.at, again.granted)
                )


# ── Events ───────────────────────────────────────────────────────────────────


def told(name: str, at: int, **fields: object) -> Event:
    return Event(name, "c", at=T[at], properties=fields)


def test_a_consent_comes_as_an_event():
    """K4."""
    event = told(
        "consent_given",
        3,
        channel="sms",
        purpose="marketing",
        evidence="form-7",
        notice="v3",
        enterprise="acme",
        until=T[9],
        by="guardian",
    )
    [record] = after_event(Contact("c"), event).consents.records
    assert record == Consent(
        "sms",
        True,
        purpose="marketing",
        at=T[3],
        evidence="form-7",
        notice="v3",
        enterprise="acme",
        until=T[9],
        by="guardian",
    )


WHOLE = {"channel": "sms", "purpose": "marketing", "evidence": "form"}


@pytest.mark.parametrize("missing", WHOLE)
@pytest.mark.parametrize("instead", [None, "", "  ", 7, True])
def test_a_consent_that_leaves_something_out_is_none(missing, instead):
    """K4: in doubt nobody agreed."""
    event = told("consent_given", 3, **{**WHOLE, missing: instead})
    assert after_event(Contact("c"), event) == Contact("c")


@pytest.mark.parametrize("until", ["2026-12-01", 7, T[3], T[1]])
def test_a_consent_whose_end_cannot_be_read_is_none(until):
    """K4."""
    event = told("consent_given", 3, **WHOLE, until=until)
    assert after_event(Contact("c"), event) == Contact("c")


def test_a_withdrawal_that_leaves_something_out_reaches_furthest():
    """K4: in doubt they refused."""
    contact = after_event(Contact("c"), told("consent_withdrawn", 3, channel=7))
    assert contact.consents.records == (refused(3, EVERY_CHANNEL),)


def test_the_same_declaration_twice_is_one():
    """E1."""
    event = told("consent_withdrawn", 3, channel="sms")
    contact = after_event(Contact("c"), event)
    assert after_event(contact, event) is contact
