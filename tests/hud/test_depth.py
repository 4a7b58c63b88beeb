# mypy: disable-error-code="no-untyped-call,arg-type,union-attr,operator,comparison-overlap"
"""Ladder and curve say what the engine would: same books, same fees, same best size and the same money."""

from random import Random

import pytest

from kairos_tui.engine.ladder import Ladder as EngineLadder
from kairos_tui.engine.ladder_walk import find_best_order
from kairos_tui.engine.sizing import size_at
from kairos_tui.hud.curve import Pair, break_even_bps, curve_of, pair_of, with_lower_fees
from kairos_tui.hud.ladder import Book, merge
from kairos_tui.hud.moves import move
from kairos_tui.hud.panels import depth
from kairos_tui.market import (
    Asset,
    BookView,
    FeedState,
    Fees,
    Instrument,
    Symbol,
    SymbolBoard,
    Venue,
    VenueView,
)

PAIR = Symbol("BTC/USDT")


def book(rng, venue, mid):
    bids = sorted((mid - rng.uniform(0.1, 60) for _ in range(10)), reverse=True)
    asks = sorted(mid + rng.uniform(0.1, 60) for _ in range(10))
    sides = [tuple((price, rng.uniform(0.001, 2.0)) for price in side) for side in (bids, asks)]
    return Book(Venue(venue), *sides)


def by_engine(pair):
    """The best order and its profit in quote, as the engine walks and prices it."""
    market = [Instrument(Venue(v), PAIR, "m", Asset("BTC"), Asset("USDT")) for v in ("a", "b")]
    legs = (
        EngineLadder.of("buy", pair.buy.asks, pair.buy_fees, market[0]),
        EngineLadder.of("sell", pair.sell.bids, pair.sell_fees, market[1]),
    )
    size = find_best_order(legs, max_notional=float("inf"))
    if size <= 0.0:
        return 0.0, 0.0
    sizing = size_at(legs, size)
    bought, sold = sizing.orders
    return size * legs[0].give, sold.notional * legs[1].give - bought.notional * legs[0].take


@pytest.mark.parametrize("charged", ["quote", "base", "received"])
def test_the_curve_has_its_top_where_the_engine_would_trade(charged) -> None:
    rng = Random(5)
    profitable = 0
    for _ in range(200):
        fees = [Fees(rng.choice([0.0, 0.0002, 0.001]), "market", 0, charged) for _ in range(2)]
        gap = rng.uniform(-40, 160)
        pair = Pair(book(rng, "a", 60_000.0), book(rng, "b", 60_000.0 + gap), *fees)
        size, profit = by_engine(pair)
        curve = curve_of(pair)
        assert curve.best == pytest.approx(size, rel=1e-6, abs=1e-9)
        assert curve.profit == pytest.approx(profit, rel=1e-5, abs=1e-6)
        assert curve.profit == pytest.approx(max(profit for _, profit in curve.points), abs=1e-9)
        assert curve.profit_at(curve.best) == pytest.approx(curve.profit, abs=1e-9)
        profitable += size > 0
    assert 40 < profitable < 190


def two_venues(ask, bid, fee=0.001, *, size=1.0):
    rows = tuple(VenueView(Venue(name), FeedState.LIVE, usable=True, taker=fee) for name in ("a", "b"))
    books = (
        BookView.of(Venue("a"), ((ask - 10, size),), ((ask, size), (ask + 5, size))),
        BookView.of(Venue("b"), ((bid, size), (bid - 5, size)), ((bid + 10, size),)),
    )
    return SymbolBoard(PAIR, rows, (), books=books)


def test_the_ladder_puts_every_venue_s_levels_in_the_order_of_what_they_cost_net() -> None:
    one = two_venues(100.0, 101.0)
    ladder = merge(one)

    assert [(rung.venue, rung.price) for rung in ladder.asks] == [("a", 100.0), ("a", 105.0), ("b", 111.0)]
    assert [(rung.venue, rung.price) for rung in ladder.bids] == [("b", 101.0), ("b", 96.0), ("a", 90.0)]
    assert ladder.asks[0].net == pytest.approx(100.1)
    assert ladder.bids[0].net == pytest.approx(100.899)
    assert (ladder.crossed, ladder.profit) == (pytest.approx(1.0), pytest.approx(0.799))
    assert not ladder.more


def test_what_is_crossed_beyond_the_levels_shown_is_a_lower_bound() -> None:
    assert merge(two_venues(100.0, 120.0)).more
    curve = curve_of(pair_of(two_venues(100.0, 120.0), Venue("a"), Venue("b")))
    assert curve.is_open
    assert not curve_of(pair_of(two_venues(100.0, 101.0), Venue("a"), Venue("b"))).is_open


def test_a_venue_without_a_book_or_a_fee_makes_no_pair() -> None:
    one = two_venues(100.0, 101.0)
    assert pair_of(one, Venue("a"), Venue("gone")) is None
    assert pair_of(two_venues(100.0, 101.0, None), Venue("a"), Venue("b")) is None


def test_lower_fees_earn_more_and_the_break_even_fee_earns_nothing() -> None:
    pair = pair_of(two_venues(100.0, 100.1, 0.001), Venue("a"), Venue("b"))
    nets = [each.net_top_bps for each in with_lower_fees(pair)]
    assert nets == sorted(nets)
    assert nets[-1] == pytest.approx(10.0)
    limit = break_even_bps(pair)
    at_limit = Pair(pair.buy, pair.sell, *[Fees(limit / 1e4, "config", 0)] * 2)
    assert curve_of(at_limit).net_top_bps == pytest.approx(0.0, abs=1e-9)
    assert break_even_bps(pair_of(two_venues(100.0, 99.0), Venue("a"), Venue("b"))) is None


def test_the_depth_panel_shows_nothing_of_a_venue_that_is_not_usable(stage, screen) -> None:
    acted = stage()
    acted.lively()
    move(acted.view, "panel_depth")
    move(acted.view, "zoom")
    assert "67,447.29 BINANCE" in screen(acted)
    acted.sicken("binance", FeedState.STALE, "no update")
    acted.run(3)
    text = screen(acted)
    assert "BINANCE" not in text
    assert "BYBIT" in text
    acted.pass_time(4_000_000_000)
    text = screen(acted)
    assert "no book may be traded on now" in text
    assert "BYBIT" not in text


def test_the_inspector_draws_the_curve_the_books_lower_fees_and_lifetimes(stage, screen) -> None:
    acted = stage()
    acted.lively()
    move(acted.view, "inspect")
    for size in ((160, 45), (80, 24)):
        acted.view.zoomed = size[0] == 80
        text = screen(acted, *size)
        for word in ("profit USDT against size", "ask BINANCE", "bid OKX", "lower fees", "median 1.1 s"):
            assert word in text, (size, word)
    text = screen(acted)
    assert "the levels shown end here" in text
    assert "67,382.61 ×   1.300 ◂" in text


def test_in_a_narrow_column_the_ladder_cuts_sizes_and_names_before_prices(stage, texts) -> None:
    acted = stage()
    acted.lively()
    best = merge(acted.view.symbol_board)
    for width in range(26, 90):
        row = texts(depth.draw(acted.view, width, 12))[2]
        sold, bought = row.strip("│ ").split("│")
        assert f"{best.bids[0].net:,.2f}" in sold, width
        assert f"{best.asks[0].net:,.2f}" in bought, width
        assert width < 32 or "BINA" in bought, width
        assert width < 32 or "OKX" in sold, width


def test_a_route_without_profit_is_drawn_falling_and_marks_no_size(stage, screen) -> None:
    acted = stage()
    acted.no_edge()
    move(acted.view, "inspect")
    text = screen(acted)
    assert "not even the first unit earns" in text
    assert "◂ │" not in text.replace("◂ eats", "")
    assert "no signal of this route in this run" in text
