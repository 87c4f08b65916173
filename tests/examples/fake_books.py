"""Who is on the platforms, what reached them, and what they do by themselves.

Time is what the test says. Who received what is written down, so that a test can count
it. Callbacks come more than once, late, in another order, or never.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from heapq import heappop, heappush
from random import Random
from typing import Any, Final

from attrs import define, field

CHINA: Final = timezone(timedelta(hours=8))
DAY: Final = 86_400
Body = dict[str, Any]


@define
class Customer:
    """Somebody in WeCom; times are seconds since 1970."""

    id: str
    staff: str
    added: int
    phone: str = ""
    code: str = ""
    welcomed: bool = False
    removed: int | None = None
    said: list[int] = field(factory=list)


@define
class Task:
    """A mass send that a member of staff has, or has not, confirmed."""

    id: str
    creator: str
    created: int
    text: Body
    status: dict[str, int]
    confirms: int | None
    done: int = 0
    reminded: int = 0
    cancelled: bool = False


@define(frozen=True)
class Received:
    """What reached somebody, and under which key or reference."""

    channel: str
    whom: str
    key: str
    says: str
    at: int


def period(rule: str, at: int) -> object:
    """In which period of a rule an instant lies, in China."""
    day = (at + 8 * 3600) // DAY
    local = datetime.fromtimestamp(at, CHINA)
    return {
        "one_a_day": day,
        "seven_a_week": (day + 3) // 7,
        "days_in_month": (local.year, local.month),
    }[rule]


def most(rule: str, at: int) -> int:
    """How many a period of a rule allows."""
    first = datetime.fromtimestamp(at, CHINA).replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return {"one_a_day": 1, "seven_a_week": 7}.get(rule, (following - first).days)


class Books:
    """Everybody on both platforms, and what became of them.

    Args:
        rule: which limit of mass sends the corp has chosen.
        lossless: every callback comes once, a second later.
    """

    def __init__(self, *, rule: str, seed: int, lossless: bool) -> None:
        self.rule, self.lossless = rule, lossless
        self.random = Random(seed)  # noqa: S311 - a story, no secret
        self.now = 0
        self.customers: dict[str, Customer] = {}
        self.tasks: dict[str, Task] = {}
        self.received: list[Received] = []
        self.messages: list[Body] = []
        self.sms: dict[str, Body] = {}
        self.refusals: Counter[str] = Counter()
        self.callbacks: list[tuple[int, int, str, str]] = []
        self.fates: Counter[str] = Counter()

    def followed(self) -> Iterator[Customer]:
        """Those who are a friend of a member now."""
        return (
            c
            for c in self.customers.values()
            if c.added <= self.now and (c.removed is None or c.removed > self.now)
        )

    def reached(self, channel: str, whom: str, key: str, says: str) -> None:
        """Something has reached somebody."""
        self.received.append(Received(channel, whom, key, says, self.now))

    def next_at(self) -> int | None:
        """When people or callbacks do something next."""
        waits = [t.confirms for t in self.tasks.values() if t.confirms and not t.done]
        waits += [self.callbacks[0][0]] if self.callbacks else []
        return min(waits, default=None)

    def live(self) -> None:
        """Members confirm what they have to; limits hold at that instant."""
        for task in self.tasks.values():
            is_due = task.confirms is not None and task.confirms <= self.now
            if is_due and not (task.done or task.cancelled):
                task.done = self.now
                for whom in task.status:
                    task.status[whom] = self._fate(whom, task)
            if task.cancelled:
                task.confirms = None

    def _fate(self, whom: str, task: Task) -> int:
        if self.customers[whom] not in list(self.followed()):
            return 2
        mine = [
            r
            for r in self.received
            if (r.channel, r.whom) == ("wecom.mass", whom)
            and period(self.rule, r.at) == period(self.rule, self.now)
        ]
        if len(mine) >= most(self.rule, self.now):
            self.refusals["mass"] += 1
            return 3
        self.reached("wecom.mass", whom, task.id, task.text["content"])
        return 1

    def add(self, customer: Customer) -> None:
        """Somebody adds a member of staff."""
        self.customers[customer.id] = customer
        self._change("add_external_contact", customer, customer.added, customer.code)

    def remove(self, customer: Customer) -> None:
        """Somebody deletes a member of staff, now."""
        customer.removed = self.now
        self._change("del_follow_user", customer, self.now)

    def say(self, customer: Customer, text: str) -> None:
        """Somebody writes to customer service, now."""
        customer.said.append(self.now)
        self.messages.append({
            "msgid": f"said-{len(self.messages)}",
            "open_kfid": "kf-1",
            "external_userid": customer.id,
            "send_time": self.now,
            "origin": 3,
            "msgtype": "text",
            "text": {"content": text},
        })
        told = {"Event": "kf_msg_or_event", "Token": "T", "OpenKfId": "kf-1"}
        self.tell(self.now, "wecom", _xml(self.now, told))

    def _change(self, change: str, who: Customer, at: int, code: str = "") -> None:
        told = {
            "Event": "change_external_contact",
            "ChangeType": change,
            "ExternalUserID": who.id,
            "UserID": who.staff,
        }
        told |= {"WelcomeCode": code} if code else {}
        self.tell(at, "wecom", _xml(at, told))

    def tell(self, at: int, platform: str, payload: str) -> None:
        """Call back: up to three times, late, in another order, or never."""
        if self.lossless:
            self.push(at + 1, platform, payload)
            return
        copies = self.random.choices([0, 1, 2, 3], weights=[15, 55, 15, 15])[0]
        self.fates["lost" if not copies else "repeated" if copies > 1 else "once"] += 1
        for _ in range(copies):
            late = self.random.choices([1, 300, 10_000], weights=[80, 12, 8])[0]
            self.push(at + late, platform, payload)
            self.fates["late"] += late > 1

    def push(self, at: int, platform: str, payload: str) -> None:
        """Have a callback delivered at an instant."""
        heappush(self.callbacks, (at, len(self.callbacks), platform, payload))

    def pop_due(self) -> Iterator[tuple[str, str]]:
        """The callbacks that go out now."""
        while self.callbacks and self.callbacks[0][0] <= self.now:
            _, _, platform, payload = heappop(self.callbacks)
            yield platform, payload


def _xml(at: int, fields: Mapping[str, str]) -> str:
    told = {
        "ToUserName": "corp-1",
        "FromUserName": "sys",
        "CreateTime": str(at),
        "MsgType": "event",
        **fields,
    }
    return f"<xml>{''.join(f'<{n}>{v}</{n}>' for n, v in told.items())}</xml>"


def written(at: int) -> str:
    """A time as the SMS provider writes it."""
    return datetime.fromtimestamp(at, CHINA).strftime("%Y-%m-%d %H:%M:%S")
