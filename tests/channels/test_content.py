"""Contents, requests, responses and results: the values between host and platform."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.channels import (
    OUTCOMES,
    Article,
    Content,
    ContentLimits,
    File,
    Image,
    Link,
    MemoryAdapter,
    MiniProgram,
    Report,
    Request,
    Response,
    Result,
    Template,
    Video,
    Voice,
    merged,
    receipt_of,
)
from privflow.channels.payload import (
    MAX_BYTES,
    plain_fields,
    read_json,
    read_object,
)
from privflow.channels.request import Recipient, key_of
from privflow.channels.result import Meaning
from privflow.channels.stamp import instant_of_either
from privflow.errors import ContentError, DefinitionError, PayloadError
from privflow.facts import Contact, Timeline
from privflow.timing import instant
from privflow.touches import (
    PROGRESS,
    REASONS,
    RELEASES,
    ChannelProfile,
    Ledger,
)

NOW = instant("2026-10-20T09:30+08:00")

# ── Content ──────────────────────────────────────────────────────────────────

EMPTY_PARTS = [
    Image,
    lambda: Voice(""),
    lambda: Video(" "),
    lambda: File(""),
    lambda: Link("", "https://l"),
    lambda: Link("t", ""),
    lambda: MiniProgram("t", app="", page="p", media="m"),
    lambda: Article(""),
    lambda: Template(""),
]


@pytest.mark.parametrize("make", EMPTY_PARTS)
def test_a_part_without_what_it_needs_is_refused(make):
    with pytest.raises(ContentError) as caught:
        make()
    assert caught.value.hint


@pytest.mark.parametrize(
    "make",
    [
        Content,
        lambda bad: Content("a", title=bad),
        lambda bad: Image("m", url=bad),
        lambda bad: Link("t", "https://l", description=bad),
        lambda bad: Video("v", title=bad),
        lambda bad: Template("T", {"thing1": bad}),
        lambda bad: Template("T", page=bad),
    ],
)
@pytest.mark.parametrize("bad", ["a\ud800", "a\0b"])
def test_a_text_that_no_platform_can_be_sent_is_refused(make, bad):
    with pytest.raises(ContentError) as caught:
        make(bad)
    assert caught.value.hint


@pytest.mark.parametrize("bad", [None, 7, b"a"])
def test_a_text_that_is_none_is_refused(bad):
    with pytest.raises(ContentError, match="expected a text"):
        Content(bad)


@pytest.mark.parametrize("part", ["text", Content("x"), None])
def test_what_is_no_attachment_is_refused(part):
    with pytest.raises(ContentError, match=r"Content\.attachments\[0\]"):
        Content("a", [part])


def test_what_is_no_template_is_refused():
    with pytest.raises(ContentError, match=r"Content\.template"):
        Content(template="T")  # type: ignore[arg-type]


def test_bidirectional_marks_are_text_like_any_other():
    assert Content("a\u202eb").text == "a\u202eb"


@pytest.mark.parametrize(
    ("limits", "content", "excess"),
    [
        (ContentLimits(characters=3), Content("abcd"), "4 characters"),
        (ContentLimits(octets=5), Content("好好"), "6 bytes"),
        (ContentLimits(), Content(""), "empty"),
        (ContentLimits(), Content("a", [Image("m")]), "1 attachments"),
        (ContentLimits(attachments=1), Content("a", [Image("m")]), "kind 'image'"),
        (ContentLimits(), Content("a", template=Template("T")), "a template"),
        (ContentLimits(template=True), Content("a"), "no template"),
        (ContentLimits(template=True), Content("a", template=Template("T")), "beside"),
    ],
)
def test_a_limit_says_what_goes_beyond_it(limits, content, excess):
    with pytest.raises(ContentError, match=excess) as caught:
        limits.check("note", content)
    assert caught.value.what == "note"


@pytest.mark.parametrize("content", [Content("好好"), Content("abc"), Content("好abc")])
def test_a_limit_lets_through_what_just_reaches_it(content):
    characters, octets = len(content.text), len(content.text.encode())
    ContentLimits(characters=characters, octets=octets).check("note", content)


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_what_fits_in_bytes_and_characters_is_let_through(text):
    limits = ContentLimits(characters=20, octets=40)
    fits = 0 < len(text) <= 20 and len(text.encode()) <= 40 and "\0" not in text
    try:
        limits.check("note", Content(text))
    except ContentError:
        assert not fits
    else:
        assert fits


# ── Requests and responses ───────────────────────────────────────────────────


@given(st.text(min_size=1), st.text(min_size=1))
def test_keys_differ_where_touches_do(first, second):
    assert (key_of(first) == key_of(second)) == (first == second)
    assert len(key_of(first)) <= 32


def test_calls_of_platforms_that_take_one_recipient_stay_apart():
    one = Request("POST", "/", channel="sms", recipients=(Recipient("t-1", "1"),))
    assert merged([one, one]) == (one, one)


def test_an_ambiguous_code_that_nobody_resolves_stays_so_whatever_the_past():
    class Past:
        contact, timezone = Contact("c"), "UTC"
        timeline, ledger = Timeline(), Ledger()

    adapter = MemoryAdapter(channels=[ChannelProfile("note")])
    response = Response(200, '{"code": "ambiguous"}', at=NOW)
    request = Request("POST", "/", channel="note")
    result = adapter.decode_response(request, response, view=Past())
    assert result.outcome == "ambiguous"
    assert result.candidates == ("window_closed", "not_friend")


def test_keys_of_batches_do_not_run_together():
    assert key_of("a", "b") != key_of("ab") != key_of("a", "", "b")


def test_a_request_is_a_value_that_pickles():
    request = Request("POST", "/p", body='{"a":1}', query={"q": 1}, channel="note")
    assert pickle.loads(pickle.dumps(request)) == request
    assert repr(request) == "<Request note POST /p to 0 recipients>"
    assert request.json == {"a": 1}


@pytest.mark.parametrize("status", [-1, 600, True, "200", None])
def test_a_status_that_is_none_is_refused(status):
    with pytest.raises(DefinitionError, match=r"Response\.status"):
        Response(status, at=NOW)


def test_a_response_needs_its_instant_and_shows_no_body():
    with pytest.raises(DefinitionError, match=r"Response\.at"):
        Response(200, at="now")  # type: ignore[arg-type]
    assert "secret" not in repr(Response(200, "secret", at=NOW))


# ── Outcomes ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_has_a_receipt_in_the_engines_words(outcome):
    receipt = receipt_of("t-1", outcome, at=NOW, raw="7")
    assert receipt.status in {*PROGRESS, *RELEASES, "unknown"}
    assert receipt.reason in {"", *REASONS}
    assert receipt.raw == "7"
    assert Report("m-1", outcome, at=NOW, raw="7").receipt("t-1") == receipt


def test_an_ambiguous_outcome_that_may_be_a_success_frees_nothing():
    """Q4."""
    failures = receipt_of("t", "ambiguous", at=NOW, candidates=("refused", "invalid"))
    maybe = receipt_of("t", "ambiguous", at=NOW, candidates=("duplicate", "refused"))
    assert (failures.status, maybe.status) == ("failed", "unknown")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Result("fine"),
        lambda: Report("m", "fine", at=NOW),
        lambda: Report("", "sent", at=NOW),
        lambda: Meaning("fine"),
        lambda: Meaning("ambiguous"),
        lambda: Meaning("sent", candidates=("sent",)),
        lambda: receipt_of("t", "fine", at=NOW),
    ],
)
def test_a_word_outside_the_vocabulary_is_refused(make):
    with pytest.raises(DefinitionError):
        make()


def test_what_may_be_repeated_is_known():
    repeatable = {name for name in OUTCOMES if Result(name).may_repeat}
    assert repeatable == {"rate_limited", "retryable"}


# ── JSON ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ("{", "malformed"),
        ('{"a": 1} x', "malformed"),
        ('{"a": NaN}', "NaN"),
        ('{"a": Infinity}', "Infinity"),
        ('{"a": 1, "a": 2}', "twice"),
        ("[" * 100_000, "nested|malformed"),
        ("[" * 30 + "]" * 30, "levels"),
        (f"[{'1,' * 200_001}1]", "values"),
        ('"\\ud800"', "surrogate"),
        ('{"\\udfff": 1}', "surrogate"),
        ("\ud800", "UTF-8"),
        (b"\xff\xfe{}", "UTF-8"),
        ("9" * 5_000, "digits"),
        (" " * (MAX_BYTES + 1), "larger"),
    ],
)
def test_a_hostile_document_is_refused_with_a_hint(payload, problem):
    with pytest.raises(PayloadError, match=problem) as caught:
        read_json(payload, channel="x")
    assert caught.value.hint and len(str(caught.value)) < 500


def test_a_document_that_is_no_object_is_refused():
    with pytest.raises(PayloadError, match="expected a JSON object"):
        read_object("[1]", channel="x")


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(st.characters(codec="utf-8")),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_what_json_can_say_is_read_as_it_is(value):
    try:
        assert read_json(json.dumps(value, ensure_ascii=False)) == value
    except PayloadError as error:
        assert "levels" in error.problem  # noqa: PT017


def test_fields_that_no_event_can_keep_are_left_out_or_become_text():
    told = json.loads(
        '{"a": 1e999, "b": 1%s, "c": [], "d": "", "e": 0, "": 1}' % ("0" * 400)
    )
    assert plain_fields(told) == {"b": f"1{'0' * 400}", "e": 0}
    assert plain_fields([1]) == {}


@pytest.mark.parametrize("given", [1744940173, "1744940173", 1744940173524])
def test_seconds_and_milliseconds_are_told_by_their_length(given):
    assert instant_of_either("x", "t", given).us // 1_000_000 == 1744940173


# ── The reference ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "payload",
    [
        '{"event": "purchase", "contact": "c", "at": "2026-10-20"}',
        '{"event": " ", "contact": "c", "at": "2026-10-20T00:00Z"}',
        '{"touch": "t", "outcome": "fine", "at": "2026-10-20T00:00Z"}',
    ],
)
def test_the_memory_adapter_refuses_what_is_no_event_and_no_receipt(payload):
    with pytest.raises(PayloadError, match="memory: "):
        MemoryAdapter().decode(payload)
