"""Moves of a market and its troubles, at random, and Stages on which engines live through the same ones."""

from collections.abc import Iterator
from random import Random
from typing import Any

from msgspec.structs import replace

from kairos_tui.engine import Engine
from kairos_tui.market import FeedState, Level, Pulse, Signal, Symbol, SymbolBoard, Thresholds, Venue

VENUES = ("alpha", "beta", "gamma", "delta")
USDT, USD, ETH, DOLLARS = map(Symbol, ("BTC/USDT", "BTC/USD", "ETH/USDT", "USDT/USD"))
WATCHED = (USDT, USD, ETH)
MIDS = {USDT: 6_000.0, USD: 5_994.0, ETH: 300.0, DOLLARS: 0.999}
STATES = [FeedState.QUIET, FeedState.STALE, FeedState.RESYNC, FeedState.DOWN, FeedState.CONNECTING]
MS = 1_000_000

Move = tuple[Any, ...]


def moves(random: Random, count: int) -> Iterator[Move]:
    """Mostly ticks a little apart; every kind of trouble now and then; each trouble is over some time."""
    for _ in range(count):
        venue, symbol = random.choice(VENUES), random.choice([USDT, USDT, USD, ETH, DOLLARS])
        match random.random():
            case share if share < 0.66:
                yield "tick", venue, symbol, random.choice([-30, -12, -5, 0, 0, 0, 5, 12, 30])
            case share if share < 0.69:
                yield "tick", venue, symbol, random.choice([-400, 400, 3_000, 90_000])
            case share if share < 0.71:
                yield "doubt", venue, symbol, random.choice(["crossed", "locked", "one-sided", "senseless"])
            case share if share < 0.77:
                yield "pause", random.choice([1, 20, 90, 300, 501, 1_100])
            case share if share < 0.83:
                yield "pulse", venue, random.choice([0, 200])
            case share if share < 0.87:
                yield "state", venue, random.choice([symbol, None]), random.choice(STATES)
            case share if share < 0.95:
                yield "state", venue, random.choice([symbol, None]), FeedState.LIVE
            case share if share < 0.97:
                yield "fee", venue, symbol, random.choice([0.0, 0.0002, 0.001])
            case _:
                yield "peg", random.choice([0.93, 0.999, 0.999])


def books(mid: float, size: float, depth: int = 5) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
    step = mid / 10_000
    bids = tuple((mid - step / 2 - step * level, size) for level in range(depth))
    return bids, tuple((mid + step / 2 + step * level, size) for level in range(depth))


class Stage:
    """One engine on its own desk; the moves of all are the same, but that it hears only of its symbols."""

    def __init__(
        self,
        build_desk: Any,
        kind: type[Engine],
        dwell_ms: int,
        symbols: tuple[Symbol, ...] = WATCHED,
        conversions: tuple[Symbol, ...] = (DOLLARS,),
        epoch: int = 0,
    ) -> None:
        limits = Thresholds(max_age_ms=1_000, dwell_ms=dwell_ms, max_notional=3_000.0)
        self.heard = {*symbols, *conversions}
        followed: dict[str, Any] = {"symbols": symbols, "conversions": conversions, "epoch": epoch}
        self.desk = build_desk(VENUES, live=False, thresholds=limits, kind=kind, **followed)
        self.mids = dict(MIDS)
        for venue in VENUES:
            for symbol in self.heard.intersection(MIDS):
                self.desk.list_market(venue, symbol, taker=0.0002)
                self.desk.state(venue, FeedState.LIVE, symbol=symbol)

    def move(self, move: Move, size: float) -> None:
        about = move[2] if move[0] in ("tick", "doubt", "state", "fee") else None
        if about is None or about in self.heard:
            self._move(move, size)

    def _move(self, move: Move, size: float) -> None:
        desk, engine = self.desk, self.desk.engine
        match move:
            case ("tick", venue, symbol, off_bps):
                bids, asks = books(self.mids[symbol] * (1 + off_bps / 10_000), size * 6_000 / MIDS[symbol])
                desk.tick(venue, bids, asks, symbol=symbol)
            case ("doubt", venue, symbol, what):
                bids, asks = books(self.mids[symbol], size)
                shown: dict[str, Any] = {
                    "crossed": (asks, bids),
                    "locked": (bids, bids[:1]),
                    "one-sided": (bids, ()),
                    "senseless": (((self.mids[symbol] * 0.99, -size), *bids[1:]), asks),
                }
                desk.tick(venue, *shown[what], symbol=symbol)
            case ("pause", milliseconds):
                desk.wait(milliseconds)
            case ("pulse", venue, late_ms):
                pulse = Pulse(Venue(venue), tuple(map(Symbol, MIDS)), desk.now_ns - late_ms * MS)
                engine.on_pulse(pulse, desk.now_ns)
            case ("state", venue, symbol, state):
                desk.state(venue, state, symbol=symbol)
            case ("fee", venue, symbol, taker):
                desk.list_market(venue, symbol, taker=taker)
            case ("peg", mid):
                self.mids[DOLLARS] = mid
            case _:
                raise AssertionError(move)

    def look(self) -> tuple[list[Any], list[tuple[Any, ...]], list[SymbolBoard]]:
        """What it says now of streams, of routes, and to displays."""
        desk = self.desk
        statuses = desk.engine.new_statuses(desk.now_ns)
        said = sorted(map(told, desk.decide()))
        boards = [replace(board, open_signals=()) for board in desk.engine.symbol_boards(desk.now_ns, 0)]
        return statuses, said, boards


def told(signal: Signal) -> tuple[Any, ...]:
    """What a signal says, but for its number and the ages at which an untouched route was last looked at."""
    priced = signal.opportunity
    conversions = [(leg.venue, leg.symbol, leg.side, leg.levels) for leg in priced.conversions]
    return (
        priced.route.key,
        signal.event,
        signal.reason or "",
        signal.at_ns,
        signal.opened_ns,
        signal.peak_net_bps,
        (priced.net_bps, priced.size, priced.profit, priced.residue, priced.outlay),
        (priced.buy.levels, priced.sell.levels, str(conversions)),
    )
