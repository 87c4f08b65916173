"""What a host hands to an adapter by mistake is refused, and told what to pass."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from privflow.channels import Content, MemoryAdapter, Response, WeComAdapter
from privflow.engine import Send
from privflow.errors import ContentError, DefinitionError, PayloadError
from privflow.facts import Contact, Identity
from privflow.timing import instant
from privflow.touches import Touch

NOW = instant("2026-10-20T09:30+08:00")
LIN = Contact("c-1", identities=[Identity("wecom.external_userid", "wmA")])
WECOM = WeComAdapter(corp="corp-1", agent=1)
NOTE = Send(
    Touch(
        id="t-1",
        contact_id="c-1",
        channel="wecom.kf",
        message="m",
        kind="service",
        source="rule:r",
    )
)


@pytest.mark.parametrize("content", ["hello", None, {"text": "hello"}])
def test_words_that_are_no_content_are_refused_before_a_call(content):
    with pytest.raises(ContentError, match="expected a Content") as caught:
        WECOM.encode(NOTE, LIN, content, now=NOW)
    assert caught.value.hint == "write Content('the words')"


def test_a_state_in_the_place_of_its_contact_is_told():
    with pytest.raises(DefinitionError, match=r"state\.contact"):
        WECOM.encode(NOTE, SimpleNamespace(contact=LIN), Content("hello"), now=NOW)


@pytest.mark.parametrize("payload", [{"MsgType": "event"}, None, 7, ["x"]])
@pytest.mark.parametrize("adapter", [WECOM, MemoryAdapter()])
def test_a_callback_that_was_parsed_already_is_refused(adapter, payload):
    with pytest.raises(PayloadError, match="pass the body as it came"):
        adapter.decode(payload)


@pytest.mark.parametrize("body", [{"errcode": 0}, None])
def test_an_answer_that_was_parsed_already_is_refused(body):
    with pytest.raises(DefinitionError, match=r"response\.content") as caught:
        Response(200, body, at=NOW)
    assert caught.value.what == "Response.body"
