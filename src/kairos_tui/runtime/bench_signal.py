"""bench_signal: a real signal as bytes, for the benches that carry one: packed for the wire, and as JSON.

Before it: nothing. After it: bench_bus. The figures of market-math's worked example, three levels a side.
"""

from functools import lru_cache

from kairos_tui.market import (
    Asset,
    Fees,
    LatencyTrace,
    Leg,
    Opportunity,
    Proof,
    Route,
    Side,
    Signal,
    Symbol,
    Venue,
)
from kairos_tui.sinks.line_maker import Stamp, signal_line
from kairos_tui.sinks.line_text import encode
from kairos_tui.wire import Published, Topic
from kairos_tui.wire.codec import pack_message

_TS_US = 1_795_342_351_123_456
_NOW_NS = 86_400_123_456_789
_BTC = Symbol("BTC/USDT")
_KRAKEN, _OKX = Venue("kraken"), Venue("okx")


@lru_cache(maxsize=1)
def packed_signal() -> bytes:
    """The message that the engine publishes for it."""
    return pack_message(Published("k7f3", 0, Topic.SIGNAL, 42, _TS_US, _NOW_NS, _signal()))


@lru_cache(maxsize=1)
def json_signal() -> bytes:
    """The line that `--json` prints for it."""
    return encode(signal_line(Stamp("k7f3", 42, _TS_US, "sim", _NOW_NS), _signal()))


def _signal() -> Signal:
    opened_ns = _NOW_NS - 250_000
    trace = LatencyTrace(
        opened_ns - 310_000, opened_ns - 295_000, opened_ns - 212_000, opened_ns - 22_000, _NOW_NS
    )
    return Signal("k7f3-9", "open", _opportunity(), opened_ns, opened_ns, 9.613, trace)


def _opportunity() -> Opportunity:
    bought = ((67110.1, 0.25), (67112.0, 0.12), (67112.6, 0.04))
    sold = ((67351.8, 0.3), (67347.2, 0.08), (67345.0, 0.03))
    return Opportunity(
        route=Route(_BTC, _KRAKEN, _OKX),
        kind="cross",
        mode="inventory",
        asset=Asset("BTC"),
        quote=Asset("USDT"),
        buy=_leg(_KRAKEN, "buy", bought, 0.0016, Proof.CHECKSUM),
        sell=_leg(_OKX, "sell", sold, 0.001, Proof.SEQUENCE),
        size=0.41,
        notional=27515.467,
        outlay=27559.491747,
        profit=26.473912,
        gross_bps=35.66,
        fees_bps=26.047,
        net_bps=9.613,
        net_top_bps=9.962,
        asynchrony_ns=2_300_417,
    )


def _leg(
    venue: Venue, side: Side, levels: tuple[tuple[float, float], ...], taker: float, proof: Proof
) -> Leg:
    size = sum(taken for _, taken in levels)
    vwap = sum(price * taken for price, taken in levels) / size
    fees = Fees(taker, "market", _TS_US)
    return Leg(
        venue, _BTC, side, levels[0][0], vwap, fees, 41_200_999, _NOW_NS - 41_000_000, proof, levels, size
    )
