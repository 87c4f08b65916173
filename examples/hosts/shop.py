"""The shop of both hosts: its plan, its words, and what it knows of people."""

from __future__ import annotations

from typing import Final

from attrs import evolve

import privflow as pf
from privflow import event, prop
from privflow.channels import (
    Content,
    Link,
    SmsAdapter,
    Template,
    WeComAdapter,
    sms,
    wecom,
)
from privflow.timing import Schedule

ZONE: Final = "Asia/Shanghai"
CORP: Final = "corp-1"
STAFF: Final = ("li", "zhang")
DAY: Final = pf.calendar("day", tz=ZONE)
TASK: Final = pf.Confirm(within="25h", remind=["4h", "14h"])
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WECOM: Final = WeComAdapter(corp=CORP, kf="kf-1")
SMS: Final = SmsAdapter(signature="店铺")
_GONE: Final = event("contact_removed").since_entry().exists()


def plan(*, mass_rule: str = "days_in_month") -> pf.Plan:
    """Newcomers are welcomed and kept in touch, questions are answered for a day.

    Args:
        mass_rule: which of WeCom's limits of mass sends the corp has chosen.
    """
    return pf.Plan(
        name="shop",
        journeys=[_new_friend(), _advice()],
        quotas=[
            wecom.mass_send(rule=mass_rule),
            wecom.customer_service(),
            *sms.caps("aliyun"),
            pf.TouchQuota("staff-day", 2, per=DAY, channel="wecom.mass", each="staff"),
            pf.TouchQuota(
                "calm-week",
                3,
                per=pf.rolling("7d"),
                kind="marketing",
                counts_on="delivered",
            ),
        ],
        gates=[pf.QuietHours("22:00", "08:00")],
        timezone=ZONE,
    )


def _new_friend() -> pf.Journey:
    def step(name: str, when: Schedule, kind: str, channel: str) -> pf.SOPStep:
        confirm = TASK if channel == "wecom.mass" else None
        message = pf.Message(name, kind=kind)
        return pf.SOPStep(name, when, message, via=[channel], confirm=confirm)

    steps = [
        step("hello", pf.after("0s"), "service", "wecom.welcome"),
        step("guide", pf.day(1, "10:00"), "service", "wecom.mass"),
        step("news", pf.weekly(DAYS, "20:00"), "service", "wecom.mass"),
        step(
            "deal", pf.weekly(["mon", "wed", "fri"], "12:00"), "marketing", "wecom.mass"
        ),
        step("sale", pf.weekly(["tue", "sat"], "11:00"), "marketing", "sms"),
    ]
    return pf.Journey(
        "new-friend",
        enter_on=event("contact_added"),
        exit_when=_GONE,
        stages=[pf.Stage("friend", steps=steps)],
    )


def _advice() -> pf.Journey:
    """Seven tips after a question, of which the platform lets five through."""
    asked = event("message_received").where(prop.channel == "wecom.kf")
    steps = [
        pf.SOPStep(
            f"tip-{hours}",
            pf.after(f"{hours}h"),
            pf.Message(f"tip-{hours}", kind="service"),
            via=["wecom.kf"],
        )
        for hours in (0, 1, 2, 3, 20, 22, 24)
    ]
    return pf.Journey(
        "advice",
        enter_on=asked,
        reentry=pf.Reentry.after_exit(cooldown="3d"),
        stages=[pf.Stage("day", steps=steps)],
    )


def words(touch: pf.Touch) -> Content:
    """The words of a touch; a shop has templates for them."""
    text = f"{touch.message}: 您好，这里是店铺"
    if touch.channel == "sms":
        said = f"{text}，拒收请回复R"
        return Content(said, template=Template(f"SMS_{touch.message}"))
    if touch.channel == "wecom.mass":
        return Content(text, [Link(touch.message, "https://shop.example/new")])
    return Content(text)


def known(contact: pf.Contact, *, at: pf.Instant) -> pf.Contact:
    """What the shop itself knows of somebody whom the platform has told about.

    The page on which people add a member of staff asks for their consent, and staff of
    this shop note a phone only after they have called it.
    """
    phones = contact.attributes.get("remark_mobiles")
    phone = [pf.Identity("phone", str(n)) for n in phones or ()]  # type: ignore[union-attr]
    contact = evolve(contact, identities=(*contact.identities, *phone))
    for channel in ("wecom.mass", "sms"):
        contact = contact.consenting(
            channel, purpose="marketing", at=at, evidence="add-friend-page-v3"
        )
    return contact
