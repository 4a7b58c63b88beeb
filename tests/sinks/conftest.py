"""What the sinks' tests share: a signal whose figures were made from its levels, and a pipe to read."""

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kairos_tui.market import (
    Asset,
    Board,
    Fees,
    LatencyTrace,
    Leg,
    Level,
    Opportunity,
    Proof,
    Rates,
    Route,
    Side,
    Signal,
    Symbol,
    Venue,
)
from kairos_tui.settings import Settings

BTC = Symbol("BTC/USDT")


def leg(venue: str, side: Side, levels: tuple[Level, ...], taker: float, age_ns: int) -> Leg:
    size = sum(taken for _, taken in levels)
    vwap = sum(price * taken for price, taken in levels) / size
    fees = Fees(taker, "config" if side == "buy" else "default", 1)
    return Leg(Venue(venue), BTC, side, levels[0][0], vwap, fees, age_ns, 10_000, Proof.CHECKSUM, levels)


def opportunity(
    buy: tuple[Level, ...], sell: tuple[Level, ...], buy_fee: float, sell_fee: float
) -> Opportunity:
    bought = leg("kraken", "buy", buy, buy_fee, 41_200_999)
    sold = leg("okx", "sell", sell, sell_fee, 38_900_001)
    size = sum(taken for _, taken in buy)
    outlay = sum(price * taken for price, taken in buy) * (1 + buy_fee)
    profit = sum(price * taken for price, taken in sell) * (1 - sell_fee) - outlay
    gross = (sold.vwap / bought.vwap - 1) * 1e4
    net = profit / outlay * 1e4
    top = (sold.price * (1 - sell_fee) / (bought.price * (1 + buy_fee)) - 1) * 1e4
    return Opportunity(
        route=Route(BTC, Venue("kraken"), Venue("okx")),
        kind="cross",
        mode="inventory",
        asset=Asset("BTC"),
        quote=Asset("USDT"),
        buy=bought,
        sell=sold,
        size=size,
        notional=size * bought.vwap,
        outlay=outlay,
        profit=profit,
        gross_bps=gross,
        fees_bps=gross - net,
        net_bps=net,
        net_top_bps=top,
        asynchrony_ns=2_300_000,
    )


SignalMaker = Callable[..., Signal]


@pytest.fixture
def make_signal() -> SignalMaker:
    def make(**changed: Any) -> Signal:
        buy = changed.pop("buy", ((67110.1, 0.25), (67112.0, 0.16)))
        sell = changed.pop("sell", ((67351.8, 0.3), (67345.0, 0.11)))
        priced = opportunity(buy, sell, changed.pop("buy_fee", 0.0016), changed.pop("sell_fee", 0.001))
        trace = LatencyTrace(1_000_000, 1_020_000, 1_050_000, 1_190_000, 1_212_000)
        fields: dict[str, Any] = {
            "id": "k7f3-9",
            "event": "open",
            "opportunity": priced,
            "opened_ns": 1_212_000,
            "at_ns": 1_212_000,
            "peak_net_bps": priced.net_bps,
            "trace": trace,
        }
        return Signal(**(fields | changed))

    return make


class Pipe:
    """A pipe whose reading end the test holds; `read_all` drains it to its end."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()

    def read_all(self) -> bytes:
        self.end_writing()
        chunks = []
        while chunk := os.read(self.reading, 65_536):
            chunks.append(chunk)
        return b"".join(chunks)

    def end_writing(self) -> None:
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1

    def end_reading(self) -> None:
        if self.reading >= 0:
            os.close(self.reading)
            self.reading = -1


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.end_writing()
    made.end_reading()


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Call again and again until true; a failure names itself instead of hanging."""

    def wait(condition: Callable[[], object]) -> None:
        deadline_s = time.monotonic() + 15.0
        while not condition():
            assert time.monotonic() < deadline_s, "the condition never came true"
            time.sleep(0.001)

    return wait


@pytest.fixture
def make_board() -> Callable[[], Board]:
    def make() -> Board:
        return Board(
            run="k7f3",
            feed="sim",
            epoch=0,
            at_ns=1,
            at_us=1,
            uptime_us=1,
            thresholds=Settings().thresholds,
            symbols=(),
            rates=Rates(),
            roles=(),
        )

    return make
