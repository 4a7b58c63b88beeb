"""The promise: paper follows each opened signal as a taker would have: after the latency, on those books.

Its account conserves to the last digit, takes no level twice, sells nothing it does not hold, and what
one leg alone has filled it takes back, at its cost.
"""

from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.engine.conftest import MS, Desk, exact

from kairos_tui.engine import Paper
from kairos_tui.market import Asset, FeedState, Fill, PaperOrder, PaperTerms, Symbol, Venue

RICH = {"USDT": 1_000_000.0, "USD": 1_000_000.0, "BTC": 100.0}


def terms(
    latency_ms: int = 150,
    stock: dict[str, float] | None = RICH,
    tolerance_bps: float = 0.0,
    but: dict[str, dict[str, float]] | None = None,
) -> PaperTerms:
    """The same stock on every venue, `but` for those named."""
    if stock is None:
        return PaperTerms(latency_ms, tolerance_bps)
    stocks = dict.fromkeys(("alpha", "beta", "gamma"), stock) | (but or {})
    amounts = {
        venue: tuple((Asset(asset), amount) for asset, amount in held.items())
        for venue, held in stocks.items()
    }
    return PaperTerms(
        latency_ms, tolerance_bps, tuple((Venue(venue), held) for venue, held in amounts.items())
    )


class PaperDesk(Desk):
    """A desk whose signals are followed on paper, as the engine's process follows them."""

    def __init__(self, paper_terms: PaperTerms, **desk: Any) -> None:
        super().__init__(**desk)
        self.paper = Paper(self.engine.slot_of, paper_terms, self.thresholds)
        self.fills: list[Fill] = []

    def tick(self, *args: Any, **facts: Any) -> Any:
        self.fills += self.paper.settle(self.now_ns)
        return super().tick(*args, **facts)

    def decide(self) -> Any:
        said = super().decide()
        self.paper.follow(said, self.now_ns)
        self.fills += self.paper.settle(self.now_ns)
        return said

    def pass_time(self, milliseconds: float) -> None:
        """Time passes, and nothing but time; the books are vouched for."""
        self.wait(milliseconds)
        for venue in self.venues:
            slot = self.engine.slot_of(venue, self.symbols[0])
            assert slot is not None
            slot.vouch(self.now_ns)
        self.decide()

    def changes(self) -> dict[Asset, float]:
        return dict(self.paper.view().drift)


def moved(order: PaperOrder) -> tuple[Fraction, Fraction]:
    """(base, quote) as a venue would have booked it: an oracle that shares no arithmetic with the engine."""
    size = sum((exact(size) for _, size in order.levels), Fraction(0))
    notional = sum((exact(price) * exact(size) for price, size in order.levels), Fraction(0))
    fee = exact(order.fees.taker)
    match order.side, order.fees.charged:
        case "buy", "base" | "received":
            return size - size * fee, -notional
        case "buy", _:
            return size, -(notional + notional * fee)
        case "sell", "base":
            return -(size + size * fee), notional
        case _:
            return -size, notional - notional * fee


def test_nothing_fills_before_the_latency_is_over() -> None:
    desk = PaperDesk(terms(latency_ms=150))
    desk.edge(5.0)
    desk.pass_time(149)
    assert desk.fills == []
    assert desk.paper.view().in_flight == 1

    desk.pass_time(1)
    (fill,) = desk.fills
    assert fill.outcome == "filled"
    assert fill.at_ns - fill.opened_ns == 150 * MS


@pytest.mark.parametrize("charged", ["quote", "base", "received", "token"])
def test_without_latency_it_earns_what_the_signal_said(charged: Any) -> None:
    desk = PaperDesk(terms(latency_ms=0))
    for venue in desk.venues:
        desk.list_market(venue, charged=charged)
    desk.edge(9.0, size=0.4)

    (fill,) = desk.fills
    assert fill.outcome == "filled"
    assert fill.profit == pytest.approx(fill.expected, rel=1e-9)


def test_a_book_that_moved_away_fills_neither_leg() -> None:
    desk = PaperDesk(terms())
    desk.edge(5.0)
    desk.wait(100)
    desk.edge(-50.0, ask=60_100.0)
    desk.pass_time(50)

    (fill,) = desk.fills
    assert (fill.outcome, fill.profit) == ("missed", 0.0)
    assert [order.levels for order in fill.orders] == [(), ()]
    assert set(desk.changes().values()) == {0.0}


def test_a_leg_that_filled_alone_is_taken_back_one_latency_later_at_a_loss() -> None:
    desk = PaperDesk(terms())
    desk.edge(5.0)
    desk.wait(10)
    desk.quote("beta", 59_900.0, 59_910.0)  # who bought on alpha can no longer sell on beta
    desk.pass_time(140)
    assert desk.fills == []

    desk.pass_time(150)
    (fill,) = desk.fills
    bought, sold, back = fill.orders
    assert (bought.filled, sold.filled, back.filled) == (0.01, 0.0, 0.01)
    assert (back.venue, back.side, back.role, back.limit) == ("alpha", "sell", "unwind", None)
    assert back.at_ns - bought.at_ns == 150 * MS
    spread, fees = 0.01 * 1.0, 0.01 * (60_000.0 + 59_999.0) * 0.001
    assert fill.outcome == "unwound"
    assert fill.profit == pytest.approx(-spread - fees)
    assert fill.note is not None
    assert "beta" in fill.note


def test_a_leg_whose_feed_is_down_does_not_fill_and_what_the_other_filled_waits_for_a_book() -> None:
    desk = PaperDesk(terms())
    desk.edge(5.0)
    desk.wait(10)
    desk.state("beta", FeedState.DOWN, reason="gone")
    desk.pass_time(140)
    desk.state("alpha", FeedState.STALE)
    desk.pass_time(150)
    assert desk.fills == []

    desk.state("alpha", FeedState.LIVE)
    desk.pass_time(150)
    (fill,) = desk.fills
    assert fill.outcome == "unwound"
    assert fill.note == "beta down: gone"


def test_what_can_never_be_taken_back_is_stuck_and_stays_in_the_drift() -> None:
    desk = PaperDesk(terms())
    desk.edge(5.0)
    desk.wait(10)
    desk.state("beta", FeedState.DOWN)
    desk.pass_time(140)
    desk.state("alpha", FeedState.DOWN)
    for _ in range(40):
        desk.pass_time(150)

    (fill,) = desk.fills
    assert fill.outcome == "stuck"
    assert desk.changes()[Asset("BTC")] == pytest.approx(0.01)
    assert desk.paper.view().stuck == 1


def test_half_a_fill_on_one_leg_completes_half_and_takes_the_rest_back() -> None:
    desk = PaperDesk(terms())
    desk.edge(5.0, size=0.01)
    bid = desk.said[0].opportunity.sell.price
    desk.wait(10)
    desk.tick("beta", [(bid, 0.004), (bid - 500, 1.0)], [(bid + 600, 1.0)])
    desk.pass_time(140)
    desk.pass_time(150)

    (fill,) = desk.fills
    assert fill.outcome == "partial"
    assert [order.filled for order in fill.orders] == [0.01, 0.004, pytest.approx(0.006)]
    assert desk.changes()[Asset("BTC")] == pytest.approx(0.0, abs=1e-12)


def test_no_level_is_taken_twice_from_one_version_of_a_book() -> None:
    desk = PaperDesk(terms(latency_ms=0), venues=("alpha", "beta", "gamma"))
    ask = 60_000.0
    bid = ask * 1.001 * 1.0005 / 0.999
    desk.quote("alpha", ask - 1, ask)
    desk.quote("beta", bid, bid * 1.01)
    desk.quote("gamma", bid, bid * 1.01)
    desk.decide()  # two signals want the same 0.01 of alpha's

    assert sorted(fill.outcome for fill in desk.fills) == ["filled", "unwound"]
    assert sum(order.filled for fill in desk.fills for order in fill.orders if order.venue == "alpha") == 0.01


def test_the_next_version_of_a_book_is_whole_again() -> None:
    desk = PaperDesk(terms(latency_ms=0))
    desk.edge(5.0)
    desk.edge(-20.0)
    desk.wait(1)
    desk.edge(5.0)

    assert [fill.outcome for fill in desk.fills] == ["filled", "filled"]


def test_a_limit_is_the_worst_price_signalled_and_the_tolerance_worse() -> None:
    for tolerance_bps, outcome in ((0.0, "unwound"), (2.0, "filled")):
        desk = PaperDesk(terms(tolerance_bps=tolerance_bps))
        desk.edge(5.0)
        desk.wait(10)
        desk.quote("alpha", 60_005.0, 60_006.0)  # 1 bp dearer than it was
        desk.pass_time(140)
        desk.pass_time(150)
        assert [fill.outcome for fill in desk.fills] == [outcome]


@pytest.mark.parametrize(("venue", "asset"), [("alpha", "USDT"), ("beta", "BTC")])
def test_who_is_short_of_stock_orders_nothing(venue: str, asset: str) -> None:
    desk = PaperDesk(terms(but={venue: RICH | {asset: 0.0}}))
    desk.edge(5.0)

    (fill,) = desk.fills
    assert (fill.outcome, fill.note, fill.orders) == ("refused", f"{venue} is short of {asset}", ())
    assert desk.paper.view().refused == 1


def test_stock_on_its_way_is_not_spent_again() -> None:
    need = 0.01 * 60_000 * 1.001
    desk = PaperDesk(terms(but={"alpha": RICH | {"USDT": need * 1.5}}))
    desk.edge(5.0)
    desk.edge(-20.0)
    desk.wait(10)
    desk.edge(5.0)

    assert [fill.outcome for fill in desk.fills] == ["refused"]
    assert desk.paper.view().in_flight == 1


def test_without_a_stated_stock_each_place_begins_with_enough() -> None:
    desk = PaperDesk(terms(stock=None))
    desk.edge(5.0)
    desk.pass_time(150)

    view = desk.paper.view()
    assert view.filled == 1
    began = {(stock.venue, stock.asset): stock.began for stock in view.stocks}
    assert began == {
        ("alpha", "BTC"): 1.7,
        ("alpha", "USDT"): 100_000.0,
        ("beta", "BTC"): 1.7,
        ("beta", "USDT"): 100_000.0,
    }


def test_a_run_that_ends_leaves_no_signal_untold() -> None:
    desk = PaperDesk(terms())
    desk.edge(5.0)
    (fill,) = desk.paper.finish(desk.now_ns)

    assert (fill.outcome, fill.note) == ("missed", "the run ended first")
    assert desk.paper.view().followed == desk.paper.view().ended == 1


def test_a_closed_route_is_converted_and_a_parked_one_is_not() -> None:
    usdt, usd = Symbol("BTC/USDT"), Symbol("BTC/USD")
    desk = PaperDesk(terms(latency_ms=0), symbols=(usdt, usd), conversions=("USDT/USD",), lot=0.0)
    desk.quote("alpha", 59_999.0, 60_000.0, symbol=usdt, size=1.0)
    for venue in desk.venues:
        desk.quote(venue, 0.9999, 1.0001, size=1e6, symbol="USDT/USD")
    desk.quote("beta", 60_600.0, 60_610.0, symbol=usd, size=1.0)
    desk.quote("alpha", 60_590.0, 60_600.0, symbol=usd, size=1e-6)
    desk.quote("beta", 59_990.0, 60_000.0, symbol=usdt, size=1e-6)
    desk.decide()
    by_mode = {
        fill.route.mode: fill
        for fill in desk.fills
        if (fill.route.buy_venue, fill.route.sell_venue) == ("alpha", "beta")
    }

    assert {order.role for order in by_mode["closed"].orders} == {"leg", "convert"}
    assert by_mode["closed"].outcome == "filled"
    assert by_mode["closed"].profit == pytest.approx(by_mode["closed"].expected, rel=1e-6)
    assert all(order.role != "convert" for order in by_mode["inventory"].orders)


class Market:
    """Random books on three venues, troubles now and then; no two books have a price in common."""

    def __init__(self, seed: int, charged: Any, latency_ms: int, lot: float) -> None:
        self.random = random = Random(seed)
        self.desk = desk = PaperDesk(terms(latency_ms=latency_ms), venues=("alpha", "beta", "gamma"))
        self.shown: dict[tuple[str, str, float], tuple[float, int]] = {}
        self.gone_ns: dict[tuple[str, int], int] = {}
        for venue in desk.venues:
            desk.list_market(venue, taker=random.choice([0.0, 0.0007, 0.001]), lot=lot, charged=charged)
        for number in range(60):
            self._book(random.choice(desk.venues), number)
            if random.random() < 0.05:
                desk.state(random.choice(desk.venues), random.choice([FeedState.STALE, FeedState.LIVE]))
            desk.decide()
            desk.wait(random.choice([0, 5, 60]))
        desk.fills += desk.paper.finish(desk.now_ns)
        self.orders = [order for fill in desk.fills for order in fill.orders]

    def _book(self, venue: str, number: int) -> None:
        random = self.random
        mid, step = 60_000.0 * (1 + random.uniform(-30, 30) / 10_000), random.choice([1.0, 7.3])
        books = []
        for side, sign in (("sell", -1), ("buy", 1)):
            prices = [round(mid + sign * step * (level + 1), 2) + number / 10_000 for level in range(3)]
            levels = [(round(price, 4), round(random.uniform(0.001, 0.2), 5)) for price in prices]
            self.shown |= {(venue, side, price): (size, number) for price, size in levels}
            books.append(levels)
        self.desk.tick(venue, *books)
        self.gone_ns[venue, number] = 2**62
        earlier = [place for place in self.gone_ns if place[0] == venue and place[1] < number]
        self.gone_ns |= {place: min(self.gone_ns[place], self.desk.now_ns) for place in earlier}


MARKETS = st.builds(
    Market,
    st.integers(0, 10_000),
    st.sampled_from(["quote", "base", "received", "token"]),
    st.sampled_from([0, 20, 150]),
    st.sampled_from([0.00001, 0.0]),
)


@settings(deadline=None, max_examples=25)
@given(MARKETS)
def test_the_account_conserves_to_the_last_digit(market: Market) -> None:
    view = market.desk.paper.view()
    assume(view.followed)
    assert view.followed == len(market.desk.fills) == view.ended
    held = dict.fromkeys([(stock.venue, stock.asset) for stock in view.stocks], Fraction(0))
    for order in market.orders:
        for asset, change in zip(("BTC", "USDT"), moved(order), strict=True):
            held[order.venue, Asset(asset)] += change
    for stock in view.stocks:
        assert stock.held == float(exact(stock.began) + held[stock.venue, stock.asset])
        assert stock.held >= 0.0


@settings(deadline=None, max_examples=25)
@given(MARKETS)
def test_orders_take_no_more_than_stood_there_then_and_nothing_beyond_their_limit(market: Market) -> None:
    taken: dict[tuple[str, str, float], Fraction] = {}
    for order in market.orders:
        worst = max if order.side == "buy" else min
        assert order.limit is None or all(
            worst(price, order.limit) == order.limit for price, _ in order.levels
        )
        assert exact(order.filled) <= exact(order.size) * (1 + Fraction(1, 10**12))
        for price, size in order.levels:
            level = (order.venue, order.side, price)
            _, number = market.shown[level]
            assert order.at_ns <= market.gone_ns[order.venue, number]
            taken[level] = taken.get(level, Fraction(0)) + exact(size)
    assert all(amount <= exact(market.shown[level][0]) for level, amount in taken.items())
