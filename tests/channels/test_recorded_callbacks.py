"""Every payload of examples/data/wechat_callbacks.json, with what it must become."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from privflow.channels import Ignored, Report, WeChatAdapter, WeComAdapter
from privflow.errors import PayloadError
from privflow.facts import Event

DATA = Path(__file__).parents[2] / "examples" / "data" / "wechat_callbacks.json"
RECORDED = json.loads(DATA.read_text(encoding="utf-8"))

ENCRYPTED = "encrypted"
# The platform's own names of those that make no event; the rest is spelled out below.
IGNORED = {
    3: "return_code",
    12: "scancode_push",
    13: "scancode_waitmsg",
    14: "pic_sysphoto",
    15: "pic_photo_or_album",
    16: "pic_weixin",
    17: "location_select",
    19: "kf_create_session",
    20: "kf_close_session",
    21: "kf_switch_session",
    24: "ShakearoundUserShake",
    25: "WifiConnected",
    26: "qualification_verify_success",
    27: "qualification_verify_fail",
    28: "naming_verify_success",
    29: "naming_verify_fail",
    30: "annual_renew",
    31: "verify_expired",
    40: "notsure",
    43: "user_authorize_invoice",
    44: "update_invoice_status",
    45: "submit_invoice_title",
    46: "device_text",
    47: "device_event",
    48: "untyped",
    49: "untyped",
    61: "notsure",
    62: "modify_calendar",
    63: "delete_calendar",
    64: "add_schedule",
    65: "modify_schedule",
    66: "delete_schedule",
    67: "batch_job_result",
    68: "batch_job_result",
    69: "batch_job_result",
    70: "batch_job_result",
    71: "book_meeting_room",
    72: "cancel_meeting_room",
    74: "untyped",
}
ENCRYPTED_ONES = (1, 2, 73)
EVENTS = {
    0: ("message_received", {"kind": "text", "text": "test"}),
    4: ("subscribed", {}),
    5: ("unsubscribed", {}),
    6: ("subscribed", {"state": "123123", "event_key": "qrscene_123123"}),
    7: ("qr_scanned", {"state": "SCENE_VALUE", "ticket": "TICKET"}),
    8: ("location_reported", {"latitude": 23.137466, "longitude": 113.352425}),
    9: ("menu_clicked", {"key": "EVENTKEY", "event_key": "EVENTKEY"}),
    10: ("link_opened", {"url": "www.qq.com"}),
    32: ("message_received", {"kind": "text", "text": "this is a test"}),
    33: ("message_received", {"kind": "image", "media_id": "media_id"}),
    34: ("message_received", {"kind": "voice", "format": "Format"}),
    35: ("message_received", {"kind": "video", "thumb_media_id": "thumb_media_id"}),
    36: (
        "message_received",
        {"kind": "location", "location_x": 23.134521, "scale": 20},
    ),
    37: ("message_received", {"kind": "link", "title": "公众平台官网链接"}),
    18: ("purchase", {"order_status": "2"}),
    38: (
        "subscribed",
        {"event_key": "last_trade_no_4008072001201701105817415015", "state": None},
    ),
    39: ("qr_scanned", {"state": "123123"}),
    41: ("subscribed", {"event_key": "scanbarcode|keystandard|keystr"}),
    42: ("subscribed", {"event_key": "scanimage|keystandard|keystr"}),
    50: ("subscribed", {"agent_id": "1"}),
    51: ("message_received", {"kind": "text", "text": "this is a test"}),
    52: ("message_received", {"kind": "image", "pic_url": "this is a url"}),
    53: ("message_received", {"kind": "voice"}),
    54: ("message_received", {"kind": "video"}),
    55: ("message_received", {"kind": "location", "label": "位置信息"}),
    56: ("message_received", {"kind": "link", "url": "url", "pic_url": "picurl"}),
    57: ("subscribed", {"agent_id": "1"}),
    58: ("location_reported", {"precision": 119.38504, "agent_id": "1"}),
    59: ("menu_clicked", {"key": "EVENTKEY"}),
    60: ("link_opened", {"url": "www.qq.com"}),
}
REPORTS = {
    11: ("1000001625", "invalid", "err(30003)"),
    22: ("200163836", "delivered", "success"),
    23: ("1700827132819554304", "delivered", "0"),
}
WECOM = WeComAdapter(corp="corp-1")
WECHAT = WeChatAdapter(account="gh_1")


def is_wecom(index: int) -> bool:
    """Apps of a corp: the recorded path says so, and the first has an AgentID."""
    return "test_work" in RECORDED[index]["path"] or index == 0


def adapter_of(index: int) -> WeComAdapter | WeChatAdapter:
    return WECOM if is_wecom(index) else WECHAT


def test_the_tables_cover_every_recorded_payload_once():
    listed = [*IGNORED, *ENCRYPTED_ONES, *EVENTS, *REPORTS]
    assert sorted(listed) == list(range(len(RECORDED))) == list(range(75))


@pytest.mark.parametrize(("index", "name"), IGNORED.items())
def test_a_recorded_payload_of_no_contact_is_ignored_by_name(index, name):
    (decoded,) = adapter_of(index).decode(RECORDED[index]["xml"])
    assert isinstance(decoded, Ignored)
    assert decoded.name == name
    assert name in str(decoded)


@pytest.mark.parametrize("index", ENCRYPTED_ONES)
@pytest.mark.parametrize("adapter", [WECOM, WECHAT])
def test_a_recorded_encrypted_envelope_is_refused_with_the_way_out(index, adapter):
    with pytest.raises(PayloadError, match="encrypted") as caught:
        adapter.decode(RECORDED[index]["xml"])
    assert "decrypt" in caught.value.hint


@pytest.mark.parametrize(("index", "expected"), EVENTS.items())
def test_a_recorded_payload_of_a_contact_makes_its_event(index, expected):
    name, properties = expected
    (decoded,) = adapter_of(index).decode(RECORDED[index]["xml"].encode())
    assert isinstance(decoded, Event)
    assert decoded.name == name
    channel = "wecom.app" if is_wecom(index) else "wechat.service"
    assert decoded.properties["channel"] == channel
    assert {key: decoded.properties.get(key) for key in properties} == properties


@pytest.mark.parametrize(("index", "expected"), REPORTS.items())
def test_a_recorded_report_names_the_message_and_its_fate(index, expected):
    (report,) = WECHAT.decode(RECORDED[index]["xml"])
    assert isinstance(report, Report)
    assert (report.reference, report.outcome, report.raw) == expected
    assert report.receipt("t-1").touch_id == "t-1"


@pytest.mark.parametrize("adapter", [WECOM, WECHAT])
def test_either_adapter_answers_every_recorded_payload(adapter):
    for index, recorded in enumerate(RECORDED):
        if index not in ENCRYPTED_ONES:
            (decoded,) = adapter.decode(recorded["xml"])
            assert isinstance(decoded, (Event, Ignored, Report))


@pytest.mark.parametrize("index", EVENTS)
def test_a_recorded_payload_that_comes_again_has_the_same_key(index):
    """E1."""
    adapter, payload = adapter_of(index), RECORDED[index]["xml"]
    (first,), (again,) = adapter.decode(payload), adapter.decode(payload.encode())
    assert isinstance(first, Event) and isinstance(again, Event)
    assert first == again and first.key == again.key == first.id
