"""Q2 and Q3: whose limit it is, what a touch costs, and what a store is asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError
from privflow.facts import Properties
from privflow.quotas import Claim, Pool, TouchQuota, days_in_month
from privflow.quotas.subject import each_of, subject_text
from privflow.timing import calendar, instant, rolling
from privflow.touches import Allow, Deny, Hold, Ledger
from strategies.past import Seen, hours, sent, touch

STAFF = TouchQuota("staff-day", 100, per=calendar("day"), each="staff")
BOTH = TouchQuota("pair", 1, per=rolling("1d"), each=["staff", "contact"])


def of(touch_id: str = "t", **subjects: str):
    return touch(touch_id, subjects=Properties(subjects))


# ── Whose limit it is ────────────────────────────────────────────────────────


def test_a_contact_and_staff_is_counted_in_the_contacts_own_ledger() -> None:
    """Q2: WeCom's one a day for each member and customer."""
    ledger = Ledger().reserving(of("a", staff="zhang"), now=hours(0))
    assert not BOTH.is_shared
    assert BOTH.each == ("contact", "staff")
    held = BOTH.judge(of(staff="zhang"), Seen(ledger), now=hours(1))
    assert isinstance(held, Hold)
    assert held.until == hours(24)
    assert isinstance(BOTH.judge(of(staff="li"), Seen(ledger), now=hours(1)), Allow)


def test_a_touch_without_the_subject_is_not_meant() -> None:
    """Q2."""
    assert BOTH.judge(of(), Seen(), now=hours(1)) == Allow()
    assert STAFF.judge(of(), Seen(), now=hours(1)) == Allow()
    assert STAFF.claim(of(), Seen(), now=hours(1)) is None


def test_what_contacts_share_is_let_through_and_claimed() -> None:
    """Q2."""
    view = Seen(sent(*range(1), subjects=Properties({"staff": "zhang"})))
    assert STAFF.is_shared
    one = of(staff="zhang")
    assert STAFF.judge(one, view, now=hours(9)) == Allow(facts={"claimed": True})
    assert STAFF.claim(one, view, now=hours(9)) == Claim(
        quota="staff-day",
        subject="staff=zhang",
        limit=100,
        since=instant("2026-10-20T00:00+08:00"),
        until=instant("2026-10-21T00:00+08:00"),
    )
    assert BOTH.claim(one, view, now=hours(9)) is None


def test_a_rolling_claim_looks_back_from_now_and_leaves_one_span_later() -> None:
    """T2: what is exactly that old is out."""
    quota = TouchQuota("c", 5, per=rolling("1h"), each=["staff", "campaign"])
    claim = quota.claim(of(staff="zhang", campaign="618"), Seen(), now=hours(9))
    assert claim is not None
    assert claim.subject == "campaign=618,staff=zhang"
    assert claim.since.us == hours(8).us + 1
    assert claim.until == hours(10)


def test_a_quota_that_is_not_about_the_touch_claims_nothing() -> None:
    sms = TouchQuota("s", 1, per=calendar("day"), each="plan", channel="sms")
    assert sms.claim(touch(), Seen(), now=hours(1)) is None
    claim = sms.claim(touch(channel="sms"), Seen(), now=hours(1))
    assert claim is not None
    assert claim.subject == "plan"


@given(st.lists(st.tuples(st.text("a,=\\"), st.text("a,=\\")), min_size=2, max_size=2))
def test_no_two_subjects_read_alike(pairs: list[tuple[str, str]]) -> None:
    first, second = (subject_text(("campaign", "staff"), pair) for pair in pairs)
    assert (first == second) == (pairs[0] == pairs[1])


@pytest.mark.parametrize(
    "each", ["nobody", [], ["staff", "staff"], ["plan", "staff"], ["contact", "plan"]]
)
def test_a_subject_that_means_nothing_is_refused(each: object) -> None:
    with pytest.raises(DefinitionError, match=r"TouchQuota\.each"):
        TouchQuota("q", 1, per=calendar("day"), each=each)


def test_subjects_have_one_order() -> None:
    assert each_of(["staff", "campaign"]) == each_of(("campaign", "staff"))
    assert each_of("contact") is each_of(["contact"])


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"each": "staff", "counts_on": "confirmed"}, r"TouchQuota\.counts_on"),
        ({"each": "staff", "keep": {"high": 1}}, r"TouchQuota\.keep"),
        ({"counts": "money"}, r"TouchQuota\.counts"),
    ],
)
def test_what_a_store_cannot_count_is_refused(parts: dict, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        TouchQuota("q", 3, per=calendar("day"), **parts)


# ── Pools ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("audience", "limit"),
    [(1, 100_000), (50_000, 100_000), (50_001, 100_002), (1_000_000, 2_000_000)],
)
def test_a_pool_is_so_many_for_each_person_and_something_for_small_apps(
    audience: int, limit: int
) -> None:
    """Q1: OPPO, fewer than 50,000 users: 100,000; else 2 for each."""
    pool = Pool(2, audience=audience, least=100_000)
    quota = TouchQuota("pool", pool, per=calendar("day"), each="plan", channel="push")
    claim = quota.claim(touch(channel="push"), Seen(), now=hours(1))
    assert claim is not None
    assert claim.limit == pool.limit == limit


def test_a_pool_belongs_to_all() -> None:
    pool = Pool(2, audience=10)
    with pytest.raises(DefinitionError, match="each contact"):
        TouchQuota("pool", pool, per=calendar("day"))
    assert repr(pool) == "Pool(2, audience=10)"


@pytest.mark.parametrize(
    "parts", [{"times": 0}, {"audience": 0}, {"least": -1}, {"audience": 1.5}]
)
def test_a_pool_that_means_nothing_is_refused(parts: dict) -> None:
    given = {"times": 2, "audience": 10} | parts
    with pytest.raises(DefinitionError, match=r"Pool\."):
        Pool(given.pop("times"), **given)


# ── Cost ─────────────────────────────────────────────────────────────────────

BUDGET = TouchQuota("segments", 10, per=rolling("1d"), counts="cost", channel="sms")


@pytest.mark.parametrize(
    ("cost", "spent", "ruling"),
    [
        (4, [3, 3], Allow),
        (5, [3, 3], Hold),
        (10, [], Allow),
        (11, [], Deny),
    ],
)
def test_cost_is_summed_up(cost: int, spent: list[int], ruling: type) -> None:
    """Q3."""
    ledger = Ledger()
    for place, each in enumerate(spent):
        one = touch(f"t{place}", channel="sms", cost=each)
        ledger = ledger.reserving(one, now=hours(place))
    answer = BUDGET.judge(touch(channel="sms", cost=cost), Seen(ledger), now=hours(5))
    assert isinstance(answer, ruling)
    assert answer.facts["limit"] == 10
    if isinstance(answer, Hold):
        assert answer.until == hours(24)
        assert answer.facts["count"] == 6
    if isinstance(answer, Deny):
        assert answer.reason == "cost_over_limit"
        assert answer.facts["cost"] == 11


def test_a_touch_that_costs_much_is_one_touch() -> None:
    """Q3: a cap of touches does not look at money."""
    quota = TouchQuota("two", 2, per=rolling("1d"))
    ledger = Ledger().reserving(touch("a", cost=50), now=hours(0))
    assert quota.judge(touch(cost=50), Seen(ledger), now=hours(1)) == Allow(
        facts={"count": 1, "limit": 2, "window": "1d rolling"}
    )


def test_several_must_leave_before_something_dear_fits() -> None:
    """Q5."""
    ledger = Ledger()
    for hour in range(5):
        ledger = ledger.reserving(
            touch(f"t{hour}", channel="sms", cost=2), now=hours(hour)
        )
    answer = BUDGET.judge(touch(channel="sms", cost=5), Seen(ledger), now=hours(6))
    assert isinstance(answer, Hold)
    assert answer.until == hours(24 + 2)  # 10 - 3 * 2 + 5 <= 10


def test_a_shared_quota_refuses_what_no_window_holds() -> None:
    """A store would never have room for it."""
    quota = TouchQuota("b", 10, per=rolling("1d"), counts="cost", each="plan")
    ruling = quota.judge(touch(cost=11), Seen(), now=hours(1))
    facts = {"cost": 11, "limit": 10, "window": "1d rolling"}
    assert ruling == Deny("cost_over_limit", facts=facts)
    assert isinstance(quota.judge(touch(cost=10), Seen(), now=hours(1)), Allow)


def test_a_month_may_be_too_short_for_what_a_longer_one_holds() -> None:
    """A cost of 31 waits in April for May."""
    quota = TouchQuota("m", days_in_month, per=calendar("month"), counts="cost")
    now = instant("2026-04-10T10:00+08:00")
    ruling = quota.judge(touch(cost=31), Seen(), now=now)
    assert isinstance(ruling, Hold)
    assert ruling.until == instant("2026-05-01T00:00+08:00")
    assert isinstance(quota.judge(touch(cost=32), Seen(), now=now), Deny)


@pytest.mark.parametrize(
    ("quota", "source", "sentence"),
    [
        (
            BUDGET,
            (
                "TouchQuota('segments', 10, per=rolling('1d'), channel='sms', "
                "counts='cost')"
            ),
            "touches on sms that cost at most 10 together, 1d rolling",
        ),
        (
            BOTH,
            "TouchQuota('pair', 1, per=rolling('1d'), each=('contact', 'staff'))",
            "at most 1 touch for each contact and staff, 1d rolling",
        ),
        (
            TouchQuota("p", Pool(2, audience=9), per=calendar("day"), each="plan"),
            "TouchQuota('p', Pool(2, audience=9), per=calendar('day'), each=('plan',))",
            "at most 18 touches for each plan, calendar day",
        ),
    ],
)
def test_a_quota_reads_as_source_and_as_a_sentence(
    quota: TouchQuota, source: str, sentence: str
) -> None:
    names = {"TouchQuota": TouchQuota, "Pool": Pool, "rolling": rolling}
    assert repr(quota) == source
    assert str(quota) == sentence
    assert eval(source, names | {"calendar": calendar}) == quota  # noqa: S307  the repr
