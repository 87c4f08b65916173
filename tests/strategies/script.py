"""Generated stories of a contact: what happens, and when."""

from __future__ import annotations

from attrs import frozen
from hypothesis import strategies as st

from privflow.facts import Event
from privflow.timing import Instant
from strategies.plan import EVENTS, HOUR, MINUTE, STARTS

GAPS = (0, 0, 1, 30 * MINUTE, 2 * HOUR, 9 * HOUR, 26 * HOUR, 75 * HOUR)
STATUSES = (
    "confirmed",
    "delivered",
    "clicked",
    "failed",
    "refused",
    "expired",
    "unknown",
)


@frozen
class Happens:
    """An event of the contact, told `late` microseconds after it."""

    at: Instant
    event: Event


@frozen
class Heard:
    """A receipt for one of the touches so far, counted from the last one."""

    at: Instant
    place: int
    status: str


@frozen
class Declared:
    """The contact agrees to be written to, or refuses."""

    at: Instant
    channel: str
    granted: bool


Item = Happens | Heard | Declared


@st.composite
def scripts(
    draw: st.DrawFn,
    *,
    start: Instant = STARTS[0],
    late: bool = False,
    heard: bool = True,
    most: int = 10,
) -> list[Item]:
    """Some items in the order of time.

    Args:
        late: events may be told long after they happened, and more than once.
        heard: receipts and declarations come, too.
    """
    items: list[Item] = []
    at, number = start.us, 0
    for _ in range(draw(st.sampled_from([2, most // 2, most, most]))):
        at += draw(st.sampled_from(GAPS))
        what = draw(
            st.sampled_from(["event", "event", "receipt", "receipt", "declare"])
        )
        if what == "event" or not heard or len(items) < 2:
            number = draw(st.integers(0, number)) if late else number + 1
            lag = draw(st.sampled_from([0, 0, HOUR, 30 * HOUR])) if late else 0
            items.append(Happens(Instant(at), _event(draw, number, Instant(at - lag))))
        elif what == "receipt":
            status = draw(st.sampled_from(STATUSES))
            items.append(Heard(Instant(at), draw(st.integers(0, 2)), status))
        else:
            channel = draw(st.sampled_from(["sms", "push", "wecom"]))
            items.append(Declared(Instant(at), channel, draw(st.booleans())))
    return items


def _event(draw: st.DrawFn, number: int, at: Instant) -> Event:
    name = draw(st.sampled_from(["a", *EVENTS]))
    key = f"id-{number:02}" if draw(st.booleans()) or number else ""
    fields = {"amount": number, "order": f"o-{number % 3}"}
    return Event(name, "c-1", at=at, properties=fields, id=key)
