"""What the journal says to people, in both languages (E4)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from privflow.conditions import event
from privflow.engine import ContactState, Entry
from privflow.engine.journal_wording import REASONS_OF, WORDS
from privflow.engine.wording import REASONS
from privflow.errors import DefinitionError, UnknownZoneError
from privflow.facts import Properties
from privflow.journeys import Skip
from privflow.quotas import TouchQuota
from privflow.rules import Reply, Rule
from privflow.timing import calendar
from privflow.touches import Message, QuietHours
from strategies.story import START, engine, happens, journey, later, person, step

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


def blocked(*, steps, gates=(), quotas=(), consented=True):
    """What the journal says first of a step that did not leave."""
    made = engine(journey(*steps), gates=gates, quotas=quotas)
    state = ContactState(person(consented=consented))
    journal = made.advance(state, happens("go"), now=START).journal
    said = [e.sentence("zh") for e in journal if e.what in {"deferred", "skipped"}]
    return said[0].split(" ", 2)[2]


DAILY = TouchQuota("daily", 1, per=calendar("day"))
NIGHT = QuietHours("22:00", "09:30")


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ({"steps": [step("a")], "gates": [NIGHT]}, "暂缓 a:免打扰时段 22:00-09:30"),
        (
            {"steps": [step("a"), step("b")], "quotas": [DAILY]},
            "暂缓 b:当日已用 1/1;让位于 journey:j a",
        ),
        (
            {"steps": [step("a", on_blocked=Skip())], "gates": [NIGHT]},
            "跳过 a:免打扰时段 22:00-09:30",
        ),
        (
            {"steps": [step("a", kind="marketing")], "consented": False},
            "跳过 a:没有在 sms 接收营销的同意",
        ),
        ({"steps": [step("a", via=["push"])]}, "跳过 a:客户没有 push.token 身份"),
    ],
)
def test_the_journal_has_the_numbers_of_the_gate_that_decided(plan, told):
    assert blocked(**plan) == told


def test_what_is_given_up_has_the_numbers_that_held_it_back():
    late = step("a", valid_for="10m")
    made = engine(journey(late), gates=[NIGHT])
    state = made.advance(ContactState(person()), happens("go"), now=START).state
    [entry] = [
        entry
        for entry in made.advance(state, now=later("10m")).journal
        if entry.what == "expired"
    ]
    assert entry.facts["hours"] == "22:00-09:30"


@pytest.mark.parametrize(
    ("via", "channel", "facts"),
    [
        (["push"], "sms", {"namespace": "push.token"}),
        ([], "nowhere", {}),
        ([], "", {}),
    ],
)
def test_an_answer_that_cannot_leave_has_the_numbers_of_its_gate(via, channel, facts):
    card = Reply(Message("card", kind="service"), via=via)
    made = engine(rules=[Rule("r", on=event("go"), do=[card])])
    asked = happens("go", properties={"channel": channel})
    journal = made.advance(ContactState(person()), asked, now=START).journal
    [entry] = [entry for entry in journal if entry.what == "skipped"]
    assert dict(entry.facts) == facts


def test_a_reason_of_a_users_own_stands_as_it_is():
    assert said("skipped", "golden_week", days=7) == "跳过 it:golden_week (days 7)"


def test_other_languages_and_zones_are_refused():
    entry = Entry("sent", at=START)
    with pytest.raises(DefinitionError, match="language"):
        entry.sentence("fr")
    with pytest.raises(UnknownZoneError):
        entry.sentence(timezone="Asia/Nowhere")
