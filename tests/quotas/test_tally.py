"""What quotas keep, so as not to work it out again."""

from __future__ import annotations

from privflow.quotas.tally import Memo


def test_a_memo_works_out_each_answer_once():
    asked = []
    memo = Memo[int, int](lambda number: asked.append(number) or -number)
    assert [memo[number] for number in (1, 2, 1)] == [-1, -2, -1]
    assert asked == [1, 2]


def test_a_memo_grows_to_no_more_than_its_bound_and_stays_right():
    memo = Memo[int, int](lambda number: -number)
    assert all(memo[number] == -number for number in range(10_000))
    assert len(memo) <= 4_096
    assert memo[0] == 0 and memo[9_999] == -9_999
