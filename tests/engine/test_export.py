"""A copy of one person's data: given and derived apart, nobody else's in it (K4)."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.engine import ContactState, export
from privflow.facts import Contact, Event, Identity, Relation, TagGroup
from strategies.story import START, begun, engine, journey, later, step

TASTE = TagGroup("taste", ["sweet"])
REMARK = "difficult customer"
LIN = Contact(
    "c-1",
    identities=[Identity("phone", "138", since=START)],
    relations=[
        Relation(staff="zhang", since=START, remark=REMARK, tags=[REMARK], state="qr-7")
    ],
    attributes={
        "born": date(1995, 1, 1),
        "paid": Decimal("1.50"),
        "seen": START,
        "score": 7,
        "shops": ["a", 2],
    },
    timezone="Asia/Shanghai",
).tagged(TASTE["sweet"], at=START, source="rule:likes-sweets", ttl="1d")
LIN = LIN.consenting(
    "sms", purpose="marketing", at=START, evidence="scan 7 by li", notice="v3"
)
STATE = ContactState(LIN).observing([
    Event(
        "contact_added", "c-1", at=later("1h"), properties={"staff": "zhang", "n": 1}
    ),
    Event("buy", "c-1", at=START, properties={"inviter": "c-9", "amount": 3}),
])


def test_given_and_derived_data_stand_apart():
    """K4."""
    at = START.isoformat()
    assert export(STATE, derived=["score"]) == {
        "given": {
            "id": "c-1",
            "identities": [{"namespace": "phone", "value": "138", "since": at}],
            "attributes": {
                "born": "1995-01-01",
                "paid": "1.50",
                "seen": at,
                "shops": ["a", 2],
            },
            "timezone": "Asia/Shanghai",
            "followed": [{"since": at, "state": "qr-7"}],
            "consents": [
                {
                    "channel": "sms",
                    "purpose": "marketing",
                    "granted": True,
                    "at": at,
                    "notice": "v3",
                }
            ],
            "events": [
                {"name": "buy", "at": at, "properties": {"amount": 3}},
                {
                    "name": "contact_added",
                    "at": later("1h").isoformat(),
                    "properties": {"n": 1},
                },
            ],
            "messages": [],
        },
        "derived": {
            "attributes": {"score": 7},
            "tags": [
                {
                    "group": "taste",
                    "label": "sweet",
                    "since": at,
                    "until": later("1d").isoformat(),
                    "source": "rule",
                }
            ],
            "scores": [],
        },
    }


def test_nobody_else_is_in_it():
    """K4: whoever follows them, and what staff wrote, is not theirs to take."""
    text = json.dumps(export(STATE), ensure_ascii=False)
    for other in ("zhang", "li", "c-9", REMARK):
        assert f'"{other}"' not in text
    assert "c-9" in json.dumps(export(STATE, others=["staff"]))


def test_what_was_sent_is_theirs_too():
    """K4."""
    sent = begun(engine(journey(step("hello"))))
    assert export(sent)["given"]["messages"] == [
        {
            "message": "hello",
            "kind": "service",
            "channel": "sms",
            "at": START.isoformat(),
            "status": "reserved",
        }
    ]
    assert "messages" not in export(sent.contact)["given"]


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=5),
        st.none() | st.booleans() | st.integers() | st.text() | st.decimals(),
        max_size=4,
    )
)
@settings(max_examples=50)
def test_a_copy_is_json_and_holds_every_attribute(attributes):
    """K4."""
    clean = {
        name: value
        for name, value in attributes.items()
        if not isinstance(value, Decimal) or value.is_finite() or value.is_nan()
    }
    contact = Contact("c", attributes=clean)
    copy = export(contact, derived=list(clean)[:1])
    assert json.loads(json.dumps(copy)) == copy
    names = {*copy["given"]["attributes"], *copy["derived"]["attributes"]}
    assert names == contact.attributes.keys()
