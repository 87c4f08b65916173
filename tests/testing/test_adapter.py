"""The laws of adapters, run on all of ours, and on broken ones, which they find."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from attrs import evolve, field, frozen

from privflow.channels import (
    OUTCOMES,
    ChannelAdapter,
    Content,
    DouyinAdapter,
    GetuiAdapter,
    Image,
    MemoryAdapter,
    MiniProgramAdapter,
    PushAdapter,
    Response,
    SmsAdapter,
    Template,
    TencentSmsAdapter,
    WeChatAdapter,
    WeComAdapter,
    wecom,
)
from privflow.errors import ContentError
from privflow.facts import Contact, Event, Timeline
from privflow.testing import AdapterCase, AdapterConformance, Answered
from privflow.testing.adapter_case import NOW
from privflow.timing import instant
from privflow.touches import Ledger, Receipt, Touch

DATA = Path(__file__).parents[2] / "examples" / "data" / "wechat_callbacks.json"
RECORDED = tuple(
    entry["xml"]
    for entry in json.loads(DATA.read_text(encoding="utf-8"))
    if "<Encrypt>" not in entry["xml"]
)


def errcodes(*codes: int) -> tuple[Answered, ...]:
    return tuple(Answered(f'{{"errcode": {code}, "errmsg": "m"}}') for code in codes)


@frozen(kw_only=True)
class Past:
    """What a host knows of the contact: a `View`."""

    contact: Contact = field(factory=lambda: Contact("c-001"))
    timeline: Timeline = field(factory=Timeline)
    ledger: Ledger = field(factory=Ledger)
    timezone: str = "UTC"


def knowing(code: int, *happened: tuple[str, str], channel: str, heard: str = ""):
    """An answer with the view that tells what its code means."""
    events = (
        Event(
            name,
            "c-001",
            at=instant(at),
            properties={"channel": channel, "template_id": "T"},
        )
        for name, at in happened
    )
    touch = Touch(
        id="t-1",
        contact_id="c-001",
        channel=channel,
        message="m",
        kind="service",
        source="journey:laws",
    )
    ledger = Ledger().reserving(touch, now=NOW)
    if heard:
        ledger = ledger.informed(Receipt("t-1", heard, at=NOW))
    view = Past(timeline=Timeline(events), ledger=ledger)
    return Answered(f'{{"errcode": {code}, "errmsg": "m"}}', view=view)


COMMON = errcodes(-1, 45009, 40096, 48001, 84061)
SENT = Answered('{"errcode": 0, "errmsg": "ok", "msgid": "m-1"}')


def results(status: int, *, address: str = "external_userid") -> Answered:
    send_list = [{address: "ADDRESS", "userid": "zhang", "status": status}]
    return Answered(
        json.dumps({"errcode": 0, "send_list": send_list}),
        asking=lambda sent: wecom.mass_results(sent, "m-1", staff="zhang"),
    )


def of_groups(status: int) -> Answered:
    return results(status, address="chat_id")


TASKS = Answered(
    '{"errcode": 0, "task_list": [{"userid": "zhang", "status": 2, "send_time": 1}]}',
    asking=lambda sent: wecom.mass_tasks(sent, "m-1"),
)
PUBLISHED = Answered(
    '{"errcode": 0, "task_list": [{"userid": "zhang", "publish_status": 1}]}',
    asking=lambda sent: wecom.moment_tasks(sent, "mom-1"),
)
SEEN = Answered(
    '{"errcode": 0, "customer_list": [{"external_userid": "ADDRESS"}]}',
    asking=lambda sent: wecom.moment_results(sent, "mom-1", staff="zhang"),
)
JOB = Answered('{"errcode": 0, "jobid": "j-1"}')


def kf(event: dict[str, object]) -> str:
    message = {"msgid": "e-1", "send_time": 1615478585, "origin": 4}
    page = {"errcode": 0, "msg_list": [{**message, "msgtype": "event", "event": event}]}
    return json.dumps(page)


KF_FAILED = kf({
    "event_type": "msg_send_fail",
    "external_userid": "wmA",
    "fail_msgid": "m-1",
    "fail_type": 10,
})
KF_ENTERED = kf({
    "event_type": "enter_session",
    "external_userid": "wmA",
    "open_kfid": "wk1",
    "welcome_code": "W",
})
KF_WROTE = json.dumps({
    "msg_list": [
        {
            "msgid": "m-9",
            "open_kfid": "wk1",
            "external_userid": "wmA",
            "send_time": 1615478585,
            "origin": 3,
            "msgtype": "text",
            "text": {"content": "在吗"},
        }
    ]
})
GROUP = (
    "<xml><CreateTime>1403610513</CreateTime><MsgType>event</MsgType>"
    "<Event>change_external_chat</Event><ChatId>wr1</ChatId>"
    "<ChangeType>update</ChangeType><UpdateDetail>add_member</UpdateDetail>"
    "<JoinScene>3</JoinScene><MemChangeList><Item>wmA</Item><Item>wmB</Item>"
    "</MemChangeList><CurMemVer>v2</CurMemVer></xml>"
)
SUITE = (
    "<xml><SuiteId>ww4</SuiteId><AuthCorpId>wx1</AuthCorpId>"
    "<InfoType>change_external_contact</InfoType><TimeStamp>1403610513</TimeStamp>"
    "<ChangeType>add_external_contact</ChangeType><UserID>zhang</UserID>"
    "<ExternalUserID>wmA</ExternalUserID></xml>"
)


TWICE = knowing(41051, channel="wecom.welcome", heard="submitted")


def test_an_adapter_is_three_functions_and_a_profile():
    members = {name for name in vars(ChannelAdapter) if not name.startswith("_")}
    assert members == {"profile", "encode", "decode", "decode_response"}
    assert isinstance(vars(ChannelAdapter)["profile"], property)


class TestWeCom(AdapterConformance):
    case = AdapterCase(
        WeComAdapter(corp="corp-1", agent=1000001, kf="wk1"),
        scope="corp-1",
        contents={
            "wecom.mass": Content("上新", [Image("m")]),
            "wecom.group": Content("上新", [Image("m")]),
            "wecom.moments": Content("上新", [Image("m")]),
            "wecom.welcome": Content("您好"),
            "wecom.message": Content("请发给客户"),
            "wecom.kf": Content("在的"),
            "wecom.kf_welcome": Content("您好"),
        },
        parameters={
            "wecom.welcome": {"welcome_code": "CODE-1"},
            "wecom.kf_welcome": {"kf_welcome_code": "CODE-2"},
            "wecom.moments": {"moment_tags": ("et1",)},
        },
        answers={
            "wecom.mass": (*COMMON, SENT, TASKS, *map(results, (0, 1, 2, 3))),
            "wecom.group": (*COMMON, SENT, TASKS, *map(of_groups, (0, 1, 2, 3))),
            "wecom.moments": (*COMMON, JOB, PUBLISHED, SEEN),
            "wecom.welcome": (
                *COMMON,
                SENT,
                *errcodes(41050, 41051, 41053, 41096),
                TWICE,
            ),
            "wecom.message": (*COMMON, SENT),
            "wecom.kf": (*COMMON, SENT, *errcodes(95001, 95018)),
            "wecom.kf_welcome": (*COMMON, SENT, *errcodes(95007)),
        },
        payloads=(*RECORDED, KF_FAILED, KF_ENTERED, KF_WROTE, GROUP, SUITE),
    )


WEIXIN = errcodes(-1, 45009, 47003, 48001, 43004, 40003)
OK = Answered('{"errcode": 0, "errmsg": "ok", "msgid": 7}')


def template_report(status: str) -> str:
    return (
        "<xml><FromUserName>oA</FromUserName><CreateTime>1395658920</CreateTime>"
        "<MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event>"
        f"<MsgID>200163836</MsgID><Status>{status}</Status></xml>"
    )


class TestWeChat(AdapterConformance):
    case = AdapterCase(
        WeChatAdapter(account="gh_1", miniprogram="wxapp"),
        scope="gh_1",
        contents={
            "wechat.mass": Content("上新"),
            "wechat.service": Content("在的"),
            "wechat.template": Content(template=Template("T", {"first": "a"})),
            "wechat.subscribe": Content(
                template=Template("T", {"thing1": "a"}, page="p", url="https://e")
            ),
        },
        answers={
            "wechat.mass": (*WEIXIN, OK, *errcodes(45028, 45065)),
            "wechat.service": (
                *WEIXIN,
                OK,
                *errcodes(45015, 45047, 48002),
                knowing(45015, channel="wechat.service"),
            ),
            "wechat.template": (*WEIXIN, OK),
            "wechat.subscribe": (
                *WEIXIN,
                OK,
                *errcodes(43101),
                knowing(43101, channel="wechat.subscribe"),
            ),
        },
        payloads=(*RECORDED, template_report("failed:user block")),
    )


GRANT = (
    "<xml><FromUserName>oA</FromUserName><CreateTime>1610969440</CreateTime>"
    "<MsgType>event</MsgType><Event>subscribe_msg_popup_event</Event>"
    "<SubscribeMsgPopupEvent><List><TemplateId>T1</TemplateId>"
    "<SubscribeStatusString>accept</SubscribeStatusString></List>"
    "<List><TemplateId>T2</TemplateId>"
    "<SubscribeStatusString>reject</SubscribeStatusString></List>"
    "</SubscribeMsgPopupEvent></xml>"
)


SENT_REPORT = json.dumps({
    "FromUserName": "oA",
    "CreateTime": 1707123456,
    "MsgType": "event",
    "Event": "subscribe_msg_sent_event",
    "SubscribeMsgSentEvent": {
        "List": [{"TemplateId": "T", "MsgID": "1", "ErrorCode": 0}]
    },
})


class TestMiniProgram(AdapterConformance):
    case = AdapterCase(
        MiniProgramAdapter(app="shop"),
        scope="shop",
        contents={
            "miniprogram.subscribe": Content(
                template=Template("T", {"thing1": "a"}, page="pages/index")
            ),
            "miniprogram.service": Content("在的"),
        },
        answers={
            "miniprogram.subscribe": (
                *errcodes(-1, 45009, 47003, 48001, 43101),
                OK,
                knowing(43101, channel="miniprogram.subscribe"),
                knowing(
                    43101,
                    ("subscription_granted", "2026-10-01T00:00:00Z"),
                    ("subscription_revoked", "2026-10-02T00:00:00Z"),
                    channel="miniprogram.subscribe",
                ),
            ),
            "miniprogram.service": (
                *errcodes(-1, 45009, 47003, 48001, 45015, 45047, 43004),
                OK,
                knowing(45015, channel="miniprogram.service"),
            ),
        },
        payloads=(GRANT, SENT_REPORT),
    )


MESSAGE = json.dumps({
    "event": "im_receive_msg",
    "from_user_id": "o-1",
    "content": {"create_time": 1744940173524, "server_message_id": "s1"},
})


DOUYIN = (
    Answered('{"err_no": 0, "data": {"msg_id": "m"}}'),
    Answered('{"data": {"error_code": 28003070, "description": "d"}}'),
    *(
        Answered(f'{{"err_no": {code}, "err_msg": "m"}}')
        for code in (2100004, 2190001, 2100005, 2190004)
    ),
)


class TestDouyin(AdapterConformance):
    case = AdapterCase(
        DouyinAdapter(app="app", account="o-9", miniprogram="tt1"),
        scope="app",
        contents={
            "douyin.message": Content("在的"),
            "douyin.proactive": Content(
                "上新", template=Template("card", {"from": "privflow"}, page="p")
            ),
            "douyin.group": Content("上新"),
        },
        parameters={"douyin.message": {"msg_id": "M-1", "conversation_id": "C-1"}},
        answers=dict.fromkeys(
            ("douyin.message", "douyin.proactive", "douyin.group"), DOUYIN
        ),
        payloads=(MESSAGE, '{"event": "im_send_msg"}'),
    )


def aliyun(code: str) -> Answered:
    return Answered(json.dumps({"Code": code, "Message": "m", "BizId": "b"}))


REFUSED = Past(
    timeline=Timeline([Event("opted_out", "c-001", at=instant("2026-10-01T00:00Z"))])
)


SMS_TIME = "2026-10-20 09:30:05"
SMS_REPORT = {"phone_number": "1", "report_time": SMS_TIME, "err_code": "X"}
SMS_CODES = (
    "OK",
    "isv.BUSINESS_LIMIT_CONTROL",
    "isp.SYSTEM_ERROR",
    "Throttling",
    "isv.MOBILE_NUMBER_ILLEGAL",
    "isv.OUT_OF_SERVICE",
    "isv.BLACK_KEY_CONTROL_LIMIT",
)


class TestSms(AdapterConformance):
    case = AdapterCase(
        SmsAdapter(signature="店铺"),
        contents={"sms": Content(template=Template("SMS_1", {"name": "林"}))},
        answers={
            "sms": (
                *map(aliyun, SMS_CODES),
                evolve(aliyun("isv.BLACK_KEY_CONTROL_LIMIT"), view=REFUSED),
            )
        },
        payloads=(
            json.dumps([{**SMS_REPORT, "success": True, "out_id": "t-1"}]),
            json.dumps([{**SMS_REPORT, "success": False, "biz_id": "b"}]),
            json.dumps([{"phone_number": "1", "content": "TD", "send_time": SMS_TIME}]),
        ),
    )


def tencent(code: str) -> Answered:
    return Answered(
        json.dumps({"Response": {"SendStatusSet": [{"Code": code, "SerialNo": "5:1"}]}})
    )


TENCENT_CODES = (
    "Ok",
    "LimitExceeded.PhoneNumberDailyLimit",
    "FailedOperation.PhoneNumberInBlacklist",
    "FailedOperation.MarketingSendTimeConstraint",
    "InternalError.RequestTimeException",
    "InvalidParameterValue.IncorrectPhoneNumber",
    "UnauthorizedOperation.RequestPermissionDeny",
)
TENCENT_REPORT = {"user_receive_time": SMS_TIME, "mobile": "1", "sid": "5:1"}


class TestTencentSms(AdapterConformance):
    case = AdapterCase(
        TencentSmsAdapter(signature="店铺", app="1400006666"),
        contents={"sms": Content(template=Template("1110", {"1": "林"}))},
        answers={"sms": tuple(map(tencent, TENCENT_CODES))},
        payloads=(
            json.dumps([{**TENCENT_REPORT, "report_status": "SUCCESS"}]),
            json.dumps([{**TENCENT_REPORT, "report_status": "FAIL", "errmsg": "002"}]),
            json.dumps({"mobile": "1", "text": "TD", "time": 1457336869}),
        ),
    )


class TestPush(AdapterConformance):
    case = AdapterCase(
        PushAdapter(app="app"),
        scope="app",
        contents={"push": Content("上新", title="店铺")},
        answers={
            "push": (
                Answered('{"sendno": "0", "msg_id": "7"}'),
                *(
                    Answered(
                        f'{{"error": {{"code": {code}, "message": "m"}}}}', status=400
                    )
                    for code in (1011, 1000, 1003, 1004, 2002)
                ),
            )
        },
        payloads=('{"any": "thing"}',),
    )


GETUI_CODES = (2, 10005, 20001, 10002)


def getui(status: str) -> Answered:
    return Answered(json.dumps({"code": 0, "msg": "", "data": {"task": {"a": status}}}))


class TestGetui(AdapterConformance):
    case = AdapterCase(
        GetuiAdapter(app="app"),
        scope="app",
        contents={"push": Content("上新", title="店铺")},
        answers={
            "push": (
                getui("successed_online"),
                getui("successed_ignore"),
                *(
                    Answered(json.dumps({"code": code, "msg": "m"}), status=400)
                    for code in GETUI_CODES
                ),
            )
        },
        payloads=('{"cid": "a", "code": "200"}\n{"cid": "b", "code": "200"}\n',),
    )


class TestMemory(AdapterConformance):
    case = AdapterCase(
        MemoryAdapter(),
        contents={"memory": Content("hello")},
        answers={
            "memory": (
                Answered('{"code": 0}'),
                *(Answered(f'{{"code": "{name}"}}') for name in OUTCOMES),
            )
        },
        payloads=(
            '{"event": "purchase", "contact": "c-1", "at": "2026-10-20T01:30:00Z"}',
            '{"touch": "t-1", "outcome": "delivered", "at": "2026-10-20T01:30:00Z"}',
            '{"other": 1}',
        ),
    )


# ── Broken adapters, which the laws find ─────────────────────────────────────


@frozen(kw_only=True)
class Forgetful(MemoryAdapter):
    """Makes every request with a key that no touch has."""

    def encode(self, command, contact, content, *, now):
        return evolve(super().encode(command, contact, content, now=now), key="same")


@frozen(kw_only=True)
class Careless(MemoryAdapter):
    """Takes whatever it is given to say."""

    def encode(self, command, contact, content, *, now):
        try:
            return super().encode(command, contact, content, now=now)
        except ContentError:
            return super().encode(command, contact, Content("…"), now=now)


@frozen(kw_only=True)
class Hasty(MemoryAdapter):
    """Says that a lost call has failed."""

    def decode_response(self, request, response, *, view=None):
        if not response.status:
            response = Response(200, '{"code": "retryable"}', at=response.at)
        return super().decode_response(request, response, view=view)


@frozen(kw_only=True)
class Fragile(MemoryAdapter):
    """Raises what comes."""

    def decode(self, payload):
        return super().decode(json.dumps(json.loads(payload)))


BROKEN = [
    (Forgetful(), "test_a_key_belongs_to_its_touch_and_is_carried"),
    (Careless(), "test_content_beyond_a_limit_is_refused_before_anything_is_encoded"),
    (Hasty(), "test_an_answer_that_got_lost_frees_nothing"),
    (Fragile(), "test_decoding_ends_in_something_told_or_in_one_error"),
]


@pytest.mark.parametrize(("adapter", "law"), BROKEN)
def test_a_broken_adapter_breaks_its_law(adapter, law):
    class Laws(AdapterConformance):
        case = evolve(TestMemory.case, adapter=adapter)

    # Hypothesis tells of several failures at once as a group.
    with pytest.raises((
        AssertionError,
        ValueError,
        ExceptionGroup,
        pytest.fail.Exception,
    )):
        getattr(Laws(), law)()


def test_the_laws_make_touches_of_now():
    assert str(NOW) == "2026-10-20T01:30:00Z"
