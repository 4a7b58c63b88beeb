"""A made-up journal: runs whose signals, markouts and states are known one by one, as lines."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

START_US = 1_795_342_351_000_000
HORIZONS_MS = (50, 100, 250, 500, 1_000, 2_000)
VENUES = ("kraken", "okx", "binance", "bybit")


class MadeRun:
    """Lines of one run, numbered as they are made."""

    def __init__(self, run: str = "k7f3", start_us: int = START_US, feed: str = "sim") -> None:
        self.run, self.now_us, self.feed, self.seq = run, start_us, feed, 0

    def line(self, told: str, /, **fields: Any) -> bytes:
        self.seq += 1
        head = {"type": told, "v": 1, "run": self.run, "seq": self.seq, "ts_us": self.now_us}
        return json.dumps(head | {"ts": "", "feed": self.feed} | fields).encode()

    def hello(self, **thresholds: Any) -> bytes:
        return self.line("hello", version="0", symbols=["BTC/USDT"], venues=VENUES, thresholds=thresholds)

    def venue(self, venue: str, state: str, symbol: str | None = "BTC/USDT", **fields: Any) -> bytes:
        told = {"venue": venue, "symbol": symbol, "state": state, "since_us": self.now_us}
        return self.line("venue", **(told | fields))

    def signal(self, number: int, event: str, net_bps: float, **fields: Any) -> bytes:
        route = {"buy_venue": "kraken", "buy_symbol": "BTC/USDT", "sell_venue": "okx"}
        figures = {
            "size": 0.1,
            "notional": 6_000.0,
            "profit": net_bps * 0.6,
            "gross_bps": net_bps + 20.0,
            "fees_bps": 20.0,
            "net_bps": net_bps,
            "net_top_bps": net_bps,
            "peak_net_bps": net_bps,
            "duration_us": 0,
        }
        words = {"kind": "cross", "asset": "BTC", "quote": "USDT", "mode": "inventory", "reason": None}
        told = {"id": f"{self.run}-{number}", "event": event, "sell_symbol": "BTC/USDT", "legs": []}
        return self.line("signal", **(told | route | words | figures | fields))

    def markout(self, number: int, horizon_ms: int, net_bps: float | None, note: str | None = None) -> bytes:
        profit = None if net_bps is None else net_bps * 0.6
        captured = None if profit is None else profit > 0
        told = {"id": f"{self.run}-{number}", "horizon_ms": horizon_ms, "captured": captured, "note": note}
        return self.line("markout", net_bps=net_bps, profit=profit, **told)

    def fill(self, number: int, outcome: str, expected: float, profit: float, **fields: Any) -> bytes:
        route = {"buy_venue": "kraken", "buy_symbol": "BTC/USDT", "sell_venue": "okx"}
        words = {"kind": "cross", "asset": "BTC", "quote": "USDT", "mode": "inventory", "paper": True}
        told = {"id": f"{self.run}-{number}", "outcome": outcome, "sell_symbol": "BTC/USDT", "size": 0.1}
        return self.line("fill", expected=expected, profit=profit, **(told | route | words | fields))


def made_lines(signals: int, seed: int = 1, run: str = "k7f3") -> Iterator[bytes]:
    """A run as a busy one would be: edges that decay, chances that are about right, venues with troubles."""
    random = Random(seed)
    made = MadeRun(run)
    yield made.hello(min_net_bps=2.0, dwell_ms=0, reaction_ms=100)
    for venue in VENUES:
        yield made.venue(venue, "live")
    for number in range(1, signals + 1):
        made.now_us += random.randint(100_000, 4_000_000)
        yield from _life(made, random, number)
        if random.random() < 0.05:
            yield from _trouble(made, random)
    made.now_us += 1_000_000
    yield made.line("gap", from_seq=7, to_seq=9, count=3, reason="the reader was behind")
    yield made.line("bye", ticks=signals * 1_000, signals=signals, dropped=3, reason="quit")


def _life(made: MadeRun, random: Random, number: int) -> Iterator[bytes]:
    buy, sell = random.sample(VENUES, 2)
    edge, lasts_ms = random.lognormvariate(1.6, 0.5), random.expovariate(1 / 400)
    pair = {"buy_venue": buy, "sell_venue": sell}
    chance = round(min(0.99, max(0.02, 2.718 ** (-100 / 400) + random.gauss(0, 0.15))), 3)
    told = {"capture_p": chance, "capture_n": number, "capture_prior": number < 20, "tick_to_signal_us": 300}
    yield made.signal(number, "open", edge, **pair, **told)
    for horizon_ms in HORIZONS_MS:
        if random.random() < 0.03:
            yield made.markout(number, horizon_ms, None, "okx stale")
        else:
            yield made.markout(number, horizon_ms, edge if lasts_ms > horizon_ms else -edge)
    yield made.fill(number, "filled" if lasts_ms > 150 else "missed", edge, edge if lasts_ms > 150 else 0.0)
    reason = "reverted" if random.random() < 0.8 else random.choice(["stale", "down", "depth_gone"])
    made.now_us += int(lasts_ms * 1_000)
    yield made.signal(
        number, "close", -1.0, **pair, reason=reason, peak_net_bps=edge * 1.2, duration_us=int(lasts_ms * 1e3)
    )


def _trouble(made: MadeRun, random: Random) -> Iterator[bytes]:
    venue, state = random.choice(VENUES), random.choice(["stale", "resync", "down", "lagging"])
    yield made.venue(venue, state, reason=f"{state} <b>for</b> a while")
    made.now_us += random.randint(100_000, 20_000_000)
    yield made.venue(venue, "live")
