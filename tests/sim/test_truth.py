"""Promise: whoever keeps the book of an undisturbed venue, by its own protocol, keeps the true book; the
checker says so, and says no to a book that is off by one lot."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.sim import SimPlan
from kairos_tui.sim.fault_orders import FaultOrder
from kairos_tui.sim.market import DEPTH, SimMarket
from kairos_tui.sim.truth import Truth
from kairos_tui.sim.virtual import VirtualVenue

SECOND = 1_000_000_000
MARKET = SimMarket(SimPlan(seed=2))
Message = dict[str, Any]
Levels = Sequence[Sequence[str]] | Sequence[tuple[float, float]]
Side = dict[float, float]


class Reader:
    """The simplest book that follows a venue's messages and checks nothing."""

    def __init__(self) -> None:
        self.bids: Side = {}
        self.asks: Side = {}
        self.number: int | None = None

    def levels(self, depth: int = DEPTH) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
        return sorted(self.bids.items(), reverse=True)[:depth], sorted(self.asks.items())[:depth]

    def apply(
        self, bids: Levels, asks: Levels, *, whole: bool, number: int | None, depth: int = DEPTH
    ) -> None:
        for side, sizes in ((self.bids, bids), (self.asks, asks)):
            if whole:
                side.clear()
            side.update({float(level[0]): float(level[1]) for level in sizes})
            for price in [price for price, size in side.items() if size == 0]:
                del side[price]
        kept = self.levels(depth)
        self.bids, self.asks, self.number = dict(kept[0]), dict(kept[1]), number


def read_binance(reader: Reader, message: Message) -> bool:
    if message.get("e") == "depthUpdate":
        reader.apply(message["b"], message["a"], whole=False, number=message["u"])
    return "e" in message


def read_bybit(reader: Reader, message: Message) -> bool:
    if "topic" in message:
        data = message["data"]
        reader.apply(data["b"], data["a"], whole=message["type"] == "snapshot", number=data["seq"], depth=50)
    return "topic" in message


def read_okx(reader: Reader, message: Message) -> bool:
    if "action" in message:
        [data] = message["data"]
        whole = message["action"] == "snapshot"
        reader.apply(data["bids"], data["asks"], whole=whole, number=data["seqId"])
    return "action" in message


def read_kraken(reader: Reader, message: Message) -> bool:
    if message.get("channel") != "book":
        return False
    [data] = message["data"]
    bids, asks = ([(one["price"], one["qty"]) for one in data[side]] for side in ("bids", "asks"))
    reader.apply(bids, asks, whole=message["type"] == "snapshot", number=None, depth=10)
    return True


def read_coinbase(reader: Reader, message: Message) -> bool:
    if message.get("channel") != "l2_data":
        return False
    [event] = message["events"]
    bids, asks = (
        [(one["price_level"], one["new_quantity"]) for one in event["updates"] if one["side"] == side]
        for side in ("bid", "offer")
    )
    reader.apply(bids, asks, whole=event["type"] == "snapshot", number=None)
    return True


READ: dict[str, Callable[[Reader, Message], bool]] = {
    "binance": read_binance,
    "bybit": read_bybit,
    "okx": read_okx,
    "kraken": read_kraken,
    "coinbase": read_coinbase,
}


def followed(venue: VirtualVenue, reader: Reader, read: Callable[[Reader, Message], bool], until_ns: int):
    """(sent at, book) after each message of the book."""
    for at_ns, text in venue.messages(until_ns):
        if read(reader, json.loads(text)):
            yield at_ns


@pytest.mark.parametrize("name", READ)
def test_a_book_kept_by_the_venues_own_messages_is_always_the_true_one(name) -> None:
    market = SimMarket(SimPlan(venues=(name,)))
    venue = VirtualVenue(SimPlan(venues=(name,)), name, ["BTC/USDT"], market=market)
    truth, reader = Truth(market), Reader()
    if name == "binance":
        book = json.loads(venue.snapshot(0).body)
        reader.apply(book["bids"], book["asks"], whole=True, number=book["lastUpdateId"])
    count, shown_ns = 0, 0
    for at_ns in followed(venue, reader, READ[name], 20 * SECOND):
        bids, asks = reader.levels()
        shown_ns = venue.shown_ns(at_ns)
        assert truth.matches(name, "BTC/USDT", bids, asks, at_ns=shown_ns)
        if reader.number is not None:
            assert truth.matches(name, "BTC/USDT", bids, asks, number=reader.number)
        count += 1
    assert count > 100
    (price, size), *rest = reader.levels()[0]
    assert not truth.matches(name, "BTC/USDT", [(price, size + 1e-5), *rest], [], at_ns=shown_ns)
    assert not truth.matches(name, "BTC/USDT", [(price - 0.1, size), *rest], [], at_ns=shown_ns)


@pytest.mark.parametrize("kind", ["lost", "ghost_level", "corrupt"])
def test_the_checker_finds_the_book_that_a_fault_has_spoilt(kind) -> None:
    plan = SimPlan(venues=("coinbase",))
    venue, reader = VirtualVenue(plan, "coinbase", ["BTC/USDT"]), Reader()
    truth = Truth(venue.market)
    venue.faults.inject(FaultOrder(kind, rate=0.2))
    verdicts = [
        truth.matches("coinbase", "BTC/USDT", *reader.levels(), at_ns=venue.shown_ns(at_ns))
        for at_ns in followed(venue, reader, read_coinbase, 5 * SECOND)
    ]
    assert verdicts[0] is True
    assert False in verdicts


@given(at_s=st.integers(1, 600), depth=st.integers(1, 30))
@settings(max_examples=30, deadline=None)
def test_when_finds_the_quote_of_a_book_of_any_depth(at_s, depth) -> None:
    market = MARKET
    listed = market.of("okx", "ETH/USDT").listed
    book = market.of("okx", "ETH/USDT").book(at_s * SECOND).top(depth)
    ticks, lots = 10**listed.price_decimals, 10**listed.lot_decimals
    bids, asks = (
        [(price / ticks, size / lots) for price, size in side.items()] for side in (book.bids, book.asks)
    )
    truth = Truth(market)
    assert truth.matches("okx", "ETH/USDT", bids, asks, number=book.number)
    window = {"from_ns": (at_s - 1) * SECOND, "to_ns": (at_s + 1) * SECOND}
    found = truth.when("okx", "ETH/USDT", bids, asks, **window)
    assert found is not None
    assert truth.matches("okx", "ETH/USDT", bids, asks, at_ns=found)
    assert truth.when("okx", "ETH/USDT", [(1.0, 1.0)], asks, **window) is None


def test_a_number_that_no_quote_has_and_a_question_without_a_moment_are_refused() -> None:
    truth = Truth(SimMarket(SimPlan()))
    assert not truth.matches("okx", "BTC/USDT", [], [], number=5_999_999)
    assert not truth.matches("okx", "BTC/USDT", [], [], number=5_000_000)
    with pytest.raises(ValueError, match="which book"):
        truth.matches("okx", "BTC/USDT", [], [])
    with pytest.raises(KeyError):
        truth.matches("okx", "DOGE/USDT", [], [], at_ns=0)


def test_coins_against_usdc_on_coinbase_are_true_by_the_dollar_book() -> None:
    market = SimMarket(SimPlan())
    [bid] = [
        (price / 100, size / 1e8)
        for price, size in market.of("coinbase", "BTC/USD").book(0).top(1).bids.items()
    ]
    assert Truth(market).matches("coinbase", "BTC/USDC", [bid], [], at_ns=0)
