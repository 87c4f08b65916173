"""WeCom and an SMS provider on this machine: their limits, their codes, their faults.

A call may fail before or after it was carried out, and may kill the caller.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

import uvicorn
from fake_books import DAY, Body, Books, Task, written
from hosts.wire import signature
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SMS_KEY: Final = "sms-key"
A_MINUTE: Final = 3
"""Calls of one interface; the real figure is 10,000."""


class Platform(Books):
    """Both platforms: what can be called, and what goes wrong.

    Args:
        faults: how often of a hundred calls each kind of fault happens.
    """

    def __init__(self, *, rule: str, seed: int, faults: int = 3) -> None:
        super().__init__(rule=rule, seed=seed, lossless=not faults)
        self.faults = faults
        self.calls: Counter[str] = Counter()
        self.faulted: Counter[str] = Counter()
        self.victim = 0
        self.kills: dict[int, str] = {}
        self.sends = 0
        self._minute: Counter[tuple[str, int]] = Counter()
        self._tokens: dict[str, int] = {}

    # ── The wires ──

    def app(self) -> Starlette:
        """Both platforms on one address."""
        methods = ["GET", "POST"]
        return Starlette(
            routes=[
                Route("/", self._on_sms, methods=methods),
                Route("/cgi-bin/{path:path}", self._on_wecom, methods=methods),
            ]
        )

    async def _on_wecom(self, request: Request) -> Response:
        path, query = request.path_params["path"], request.query_params
        if path == "gettoken":
            token = f"token-{len(self._tokens)}"
            self._tokens[token] = self.now + 7200
            return JSONResponse({"errcode": 0, "access_token": token})
        if query.get("access_token") not in self._tokens:
            return JSONResponse({"errcode": 40014})
        if self._tokens[query["access_token"]] <= self.now:
            return JSONResponse({"errcode": 42001})
        raw = await request.body()
        if raw and "json" not in request.headers.get("content-type", ""):
            return JSONResponse(self._refused(47001))
        body = json.loads(raw or b"{}")
        handler = getattr(self, f"_{path.rpartition('/')[2]}")
        return self._handled(
            path, lambda: handler({**query, **body}), {"errcode": 45009}
        )

    async def _on_sms(self, request: Request) -> Response:
        query = dict(request.query_params)
        signed = query.pop("Signature")
        if signed != signature(request.method, query, SMS_KEY):
            return JSONResponse({"Code": "SignatureDoesNotMatch"}, status_code=400)
        handler = getattr(self, f"_{query['Action']}")
        busy = {"Code": "Throttling.User"}
        return self._handled(query["Action"], lambda: handler(query), busy)

    def _handled(
        self, path: str, handle: Callable[[], Body], too_often: Body
    ) -> Response:
        """A call with all that may happen to one."""
        self.calls[path.rpartition("/")[2]] += 1
        self._minute[path, self.now // 60] += 1
        if self._minute[path, self.now // 60] > A_MINUTE:
            self.faulted["rate"] += 1
            return JSONResponse(too_often)
        is_send = path.endswith((
            "add_msg_template",
            "send_msg",
            "welcome_msg",
            "SendSms",
        ))
        self.sends += is_send
        planted = self.kills.pop(self.sends, "") if is_send else ""
        if planted == "before":
            self._kill()
        chance = self.random.randrange(100)
        if chance < self.faults:
            self.faulted["busy"] += 1
            return JSONResponse({"errcode": -1, "Code": "isp.SYSTEM_ERROR"})
        answer = handle()
        if planted == "after":
            self._kill()
        if chance >= 100 - self.faults:
            self.faulted["lost"] += 1
            return Response(status_code=502)
        return JSONResponse(answer)

    def _kill(self) -> None:
        self.faulted["kill"] += 1
        os.kill(self.victim, signal.SIGKILL)
        time.sleep(0.05)

    # ── WeCom ──

    def _refused(self, code: int) -> Body:
        self.refusals[str(code)] += 1
        return {"errcode": code, "errmsg": "refused"}

    def _list(self, given: Body) -> Body:
        ids = [c.id for c in self.followed() if c.staff == given["userid"]]
        return {"errcode": 0, "external_userid": ids} if ids else {"errcode": 84061}

    def _get(self, given: Body) -> Body:
        found = self.customers.get(given["external_userid"])
        if found is None or found not in list(self.followed()):
            return {"errcode": 84061}
        follow: Body = {"userid": found.staff, "createtime": found.added}
        if found.phone:
            follow["remark_mobiles"] = [found.phone]
        person = {"external_userid": found.id, "name": found.id, "type": 1}
        return {"errcode": 0, "external_contact": person, "follow_user": [follow]}

    def _send_welcome_msg(self, given: Body) -> Body:
        found = next(
            (c for c in self.customers.values() if c.code == given["welcome_code"]),
            None,
        )
        if found is None or self.now > found.added + 20:
            return self._refused(41050)
        if found.welcomed or found.said:
            return self._refused(41051)
        found.welcomed = True
        self.reached("wecom.welcome", found.id, found.code, given["text"]["content"])
        return {"errcode": 0}

    def _add_msg_template(self, given: Body) -> Body:
        ids = given["external_userid"]
        number = f"msg-{len(self.tasks)}"
        waits = [600, 7200, 9 * 3600, 20 * 3600, None]
        wait = self.random.choices(waits, weights=[50, 25, 12, 6, 7])[0]
        self.tasks[number] = Task(
            number,
            given["sender"],
            self.now,
            given["text"],
            {whom: 0 for whom in ids if whom in self.customers},
            None if wait is None else self.now + wait,
        )
        missing = [whom for whom in ids if whom not in self.customers]
        return {"errcode": 0, "msgid": number, "fail_list": missing}

    def _get_groupmsg_list_v2(self, given: Body) -> Body:
        listed = [
            {
                "msgid": t.id,
                "creator": t.creator,
                "create_time": t.created,
                "text": t.text,
            }
            for t in self.tasks.values()
            if t.creator == given["creator"]
            and given["start_time"] <= t.created <= given["end_time"]
        ]
        return {"errcode": 0, "next_cursor": "", "group_msg_list": listed}

    def _get_groupmsg_send_result(self, given: Body) -> Body:
        task = self.tasks[given["msgid"]]
        listed = [
            {"external_userid": who, "status": status, "send_time": task.done}
            for who, status in task.status.items()
        ]
        return {"errcode": 0, "next_cursor": "", "send_list": listed}

    def _remind_groupmsg_send(self, given: Body) -> Body:
        """Who is reminded confirms in ten minutes, unless they never do."""
        task = self.tasks[given["msgid"]]
        task.reminded += 1
        if task.confirms is not None and not task.done:
            task.confirms = min(task.confirms, self.now + 600)
        return {"errcode": 0}

    def _cancel_groupmsg_send(self, given: Body) -> Body:
        self.tasks[given["msgid"]].cancelled = True
        return {"errcode": 0}

    def _send_msg(self, given: Body) -> Body:
        whom, key = given["touser"], given["msgid"]
        mine = [r for r in self.received if (r.channel, r.whom) == ("wecom.kf", whom)]
        if any(r.key == key for r in mine):
            return {"errcode": 0, "msgid": key}
        said = [at for at in self.customers[whom].said if at <= self.now]
        if not said or self.now >= said[-1] + 2 * DAY:
            return self._refused(95013)
        if sum(r.at >= said[-1] for r in mine) >= 5:
            return self._refused(95001)
        self.reached("wecom.kf", whom, key, given["text"]["content"])
        return {"errcode": 0, "msgid": key}

    def _sync_msg(self, given: Body) -> Body:
        start = int(given.get("cursor") or 0)
        there = [m for m in self.messages if m["send_time"] <= self.now]
        page = there[start : start + 3]
        end = start + len(page)
        more = int(end < len(there))
        return {
            "errcode": 0,
            "next_cursor": str(end),
            "has_more": more,
            "msg_list": page,
        }

    # ── SMS ──

    def _SendSms(self, given: Body) -> Body:  # noqa: N802 - named as the provider does
        phone, template = given["PhoneNumbers"], given["TemplateCode"]
        same = [
            r
            for r in self.received
            if (r.whom, r.says) == (phone, template) and r.at > self.now - DAY
        ]
        if len(same) >= 50:
            self.refusals["sms"] += 1
            return {"Code": "isv.BUSINESS_LIMIT_CONTROL"}
        self.reached("sms", phone, given["OutId"], template)
        self.sms[f"{given['OutId']}-{len(self.sms)}"] = {
            "PhoneNum": phone,
            "OutId": given["OutId"],
            "SendDate": written(self.now),
            "ReceiveDate": written(self.now + 10),
            "at": self.now + 10,
        }
        report = {
            "phone_number": phone,
            "success": True,
            "out_id": given["OutId"],
            "report_time": written(self.now + 10),
            "err_code": "DELIVERED",
        }
        self.tell(self.now + 10, "sms", json.dumps([report]))
        return {"Code": "OK", "BizId": f"biz-{len(self.sms)}"}

    def _QuerySendDetails(self, given: Body) -> Body:  # noqa: N802 - likewise
        listed = [
            {**one, "SendStatus": 3 if one["at"] <= self.now else 1}
            for one in self.sms.values()
            if one["PhoneNum"] == given["PhoneNumber"]
            and one["SendDate"][:10].replace("-", "") == given["SendDate"]
        ]
        return {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": listed}}


class Served:
    """An application on a free port of this machine, in a thread."""

    def __init__(self, app: Starlette) -> None:
        config = uvicorn.Config(app, port=0, log_level="critical", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)

    def __enter__(self) -> str:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
