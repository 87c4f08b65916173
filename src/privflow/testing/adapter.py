"""The laws that every channel adapter keeps, for ours and for those of users.

Theory of operation
-------------------
A test class inherits from `AdapterConformance` and names its `case`; pytest then finds
one test for each law. What an adapter cannot tell of itself, the case does: contents
that fit, answers that the platform gives, payloads that it sends. From these the laws
make touches with odd ids, contents beyond the limits, and payloads that are cut,
doubled and overwritten.
"""

from __future__ import annotations

from typing import ClassVar, Final

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.channels import (
    ChannelManual,
    Content,
    Ignored,
    Report,
    Response,
    merged,
)
from privflow.errors import AdapterError, ContentError, ProtocolError, UnknownNameError
from privflow.facts import Contact, Event, Identity
from privflow.testing.adapter_case import (
    NOW,
    AdapterCase,
    Answered,
    damaged,
    excessive,
    outcomes_of,
)
from privflow.testing.law import demand
from privflow.timing import Instant
from privflow.touches import Receipt

_SECRET: Final = "s3cr3t-words-and-address"  # noqa: S105 - it must not be seen
_EXAMPLES: Final = 25
_PAYLOADS: Final = 100
_LONGEST_ERROR: Final = 1000

Decoded = Event | Report | Receipt | Ignored


class AdapterConformance:
    """The laws of an adapter, one test each (适配器一致性测试).

    >>> from privflow.channels import Content, MemoryAdapter
    >>> class TestMemory(AdapterConformance):
    ...     case = AdapterCase(MemoryAdapter(), contents={"memory": Content("hello")})
    """

    case: ClassVar[AdapterCase]

    def test_encoding_is_pure_and_deterministic(self) -> None:
        """Equal arguments make equal requests, and the arguments stay as they were."""
        for manual in self.case.manuals():
            before = self.case.contact()
            first, second = self.case.encoded(manual), self.case.encoded(manual)
            demand("equal arguments make equal requests", first, second)
            demand("equal requests hash alike", hash(first), hash(second))
            demand("encoding changes nothing", self.case.contact(), before)

    def test_a_key_belongs_to_its_touch_and_is_carried(self) -> None:
        """Whatever the id; another content changes no key, another touch does."""

        @settings(max_examples=_EXAMPLES, deadline=None)
        @given(touch_id=st.text(st.characters(codec="utf-8"), min_size=1, max_size=80))
        def law(touch_id: str) -> None:
            for manual in self.case.manuals():
                request = self.case.encoded(manual, touch_id)
                again = self.case.encoded(manual, touch_id)
                other = self.case.encoded(manual, f"{touch_id}'")
                demand("a touch has one key", request.key, again.key)
                demand("keys of two touches differ", request.key != other.key, True)
                reached = [whom.touch_id for whom in request.recipients]
                demand("a request names its touch", reached, [touch_id])
                if manual.takes_key:
                    carried = request.json[request.key_field]
                    demand("the body carries the key", carried, request.key)

        law()

    def test_a_repr_shows_no_address_no_words_and_no_code(self) -> None:
        """Requests and results are written to logs."""
        for manual in self.case.manuals():
            name = manual.channel.name
            content = self.case.contents[name]
            if not manual.limits.template:
                content = Content(_SECRET, content.attachments, title=content.title)
            request = self.case.adapter.encode(
                self.case.command(manual),
                self.case.contact(address=f"address-{_SECRET}"),
                content,
                now=NOW,
            )
            shown = repr(request) + repr(request.recipients)
            codes = map(str, self.case.parameters.get(name, {}).values())
            seen = [hidden for hidden in (_SECRET, *codes) if hidden in shown]
            demand("a repr shows nothing private", seen, [])

    def test_content_beyond_a_limit_is_refused_before_anything_is_encoded(self) -> None:
        """By one error, which says what is too much and what to do."""
        for manual in self.case.manuals():
            fitting = self.case.contents[manual.channel.name]
            for content in excessive(manual, fitting):
                with pytest.raises(ContentError) as caught:
                    self.case.adapter.encode(
                        self.case.command(manual),
                        self.case.contact(),
                        content,
                        now=NOW,
                    )
                demand("a refusal has a hint", bool(caught.value.hint), True)

    def test_nobody_is_written_to_without_an_identity(self) -> None:
        """One of another scope, or one that has run out, is none."""
        ended = Instant(NOW.us)
        for manual in self.case.manuals():
            space = manual.channel.namespace
            if not space:
                continue
            strangers = [
                Contact("c-001"),
                Contact(
                    "c-001", identities=[Identity(space, "a", scope="another-scope")]
                ),
                Contact(
                    "c-001",
                    identities=[
                        Identity(space, "a", scope=self.case.scope, until=ended)
                    ],
                ),
            ]
            for contact in strangers:
                with pytest.raises(ProtocolError):
                    self.case.adapter.encode(
                        self.case.command(manual),
                        contact,
                        self.case.contents[manual.channel.name],
                        now=NOW,
                    )

    def test_a_channel_of_another_adapter_is_refused(self) -> None:
        """With the channels that this one knows."""
        manual = self.case.manuals()[0]
        command = self.case.command(manual)
        other = evolve(command, touch=evolve(command.touch, channel="no.such.channel"))
        with pytest.raises(UnknownNameError):
            self.case.adapter.encode(
                other, self.case.contact(), Content("hello"), now=NOW
            )

    def test_requests_that_are_put_together_reach_the_same_people(self) -> None:
        """Each of them once, in order, and no more than a batch holds."""
        for manual in self.case.manuals():
            single = [
                self.case.encoded(manual, f"t-{n}", address=f"a-{n}") for n in range(5)
            ]
            together = merged(single)
            reached = [whom for one in together for whom in one.recipients]
            wanted = [whom for one in single for whom in one.recipients]
            demand("the same people in the same order", reached, wanted)
            most = max(len(one.recipients) for one in together)
            demand("a batch holds what it holds", most <= manual.batch, True)
            keys = {one.key for one in together}
            demand("each request has a key of its own", len(keys), len(together))
            if manual.batch >= len(single):
                demand("what fits together is one request", len(together), 1)

    def test_a_payload_that_comes_again_tells_the_same(self) -> None:
        """E1: equal ids, as text and as bytes."""
        for payload in self.case.payloads:
            again = payload.encode() if isinstance(payload, str) else payload
            first = self.case.adapter.decode(payload)
            second = self.case.adapter.decode(again)
            demand("the same payload tells the same", second, first)
            demand("a payload tells something", bool(first), True)
            keys = [told.key for told in first if isinstance(told, Event)]
            demand("events of one payload differ", len(set(keys)), len(keys))

    def test_decoding_ends_in_something_told_or_in_one_error(self) -> None:
        """Whatever comes: damaged payloads, noise, text that is no Unicode."""
        noise = st.binary(max_size=200) | st.text(
            st.characters(exclude_categories=[]), max_size=200
        )
        recorded = [damaged(payload) for payload in self.case.payloads]

        @settings(max_examples=_PAYLOADS, deadline=None)
        @given(payload=st.one_of(noise, *recorded))
        def law(payload: str | bytes) -> None:
            try:
                told = self.case.adapter.decode(payload)
            except AdapterError as error:
                demand("a refusal has a hint", bool(error.hint), True)
                is_short = len(str(error)) < _LONGEST_ERROR
                demand("a refusal fits into a log", is_short, True)
            else:
                demand("a payload tells something", bool(told), True)
                kinds: tuple[object, ...] = told
                strange = [one for one in kinds if not isinstance(one, Decoded)]
                demand("what is told is of the vocabulary", strange, [])

        law()

    def test_an_answer_is_never_an_exception(self) -> None:
        """Whatever a platform answers is an outcome."""
        bodies = st.binary(max_size=200) | st.text(max_size=99)

        @settings(max_examples=_EXAMPLES, deadline=None)
        @given(status=st.integers(0, 599), body=bodies)
        def law(status: int, body: str | bytes) -> None:
            for manual in self.case.manuals():
                request = self.case.encoded(manual)
                response = Response(status, body, at=NOW)
                result = self.case.adapter.decode_response(request, response)
                known = {whom.touch_id for whom in request.recipients}
                strangers = [r for r in result.receipts if r.touch_id not in known]
                demand("receipts are of the request's touches", strangers, [])
                ahead = [r for r in result.receipts if r.at > NOW]
                demand("no receipt lies ahead of its answer", ahead, [])

        law()

    def test_an_answer_that_got_lost_frees_nothing(self) -> None:
        """Q4: the call may have been carried out."""
        for manual in self.case.manuals():
            request = self.case.encoded(manual)
            for response in (Response(0, at=NOW), Response(502, "busy", at=NOW)):
                result = self.case.adapter.decode_response(request, response)
                demand("a lost answer is unknown", result.outcome, "unknown")
                statuses = {receipt.status for receipt in result.receipts}
                demand("a lost answer frees nothing", statuses, {"unknown"})

    def test_every_outcome_of_a_channel_is_reached(self) -> None:
        """And no other: the manual says what a host must be ready for."""
        told = [
            one
            for payload in self.case.payloads
            for one in self.case.adapter.decode(payload)
        ]
        later = {outcomes_of(one) for one in told if isinstance(one, (Report, Receipt))}
        for manual in self.case.manuals():
            answers = self.case.answers.get(manual.channel.name, ())
            reached = {"unknown", "rate_limited"}
            for answer in answers:
                reached |= self._reached(manual, answer)
            declared, name = set(manual.outcomes), manual.channel.name
            missing = declared - reached - later
            demand(f"each outcome of {name} is reached", missing, set())
            extra = reached - declared - {"waiting"}
            demand(f"no other outcome of {name} is reached", extra, set())

    def _reached(self, manual: ChannelManual, answer: Answered) -> set[str]:
        request = self.case.encoded(manual)
        if answer.asking is not None:
            request = answer.asking(request)
        body = answer.body.replace("ADDRESS", "a-1")
        response = Response(answer.status, body, at=NOW)
        result = self.case.adapter.decode_response(request, response, view=answer.view)
        told = {outcomes_of(receipt) for receipt in result.receipts}
        # A task or a duplicate is submitted as well: the result has the finer word.
        return (told - {"sent"}) | {result.outcome}
