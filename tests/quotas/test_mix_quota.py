from __future__ import annotations

import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError
from privflow.facts import Contact, Timeline
from privflow.quotas import MixQuota
from privflow.timing import Instant, calendar, instant, rolling
from privflow.touches import Allow, Deny, Gate, Hold, Ledger, Receipt, Touch

START = instant("2026-10-20T09:30+08:00")
HOUR = 3_600_000_000


def hours(count: float) -> Instant:
    return Instant(START.us + round(count * HOUR))


@frozen(kw_only=True)
class Seen:
    ledger: Ledger = field(factory=Ledger)
    timeline: Timeline = field(factory=Timeline)
    contact: Contact = field(factory=lambda: Contact("c-1"))
    timezone: str = "UTC"


def touch(label: str = "promotion", touch_id: str = "t") -> Touch:
    return Touch(
        id=touch_id,
        contact_id="c-1",
        channel="sms",
        message="hello",
        kind="service",
        source="rule:r",
        labels=(label,),
    )


def view(*sent: tuple[int, str]) -> Seen:
    """A contact who got touches at these hours: `p` for promotions, `v` for value."""
    ledger = Ledger()
    for place, (at, sort) in enumerate(sent):
        label = "promotion" if sort == "p" else "value"
        ledger = ledger.reserving(touch(label, f"t{place}"), now=hours(at))
    return Seen(ledger=ledger)


def series(sorts: str) -> Seen:
    return view(*enumerate(sorts))


def series_at_once(sorts: str) -> Seen:
    return view(*((0, sort) for sort in sorts))


HALF: Gate = MixQuota(
    "not-only-coupons", at_most=0.5, of="promotion", per=rolling("1d"), after=2
)
NOW = hours(10)


@pytest.mark.parametrize(
    ("sent", "until"),
    [
        ("", None),
        ("p", None),  # after 2 touches only
        ("vv", None),
        ("vp", 24),  # 2 of 3 would be promotions; then the window holds one touch
        ("pv", 24),
        ("pp", 24),
        ("vvp", None),  # 2 of 4
        ("vpp", 25),  # 3 of 4, 3 of 3, then one touch
        ("ppv", 25),
        ("pvvp", 24),  # 3 of 5, then 2 of 4
        ("vvppv", None),  # 3 of 6
        ("pvvpp", 27),  # 4 of 6, 3 of 5, 3 of 4, 3 of 3, then one touch
    ],
)
def test_at_most_a_share_of_the_touches_carries_the_label(
    sent: str, until: int | None
) -> None:
    """Q1."""
    ruling = HALF.judge(touch(), series(sent), now=NOW)
    facts = {
        "count": sent.count("p"),
        "total": len(sent),
        "limit": 0.5,
        "window": "1d rolling",
    }
    if until is None:
        assert ruling == Allow(facts=facts)
    else:
        assert ruling == Hold("mix_full", until=hours(until), facts=facts)


def first_allowed(quota: Gate, seen: Seen) -> Instant | None:
    """The first whole hour after ten that the quota allows, by asking for each."""
    for hour in range(11, 60):
        if isinstance(quota.judge(touch(), seen, now=hours(hour)), Allow):
            return hours(hour)
    return None


@given(
    sent=st.lists(st.tuples(st.integers(-20, 10), st.sampled_from("pv")), max_size=12),
    at_most=st.sampled_from([0.1, 0.25, 1 / 3, 0.5, 0.75]),
    after=st.integers(0, 4),
)
def test_a_hold_ends_at_the_first_instant_that_is_allowed(
    sent: list[tuple[int, str]], at_most: float, after: int
) -> None:
    """Q5."""
    quota = MixQuota(
        "mix", at_most=at_most, of="promotion", per=rolling("1d"), after=after
    )
    seen = view(*sent)
    ruling = quota.judge(touch(), seen, now=NOW)
    match ruling:
        case Hold(until=until):
            just_before = Instant(until.us - 1)
            assert until == first_allowed(quota, seen)
            assert not isinstance(quota.judge(touch(), seen, now=just_before), Allow)
        case Deny():
            assert first_allowed(quota, seen) is None
        case Allow():
            inside = [sort for at, sort in sent if at > 10 - 24]
            share = (inside.count("p") + 1) / (len(inside) + 1)
            assert len(inside) < after or share <= at_most


def test_a_promotion_that_may_never_be_first_is_denied() -> None:
    """With after=0 the empty window makes it 1 of 1."""
    first = MixQuota("mix", at_most=0.5, of="promotion", per=rolling("1d"), after=0)
    facts = {"count": 0, "total": 0, "limit": 0.5, "window": "1d rolling"}
    assert first.judge(touch(), Seen(), now=NOW) == Deny("mix_full", facts=facts)
    assert isinstance(first.judge(touch(), series("v"), now=NOW), Allow)


def test_a_touch_without_the_label_is_no_concern() -> None:
    assert HALF.judge(touch("value"), series("ppppp"), now=NOW) == Allow()


def test_a_released_touch_does_not_count() -> None:
    """Q4."""
    seen = series("vp")
    ledger = seen.ledger.informed(Receipt("t1", "failed", at=NOW))
    assert isinstance(HALF.judge(touch(), Seen(ledger=ledger), now=NOW), Allow)


def test_a_touch_as_old_as_the_window_is_out() -> None:
    """T2."""
    seen = series("vp")
    last = hours(24 - 1 / HOUR)
    assert isinstance(HALF.judge(touch(), seen, now=last), Hold)
    assert isinstance(HALF.judge(touch(), seen, now=hours(24)), Allow)


@pytest.mark.parametrize("hundredths", range(1, 100))
def test_a_share_is_met_exactly(hundredths: int) -> None:
    """29 of 100 is 0.29, though 0.29 * 100 is less than 29."""
    quota = MixQuota(
        "mix",
        at_most=hundredths / 100,
        of="promotion",
        per=rolling("1d"),
        after=0,
    )
    seen = series_at_once("p" * (hundredths - 1) + "v" * (100 - hundredths))
    over = series_at_once("p" * hundredths + "v" * (99 - hundredths))
    assert isinstance(quota.judge(touch(), seen, now=NOW), Allow)
    assert not isinstance(quota.judge(touch(), over, now=NOW), Allow)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": ""}, r"MixQuota\.name"),
        ({"of": ""}, r"MixQuota\.of"),
        ({"at_most": 0}, r"MixQuota\.at_most: got 0"),
        ({"at_most": 1}, r"MixQuota\.at_most: got 1"),
        ({"at_most": -0.5}, r"MixQuota\.at_most"),
        ({"at_most": True}, r"MixQuota\.at_most"),
        ({"at_most": "50%"}, r"MixQuota\.at_most"),
        ({"at_most": float("nan")}, r"MixQuota\.at_most"),
        ({"per": calendar("day")}, r"MixQuota\.per: .* expected a rolling window"),
        ({"per": "14d"}, r"MixQuota\.per"),
        ({"after": -1}, r"MixQuota\.after"),
        ({"after": True}, r"MixQuota\.after"),
    ],
)
def test_a_mix_that_means_nothing_is_refused(
    changes: dict[str, object], problem: str
) -> None:
    parts = {
        "name": "mix",
        "at_most": 0.5,
        "of": "promotion",
        "per": rolling("14d"),
        "after": 2,
    }
    with pytest.raises(DefinitionError, match=problem) as caught:
        MixQuota(**(parts | changes))
    assert caught.value.hint


def test_a_mix_reads_as_a_sentence_and_as_source() -> None:
    mix = MixQuota("mix", at_most=0.29, of="coupon", per=rolling("14d"), after=2)
    sentence = "at most 29% of the touches about coupon, 14d rolling, after 2 touches"
    assert str(mix) == sentence
    assert eval(repr(mix), {"MixQuota": MixQuota, "rolling": rolling}) == mix  # noqa: S307
    assert repr(mix).startswith("MixQuota('mix', at_most=0.29, of='coupon', per=")
