"""Health asks a venue no more than its budget allows, and leaves it alone when it says so."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.feeds.health.budget import BURST, LONGEST_PAUSE_NS, SECOND_NS, RestBudget


def test_a_burst_leaves_at_once_and_then_one_after_another():
    budget = RestBudget(seed=1, per_minute=12)
    at_once = [budget.take(SECOND_NS) for _ in range(BURST + 1)]
    later = [second for second in range(2, 20) if budget.take(second * SECOND_NS)]
    assert at_once == [True] * BURST + [False]
    assert later == [6, 11, 16]


@settings(max_examples=50)
@given(st.lists(st.integers(0, 20 * SECOND_NS), max_size=100))
def test_no_span_of_time_holds_more_than_the_burst_and_its_share(pauses):
    budget, now_ns = RestBudget(seed=1), 10**12
    taken: list[int] = []
    for pause in pauses:
        now_ns += pause
        is_free = budget.wait_ns(now_ns) == 0
        assert budget.take(now_ns) == is_free
        taken += [now_ns] * is_free
    for first, began_ns in enumerate(taken):
        for more, ended_ns in enumerate(taken[first:]):
            assert more + 1 <= BURST + (ended_ns - began_ns) / budget.spacing_ns


def test_the_wait_is_as_long_as_it_says():
    budget = RestBudget(seed=1)
    while budget.take(SECOND_NS):
        pass
    wait_ns = budget.wait_ns(SECOND_NS)
    assert not budget.take(SECOND_NS + wait_ns - 1)
    assert budget.take(SECOND_NS + wait_ns)


def test_each_refusal_in_a_row_pauses_twice_as_long_up_to_ten_minutes():
    budget, now_ns, pauses = RestBudget(seed=1), SECOND_NS, []
    for _ in range(8):
        budget.on_refused(now_ns)
        pauses.append(budget.wait_ns(now_ns) / SECOND_NS)
        now_ns += budget.wait_ns(now_ns)
    for pause, longest in zip(pauses, [30, 60, 120, 240, 480, 600, 600, 600], strict=True):
        assert longest / 2 <= pause <= longest


def test_a_good_answer_forgives_earlier_refusals():
    budget = RestBudget(seed=1)
    for _ in range(5):
        budget.on_refused(0)
    budget.on_answer()
    budget.on_refused(10**13)
    assert budget.wait_ns(10**13) <= 30 * SECOND_NS


def test_what_a_venue_asks_for_is_honoured_up_to_ten_minutes():
    budget = RestBudget(seed=1)
    budget.on_refused(0, asked_ns=120 * SECOND_NS)
    assert budget.wait_ns(0) == 120 * SECOND_NS
    budget.on_refused(0, asked_ns=10**15)
    assert budget.wait_ns(0) == LONGEST_PAUSE_NS


def test_two_venues_do_not_come_back_together():
    pauses = set()
    for seed in range(10):
        budget = RestBudget(seed)
        budget.on_refused(0)
        pauses.add(budget.wait_ns(0))
    assert len(pauses) == 10
