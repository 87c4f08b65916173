"""The platforms' limits: each with its source, each working, all on a page."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve

import privflow as pf
from privflow.channels import (
    PRESETS,
    Preset,
    SmsAdapter,
    WeChatAdapter,
    WeComAdapter,
    douyin,
    miniprogram,
    push,
    sms,
    wechat,
    wecom,
)
from privflow.channels.catalogue import presets_page
from privflow.errors import DefinitionError, UnknownNameError
from privflow.touches import Ledger, Touch

PAGE = Path(__file__).parents[2] / "docs" / "presets.md"
EVERY = [(name, preset) for name, presets in PRESETS.items() for preset in presets]


def test_the_page_shows_every_preset_as_it_is():
    """To write it anew, put below its mark what this prints.

    python -c "from privflow.channels.catalogue import presets_page as p; print(p())"
    """
    _, mark, shown = PAGE.read_text(encoding="utf-8").partition(
        "<!-- generated -->\n\n"
    )
    assert mark and shown == presets_page()


@pytest.mark.parametrize(("platform", "preset"), EVERY)
def test_a_preset_names_its_source_and_goes_into_a_plan(platform, preset):
    assert preset.page.startswith("https://") and preset.says
    plan = pf.Plan(quotas=[preset.gate])
    assert pf.load(pf.dump(plan)) == plan
    assert platform in preset.gate.name.split("-")[0]


@pytest.mark.parametrize("platform", PRESETS)
def test_gates_of_a_platform_have_names_of_their_own(platform):
    gates = {preset.gate.name: preset.gate for preset in PRESETS[platform]}
    distinct = {repr(preset.gate) for preset in PRESETS[platform]}
    assert len(gates) == len(distinct) or platform == "sms"


def test_nothing_that_is_only_inferred_is_a_default():
    assert not [p for _, p in EVERY if p.default and p.confidence != "official"]


def test_a_default_is_a_rule_of_today():
    assert not [p for _, p in EVERY if p.default and p.until is not None]


def test_a_rule_that_changed_says_when_and_the_next_one_begins_there():
    sends = {p.rule: p for p in wecom.PRESETS if p.gate.channel == "wecom.mass"}
    old, new = sends["four_a_month"], sends["one_a_day"]
    assert old.period == "until 2024-03-20" and old.until == new.since
    assert sends["days_in_month"].period == "since 2025-07-11"
    both = evolve(old, since=date(2020, 1, 1))
    assert both.period == "since 2020-01-01 until 2024-03-20"
    assert evolve(old, until=None).period == ""


@pytest.mark.parametrize("since", [date(2024, 3, 20), date(2024, 3, 21)])
def test_a_period_that_ends_before_it_begins_is_refused(since):
    old = next(p for p in wecom.PRESETS if p.rule == "four_a_month")
    with pytest.raises(DefinitionError, match=r"Preset\.until"):
        evolve(old, since=since)


def test_an_adapter_tells_what_its_platform_does_unless_it_was_asked_otherwise():
    profile = WeComAdapter(corp="c").profile
    assert profile.defaults == (
        wecom.mass_send(),
        wecom.group_send(),
        wecom.customer_service(),
    )
    assert WeChatAdapter(account="a").profile.defaults == (
        wechat.mass_send(),
        wechat.reply(),
        wechat.subscription(),
    )
    assert SmsAdapter(signature="s").profile.defaults == ()


@pytest.mark.parametrize(
    "words", [{"rule": ""}, {"page": " "}, {"confidence": "hearsay"}]
)
def test_a_preset_without_a_source_is_refused(words):
    given = {"rule": "r", "page": "https://p", "says": "s", **words}
    rule = given.pop("rule")
    with pytest.raises(DefinitionError):
        Preset(wecom.mass_send(), rule, **given)


# ── The figures, against the clock ───────────────────────────────────────────


def at(text: str) -> pf.Instant:
    return pf.instant(text, tz="Asia/Shanghai")


class Past:
    """What a gate may look at: a `View`."""

    contact = pf.Contact("c")
    timezone = "UTC"

    def __init__(self, channel: str, sent=(), did=()) -> None:
        self.ledger, self.touch = Ledger(), touch(channel)
        for number, when in enumerate(sent):
            self.ledger = self.ledger.reserving(touch(channel, number), now=at(when))
            receipt = pf.Receipt(f"t-{number}", "delivered", at=at(when))
            self.ledger = self.ledger.informed(receipt)
        self.timeline = pf.Timeline(
            pf.Event(name, "c", at=at(when), properties={"channel": channel})
            for name, when in did
        )


def touch(channel: str, number: int = -1) -> Touch:
    return Touch(
        id=f"t-{number}",
        contact_id="c",
        channel=channel,
        message="m",
        kind="marketing",
        source="journey:j",
    )


def allowed(gate, now: str, past: Past) -> bool:
    return isinstance(gate.judge(past.touch, past, now=at(now)), pf.Allow)


@pytest.mark.parametrize(
    ("rule", "sent", "now", "is_allowed"),
    [
        ("days_in_month", ["2026-02-01T00:00"] * 27, "2026-02-28T23:59", True),
        ("days_in_month", ["2026-02-01T00:00"] * 28, "2026-02-28T23:59", False),
        ("days_in_month", ["2026-02-01T00:00"] * 28, "2026-03-01T00:00", True),
        ("seven_a_week", ["2026-10-19T00:00"] * 7, "2026-10-25T23:59", False),
        ("seven_a_week", ["2026-10-18T23:59"] * 7, "2026-10-19T00:00", True),
        ("one_a_day", ["2026-10-20T00:00"], "2026-10-20T23:59", False),
        ("one_a_day", ["2026-10-20T23:59"], "2026-10-21T00:00", True),
        ("four_a_month", ["2026-10-01T00:00"] * 4, "2026-10-31T00:00", False),
    ],
)
def test_a_mass_send_counts_in_the_days_of_china(rule, sent, now, is_allowed):
    """Q1."""
    past = Past("wecom.mass", sent)
    assert allowed(wecom.mass_send(rule=rule), now, past) == is_allowed


@pytest.mark.parametrize(
    ("rule", "sent", "now", "is_allowed"),
    [
        ("days_in_month", ["2026-02-01T00:00"] * 27, "2026-02-28T23:59", True),
        ("days_in_month", ["2026-02-01T00:00"] * 28, "2026-02-28T23:59", False),
        ("seven_a_week", ["2026-10-19T00:00"] * 7, "2026-10-25T23:59", False),
        ("seven_a_week", ["2026-10-19T00:00"] * 7, "2026-10-26T00:00", True),
        ("one_a_day", ["2026-10-20T00:00"], "2026-10-20T23:59", False),
    ],
)
def test_a_group_has_the_limit_of_a_customer_for_itself(rule, sent, now, is_allowed):
    """Q1, J8."""
    gate = wecom.group_send(rule=rule)
    assert allowed(gate, now, Past("wecom.group", sent)) == is_allowed
    assert allowed(gate, now, Past("wecom.mass", sent * 2))


REPLIES = [
    (wecom.customer_service(), "wecom.kf", "message_received", 5, "48h"),
    (wechat.reply(action="message"), "wechat.service", "message_received", 5, "48h"),
    (wechat.reply(action="menu"), "wechat.service", "menu_clicked", 3, "1m"),
    (wechat.reply(action="subscribed"), "wechat.service", "subscribed", 3, "1m"),
    (wechat.reply(action="scan"), "wechat.service", "qr_scanned", 3, "1m"),
    (
        miniprogram.reply(action="message"),
        "miniprogram.service",
        "message_received",
        5,
        "48h",
    ),
    (
        miniprogram.reply(action="session"),
        "miniprogram.service",
        "session_entered",
        2,
        "1m",
    ),
]


@pytest.mark.parametrize(("gate", "channel", "action", "limit", "within"), REPLIES)
def test_an_action_opens_its_window_for_so_many_and_so_long(
    gate, channel, action, limit, within
):
    """Q1, T2."""
    opened = at("2026-10-20T09:00")
    did = [(action, "2026-10-20T09:00")]
    last = str(opened + pf.span(within) - pf.span("1us"))
    assert allowed(gate, last, Past(channel, ["2026-10-20T09:00"] * (limit - 1), did))
    assert not allowed(gate, last, Past(channel, ["2026-10-20T09:00"] * limit, did))
    assert not allowed(gate, str(opened + pf.span(within)), Past(channel, [], did))
    elsewhere = Past(channel, [], did)
    elsewhere.timeline = pf.Timeline([
        pf.Event(action, "c", at=opened, properties={"channel": "sms"})
    ])
    assert not allowed(gate, last, elsewhere)


@pytest.mark.parametrize(
    ("gate", "channel"),
    [
        (wechat.reply(), "wechat.service"),
        (wechat.reply(action="any_paid"), "wechat.service"),
        (miniprogram.reply(), "miniprogram.service"),
    ],
)
def test_any_action_that_opens_a_window_is_leave_enough(gate, channel):
    noon = "2026-10-20T12:00"
    for window in gate.gates:
        did = [(window.opened_by.name, noon)]
        assert allowed(gate, noon, Past(channel, [], did))
    assert not allowed(gate, noon, Past(channel))


def test_a_tap_on_the_menu_opens_what_five_messages_have_used_up():
    did = [("message_received", "2026-10-20T09:00")]
    used = ["2026-10-20T09:00"] * 5
    past = Past("wechat.service", used, did)
    assert not allowed(wechat.reply(), "2026-10-20T10:00", past)
    tapped = Past("wechat.service", used, [*did, ("menu_clicked", "2026-10-20T10:00")])
    assert allowed(wechat.reply(), "2026-10-20T10:00:59", tapped)
    assert not allowed(wechat.reply(), "2026-10-20T10:01", tapped)


def test_a_message_on_douyin_opens_for_any_number_of_answers_within_a_day():
    did = [("message_received", "2026-10-20T09:00")]
    past = Past("douyin.message", ["2026-10-20T09:00"] * 50, did)
    assert allowed(douyin.reply(), "2026-10-21T08:59:59", past)
    assert not allowed(douyin.reply(), "2026-10-21T09:00", past)
    assert not allowed(douyin.reply(), "2026-10-20T09:00", Past("douyin.message"))


def test_a_payment_opens_for_any_number():
    did = [("purchase", "2026-10-20T09:00")]
    past = Past("wechat.service", ["2026-10-20T09:00"] * 50, did)
    assert allowed(wechat.reply(action="payment"), "2026-10-20T10:00", past)


@pytest.mark.parametrize(
    ("gate", "channel"),
    [
        (miniprogram.subscription(), "miniprogram.subscribe"),
        (wechat.subscription(), "wechat.subscribe"),
    ],
)
def test_each_consent_is_one_message(gate, channel):
    did = [("subscription_granted", "2026-10-01T00:00")]
    assert allowed(gate, "2026-10-20T09:00", Past(channel, [], did))
    assert not allowed(
        gate, "2026-10-20T09:00", Past(channel, ["2026-10-02T00:00"], did)
    )
    did.append(("subscription_revoked", "2026-10-03T00:00"))
    assert not allowed(gate, "2026-10-20T09:00", Past(channel, [], did))


@pytest.mark.parametrize(
    ("provider", "sent", "now", "is_allowed"),
    [
        ("aliyun", ["2026-10-19T10:00"] * 50, "2026-10-20T09:59", False),
        ("aliyun", ["2026-10-19T10:00"] * 50, "2026-10-20T10:00", True),
        ("huawei", ["2026-10-20T09:00"] * 4, "2026-10-20T09:59", False),
        ("huawei", ["2026-10-20T09:00"] * 4, "2026-10-20T10:00", True),
        ("huawei_iot", ["2026-10-20T09:00"] * 2, "2026-10-20T09:00:59", False),
        ("huawei_iot", ["2026-10-19T10:00"] * 10, "2026-10-20T09:59", False),
        ("tencent", ["2026-10-19T23:59"] * 3, "2026-10-20T00:00", True),
        ("tencent", ["2026-10-20T00:00"] * 2, "2026-10-20T23:59", False),
        ("getui", ["2026-10-19T23:59"] * 20, "2026-10-20T00:00", True),
        ("getui", ["2026-10-20T00:00"] * 20, "2026-10-20T23:59", False),
    ],
)
def test_a_day_is_another_thing_at_each_provider(provider, sent, now, is_allowed):
    """Q1: a calendar day, or the last 24 hours."""
    past = Past("sms", sent)
    verdicts = [allowed(gate, now, past) for gate in sms.caps(provider)]
    assert all(verdicts) == is_allowed


def test_an_app_that_chose_another_cap_keeps_to_that_of_the_carriers():
    _, carriers = sms.caps("tencent")
    past = Past("sms", ["2026-10-20T00:00"] * 3)
    assert not allowed(carriers, "2026-10-20T23:59", past)
    past.touch = evolve(past.touch, kind="service")
    assert allowed(carriers, "2026-10-20T23:59", past)


def test_the_hours_of_providers_hold_sms_alone():
    (quiet,) = sms.hours("huawei")
    assert (str(quiet), quiet.channel) == ("22:00-08:00", "sms")
    assert sms.hours("aliyun") == ()
    assert str(sms.hours("tencent")[0]) == "22:00-08:00"


@pytest.mark.parametrize(
    ("vendor", "category", "limit"),
    [("huawei", "other", 2), ("meizu", "other", 3), ("xiaomi", "news", 8)],
)
def test_a_phone_maker_caps_by_the_kind_of_app(vendor, category, limit):
    gate = push.cap(vendor, category=category)
    assert re.search(rf"at most {limit} marketing touches on push", str(gate))


def test_a_device_gets_three_thousand_of_any_kind_and_then_nothing_until_midnight():
    past = Past("push", ["2026-10-20T00:00"] * 3000)
    past.touch = evolve(past.touch, kind="transactional")
    assert not allowed(push.ceiling("huawei"), "2026-10-20T23:59", past)
    assert allowed(push.ceiling("huawei"), "2026-10-21T00:00", past)


@pytest.mark.parametrize(
    ("vendor", "category", "audience", "limit"),
    [
        ("oppo", "other", 1, 100_000),
        ("oppo", "news", 49_999, 100_000),
        ("oppo", "other", 50_001, 100_002),
        ("vivo", "other", 9_999, 10_000),
        ("vivo", "other", 10_000, 20_000),
        ("vivo", "news", 10_001, 30_003),
        ("xiaomi", "other", 9_999, 20_000),
        ("xiaomi", "news", 10_001, 30_003),
    ],
)
def test_a_phone_maker_has_a_pool_for_the_whole_app(vendor, category, audience, limit):
    gate = push.pool(vendor, audience=audience, category=category)
    now = at("2026-10-20T23:59")
    past = Past("push")
    claim = gate.claim(past.touch, past, now=now)
    assert (claim.subject, claim.limit) == ("plan", limit)
    assert claim.until == at("2026-10-21T00:00")


def test_authorised_messages_of_douyin_are_one_a_day():
    agreed = [("subscription_granted", "2026-10-19T00:00")]
    past = Past("douyin.proactive", ["2026-10-20T00:00"], agreed)
    assert not allowed(douyin.proactive(), "2026-10-20T23:59", past)
    assert allowed(douyin.proactive(), "2026-10-21T00:00", past)
    assert not allowed(douyin.proactive(), "2026-10-21T00:00", Past("douyin.proactive"))
    ended = [*agreed, ("subscription_revoked", "2026-10-20T12:00")]
    gone = Past("douyin.proactive", [], ended)
    assert not allowed(douyin.proactive(), "2026-10-21T00:00", gone)


@pytest.mark.parametrize(("parts", "is_allowed"), [(3, True), (4, False)])
def test_an_authorised_call_of_douyin_has_three_parts(parts, is_allowed):
    past = Past("douyin.proactive", [], [("subscription_granted", "2026-10-19T00:00")])
    past.touch = evolve(past.touch, cost=parts)
    assert allowed(douyin.proactive(), "2026-10-20T00:00", past) == is_allowed


@pytest.mark.parametrize(
    ("length", "last", "over"),
    [
        ("minute", "2026-01-31T09:00:59.999999", "2026-01-31T09:01"),
        ("hour", "2026-01-31T09:59:59.999999", "2026-01-31T10:00"),
        ("day", "2026-01-31T23:59:59.999999", "2026-02-01T00:00"),
        ("month", "2026-03-02T08:59:59.999999", "2026-03-02T09:00"),
    ],
)
@pytest.mark.parametrize("reason", ["rate_limited", "over_limit"])
def test_a_ban_lasts_as_the_page_says(length, last, over, reason):
    """A ban of a month lasts 30 days; a customer's own cap is no ban."""
    past = Past("wecom.kf", ["2026-01-31T09:00"])
    refused = pf.Receipt("t-0", "failed", at=at("2026-01-31T09:00"), reason=reason)
    past.ledger = Ledger().reserving(touch("wecom.kf", 0), now=refused.at)
    past.ledger = past.ledger.informed(refused)
    assert allowed(wecom.ban(length), last, past) == (reason == "over_limit")
    assert allowed(wecom.ban(length), over, past)


def test_the_mass_sends_of_a_service_account_are_four_a_month():
    past = Past("wechat.mass", ["2026-10-01T00:00"] * 4)
    assert not allowed(wechat.mass_send(), "2026-10-31T23:59", past)
    assert allowed(wechat.mass_send(), "2026-11-01T00:00", past)


@pytest.mark.parametrize(
    "choose",
    [
        lambda: wecom.mass_send(rule="two_a_day"),
        lambda: wecom.ban("year"),
        lambda: wecom.group_send(rule="four_a_month"),
        lambda: wechat.reply(action="wink"),
        lambda: miniprogram.reply(action="wink"),
        lambda: sms.caps("huawey"),
        lambda: sms.hours("huawey"),
        lambda: push.cap("nokia"),
        lambda: push.ceiling("oppo"),
        lambda: push.pool("huawei", audience=1),
    ],
)
def test_an_unknown_variant_is_refused_with_those_that_there_are(choose):
    with pytest.raises(UnknownNameError) as caught:
        choose()
    assert "use one of" in caught.value.hint or "did you mean" in caught.value.hint


def test_an_unknown_category_is_refused():
    with pytest.raises(DefinitionError, match="category"):
        push.cap("huawei", category="games")
    with pytest.raises(DefinitionError, match="category"):
        push.pool("oppo", audience=1, category="games")
