"""A market in memory that speaks in real Boards and Signals. As a program: the HUD on it, in this terminal.

Used by the HUD's tests (frozen clock, same seed, same picture), its pty tests and its benchmark.
"""

# mypy: disable-error-code="no-untyped-call,type-arg,arg-type"

import argparse
import random
import sys
import time
from collections import deque
from functools import partial

import msgspec

from kairos_tui.market import (
    Asset,
    Board,
    BookView,
    CloseReason,
    FeedState,
    FeedStatus,
    Fees,
    LatencyTrace,
    Leg,
    Opportunity,
    Proof,
    Rates,
    RoleView,
    Route,
    RouteView,
    Signal,
    Symbol,
    SymbolBoard,
    Thresholds,
    Venue,
    VenueView,
)
from kairos_tui.runtime.hud_lines import HudLines

BTC = Symbol("BTC/USDT")
FEES = {"binance": 10.0, "coinbase": 60.0, "kraken": 26.0, "okx": 10.0, "bybit": 10.0}
PROOFS = {"binance": Proof.SEQUENCE, "kraken": Proof.CHECKSUM, "bybit": Proof.SEQUENCE}
EPOCH_US = 1_795_342_351_123_456
_LEVELS = 10
THRESHOLDS = Thresholds(max_age_ms=1_000)


class Market:
    """Five venues around one walking price; `pull` adds bps to one venue, so that an edge opens."""

    def __init__(self, seed=7, *, feed="sim", symbol=BTC, fees=None):
        self.rng = random.Random(seed)
        self.seed = seed
        self.feed = feed
        self.symbol = symbol
        self.fees = dict(fees or FEES)
        self.price = 67_412.30
        self.offsets = {name: self.rng.uniform(-1.5, 1.5) for name in self.fees}
        self.pull: dict[str, float] = {}
        self.states: dict[str, dict] = {}
        self.ticks = dict.fromkeys(self.fees, 0)
        self.number = 0
        self.open: dict[tuple[str, str], Signal] = {}
        self.opened_at_ns: int | None = None
        self.signals = 0
        self.roles: tuple[RoleView, ...] = ()
        self.epoch = 0
        self.at_ns = 0

    def step(self, at_ns):
        """The market a moment later: its signals' events, then the board."""
        self.at_ns = at_ns
        self.price *= 1 + self.rng.gauss(0, 0.00002)
        for name in self.offsets:
            self.offsets[name] += self.rng.gauss(0, 0.12) - self.offsets[name] * 0.02
        self.ticks = {name: count + self.rng.randint(3, 9) for name, count in self.ticks.items()}
        venues = tuple(self._venue(name) for name in self.fees)
        routes = tuple(self._route(buy, sell) for buy in venues for sell in venues if buy.venue != sell.venue)
        events = [event for route in routes for event in self._live(route, at_ns)]
        routes = tuple(msgspec.structs.replace(route, open_id=self._open_id(route)) for route in routes)
        return [*events, self._board(venues, routes, at_ns)]

    def status(self, name, state, reason):
        """A word about one venue."""
        return FeedStatus(Venue(name), self.symbol, state, self.at_ns, reason)

    def _venue(self, name):
        mid = self.price * (1 + (self.offsets[name] + self.pull.get(name, 0.0)) / 1e4)
        half = 0.05 if name in {"binance", "okx", "bybit"} else 0.4
        sizes = [round(self.rng.uniform(0.05, 3.5), 3) for _ in range(2)]
        known = {
            "bid": round(mid - half, 2), "bid_size": sizes[0],
            "ask": round(mid + half, 2), "ask_size": sizes[1],
            "age_us": self.rng.randint(2_000, 60_000), "usable": True, "state_age_us": 184_000_000,
            "proof": PROOFS.get(name, Proof.SNAPSHOT), "taker": self.fees[name] / 1e4,
            "fee_source": "config" if name == "kraken" else "market", "ticks": self.ticks[name],
            "ticks_per_s": self.rng.uniform(40, 380), "latency_us": self.rng.randint(250, 3_600),
            "wire_us": self.rng.randint(8_000, 60_000), "state": FeedState.LIVE,
        }  # fmt: skip
        return VenueView(venue=Venue(name), **(known | self.states.get(name, {})))

    def _route(self, buy, sell):
        if not (buy.usable and sell.usable):
            bad = sell if buy.usable else buy
            return RouteView(buy.venue, sell.venue, blocked=f"{bad.venue} is {bad.state}")
        gross = (sell.bid / buy.ask - 1) * 1e4
        bought = (sell.bid / (buy.ask * (1 + buy.taker)) - 1) * 1e4
        net = (sell.bid * (1 - sell.taker) / (buy.ask * (1 + buy.taker)) - 1) * 1e4
        return RouteView(
            buy.venue, sell.venue, gross, bought - gross, net - bought, net, min(buy.ask_size, sell.bid_size),
            max(buy.age_us, sell.age_us), abs(buy.age_us - sell.age_us),
        )  # fmt: skip

    def _open_id(self, route):
        signal = self.open.get((route.buy_venue, route.sell_venue))
        return signal.id if signal is not None else None

    def _live(self, route, at_ns):
        key = (route.buy_venue, route.sell_venue)
        standing = self.open.get(key)
        net = route.net_bps if route.net_bps is not None else -99.0
        if standing is None and net >= THRESHOLDS.min_net_bps:
            self.signals += 1
            self.opened_at_ns = at_ns
            signal = self._signal(route, f"k7f3-{self.signals}", "open", at_ns, at_ns, net)
            self.open[key] = signal
            return [signal]
        if standing is None:
            return []
        peak = max(standing.peak_net_bps, net)
        if net < THRESHOLDS.close_net_bps:
            del self.open[key]
            reason = CloseReason.REVERTED if route.net_bps is not None else CloseReason.STALE
            return [msgspec.structs.replace(standing, event="close", at_ns=at_ns, reason=reason)]
        self.open[key] = self._signal(route, standing.id, "update", standing.opened_ns, at_ns, peak)
        return [self.open[key]] if self.rng.random() < 0.2 else []

    def _signal(self, route, name, event, opened_ns, at_ns, peak):
        trace = LatencyTrace(at_ns - 310_000, at_ns - 200_000, at_ns - 150_000, at_ns - 60_000, at_ns)
        return Signal(name, event, self._opportunity(route), opened_ns, at_ns, peak, trace)

    def _opportunity(self, route):
        taker = {name: fee / 1e4 for name, fee in self.fees.items()}
        size = round(0.05 + (route.top_size or 0.1) * 0.6, 3)
        buy_price, sell_price = self.price, self.price * (1 + route.gross_bps / 1e4)
        legs = []
        for side, venue, price in (
            ("buy", route.buy_venue, buy_price),
            ("sell", route.sell_venue, sell_price),
        ):
            vwap = price * (1.00001 if side == "buy" else 0.99999)
            legs.append(Leg(
                venue, self.symbol, side, round(price, 1), vwap, Fees(taker[venue], "market", EPOCH_US),
                41_000_000, self.at_ns - 41_000_000, Proof.SEQUENCE, ((round(price, 1), size),),
            ))  # fmt: skip
        buy, sell = legs
        gross = (sell.vwap / buy.vwap - 1) * 1e4
        net = (sell.vwap * (1 - taker[sell.venue]) / (buy.vwap * (1 + taker[buy.venue])) - 1) * 1e4
        outlay = size * buy.vwap * (1 + taker[buy.venue])
        return Opportunity(
            Route(self.symbol, route.buy_venue, route.sell_venue),
            "cross", "inventory", Asset("BTC"), Asset("USDT"),
            buy, sell, size, size * buy.vwap, outlay, outlay * net / 1e4, gross, gross - net,
            net, route.net_bps, 2_300_000,
        )  # fmt: skip

    def _board(self, venues, routes, at_ns):
        self.number += 1
        priced = [route for route in routes if route.net_bps is not None]
        best = max(priced, key=lambda route: route.net_bps, default=None)
        quiet = (at_ns - self.opened_at_ns) // 1000 if self.opened_at_ns is not None else None
        sized = self._opportunity(best) if best is not None and best.net_bps > 0 else None
        symbol_board = SymbolBoard(
            self.symbol, venues, routes, best, sized, tuple(self.open.values()), quiet, self.signals,
            books=tuple(_book(venue) for venue in venues if venue.usable),
        )  # fmt: skip
        rates = Rates(
            ticks_per_s=1_204.0 + self.rng.uniform(-80, 80), offered=41_022, used=40_911, conflated=111,
            signals=self.signals, latency_p50_us=310, latency_p99_us=1_240, engine_p99_us=90,
        )  # fmt: skip
        return Board(
            run="k7f3", feed=self.feed, epoch=self.epoch, at_ns=at_ns, at_us=EPOCH_US + at_ns // 1000,
            uptime_us=at_ns // 1000,
            thresholds=THRESHOLDS, symbols=(symbol_board,), rates=rates, roles=self.roles,
            mood="lively" if self.feed == "sim" else None, seed=self.seed if self.feed == "sim" else None,
        )  # fmt: skip


def _book(venue):
    """Its book below the top: each level a little further away and larger than the one before."""
    step = venue.bid * 0.00004
    sizes = [round(1.0 + 0.3 * level, 3) for level in range(_LEVELS)]
    bids = [(round(venue.bid - level * step, 2), size) for level, size in enumerate(sizes)]
    asks = [(round(venue.ask + level * step, 2), size) for level, size in enumerate(sizes)]
    return BookView.of(
        venue.venue,
        ((venue.bid, venue.bid_size), *bids[1:]),
        ((venue.ask, venue.ask_size), *asks[1:]),
    )


class Tape:
    """A Source whose items are put in by hand."""

    def __init__(self):
        self.waiting: deque = deque()
        self.lost = 0

    def drain(self):
        items = list(self.waiting)
        self.waiting.clear()
        return items

    def missed(self):
        return self.lost


class Moving:
    """A Source that makes `rate` boards a second of the real clock, with an edge now and then."""

    def __init__(self, market, rate, crash_at=None):
        self.market, self.period_ns = market, int(1e9 / rate)
        self.next_ns = time.monotonic_ns()
        self.boards = 0
        self.crash_at = crash_at

    def drain(self):
        now_ns = time.monotonic_ns()
        if now_ns < self.next_ns:
            return []
        made_ns = max(self.next_ns, now_ns - self.period_ns)  # by its own clock, not when it is fetched
        self.next_ns = max(self.next_ns + self.period_ns, now_ns - self.period_ns)
        self.boards += 1
        if self.boards == self.crash_at:
            raise RuntimeError("boom")
        phase = self.boards % 240
        self.market.pull = (
            {"okx": 38.0} if phase in range(90, 130) else {"bybit": 30.0} if phase > 200 else {}
        )
        return self.market.step(made_ns)

    def missed(self):
        return 0


class Asked:
    """Commands that remember they were given."""

    def __init__(self):
        self.sims = self.recordings = self.retries = 0
        self.thresholds = []
        self.replays = []
        self.mirrors = []
        self.lines = HudLines("k7f3")

    def start_sim(self):
        self.sims += 1

    def open_at(self, net_bps):
        self.thresholds.append(net_bps)

    def replay(self, deed, value):
        self.replays.append((deed, value))

    def serve_mirror(self, *, on):
        self.mirrors.append(on)

    def turn_recording(self):
        self.recordings += 1

    def retry_now(self):
        self.retries += 1

    def signal_line(self, signal, feed):
        return self.lines.signal_line(signal, feed)

    def route_line(self, board, symbol, route):
        return self.lines.route_line(board, symbol, route)


def main():
    from pathlib import Path

    from kairos_tui.hud import HudPlan, load_theme, run_hud, theme_folders

    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=30.0)
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--theme", default="neon")
    parser.add_argument("--no-mouse", action="store_true")
    parser.add_argument("--gone-file", type=Path)
    parser.add_argument("--kept-in", type=Path)
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("--crash-file", type=Path)
    options = parser.parse_args()
    search = theme_folders()
    themes = tuple(load_theme(name, search) for name in ("neon", "ember", "clarity", "mono"))
    plan = HudPlan(
        (BTC,), load_theme(options.theme, search), fps=options.fps, feed="sim", mood="lively", themes=themes,
        kept_in=options.kept_in, mouse=not options.no_mouse,
    )  # fmt: skip
    crash_at = 30 if options.crash_file else None
    source = Tape() if options.silent else Moving(Market(), options.rate, crash_at)
    gone = (lambda: options.gone_file.exists()) if options.gone_file else (lambda: False)
    return run_hud(plan, source, Asked(), launcher_gone=gone, on_crash=partial(keep, options.crash_file))


def keep(path, error):
    """Write down what the HUD crashed of."""
    path.write_text(repr(error))


if __name__ == "__main__":
    sys.exit(main())
