"""What the journal says to people, in both languages (E4)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from privflow.engine import Entry
from privflow.engine.journal_wording import REASONS_OF, WORDS
from privflow.engine.wording import REASONS
from privflow.errors import DefinitionError, UnknownZoneError
from privflow.facts import Properties
from strategies.story import START

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
RECEIPTS = {"receipt", "repeated"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def documented(title):
    """The rows of a table of that page: reasons, and what stands beside them."""
    part = PAGE.read_text().partition(title)[2].partition("\n###")[0]
    for line in part.splitlines():
        if line.startswith("| `"):
            reasons, beside, *_ = line.strip("| ").split(" | ")
            yield re.findall(r"`(\w+)`", reasons), re.findall(r"`(\w+)`", beside)


ADDED = [
    (what, reason)
    for reasons, whats in documented("### What the journal adds")
    for reason in reasons
    for what in whats
]
FAILED = [
    ("receipt", reason)
    for reasons, _ in documented("### What a platform or a member of staff says")
    for reason in reasons
]


def said(what, reason="", language="zh", **facts: object):
    """What stands behind the instant."""
    known = Properties(facts)
    entry = Entry(what, at=START, subject="it", reason=reason, facts=known)
    return entry.sentence(language).partition(" ")[2]


@pytest.mark.parametrize("what", WORDS)
def test_every_entry_has_words(what):
    assert CHINESE.search(said(what))
    assert not CHINESE.search(said(what, language="en"))


@pytest.mark.parametrize(("what", "reason"), [*ADDED, *FAILED])
def test_every_documented_reason_has_words(what, reason):
    assert reason in REASONS_OF.get(what, {}) or reason in REASONS
    assert CHINESE.search(said(what, reason).partition("it:")[2])


def test_every_reason_with_words_is_documented():
    told = {(what, reason) for what in REASONS_OF for reason in REASONS_OF[what]}
    of_receipts = {(what, reason) for what, reason in told if what in RECEIPTS}
    assert told - of_receipts <= set(ADDED)
    assert {("receipt", reason) for _, reason in of_receipts} >= set(FAILED)


def test_a_sentence_has_its_numbers_and_its_zone():
    full = {"count": 3, "limit": 3, "window": "7d rolling"}
    assert said("deferred", "quota_full", **full) == "暂缓 it:最近 7d 已用 3/3"
    assert said("deferred", "quota_full", "en", **full) == (
        "deferred it: 3 of 3 used in 7d rolling"
    )
    entry = Entry("sent", at=START, source="journey:j", subject="hello")
    shown = entry.sentence(timezone="Asia/Shanghai")
    assert shown == f"{START.isoformat('Asia/Shanghai')} journey:j sent hello"


def test_a_reason_of_a_users_own_stands_as_it_is():
    assert said("skipped", "golden_week", days=7) == "跳过 it:golden_week (days 7)"


def test_other_languages_and_zones_are_refused():
    entry = Entry("sent", at=START)
    with pytest.raises(DefinitionError, match="language"):
        entry.sentence("fr")
    with pytest.raises(UnknownZoneError):
        entry.sentence(timezone="Asia/Nowhere")
