"""Promise: a dollar is never taken for another; proceeds come back through a live book, on the side that
would be traded, with its fee and at the route's size, or are marked and said to be parked."""

from fractions import Fraction
from typing import Any

import pytest

from kairos_tui.market import CloseReason, Leg, Opportunity, Signal, Thresholds

USDT, USD, EUR = "BTC/USDT", "BTC/USD", "BTC/EUR"
DOLLARS = "USDT/USD"
FREE = {"taker": 0.0, "lot": 0.0}


def exact(decimal: float) -> Fraction:
    return Fraction(repr(decimal))


@pytest.fixture
def crossing(build_desk) -> Any:
    """Alpha trades bitcoin for USDT, beta for USD and dollars for dollars. Conversions cost a bp."""
    return cross(build_desk)


def cross(build_desk: Any, venues: tuple[str, ...] = ("alpha", "beta"), **facts: Any) -> Any:
    desk = build_desk(venues, symbols=(USDT, USD), conversions=(DOLLARS,), **facts)
    for venue in desk.venues:
        desk.list_market(venue, DOLLARS, taker=0.0001, lot=0.01)
    return desk


def dollars(desk: Any, mid: float, *, venue: str = "beta", size: float = 1e6, **facts: Any) -> None:
    """USDT in USD at a tick of spread."""
    desk.quote(venue, mid - 0.00005, mid + 0.00005, size=size, symbol=DOLLARS, **facts)


def show(desk: Any, ask: float, bid: float, *, size: float = 0.1) -> list[Signal]:
    """Bitcoin asked on alpha for so many USDT and bid for on beta for so many USD."""
    desk.quote("alpha", ask - 1, ask, symbol=USDT, size=size)
    desk.quote("beta", bid, bid + 1, symbol=USD, size=size)
    said: list[Signal] = desk.decide()
    return said


def modes(signals: list[Signal]) -> list[tuple[str, str]]:
    return [(signal.event, signal.opportunity.mode) for signal in signals]


def reasons(signals: list[Signal]) -> set[CloseReason | None]:
    return {signal.reason for signal in signals if signal.event == "close"}


# Never USD = USDT


def test_equal_dollar_value_is_no_edge_whatever_the_numbers_look_like(build_desk) -> None:
    """USDT at 0.9985: 60 000 USDT and 59 910 USD are one price, and 15 bps where one dollar is any."""
    desk = cross(build_desk, taker=0.0)
    dollars(desk, 0.9985)
    for venue in desk.venues:
        desk.quote(venue, 59_999.5, 60_000.5, symbol=USDT)
        desk.quote(venue, 59_909.5, 59_910.5, symbol=USD)

    assert desk.decide() == []


def test_without_a_book_that_converts_there_is_no_route(build_desk) -> None:
    desk = build_desk(symbols=(USDT, USD))
    desk.quote("alpha", 59_999.0, 60_000.0, symbol=USDT)
    desk.quote("beta", 61_000.0, 61_001.0, symbol=USD)

    assert desk.decide() == []


def test_contracts_are_not_crossed_with_coins(build_desk) -> None:
    desk = build_desk(symbols=(USDT, "BTC/USD:USD"), conversions=(DOLLARS,))
    dollars(desk, 1.0)
    desk.quote("alpha", 59_999.0, 60_000.0, symbol=USDT)
    desk.quote("beta", 60_100.0, 60_101.0, symbol="BTC/USD:USD")

    assert desk.decide() == []


# Both modes, all figures


def test_a_dislocation_opens_once_closed_and_once_parked(crossing) -> None:
    dollars(crossing, 0.9985)

    signals = show(crossing, ask=60_000.0, bid=60_200.0)

    assert modes(signals) == [("open", "closed"), ("open", "inventory")]
    assert [signal.opportunity.route.key for signal in signals] == [
        f"convert|BTC|buy:alpha:BTC/USDT|sell:beta:BTC/USD|{mode}" for mode in ("closed", "inventory")
    ]
    assert len({signal.id for signal in signals}) == 2


def test_closed_proceeds_are_what_the_conversion_book_gives_after_its_fee(crossing) -> None:
    dollars(crossing, 0.9985)

    closed = show(crossing, ask=60_000.0, bid=60_200.0)[0].opportunity

    (leg,) = closed.conversions
    assert (leg.venue, leg.symbol, leg.side, leg.price) == ("beta", DOLLARS, "buy", 0.99855)
    assert (closed.kind, closed.asset, closed.quote, closed.haircut_bps) == ("convert", "BTC", "USDT", 0.0)
    assert_adds_up(closed)
    spent = exact(leg.size) * exact(leg.price) * (1 + exact(leg.fees.taker))
    earned = exact(closed.sell.size) * exact(closed.sell.price) * (1 - exact(closed.sell.fees.taker))
    assert 0 <= earned - spent < exact(0.011), "what the lot leaves in USD counts as nothing"
    assert closed.profit == pytest.approx(leg.size - closed.outlay, rel=1e-9)


def test_parked_proceeds_are_marked_at_the_mid_less_the_haircut(crossing) -> None:
    dollars(crossing, 0.9985)

    parked = show(crossing, ask=60_000.0, bid=60_200.0)[1].opportunity

    (leg,) = parked.conversions
    earned = parked.sell.size * 60_200.0 * 0.999
    assert leg.price == pytest.approx(0.9985)
    assert not leg.levels, "nothing is traded"
    assert leg.size == 0.0
    assert parked.haircut_bps == 2.0
    assert parked.profit == pytest.approx(earned / 0.9985 * 0.9998 - parked.outlay, rel=1e-9)
    assert_adds_up(parked)


def assert_adds_up(priced: Opportunity) -> None:
    rate = 1 / priced.conversions[0].vwap
    gross_bps = (priced.sell.vwap * rate / priced.buy.vwap - 1) * 10_000
    assert priced.gross_bps == pytest.approx(gross_bps, abs=1e-6)
    assert priced.fees_bps == pytest.approx(priced.gross_bps - priced.net_bps, abs=1e-9)
    assert priced.net_bps == pytest.approx(priced.profit / priced.outlay * 10_000, abs=1e-6)
    assert priced.net_top_bps >= priced.net_bps - 1e-6
    assert priced.size == priced.buy.size == pytest.approx(sum(size for _, size in priced.buy.levels))


def test_the_other_way_round_the_dollars_are_sold_at_the_bid(build_desk) -> None:
    """Bought for USD, sold for USDT: the USDT are sold."""
    desk = cross(build_desk)
    dollars(desk, 0.9985)
    desk.quote("alpha", 59_999.0, 60_000.0, symbol=USD)
    desk.quote("beta", 60_400.0, 60_401.0, symbol=USDT)

    closed = desk.decide()[0].opportunity

    (leg,) = closed.conversions
    assert (leg.side, leg.price, closed.quote) == ("sell", pytest.approx(0.99845), "USD")
    assert closed.sell.size * 60_400.0 * 0.999 - leg.size < 0.01
    assert closed.profit == pytest.approx(leg.size * 0.99845 * 0.9999 - closed.outlay, rel=1e-9)


def test_a_market_named_the_other_way_round_converts_as_well(build_desk) -> None:
    desk = build_desk(symbols=(USDT, USD), conversions=("USD/USDT",))
    desk.quote("alpha", 1.0014, 1.0015, symbol="USD/USDT", size=1e6)
    show(desk, ask=60_000.0, bid=60_200.0)

    (leg,) = desk.said[0].opportunity.conversions
    assert (leg.venue, leg.symbol, leg.side, leg.price) == ("alpha", "USD/USDT", "sell", 1.0014)


def test_one_venue_may_be_both_ends(crossing) -> None:
    dollars(crossing, 1.0)
    crossing.quote("alpha", 59_999.0, 60_000.0, symbol=USDT)
    crossing.quote("alpha", 60_300.0, 60_301.0, symbol=USD)

    signals = crossing.decide()

    assert {(signal.opportunity.buy.venue, signal.opportunity.sell.venue) for signal in signals} == {
        ("alpha", "alpha")
    }
    assert len(signals) == 2


def test_a_market_followed_only_to_convert_makes_no_routes_and_no_board(build_desk) -> None:
    desk = cross(build_desk, taker=0.0)
    for venue, mid in (("alpha", 0.997), ("beta", 1.003)):
        desk.list_market(venue, DOLLARS, **FREE)
        dollars(desk, mid, venue=venue)

    assert desk.decide() == []
    assert [board.symbol for board in desk.engine.symbol_boards(desk.now_ns)] == [USDT, USD]


def test_a_watched_market_may_convert_and_be_crossed_itself(build_desk) -> None:
    desk = build_desk(symbols=("BTC/USDT", "BTC/USDC", "USDC/USDT"))
    desk.quote("alpha", 1.0, 1.0001, symbol="USDC/USDT", size=1e6)
    desk.quote("alpha", 59_999.0, 60_000.0, symbol="BTC/USDT")
    desk.quote("beta", 60_300.0, 60_301.0, symbol="BTC/USDC")

    assert modes(desk.decide()) == [("open", "closed"), ("open", "inventory")]
    assert desk.board("USDC/USDT").venues[0].bid == 1.0


# The cheapest book


def test_the_cheapest_fresh_book_converts(build_desk) -> None:
    desk = cross(build_desk, ("alpha", "beta", "gamma"))
    dollars(desk, 0.9990, venue="alpha")
    dollars(desk, 0.9985, venue="gamma")
    show(desk, ask=60_000.0, bid=60_200.0)

    assert [signal.opportunity.conversions[0].venue for signal in desk.said] == ["gamma", "gamma"]


def test_a_thin_book_with_a_better_top_does_not_win(build_desk) -> None:
    """It gives a dollar for less and has a hundred of them."""
    desk = cross(build_desk, ("alpha", "beta", "gamma"))
    dollars(desk, 0.9980, venue="alpha", size=100.0)
    dollars(desk, 0.9985, venue="gamma")
    closed = show(desk, ask=60_000.0, bid=60_200.0)[0].opportunity

    assert (closed.conversions[0].venue, closed.size) == ("gamma", 0.1)


def test_another_book_takes_over_where_one_ends_and_the_signal_lives_on(build_desk) -> None:
    desk = cross(build_desk, ("alpha", "beta", "gamma"))
    dollars(desk, 0.9985, venue="alpha")
    dollars(desk, 0.9986, venue="gamma")
    show(desk, ask=60_000.0, bid=60_200.0)
    desk.state("alpha", "down", symbol=DOLLARS)

    said = desk.decide()

    assert modes(said) == [("update", "closed"), ("update", "inventory")]
    assert {signal.opportunity.conversions[0].venue for signal in said} == {"gamma"}


def test_a_thin_conversion_reduces_the_size(crossing) -> None:
    """1 200 dollars of depth carry 0.02 of the 0.1 on offer."""
    dollars(crossing, 0.9985, size=1_200.0)

    closed, parked = show(crossing, ask=60_000.0, bid=60_200.0)

    assert closed.opportunity.size == pytest.approx(1_200.0 * 0.99855 * 1.0001 / (60_200.0 * 0.999), abs=1e-5)
    assert closed.opportunity.conversions[0].size <= 1_200.0
    assert parked.opportunity.size == 0.1


@pytest.mark.parametrize("facts", [{"min_size": 7_000.0}, {"min_cost": 7_000.0}, {"max_size": 1_200.0}])
def test_the_limits_of_the_conversion_s_venue_bind_too(crossing, facts) -> None:
    crossing.list_market("beta", DOLLARS, taker=0.0001, lot=0.01, **facts)
    dollars(crossing, 0.9985)

    signals = show(crossing, ask=60_000.0, bid=60_200.0)

    sizes = {signal.opportunity.mode: signal.opportunity.size for signal in signals}
    assert sizes["inventory"] == 0.1
    assert sizes.get("closed", 0.0) < 0.021


def test_the_cap_is_in_the_first_quote(build_desk) -> None:
    desk = cross(build_desk, thresholds=Thresholds(max_age_ms=1_000, max_notional=600.0))
    dollars(desk, 0.9985)

    for signal in show(desk, ask=60_000.0, bid=60_200.0):
        assert signal.opportunity.size == 0.01


# Two hops


def around(build_desk: Any) -> Any:
    desk = build_desk(symbols=(USDT, USD), conversions=("EUR/USD", "EUR/USDT", DOLLARS))
    desk.quote("alpha", 1.0800, 1.0801, symbol="EUR/USD", size=1e6)
    desk.quote("beta", 1.0810, 1.0811, symbol="EUR/USDT", size=1e6)
    return desk


def test_without_a_direct_book_two_hops_convert(build_desk) -> None:
    desk = around(build_desk)

    closed, parked = (signal.opportunity for signal in show(desk, ask=60_000.0, bid=60_400.0))

    assert [(leg.symbol, leg.side) for leg in closed.conversions] == [
        ("EUR/USD", "buy"),
        ("EUR/USDT", "sell"),
    ]
    assert [leg.symbol for leg in parked.conversions] == ["EUR/USD", "EUR/USDT"]
    euros = closed.conversions[0].size
    assert closed.profit == pytest.approx(euros * 1.0810 * 0.999 - closed.outlay, abs=1e-4)
    assert closed.net_bps < parked.net_bps


def test_a_direct_book_that_may_be_used_is_preferred_to_two_hops(build_desk) -> None:
    desk = around(build_desk)
    dollars(desk, 0.9998)

    closed = show(desk, ask=60_000.0, bid=60_400.0)[0].opportunity

    assert [leg.symbol for leg in closed.conversions] == [DOLLARS]


def test_a_depeg_is_not_walked_around(build_desk) -> None:
    """Through the euro the dollars are as far apart as they are."""
    desk = around(build_desk)
    desk.quote("beta", 1.0810 / 0.97, 1.0811 / 0.97, symbol="EUR/USDT", size=1e6)

    assert show(desk, ask=60_000.0, bid=60_400.0) == []


def test_the_route_s_own_coin_is_no_third_quote(build_desk) -> None:
    """With ETH/BTC watched bitcoin is a quote too; turning dollars into it would touch a book twice."""
    desk = build_desk(symbols=(USDT, USD, "ETH/BTC"))

    assert show(desk, ask=60_000.0, bid=60_400.0) == []


# A conversion that may not be used suspends the routes that need it


@pytest.mark.parametrize("mid", [0.97, 0.9949, 1.0051])
def test_a_depeg_is_no_edge(crossing, mid) -> None:
    dollars(crossing, mid)

    assert show(crossing, ask=60_000.0, bid=60_400.0) == []


def test_half_a_percent_from_one_is_still_pegged(crossing) -> None:
    dollars(crossing, 0.995)

    assert len(show(crossing, ask=60_000.0, bid=60_400.0)) == 2


def test_a_depeg_ends_the_routes_that_need_it(crossing) -> None:
    dollars(crossing, 0.9985)
    show(crossing, ask=60_000.0, bid=60_200.0)
    dollars(crossing, 0.97)

    closed = crossing.decide()

    assert modes(closed) == [("close", "closed"), ("close", "inventory")]
    assert reasons(closed) == {CloseReason.DEPEG}
    assert closed[0].trace.received_ns == crossing.now_ns


def test_what_is_not_pegged_may_be_worth_anything(build_desk) -> None:
    desk = build_desk(symbols=(USD, EUR), conversions=("EUR/USD",))
    desk.quote("beta", 1.0800, 1.0801, symbol="EUR/USD", size=1e6)
    desk.quote("alpha", 59_999.0, 60_000.0, symbol=USD)
    desk.quote("beta", 56_000.0, 56_001.0, symbol=EUR)

    assert modes(desk.decide()) == [("open", "closed"), ("open", "inventory")]


def test_a_conversion_that_ages_out_ends_the_routes_that_need_it(crossing) -> None:
    """The engine says itself when to look, though both legs go on ticking."""
    dollars(crossing, 0.9985)
    show(crossing, ask=60_000.0, bid=60_200.0)
    for _ in range(9):
        crossing.wait(100)
        show(crossing, ask=60_000.0, bid=60_200.0)
    crossing.said.clear()
    crossing.wait(100)
    show(crossing, ask=60_000.0, bid=60_200.0)
    due_ns = crossing.engine.next_check_ns(crossing.now_ns)
    assert due_ns == crossing.now_ns + 1
    crossing.now_ns = due_ns

    assert reasons(crossing.decide()) == {CloseReason.STALE}
    assert crossing.board(USDT).open_signals == ()


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("down", CloseReason.DOWN),
        ("stale", CloseReason.STALE),
        ("resync", CloseReason.RESYNC),
        ("quarantined", CloseReason.QUARANTINED),
    ],
)
def test_a_conversion_feed_in_trouble_ends_its_routes_for_that_reason(crossing, state, reason) -> None:
    dollars(crossing, 0.9985)
    show(crossing, ask=60_000.0, bid=60_200.0)
    crossing.wait(1)
    crossing.state("beta", state, symbol=DOLLARS)

    assert reasons(crossing.decide()) == {reason}


def test_a_crossed_conversion_ends_its_routes(crossing) -> None:
    dollars(crossing, 0.9985)
    show(crossing, ask=60_000.0, bid=60_200.0)
    crossing.tick("beta", [(0.999, 1e6)], [(0.998, 1e6)], symbol=DOLLARS)

    assert reasons(crossing.decide()) == {CloseReason.RESYNC}


def test_a_conversion_may_be_older_than_the_legs_may_be_apart(crossing) -> None:
    """Dollars are quiet: for them the age limit counts, not the distance."""
    dollars(crossing, 0.9985)
    crossing.wait(900)

    assert len(show(crossing, ask=60_000.0, bid=60_200.0)) == 2


def test_the_asynchrony_is_of_all_legs_that_are_traded_now(crossing) -> None:
    """A conversion counts where it is made at once, and not where it is only a mark."""
    dollars(crossing, 0.9985)
    crossing.wait(900)
    crossing.quote("alpha", 59_999.0, 60_000.0, symbol=USDT, size=0.1)
    crossing.wait(3)
    crossing.quote("beta", 60_200.0, 60_201.0, symbol=USD, size=0.1)

    priced = [signal.opportunity for signal in crossing.decide()]

    assert {each.mode: each.asynchrony_ns for each in priced} == {
        "closed": 903_000_000,
        "inventory": 3_000_000,
    }
    shown = {view.mode: view.asynchrony_us for view in crossing.board(USDT).converted if view.open_id}
    assert shown == {"closed": 903_000, "inventory": 3_000}


def test_a_route_comes_back_when_its_conversion_does(crossing) -> None:
    dollars(crossing, 0.9985)
    show(crossing, ask=60_000.0, bid=60_200.0)
    dollars(crossing, 0.97)
    crossing.decide()
    crossing.state("beta", "down", symbol=DOLLARS)
    crossing.wait(1)
    crossing.state("beta", "live", symbol=DOLLARS)
    dollars(crossing, 0.9985)
    assert crossing.decide() == [], "what was off the peg needs longer: test_flapping"
    crossing.wait(2_000)
    dollars(crossing, 0.9985)

    assert modes(show(crossing, ask=60_000.0, bid=60_200.0)) == [("open", "closed"), ("open", "inventory")]


# Lives and ends


def test_a_worse_conversion_reverts_the_closed_route_at_a_price_of_its_own(crossing) -> None:
    dollars(crossing, 0.9985)
    show(crossing, ask=60_000.0, bid=60_200.0)
    dollars(crossing, 1.0020)

    closed = crossing.decide()

    assert reasons(closed) == {CloseReason.REVERTED}
    assert all(signal.opportunity.net_bps < 0 for signal in closed)
    assert closed[0].opportunity.conversions[0].price == pytest.approx(1.00205)


def test_depth_gone_when_the_conversion_holds_no_more_than_a_lot(crossing) -> None:
    dollars(crossing, 0.9985)
    show(crossing, ask=60_000.0, bid=60_200.0)
    dollars(crossing, 0.9985, size=0.001)

    closed = crossing.decide()

    assert modes(closed) == [("close", "closed")]
    assert reasons(closed) == {CloseReason.DEPTH_GONE}


def test_a_changed_conversion_fee_ends_what_pays_it(crossing) -> None:
    dollars(crossing, 0.9985)
    show(crossing, ask=60_000.0, bid=60_200.0)
    crossing.list_market("beta", DOLLARS, taker=0.0002, lot=0.01)

    said = crossing.decide()

    assert modes(said) == [("close", "closed"), ("open", "closed")]
    assert said[0].reason == CloseReason.FEE_CHANGE


def test_the_trace_may_be_a_conversion_s_tick(crossing) -> None:
    show(crossing, ask=60_000.0, bid=60_200.0)
    crossing.wait(5)
    dollars(crossing, 0.9985)

    (opened, _) = crossing.decide()

    assert opened.trace.received_ns == crossing.now_ns


def test_open_converted_signals_speak_every_second(crossing) -> None:
    dollars(crossing, 0.9985)
    show(crossing, ask=60_000.0, bid=60_200.0)
    crossing.wait(999)
    dollars(crossing, 0.9985)
    assert show(crossing, ask=60_000.0, bid=60_200.0) == []
    crossing.wait(1)

    assert modes(crossing.decide()) == [("update", "closed"), ("update", "inventory")]


def test_shutdown_closes_converted_routes(crossing) -> None:
    dollars(crossing, 0.9985)
    show(crossing, ask=60_000.0, bid=60_200.0)

    closed = crossing.engine.close_all(crossing.now_ns, CloseReason.SHUTDOWN)

    assert reasons(closed) == {CloseReason.SHUTDOWN}
    assert len(closed) == 2


def given(leg: Leg) -> Fraction:
    """What a leg gives after a fee in quote."""
    if leg.side == "buy":
        return exact(leg.size)
    moved = sum((exact(price) * exact(size) for price, size in leg.levels), Fraction(0))
    return moved * (1 - exact(leg.fees.taker))


@pytest.mark.parametrize("nudge", [-1, 1])
def test_break_even_through_a_conversion_flips_at_a_billionth(build_desk, nudge) -> None:
    """Three fees of 10 bps: the bid at which a USDT comes back as exactly one, give or take a billionth."""
    thresholds = Thresholds(max_age_ms=1_000, min_net_bps=0.0, close_net_bps=0.0, haircut_bps=50.0)
    desk = build_desk(symbols=(USDT, USD), conversions=(DOLLARS,), lot=0.0, thresholds=thresholds)
    desk.quote("alpha", 0.9985, 0.999, symbol=DOLLARS, size=1e9)
    even = Fraction(60_000) * Fraction(1001, 1000) * exact(0.999) * Fraction(1001, 1000) / Fraction(999, 1000)
    bid = float(even * (1 + Fraction(nudge, 10**9)))

    signals = show(desk, ask=60_000.0, bid=bid)

    assert bool(signals) == (nudge > 0)
    for signal in signals:
        assert given(signal.opportunity.conversions[-1]) > exact(signal.opportunity.notional) * Fraction(
            1001, 1000
        )
