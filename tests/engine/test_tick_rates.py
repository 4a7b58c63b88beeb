"""Promise: ticks per second are those of the ten whole tenths before now, whoever asks and however seldom."""

from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.engine.slot import Slot
from kairos_tui.engine.tick_rates import TickRates
from kairos_tui.market import Symbol, Venue

TENTH_NS = 100_000_000
MOVES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3 * TENTH_NS), st.booleans()), max_size=80)


@given(moves=MOVES)
def test_a_rate_is_the_count_of_the_whole_tenths_of_the_last_second(moves) -> None:
    slots = [Slot(Venue(f"v{number}"), Symbol("A/B")) for number in range(3)]
    rates, came, now_ns = TickRates(), list[tuple[int, int]](), 0
    for number, pause_ns, is_asked in moves:
        now_ns += pause_ns
        rates.count(slots[number], now_ns)
        came.append((number, now_ns // TENTH_NS))
        if is_asked:
            now = now_ns // TENTH_NS
            counted = [number for number, tenth in came if now - 10 <= tenth < now]
            assert [rates.of(slot, now_ns) for slot in slots] == [counted.count(each) for each in range(3)]
            assert rates.of_all(now_ns) == len(counted)


def test_what_nobody_asks_for_is_forgotten() -> None:
    slot, rates = Slot(Venue("v"), Symbol("A/B")), TickRates()
    for tenth in range(1_000):
        rates.count(slot, tenth * TENTH_NS)

    assert rates.of(slot, 1_000 * TENTH_NS) == 10.0
    assert rates.of(slot, 1_005 * TENTH_NS) == 5.0
    assert rates.of_all(2_000 * TENTH_NS) == 0.0
