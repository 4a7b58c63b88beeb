"""Minutes of a sick market on a virtual clock: what is believed is true, and nearly always there.

The hours are in tests/benchmarks/bench_virtual_hours.py. What a frame or the next one shows may never reach a
signal; one digit changed in a message that is otherwise right may, where a venue sends no checksum.
"""

import pytest
from tests.scenarios.virtual_hours import VISIBLE, WITHOUT_CHECKSUM, Mix, run_for

from kairos_tui.feeds.dialects.coinbase import Coinbase
from kairos_tui.feeds.dialects.dialect import Dialect
from kairos_tui.feeds.dialects.table import dialect_of
from kairos_tui.sim.fault_orders import WITH_CHECKSUM

pytestmark = pytest.mark.timeout(240)

A_MESSAGE_LATER_MS = 1_000.0
"""A lost message is noticed when the next one comes: on a thin depth channel that takes a while."""

DOUBTFUL_MOST = 0.001
"""Signals of a leg with a lost message whose next one had not come yet, from levels that were true."""

UNTRUE_MOST = 0.01
"""Of all signals while 1 % of the messages have a wrong digit; docs/detection.md has the measured share."""


@pytest.mark.parametrize(("seed", "rate", "usable"), [(1, 0.01, 0.99), (2, 0.04, 0.95)])
def test_what_frames_show_never_reaches_a_signal_and_costs_little_time(seed, rate, usable):
    tally = run_for(Mix("visible", VISIBLE, rate), seed=seed, seconds=90)
    assert tally.signals > 500
    assert (tally.untrue, tally.unnoticed) == ([], 0)
    assert tally.doubtful <= DOUBTFUL_MOST * tally.signals
    for name, venue in tally.venues.items():
        assert venue.usable >= usable, name
        assert sum(venue.incidents.values()) > 0, name
        assert all(stood_ms < A_MESSAGE_LATER_MS for times in venue.found.values() for stood_ms in times)


def test_a_wrong_digit_never_reaches_a_signal_where_every_message_is_checksummed():
    tally = run_for(Mix("corrupt", ("corrupt",), 0.04, WITH_CHECKSUM), seed=3, seconds=60)
    assert tally.signals > 200
    assert (tally.untrue, tally.doubtful, tally.unnoticed) == ([], 0, 0)
    assert all(tally.venues[name].incidents for name in WITH_CHECKSUM)


def test_a_wrong_digit_elsewhere_is_counted_and_rare_and_the_legs_stay():
    tally = run_for(Mix("corrupt", ("corrupt",), 0.01), seed=4, seconds=90)
    assert tally.found > 0
    assert len(tally.untrue) <= UNTRUE_MOST * tally.signals
    assert {untrue.venue for untrue in tally.untrue} <= WITHOUT_CHECKSUM
    assert all(venue.usable >= 0.99 for venue in tally.venues.values())


def test_a_dialect_that_does_not_count_is_caught():
    """The checker itself: Coinbase's messages, lost and not missed."""

    class Credulous(Coinbase):
        def _interrupted(self, number):
            return None

    def dialects(venue: str) -> Dialect | None:
        return Credulous() if venue == "coinbase" else dialect_of(venue)

    mix = Mix("lost", ("lost",), 0.2, frozenset({"coinbase"}))
    tally = run_for(mix, seed=5, seconds=40, dialects=dialects)
    assert tally.untrue
    assert {untrue.venue for untrue in tally.untrue} == {"coinbase"}
    assert tally.venues["coinbase"].healed
    assert run_for(mix, seed=5, seconds=40).untrue == []
