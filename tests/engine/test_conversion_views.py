"""Promise: a board shows what converting costs, on which book, and why a route that needs it is blocked."""

from typing import Any

import pytest

from kairos_tui.market import FeedState, RouteView

USDT, USD = "BTC/USDT", "BTC/USD"
DOLLARS = "USDT/USD"


@pytest.fixture
def crossed(build_desk) -> Any:
    """Three venues with bitcoin in both dollars; the dollars themselves trade on beta and gamma."""
    desk = build_desk(("alpha", "beta", "gamma"), symbols=(USDT, USD), conversions=(DOLLARS,))
    desk.state("alpha", FeedState.DOWN, symbol=DOLLARS, listed=False)
    show(desk)
    return desk


def show(desk: Any, *, mid: float = 0.9985) -> None:
    for venue, shift in (("alpha", 0.0), ("beta", 30.0), ("gamma", -20.0)):
        desk.quote(venue, 59_999.0 + shift, 60_000.0 + shift, symbol=USDT)
        desk.quote(venue, 59_909.0 + shift, 59_910.0 + shift, symbol=USD)
    for venue, shift in (("beta", 0.0), ("gamma", 0.0002)):
        desk.quote(venue, mid - 0.0001 + shift, mid + 0.0001 + shift, symbol=DOLLARS, size=1_000.0)
    desk.decide()


def converted(desk: Any, symbol: str = USDT) -> tuple[RouteView, ...]:
    views: tuple[RouteView, ...] = desk.board(symbol).converted
    return views


def test_the_ten_best_come_first(crossed) -> None:
    views = converted(crossed)
    nets = [view.net_bps for view in views if view.net_bps is not None]

    assert len(views) == len(nets) == 10
    assert nets == sorted(nets, reverse=True)
    assert (views[0].buy_venue, views[0].sell_venue, views[0].sell_symbol) == ("gamma", "beta", USD)
    assert {view.mode for view in views} == {"closed", "inventory"}


def test_the_costs_of_a_converted_route_add_up_from_its_books(crossed) -> None:
    views = converted(crossed)
    closed = next(view for view in views if view.mode == "closed")
    parked = next(view for view in views if view.mode == "inventory")

    for view, rate in ((closed, 0.999 / 0.9986 / 0.999 * 0.999), (parked, 1 / 0.9985 * 0.9998)):
        net = 59_939.0 * 0.999 * rate / (59_980.0 * 1.001) - 1
        assert view.gross_bps == pytest.approx((59_939.0 / 0.9985 / 59_980.0 - 1) * 10_000)
        costs = (view.gross_bps, view.sell_fee_bps, view.convert_bps, view.buy_fee_bps)
        assert sum(filter(None, costs)) == pytest.approx(view.net_bps)
        assert all(cost is not None and cost < 0 for cost in costs[1:])
        assert view.convert_venue == "beta"
        assert view.convert_symbol == DOLLARS
        if view is parked:
            assert view.net_bps == pytest.approx(net * 10_000)
    assert closed.net_bps == pytest.approx(
        (59_939.0 * 0.999 / (0.9986 * 1.001) / (59_980.0 * 1.001) - 1) * 10_000
    )
    assert parked.convert_bps == pytest.approx(-2.0, abs=0.01), "the haircut"


def test_the_top_size_is_that_of_the_thinnest_leg(crossed) -> None:
    closed = next(view for view in converted(crossed) if view.mode == "closed")
    parked = next(view for view in converted(crossed) if view.mode == "inventory")

    assert parked.top_size == 0.01
    crossed.quote("beta", 0.9984, 0.9986, symbol=DOLLARS, size=59.939)
    closed = next(view for view in converted(crossed) if view.mode == "closed" and view.sell_venue == "beta")
    assert closed.top_size == pytest.approx(59.939 * 0.9986 / 59_939.0)


def test_an_open_route_names_its_signal(crossed) -> None:
    crossed.quote("beta", 60_200.0, 60_201.0, symbol=USD)
    crossed.decide()

    opened = {signal.id for signal in crossed.board(USDT).open_signals}

    assert opened
    assert opened == {view.open_id for view in converted(crossed) if view.open_id}


@pytest.mark.parametrize("symbol", [USDT, USD])
def test_a_stale_conversion_is_said_once(crossed, symbol) -> None:
    crossed.wait(3_100)
    for venue in crossed.venues:
        crossed.quote(venue, 59_999.0, 60_000.0, symbol=USDT)
        crossed.quote(venue, 59_909.0, 59_910.0, symbol=USD)

    (view,) = converted(crossed, symbol)

    assert (view.blocked, view.net_bps) == ("USDT/USD: beta stale 3.1 s", None)


def test_a_depeg_is_said_with_its_size(build_desk) -> None:
    desk = build_desk(("alpha", "beta", "gamma"), symbols=(USDT, USD), conversions=(DOLLARS,))
    show(desk, mid=0.97)

    assert [view.blocked for view in converted(desk)] == ["USDT/USD: beta 3.0 % off the peg"]


def test_what_waits_for_a_conversion_is_counted_and_said(build_desk) -> None:
    """Three venues with both bitcoins: nine pairs, each closed and parked."""
    well, desk = (
        build_desk(("alpha", "beta", "gamma"), symbols=(USDT, USD), conversions=(DOLLARS,)) for _ in "12"
    )
    show(well)
    show(desk, mid=0.97)

    assert (well.board(USDT).suspended, well.board(USDT).suspended_why) == (0, None)
    assert desk.board(USDT).suspended == 18
    assert desk.board(USDT).suspended_why == "USDT/USD: beta 3.0 % off the peg"

    desk.state("alpha", FeedState.DOWN, symbol=USD)
    desk.decide()
    assert desk.board(USDT).suspended == 12, "where a leg is down, it is not the conversion that is missing"


def test_legs_that_are_blocked_are_said_before_the_conversion(crossed) -> None:
    crossed.wait(1_500)

    assert [view.blocked for view in converted(crossed)] == ["alpha stale 1.5 s"]


def test_without_any_book_that_converts_that_is_said(build_desk) -> None:
    desk = build_desk(symbols=(USDT, USD))
    desk.quote("alpha", 59_999.0, 60_000.0, symbol=USDT)
    desk.quote("beta", 59_999.0, 60_000.0, symbol=USD)

    assert [view.blocked for view in converted(desk)] == ["no book converts USD into USDT"]


def test_one_quote_has_nothing_to_convert(desk) -> None:
    desk.edge(5.0)

    assert converted(desk) == ()
    assert desk.engine.conversion_views(desk.now_ns) == ()


def test_every_listed_book_that_converts_is_shown_and_the_cheapest_is_marked(crossed) -> None:
    views = crossed.engine.conversion_views(crossed.now_ns)

    assert [(view.venue, view.symbol, view.chosen) for view in views] == [
        ("beta", DOLLARS, True),
        ("gamma", DOLLARS, True),
    ]
    assert [view.off_bps for view in views] == [pytest.approx(-15.0), pytest.approx(-13.0)]
    assert (views[0].bid, views[0].ask, views[0].age_us, views[0].blocked) == (
        pytest.approx(0.9984),
        pytest.approx(0.9986),
        0,
        None,
    )


def test_a_conversion_that_may_not_be_used_says_why_and_is_not_chosen(crossed) -> None:
    crossed.quote("beta", 0.9699, 0.9701, symbol=DOLLARS, size=1_000.0)
    crossed.state("gamma", FeedState.RESYNC, symbol=DOLLARS)

    views = crossed.engine.conversion_views(crossed.now_ns)

    assert [view.chosen for view in views] == [False, False]
    assert views[1].blocked == "gamma resync"
    assert views[1].state == FeedState.RESYNC
