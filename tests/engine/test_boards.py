"""Promise: a board says what is, in words a person understands, and its costs add up."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.market import BookView, FeedCounts, FeedState, Pulse, Symbol, Venue


def test_before_anything_arrives_every_venue_is_connecting(build_desk) -> None:
    board = build_desk(live=False).board()

    assert [(view.venue, view.state, view.usable, view.bid) for view in board.venues] == [
        ("alpha", "connecting", False, None),
        ("beta", "connecting", False, None),
    ]
    assert [route.blocked for route in board.routes] == ["alpha connecting", "beta connecting"]
    assert (board.best, board.sized, board.notes) == (None, None, ())


def test_a_venue_s_row_says_what_is_known_of_it(desk) -> None:
    desk.state("alpha", FeedState.LIVE, reason="up", retry_ns=None)
    desk.engine.on_counts(FeedCounts(Venue("alpha"), bad_frames=3, refused=2, reconnects=1))
    desk.wait(40)
    desk.quote("alpha", 100.0, 101.0, size=0.5)
    desk.wait(2)
    desk.decide()
    desk.wait(5)

    row = desk.board().venues[0]

    assert (row.bid, row.bid_size, row.ask, row.ask_size) == (100.0, 0.5, 101.0, 0.5)
    assert (row.age_us, row.state_age_us, row.latency_us, row.ticks) == (7_000, 47_000, 2_000, 1)
    assert (row.taker, row.fee_source, row.usable, row.proof) == (0.001, "market", True, "unproven")
    assert (row.bad_frames, row.refused, row.reconnects) == (3, 2, 1)


def test_a_venue_s_row_says_how_healthy_its_feed_is(desk) -> None:
    desk.engine.on_counts(
        FeedCounts(
            Venue("alpha"),
            gaps=4,
            checks=7,
            disagreements=1,
            score=83,
            clock_offset_us=-1_200,
            clock_uncertainty_us=300,
            lag_us=15_000,
        )
    )
    desk.quote("alpha", 100.0, 101.0)
    desk.wait(250)
    desk.engine.on_pulse(Pulse(Venue("alpha"), desk.symbols, desk.now_ns), desk.now_ns)
    desk.wait(3)

    known, unknown = desk.board().venues

    assert (known.gaps, known.checks, known.disagreements, known.score) == (4, 7, 1, 83)
    assert (known.clock_offset_us, known.clock_uncertainty_us, known.lag_us) == (-1_200, 300, 15_000)
    assert (known.age_us, known.alive_us, known.charged) == (253_000, 3_000, "quote")
    assert (unknown.score, unknown.clock_offset_us, unknown.lag_us, unknown.alive_us) == (
        100,
        None,
        None,
        None,
    )


def test_a_retry_is_counted_down(desk) -> None:
    desk.state("alpha", FeedState.DOWN, retry_ns=desk.now_ns + 3_000_000_000)
    desk.wait(1_000)
    assert desk.board().venues[0].retry_in_us == 2_000_000
    desk.wait(5_000)
    assert desk.board().venues[0].retry_in_us == 0


def test_wire_delay_needs_the_exchange_s_stamp_and_a_wall_clock(desk) -> None:
    offset_ns = 1_700_000_000_000_000_000
    desk.quote("alpha", 100.0, 101.0, timestamp_ms=(desk.now_ns + offset_ns) // 1_000_000 - 12)
    desk.quote("beta", 100.0, 101.0)

    assert [view.wire_us for view in desk.board(wall_offset_ns=offset_ns).venues] == [12_000, None]
    assert [view.wire_us for view in desk.board().venues] == [None, None]


@pytest.mark.parametrize("stamp_ms", [2**63 - 1, -(2**63), 1_700_000_000_000_000_000])
def test_a_stamp_that_is_no_time_shows_no_wire_delay_and_costs_no_board(desk, stamp_ms) -> None:
    desk.quote("alpha", 100.0, 101.0, timestamp_ms=stamp_ms)

    board = desk.board(wall_offset_ns=1_700_000_000_000_000_000)

    assert board.venues[0].wire_us is None
    assert msgspec.json.encode(board)


def test_ticks_per_second_cover_the_last_second_and_fade(desk) -> None:
    for _ in range(300):
        desk.quote("alpha", 100.0, 101.0)
        desk.wait(10)
    assert desk.board().venues[0].ticks_per_s == pytest.approx(100, abs=1)
    assert desk.engine.ticks_per_s(desk.now_ns) == pytest.approx(100, abs=1)
    desk.quote("alpha", 100.0, 101.0)
    assert desk.board().venues[0].ticks_per_s == 100.0, "the bucket being filled does not count yet"
    desk.wait(600)
    assert 30 <= desk.board().venues[0].ticks_per_s <= 60
    desk.wait(3_600_000)
    assert desk.board().venues[0].ticks_per_s == 0.0


@given(
    mids=st.tuples(st.floats(1e-6, 1e6), st.floats(0.985, 1.015)),
    takers=st.tuples(st.sampled_from([0.0, 0.001, 0.006]), st.sampled_from([0.0, 0.0026, 0.01])),
)
def test_gross_and_both_fees_sum_to_the_net(build_desk, mids, takers) -> None:
    desk = build_desk()
    desk.list_market("alpha", taker=takers[0])
    desk.list_market("beta", taker=takers[1])
    desk.quote("alpha", mids[0] * 0.999, mids[0])
    desk.quote("beta", mids[0] * mids[1], mids[0] * mids[1] * 1.001)

    route = desk.route("alpha", "beta")

    compounded = (mids[1] * mids[0] * (1 - takers[1])) / (mids[0] * (1 + takers[0])) - 1
    assert route.net_bps == route.gross_bps + route.buy_fee_bps + route.sell_fee_bps
    assert route.net_bps == pytest.approx(compounded * 10_000, abs=1e-8)
    assert route.buy_fee_bps <= 1e-9
    assert route.sell_fee_bps <= 0.0


def test_the_best_route_is_the_highest_unblocked_and_is_sized_only_when_it_pays(build_desk) -> None:
    desk = build_desk(("alpha", "beta", "gamma"))
    desk.quote("alpha", 59_999, 60_000)
    desk.quote("beta", 60_050, 60_051)
    desk.quote("gamma", 60_600, 60_601)
    desk.state("gamma", FeedState.RESYNC)

    board = desk.board()
    assert (board.best.buy_venue, board.best.sell_venue) == ("alpha", "beta")
    assert board.best.net_bps < 0
    assert board.sized is None

    desk.wait(1)
    desk.state("gamma", FeedState.LIVE)
    desk.quote("gamma", 60_600, 60_601, size=0.02)
    board = desk.board()
    assert (board.best.buy_venue, board.best.sell_venue, board.best.top_size) == ("alpha", "gamma", 0.01)
    assert board.sized.size == 0.01
    assert board.sized.net_bps == pytest.approx(board.best.net_bps)


def test_an_edge_too_small_to_signal_is_still_sized_for_the_viewer(desk) -> None:
    assert desk.edge(1.0) == []
    assert desk.board().sized.net_bps == pytest.approx(1.0, abs=1e-6)


def test_open_signals_are_on_the_board_as_last_priced(desk) -> None:
    desk.edge(5.0)
    desk.wait(100)
    desk.edge(5.3)
    desk.wait(50)

    board = desk.board()

    (signal,) = board.open_signals
    assert signal.opportunity.net_bps == pytest.approx(5.3, abs=0.01)
    assert signal.duration_us == 150_000
    assert (board.signals, board.last_signal_age_us) == (1, 150_000)
    assert desk.route("alpha", "beta").open_id == signal.id == "k7f3-1"


def test_blocks_are_told_in_words(desk) -> None:
    desk.list_market("beta")
    assert desk.route("alpha", "beta").blocked == "alpha: no book yet"

    desk.quote("alpha", 100.0, 101.0)
    desk.wait(2_100)
    desk.quote("beta", 100.0, 101.0)
    assert desk.route("alpha", "beta").blocked == "alpha stale 2.1 s"
    assert desk.route("alpha", "beta").asynchrony_us == 2_100_000

    desk.state("beta", FeedState.CONNECTING, listed=False, nearest=(Symbol("BTC/USD"),))
    desk.quote("alpha", 100.0, 101.0)
    assert desk.route("alpha", "beta").blocked == "beta does not list BTC/USDT"
    assert desk.board().venues[1].listed is False

    desk.state("beta", FeedState.CONNECTING, symbol=None)  # said of the whole venue, at the same instant
    assert desk.board().venues[1].listed is False


def test_a_feed_in_trouble_is_blocked_with_its_own_reason(desk) -> None:
    desk.state("alpha", FeedState.LAGGING, reason="1.2 s behind its best")

    assert desk.route("alpha", "beta").blocked == "alpha lagging: 1.2 s behind its best"
    assert desk.board().venues[0].reason == "1.2 s behind its best"


def test_a_live_feed_without_market_facts_is_said_so(build_desk) -> None:
    desk = build_desk(live=False)
    desk.state("alpha", FeedState.LIVE)

    assert desk.route("alpha", "beta").blocked == "alpha: market not known yet"


def test_a_venue_that_lists_only_an_unwatched_quote_says_how_to_compare_it(build_desk) -> None:
    desk = build_desk(("alpha", "beta", "gamma", "delta"), symbols=("BTC/USDT", "BTC/USD", "ETH/USDT"))
    desk.state("beta", FeedState.DOWN, listed=False, nearest=(Symbol("BTC/USDC"), Symbol("BTC/USD")))

    assert desk.board("BTC/USDT").notes == (
        "beta lists BTC/USDC: add --quotes USDC or watch BTC to compare it",
    )
    desk.state("delta", FeedState.DOWN, listed=False, nearest=(Symbol("BTC/USDC"),))
    assert desk.board("BTC/USDT").notes == (
        "beta and delta list BTC/USDC: add --quotes USDC or watch BTC to compare it",
    )


def test_quotes_that_are_watched_need_no_note(build_desk) -> None:
    desk = build_desk(symbols=("BTC/USDT", "BTC/USD", "ETH/USDT"))

    assert [board.notes for board in desk.engine.symbol_boards(desk.now_ns)] == [(), (), ()]


def test_a_name_that_is_no_symbol_is_passed_over(desk) -> None:
    odd = ("BTC/", "/USDT", "BTC", "", "/", "BTC/USD")
    desk.state("beta", FeedState.DOWN, listed=False, nearest=tuple(map(Symbol, odd)))

    assert [note.partition(":")[0] for note in desk.board().notes[:-1]] == ["beta lists BTC/USD"]


def test_a_symbol_only_one_venue_lists_says_there_is_nothing_to_compare(desk) -> None:
    desk.state("beta", FeedState.DOWN, listed=False)

    assert desk.board().notes == ("only alpha lists BTC/USDT: nothing to compare",)


def test_the_board_carries_the_books_of_what_may_be_traded_on(desk) -> None:
    bids = [(100.0 - step, 0.1 + step) for step in range(20)]
    asks = [(101.0 + step, 0.2 + step) for step in range(20)]
    desk.tick("alpha", bids, asks)
    desk.quote("beta", 100.0, 101.0)
    desk.state("beta", FeedState.STALE, reason="silent")

    (book,) = desk.board().books

    assert book.venue == "alpha"
    assert book.books() == (tuple(bids), tuple(asks))
    assert BookView.of(Venue("alpha"), tuple(bids), tuple(asks)) == book


@pytest.mark.parametrize(
    "depth",
    [
        b"",
        b"\x00",
        b"\xff" * 40,
        BookView.of(Venue("a"), ((1.0, float("nan")),), ()).depth,
        BookView.of(Venue("a"), (), ((2.0, 1.0), (1.0, 1.0))).depth,
        BookView.of(Venue("a"), ((1.0, 1e30),), ()).depth,
    ],
)
def test_a_book_that_makes_no_sense_is_an_empty_one(depth) -> None:
    assert BookView(Venue("alpha"), depth).books() == ((), ())
