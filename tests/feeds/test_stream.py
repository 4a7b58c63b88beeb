"""One stream's states by the clock alone: late answers, quiet markets, thin books, quarantine and return."""

import pytest
from tests.feeds.wire import Wire

from kairos_tui.feeds.dialects.dialect import Market
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.stream import MENDED_AT_ONCE, Stream
from kairos_tui.feeds.tick_maker import Sighting
from kairos_tui.market import Symbol, Venue

S = 1_000_000_000
WALL_MS = 1_800_000_000_000
DAY_MS = 86_400_000
BOOK = {"bids": [[99.0, 1.0]], "asks": [[101.0, 1.0]], "nonce": None, "timestamp": None}


class Life:
    """A stream on a plan of 2 s silence and 10 s for an answer, and what it told."""

    def __init__(self, recorder) -> None:
        plan = FeedPlan(Venue("v"), (Symbol("A/B"),), "bybit")
        self.told = recorder
        self.outbox = Outbox(recorder)
        self.stream = Stream(plan, Symbol("A/B"), Market(Symbol("A/B"), "AB"), self.outbox, 0)

    def connect(self, now_ns):
        self.stream.attach(Wire(), now_ns, up=True)
        self.stream.on_asked(now_ns)

    def book(self, now_ns, *, is_best=False, **sides):
        book = {**BOOK, **sides}
        stamps = book["timestamp"], book["nonce"]
        seen = Sighting(book["bids"], book["asks"], now_ns, now_ns, WALL_MS, *stamps, is_best=is_best)
        self.stream.on_book(seen)

    def overdue(self, now_ns):
        reason = self.stream.overdue(now_ns)
        self.outbox.flush()
        return reason

    @property
    def states(self):
        self.outbox.flush()
        return self.told.states("A/B")


@pytest.fixture
def life(recorder):
    return Life(recorder)


def test_a_stream_is_live_with_its_first_book_and_stale_after_the_limit(life):
    life.connect(0)
    life.book(1 * S)
    assert life.overdue(3 * S) is None
    assert life.states[-1] == "live"
    assert life.overdue(3 * S + 1) is None
    assert life.told.last("A/B").reason == "no update for 2.0 s"
    assert life.overdue(7 * S + 1) == "no update for 6.0 s"
    assert life.states == ["connecting", "connecting", "live", "stale"]


def test_an_unchanged_book_proves_life_without_a_tick(life):
    life.connect(0)
    for second in range(1, 9):
        life.book(second * S)
        assert life.overdue(second * S + S) is None
    assert life.states[-1] == "live"
    assert len(life.told.ticks) == 1


def test_a_market_that_is_only_quiet_is_given_twice_the_time(life):
    limits = []
    now = S
    for _ in range(7):
        life.connect(now)
        life.book(now)
        while life.overdue(now) is None:
            now += S // 4
        limits.append(round(float(life.told.last("A/B").reason.split()[3])))
        life.stream.on_lost("silence", now, now)
    assert limits == [2, 4, 8, 16, 32, 60, 60]


def test_a_market_that_had_moved_meanwhile_is_given_the_old_limit(life):
    life.connect(S)
    life.book(S)
    assert life.overdue(8 * S)
    life.stream.on_lost("silence", 8 * S, 8 * S)
    life.connect(8 * S)
    life.book(8 * S, bids=[[98.0, 1.0]])
    life.overdue(8 * S + 2 * S + 1)
    assert life.states[-1] == "stale"


def test_a_book_with_one_side_is_stale_but_costs_no_reconnect(life):
    life.connect(0)
    life.book(0)
    for second in range(1, 20):
        life.book(second * S, bids=[])
        assert life.overdue(second * S + 1) is None
    assert life.states[-1] == "stale"
    assert life.told.last("A/B").reason == "a side is empty"
    life.book(20 * S)
    assert life.states[-1] == "live"
    assert len(life.told.ticks) == 2


def test_a_stream_back_from_quarantine_is_asked_once_and_left_alone_longer_each_time(life):
    now, waits = S, []
    for _ in range(8):
        life.connect(now)
        now += 10 * S + 1
        assert "not answered" in life.overdue(now)
        if life.stream.quarantined:
            waits.append((life.stream.retry_ns - now) // S)
            now = life.stream.retry_ns
        else:
            life.stream.on_lost("late", now, now)
    assert waits == [30, 60, 120, 240, 300, 300]
    life.connect(now)
    life.book(now)
    assert life.states[-1] == "live"
    assert not life.stream.on_probation


def test_a_resync_is_not_called_late_before_it_was_due(life):
    life.connect(0)
    life.book(0)
    for _ in range(2):
        life.stream.on_refused("gap", S, resync=True, final=False)
    assert life.stream.overdue(life.stream.retry_ns + 5 * S) is None
    assert life.stream.overdue(life.stream.retry_ns + 5 * S + 1)
    assert life.states[-1] == "resync"


def test_a_third_refusal_in_a_row_is_the_last(life):
    life.connect(0)
    for _ in range(3):
        life.stream.on_refused("no", S, resync=False, final=False)
    assert life.states[-1] == "quarantined"
    assert life.stream.retry_ns == 301 * S


def test_each_connection_is_a_new_generation_and_repeats_its_first_book(life):
    for second in (1, 10, 20):
        life.connect(second * S)
        life.book(second * S)
        life.stream.on_lost("closed", second * S + 1, second * S + 1)
    life.outbox.flush()
    assert [tick.generation for tick in life.told.ticks] == [1, 2, 3]


@pytest.mark.parametrize(
    ("stamp", "kept"),
    [
        (WALL_MS, True),
        (WALL_MS - DAY_MS, True),
        (WALL_MS - DAY_MS - 1, False),
        (WALL_MS + 5_000, True),
        (WALL_MS + 5_001, False),
        (WALL_MS * 1_000_000, False),
        (WALL_MS // 1000, False),
        (2**63 - 1, False),
        (-(2**63), False),
        (2**80, False),
        (True, False),
        ("now", False),
    ],
)
def test_an_exchange_s_stamp_that_is_no_time_of_today_is_left_out(life, stamp, kept):
    life.connect(0)
    life.book(1 * S, timestamp=stamp)
    life.outbox.flush()
    assert [tick.timestamp_ms for tick in life.told.ticks] == [stamp if kept else None]


def test_a_number_of_the_book_that_is_a_truth_value_is_no_number(life):
    life.connect(0)
    life.book(1 * S, nonce=True)
    life.outbox.flush()
    assert [tick.nonce for tick in life.told.ticks] == [None]


def test_down_again_without_a_book_is_the_same_outage_and_after_one_another(life):
    life.connect(0)
    life.book(S)
    life.stream.on_lost("closed", 2 * S, 3 * S)
    life.stream.on_lost("refused", 3 * S, 5 * S)
    life.connect(5 * S)
    life.stream.on_lost("closed", 6 * S, 9 * S)
    life.connect(9 * S)
    life.book(10 * S)
    life.stream.on_lost("closed", 11 * S, 12 * S)
    life.outbox.flush()
    down = [status for status in life.told.statuses if status.state == "down"]
    assert [status.since_ns // S for status in down] == [2, 2, 2, 11]
    assert [status.changed_ns // S for status in down] == [2, 3, 6, 11]
    assert [status.retry_ns // S for status in down] == [3, 5, 9, 12]


def test_a_reason_that_quotes_the_venue_is_one_short_printable_line(life):
    life.stream.quarantine_unpriced("a contract of \x1b[2J\nBTC" + "x" * 9000, S)
    life.outbox.flush()
    reason = life.told.last("A/B").reason
    assert reason.startswith("a contract of [2J BTC")
    assert reason.isprintable()
    assert len(reason) <= 160


def test_ten_minutes_without_a_change_keep_the_leg_while_rest_agrees(life):
    life.connect(0)
    life.book(S)
    leg, checks = life.stream.leg, 0
    for tenth in range(11, 6_010):
        now = tenth * S // 10
        if leg.vigil.wants_check(now):
            leg.vigil.checked_ns, checks = now, checks + 1
            leg.agree(now, now)
        assert life.overdue(now) is None
        assert life.stream.believed
    assert life.states == ["connecting", "connecting", "live", "quiet"]
    assert checks < 30  # every second at first, every half minute at last


def test_a_quiet_leg_leaves_once_rest_no_longer_agrees(life):
    life.connect(0)
    life.book(S)
    life.stream.leg.agree(2 * S + S // 2, 2 * S + S // 2)  # confirmed, so four seconds from here
    life.overdue(6 * S)
    assert life.stream.believed
    life.overdue(7 * S)
    assert life.states[-1] == "stale"
    assert not life.stream.believed


def doubt_often(life, now, times):
    """A book, and a tenth of a second later a doubt, so many times: what each of them waits."""
    waits = []
    for _ in range(times):
        life.book(now)
        life.stream.on_doubted("gap", now + S // 10)
        waits.append((life.stream.retry_ns - now - S // 10) / S)
        now = life.stream.retry_ns + S
    return waits


def test_doubts_of_a_busy_second_are_mended_at_once_and_those_that_go_on_ever_more_rarely(life):
    life.connect(0)
    life.book(S)
    life.stream.on_doubted("gap", 3 * S)
    assert life.stream.retry_ns == 3 * S
    waits = doubt_often(life, 4 * S, 3 * MENDED_AT_ONCE)
    in_hand = MENDED_AT_ONCE - 1  # the first cost one
    assert waits[:in_hand] == [0.0] * in_hand
    assert max(waits[in_hand:]) > 0.0
    assert sum(wait == 0.0 for wait in waits) < 1.5 * MENDED_AT_ONCE
    assert life.states[-1] == "resync"
    assert life.outbox.tally.gaps == 1 + 3 * MENDED_AT_ONCE


def test_a_book_that_held_for_a_second_is_mended_at_once_however_much_was_doubted_before(life):
    life.connect(0)
    doubt_often(life, S, 3 * MENDED_AT_ONCE)
    life.book(500 * S)
    life.stream.on_doubted("gap", 501 * S)
    assert life.stream.retry_ns == 501 * S


def test_what_a_connection_served_counts_across_doubts_and_not_across_connections(life):
    life.connect(0)
    life.book(S)
    life.stream.on_doubted("gap", 11 * S)
    assert life.stream.served_s(12 * S) == 10.0
    life.book(13 * S)
    assert life.stream.served_s(15 * S) == 12.0
    life.stream.on_lost("closed", 15 * S, 15 * S)
    life.connect(16 * S)
    assert life.stream.served_s(17 * S) == 0.0


def test_a_best_bid_ask_does_not_keep_a_book_whose_depth_has_died(life):
    life.connect(0)
    life.book(1 * S)
    for tenth in range(11, 22):
        life.book(tenth * S // 10, is_best=True, bids=[[99.0 + tenth / 100, 1.0]])
        assert life.overdue(tenth * S // 10) is None
    life.book(22 * S // 10, is_best=True, bids=[[99.3, 1.0]])
    assert life.overdue(22 * S // 10) == "its depth is silent while its best bid/ask moves"


def test_a_best_bid_ask_that_was_the_last_word_leaves_an_ordinary_silence(life):
    life.connect(0)
    life.book(1 * S)
    life.book(11 * S // 10, is_best=True, bids=[[99.5, 1.0]])
    assert life.overdue(3 * S) is None
    assert life.overdue(31 * S // 10 + 1) is None
    assert life.states[-1] == "stale"


def test_behind_a_best_bid_ask_whose_depth_is_late_nothing_is_shown_until_it_comes(life):
    life.connect(0)
    two = [[99.0, 1.0], [98.0, 2.0]]
    life.book(1 * S, bids=two)
    for hundredth in (101, 110, 120, 121, 122):
        life.book(hundredth * S // 100, is_best=True, bids=[[99.0 + hundredth / 1000, 1.0], [98.0, 2.0]])
    life.book(125 * S // 100, bids=two)
    life.outbox.flush()
    assert [len(tick.bids) for tick in life.told.ticks] == [2, 2, 2, 2, 2, 1, 2]
    assert life.stream.believed


def test_depth_that_follows_its_best_bid_ask_owes_nothing(life):
    life.connect(0)
    for tenth in range(10, 60):
        life.book(tenth * S // 10, bids=[[99.0 - tenth / 100, 1.0]])
        life.book(tenth * S // 10 + 1, is_best=True, bids=[[99.0 + tenth / 100, 1.0]])
        assert life.overdue(tenth * S // 10 + S // 10) is None


def test_after_a_silence_only_depth_brings_the_leg_back(life):
    life.connect(0)
    life.book(1 * S)
    life.overdue(3 * S + 1)
    life.book(4 * S, is_best=True, bids=[[99.5, 1.0]])
    assert life.states[-1] == "stale"
    assert len(life.told.ticks) == 1
    life.book(4 * S + 1, bids=[[99.5, 1.0]])
    assert life.states[-1] == "live"
    assert len(life.told.ticks) == 2


def late_book(life, now_ns, late_ms, *, tenth):
    """The book of a venue whose messages come so late."""
    stamp = WALL_MS - 10_000 + now_ns // 1_000_000 - late_ms
    life.book(now_ns, bids=[[99.0 + tenth / 1000, 1.0]], timestamp=stamp)


def test_a_leg_that_is_out_does_not_come_back_with_a_late_book(life):
    life.connect(0)
    for tenth in range(10, 30):
        late_book(life, tenth * S // 10, 80, tenth=tenth)
    life.overdue(5 * S)
    assert life.states[-1] == "stale"
    late_book(life, 6 * S, 3_000, tenth=31)
    assert life.states[-1] == "lagging"
    late_book(life, 6 * S + S // 10, 90, tenth=32)
    assert life.states[-1] == "live"


def test_one_late_message_takes_no_leg_out_and_the_third_in_a_row_does(life):
    life.connect(0)
    for tenth in range(10, 30):
        late_book(life, tenth * S // 10, 80, tenth=tenth)
    for tenth in (60, 61):
        late_book(life, tenth * S // 10, 3_000, tenth=tenth)
        assert life.states[-1] == "live"
    late_book(life, 62 * S // 10, 3_000, tenth=62)
    assert life.states[-1] == "lagging"
