"""What the month of touches must keep, counted again from its raw commands.

Nothing here asks the library whether a touch was right: the laws are written out once
more, with the standard library's calendar.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = timedelta(days=7)
NEVER = 1 << 62


def local(instant):
    return datetime.fromtimestamp(instant.us / 1_000_000, SHANGHAI)


def released(month):
    """The ids of touches that ended without reaching anybody."""
    ends = {"failed", "refused", "expired", "cancelled"}
    return {r.touch_id for _, r in month.names["month"].receipts if r.status in ends}


def marketing_by_contact(month):
    """Instant and touch of all marketing that was not released, by contact."""
    gone, found = released(month), defaultdict(list)
    for given in month.names["month"].given:
        touch = given.command.touch
        if touch.kind == "marketing" and touch.id not in gone:
            found[touch.contact_id].append((local(given.at), touch))
    return found


# ── The laws ─────────────────────────────────────────────────────────────────


def test_nothing_is_given_nor_arrives_in_the_quiet_hours(month):
    happened = month.names["month"]
    instants = [given.at for given in happened.given]
    instants += [r.at for _, r in happened.receipts if r.status != "expired"]
    assert len(instants) > 5_000
    assert [at for at in instants if not 8 <= local(at).hour < 22] == []


def test_a_contact_gets_at_most_one_marketing_touch_a_day(month):
    days = Counter(
        (contact, at.date())
        for contact, touches in marketing_by_contact(month).items()
        for at, _ in touches
    )
    assert set(days.values()) == {1}


def test_a_marketing_touch_arrives_on_the_day_on_which_it_was_given(month):
    happened = month.names["month"]
    given = {g.command.touch.id: local(g.at).date() for g in happened.given}
    kinds = {g.command.touch.id: g.command.touch.kind for g in happened.given}
    late = [
        receipt
        for _, receipt in happened.receipts
        if receipt.status == "delivered"
        and kinds[receipt.touch_id] == "marketing"
        and local(receipt.at).date() != given[receipt.touch_id]
    ]
    assert late == []


def test_a_contact_gets_at_most_two_marketing_touches_in_any_seven_days(month):
    most = 0
    for touches in marketing_by_contact(month).values():
        for end, _ in touches:
            within = [touch for at, touch in touches if end - WEEK < at <= end]
            most = max(most, len(within))
            assert len(within) <= 2
            assert sum(touch.priority != "high" for touch in within) <= 1
    assert most == 2  # the cap was reached, so that it was tried


def test_a_contact_gets_no_more_mass_messages_than_the_month_has_days(month):
    gone = released(month)
    counts = Counter(
        given.command.touch.contact_id
        for given in month.names["month"].given
        if given.command.touch.channel == "wecom.mass"
        and given.command.touch.id not in gone
    )
    assert 4 <= max(counts.values()) <= 31


def agreed(contact, touch, at):
    """Whether the newest declaration for the channel or its family is a consent."""
    families = {touch.channel, touch.channel.split(".")[0]}
    said = [
        (record.at.us, not record.granted)
        for record in contact.consents.records
        if record.channel in families
        and record.purpose == "marketing"
        and record.at.us <= at.us
    ]
    return bool(said) and not max(said)[1]


def test_no_marketing_leaves_without_a_consent_that_binds_at_that_instant(month):
    happened = month.names["month"]
    marketing = [g for g in happened.given if g.command.touch.kind == "marketing"]
    assert len(marketing) > 1_000
    for given in marketing:
        touch = given.command.touch
        assert agreed(happened.states[touch.contact_id].contact, touch, given.at)


def test_some_contacts_unsubscribe_in_the_month_and_get_no_more_from_wecom(month):
    happened = month.names["month"]
    gone = {
        contact_id: record.at.us
        for contact_id, state in happened.states.items()
        for record in state.contact.consents.records
        if not record.granted
        and record.channel == "wecom"
        and f"{local(record.at):%Y-%m}" == "2026-12"
    }
    assert len(gone) > 5
    later = [
        given
        for given in happened.given
        if given.command.touch.kind == "marketing"
        and given.command.touch.channel.startswith("wecom.")
        and given.at.us >= gone.get(given.command.touch.contact_id, NEVER)
    ]
    assert later == []


def test_no_touch_is_given_twice_and_none_to_somebody_else(month):
    happened = month.names["month"]
    ids = [given.command.touch.id for given in happened.given]
    assert len(set(ids)) == len(ids)
    touched = {g.command.touch.id: g.command.touch.contact_id for g in happened.given}
    assert all(touched[r.touch_id] == who for who, r in happened.receipts)


def test_a_welcome_code_is_used_within_twenty_seconds_and_once(month):
    happened = month.names["month"]
    added = {
        arrival.event.contact_id: arrival.event.at
        for arrival in month.names["everybody"].arrivals
        if arrival.event.name == "contact_added"
    }
    welcomed = [g for g in happened.given if g.command.touch.channel == "wecom.welcome"]
    contacts = [given.command.touch.contact_id for given in welcomed]
    assert contacts
    assert len(set(contacts)) == len(contacts)
    for given in welcomed:
        waited = given.at - added[given.command.touch.contact_id]
        assert waited.us < 20_000_000


# ── What must have happened, so that the laws above mean something ───────────


def test_the_month_shows_every_outcome(month):
    seen = {(d.entry.what, d.entry.reason) for d in month.names["month"].decisions}
    assert {
        ("deferred", "quiet_hours"),
        ("deferred", "quota_full"),
        ("deferred", "room_kept"),
        ("deferred", "mix_full"),
        ("skipped", "no_consent"),
        ("skipped", "refused"),
        ("skipped", "no_relation"),
        ("ended", "goal"),
        ("ended", "exit"),
    } <= seen
    assert any(what == "expired" for what, _ in seen)


def test_the_month_uses_tasks_messages_and_sms(month):
    used = Counter(g.command.touch.channel for g in month.names["month"].given)
    for channel in ("wecom.mass", "wecom.message", "sms", "wecom.welcome"):
        assert used[channel] > 50


def test_the_promotion_gives_way_to_the_win_back(month):
    winners = {
        winner
        for decision in month.names["month"].decisions
        if decision.entry.source == "journey:weekly-promotion"
        for line in decision.lines
        for winner in line.facts.get("lost_to", ())
    }
    assert "journey:win-back comeback-coupon" in winners


def test_staff_confirm_most_mass_tasks_and_never_some(month):
    happened = month.names["month"]
    mass = {
        g.command.touch.id
        for g in happened.given
        if g.command.touch.channel == "wecom.mass"
    }
    heard = Counter(r.status for _, r in happened.receipts if r.touch_id in mass)
    assert heard["confirmed"] > 10 * heard["expired"] > 0


def test_history_sets_nothing_off_and_the_orders_of_december_arrive_live(month):
    names, start = month.names, local(month.names["report"].START)
    received = [
        decision.entry
        for decision in names["month"].decisions
        if decision.entry.what == "received" and decision.entry.subject == "purchase"
    ]
    assert len(received) == 36
    assert all(local(entry.at) >= start for entry in received)
    before = names["month"].before.values()
    assert sum(len(state.timeline) for state in before) == 4_906 - 36


# ── What is told ─────────────────────────────────────────────────────────────


def test_every_row_and_every_callback_is_accounted_for(month):
    assert len(month.names["orders"].rows) == 4_906
    assert month.names["orders"].bad == ()
    assert sum(month.names["heard"].counts.values()) == 75
    assert len(month.names["answers"].contacts) == 3
    for _, name in month.names["heard"].counts:
        assert name in month.stdout


def test_the_three_whys_are_of_three_contacts(month):
    assert "nobody this month" not in month.stdout
    for headline in ("was sent (delivered)", "is blocked for now", "was skipped"):
        assert headline in month.stdout


class Reader(HTMLParser):
    """Collects the tags of a page, and whatever it would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags, self.bad = Counter(), []

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        for name, value in attrs:
            is_namespace = name == "xmlns"
            if name.startswith("on") or ("//" in (value or "") and not is_namespace):
                self.bad.append((tag, name, value))
        if tag in {"script", "link", "img", "iframe", "object", "embed"}:
            self.bad.append((tag, "", ""))


def read(report):
    reader = Reader()
    reader.feed(report)
    reader.close()
    return reader


def test_the_report_is_one_page_with_drawings_and_nothing_remote(month):
    page = read(month.report)
    assert page.bad == []
    assert page.tags["svg"] == 4  # one for each journey
    assert page.tags["table"] >= 12
    assert "<h1>一个月的触达 · A month of touches</h1>" in month.report


def test_a_second_run_writes_the_same_bytes_under_another_hash_seed(month, tmp_path):
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    script = EXAMPLES / "01_month_of_touches.py"
    # the folder has the name of the first one: the script tells it
    out = tmp_path / Path(month.names["options"].out).name
    again = subprocess.run(  # noqa: S603 - this Python on this script
        [sys.executable, str(script), "--out", str(out)],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
    )
    assert again.stderr == b""  # no progress bar where nobody looks
    assert again.stdout.decode() == month.stdout
    assert (out / "month.html").read_bytes() == month.report.encode()


@pytest.mark.parametrize("is_terminal", [True, False])
def test_progress_is_drawn_on_a_terminal_alone(month, monkeypatch, is_terminal):
    written = []

    class Terminal:
        def isatty(self) -> bool:
            return is_terminal

        def write(self, text: str) -> None:
            written.append(text)

        def flush(self) -> None:
            pass

    monkeypatch.setattr(sys, "stderr", Terminal())
    month.names["show_progress"](0.5)
    month.names["show_progress"](1.0)
    assert bool(written) is is_terminal
    if is_terminal:
        assert written[-1].endswith("100%\n")
