"""How an answer with a code is turned into a result; every platform's has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from attrs import evolve, frozen

from privflow.channels.request import Request
from privflow.channels.response import Response
from privflow.channels.result import (
    UNDOCUMENTED,
    Codes,
    Meaning,
    Result,
    receipt_of,
    said,
)
from privflow.timing import Instant
from privflow.touches import View

Resolver = Callable[[Request, View, Instant], str]
"""Which of its candidates an ambiguous code stands for; empty if nobody can tell."""

UNAMBIGUOUS: Final[Mapping[str, Resolver]] = MappingProxyType({})
"""Resolvers of a platform whose codes mean one thing each."""
_LONGEST_CODE: Final = 80


@frozen(kw_only=True)
class Answer:
    """An answer taken apart.

    Args:
        fields: the object in the body.
        raw: its code as text, or the status of HTTP where there is none.
        meaning: what that means; None where the call was carried out.
        says: the platform's own words.
    """

    fields: Mapping[str, object]
    raw: str
    meaning: Meaning | None
    says: str = ""


def answer_of(
    response: Response, codes: Codes, *, channel: str, code: str, words: str
) -> Answer:
    """The answer in a response.

    Args:
        code: the field that holds the platform's code; `"0"`, `"OK"` and `"Ok"` are
            success.
        words: the field that holds its words.
    """
    fields = response.fields(channel)
    raw = code_of(fields.get(code))
    if response.trouble:
        meaning = codes.get(raw) or Meaning(response.trouble, "what HTTP says")
        return Answer(fields=fields, raw=raw or str(response.status), meaning=meaning)
    if not raw:
        meaning = Meaning("unknown", "an answer without a code")
        return Answer(fields=fields, raw=str(response.status), meaning=meaning)
    if raw in {"0", "OK", "Ok"}:
        return Answer(fields=fields, raw=raw, meaning=None)
    says = said(fields.get(words))
    meaning = codes.get(raw, UNDOCUMENTED)
    return Answer(fields=fields, raw=raw, meaning=meaning, says=says)


def code_of(given: object) -> str:
    """A platform's code as text, from a number or a text; empty where it is none."""
    if isinstance(given, bool):
        return ""
    if isinstance(given, int) and abs(given) < 10**_LONGEST_CODE:
        return str(given)
    if isinstance(given, str) and len(given) <= _LONGEST_CODE:
        return given.strip()
    return ""


def failed(
    request: Request,
    response: Response,
    answer: Answer,
    *,
    view: View | None,
    resolvers: Mapping[str, Resolver] = UNAMBIGUOUS,
) -> Result:
    """The result of an answer that is no success, with what the view tells.

    Args:
        resolvers: code to what decides between its candidates.
    """
    meaning = answer.meaning or UNDOCUMENTED
    outcome, candidates = meaning.outcome, meaning.candidates
    resolver = resolvers.get(answer.raw)
    if candidates and resolver is not None and view is not None:
        found = resolver(request, view, response.at)
        if found:
            outcome, candidates = found, ()
    result = Result(
        outcome,
        raw=answer.raw,
        says=answer.says or meaning.says,
        candidates=candidates,
    )
    return for_all(request, response, result)


def sent(
    request: Request, response: Response, answer: Answer, *, reference: str = ""
) -> Result:
    """The result of a call that was carried out for all of its recipients.

    Args:
        reference: the platform's number of the message, by which it reports later.
    """
    result = Result("sent", raw=answer.raw, reference=reference)
    return for_all(request, response, result)


def for_all(request: Request, response: Response, result: Result) -> Result:
    """The result with one receipt for each recipient, all alike."""
    receipts = tuple(
        receipt_of(
            whom.touch_id,
            result.outcome,
            at=response.at,
            raw=result.raw,
            candidates=result.candidates,
        )
        for whom in request.recipients
    )
    return evolve(result, receipts=receipts)
