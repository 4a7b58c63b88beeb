"""bench_engine_others: what the engine is held against: every pair by every tick, for speed and for truth.

Before it: bench_engine_market. After it: bench_engine. Neither shares a line of arithmetic with the engine.
"""

from collections.abc import Iterable
from fractions import Fraction

from kairos_tui.market import Level, PackedTick, Route, Signal, Symbol, Thresholds, Venue
from kairos_tui.runtime.bench_engine_market import LOT, MIN_COST, TAKER, MadeMarket

Levels = tuple[Level, ...]
Trade = tuple[Fraction, Fraction]
"""Size in base, net in bps."""

Pair = tuple[Venue, Venue]
"""Where to buy, where to sell."""

Verdict = tuple[str, Route, float]
"""open and its size, or close and 0.0."""

_MS = 1_000_000
_RESTLESS_NS, _NEVER_NS = 10_000 * _MS, -(10**18)
_NO_TRADE = Fraction(0), Fraction(-1)


class AllPairs:
    """The obvious way: dicts of dicts, and the whole matrix of a symbol's net edges again on every tick.

    No checks, no gates, no depth, no memory of what is open: what it does less only makes it faster.
    """

    def __init__(self) -> None:
        self._books: dict[str, dict[str, dict[str, float]]] = {}
        self._edges: dict[str, dict[str, dict[str, float]]] = {}

    def on_tick(self, tick: PackedTick) -> tuple[float, str, str]:
        """The best edge of its symbol, where to buy and where to sell."""
        assert tick.bid
        assert tick.ask
        books = self._books.setdefault(tick.symbol, {})
        books[tick.venue] = {"bid": tick.bid[0], "ask": tick.ask[0], "fee": TAKER}
        edges = self._edges[tick.symbol] = {buy: {} for buy in books}
        best = (-1.0, "", "")
        for buy, bought in books.items():
            for sell, sold in books.items():
                if buy == sell:
                    continue
                edge = sold["bid"] * (1 - sold["fee"]) / (bought["ask"] * (1 + bought["fee"])) - 1
                edges[buy][sell] = edge
                if edge > best[0]:
                    best = (edge, buy, sell)
        return best


class BruteForce:
    """Every ordered pair of every symbol again at each step: its gates, its best size, in fractions.

    Remembers each leg's newest tick, what is open, what stands, and what was too old and when; of a route's
    prices only that of the same two ticks.
    """

    def __init__(self, market: MadeMarket, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._spends, self._keeps = 1 + _exact(TAKER), 1 - _exact(TAKER)
        self._opens, self._holds = _exact(thresholds.min_net_bps), _exact(thresholds.close_net_bps)
        self._near = (1.0 + TAKER) / (1.0 - TAKER) * (1.0 - 1e-6)
        self._ticks: dict[Symbol, dict[Venue, PackedTick]] = {symbol: {} for symbol in market.symbols}
        self._open: dict[Symbol, set[Pair]] = {symbol: set() for symbol in market.symbols}
        self._since: dict[Symbol, dict[Pair, int]] = {symbol: {} for symbol in market.symbols}
        self._staled: dict[Route, list[int]] = {}
        self._trades: dict[Route, tuple[PackedTick, PackedTick, Trade]] = {}

    def hear(self, tick: PackedTick) -> None:
        """The leg's newest."""
        self._ticks[tick.symbol][tick.venue] = tick

    def decide(self, now_ns: int) -> set[Verdict]:
        """What must be said now."""
        return {
            verdict
            for symbol in self._ticks
            for buy, sell in self._worth_a_look(symbol)
            if (verdict := self._judge(Route(symbol, buy, sell), now_ns)) is not None
        }

    def _worth_a_look(self, symbol: Symbol) -> list[Pair]:
        """The pairs whose tops pay for the fees, and those that are open or stand."""
        held, known = self._ticks[symbol], self._open[symbol] | self._since[symbol].keys()
        asks = [(venue, tick.ask[0] * self._near) for venue, tick in held.items() if tick.ask]
        bids = [(venue, tick.bid[0]) for venue, tick in held.items() if tick.bid]
        return [(buy, sell) for buy, ask in asks for sell, bid in bids if bid >= ask or (buy, sell) in known]

    def _judge(self, route: Route, now_ns: int) -> Verdict | None:
        held, pair = self._ticks[route.symbol], (route.buy_venue, route.sell_venue)
        opened, since, bought, sold = (
            self._open[route.symbol],
            self._since[route.symbol],
            *map(held.get, pair),
        )
        assert bought is not None
        assert sold is not None
        is_fresh = self._is_fresh(bought, sold, now_ns)
        size, net_bps = self._trade(route, bought, sold) if is_fresh else _NO_TRADE
        if not is_fresh and (pair in opened or pair in since):
            self._staled.setdefault(route, []).append(now_ns)
        if pair in opened:
            if net_bps < self._holds:
                opened.remove(pair)
                return "close", route, 0.0
        elif net_bps < self._opens:
            since.pop(pair, None)
        elif now_ns - since.setdefault(pair, now_ns) >= self._stand_ns(route, since[pair]):
            del since[pair]
            opened.add(pair)
            return "open", route, float(size)
        return None

    def _stand_ns(self, route: Route, since_ns: int) -> int:
        """Ten seconds for one that was twice too old, or its legs too far apart, within as long."""
        before_ns, last_ns = [_NEVER_NS, _NEVER_NS, *self._staled.get(route, [])][-2:]
        is_restless = before_ns > _NEVER_NS and max(last_ns - before_ns, since_ns - last_ns) <= _RESTLESS_NS
        return _RESTLESS_NS if is_restless else 0

    def _is_fresh(self, bought: PackedTick, sold: PackedTick, now_ns: int) -> bool:
        limits, stamps = self._thresholds, (bought.received_ns, sold.received_ns)
        apart_ns = max(stamps) - min(stamps)
        return (
            now_ns - min(stamps) <= limits.age_limit_ms * _MS and apart_ns <= limits.max_asynchrony_ms * _MS
        )

    def _trade(self, route: Route, bought: PackedTick, sold: PackedTick) -> Trade:
        held = self._trades.get(route)
        if held is None or held[0] is not bought or held[1] is not sold:
            held = self._trades[route] = bought, sold, self._best(bought.books()[1], sold.books()[0])
        return held[2]

    def _best(self, asks: Levels, bids: Levels) -> Trade:
        """Profit bends only where a level ends: the best size is one of those sums, or all one can afford."""
        most = min(_sum(asks), _sum(bids), _affordable(asks, _exact(self._thresholds.max_notional)))
        ends = [_sum(side[:count]) for side in (asks, bids) for count in range(1, len(side) + 1)]
        sizes = sorted({size for size in (*ends, most) if size <= most})
        best = max(sizes, key=lambda size: (self._profit(asks, bids, size), -size))
        size = best // _exact(LOT) * _exact(LOT)
        spent, earned = _moved(asks, size), _moved(bids, size)
        if min(spent, earned) < _exact(MIN_COST) or self._profit(asks, bids, size) <= 0:
            return _NO_TRADE
        return size, (earned * self._keeps / (spent * self._spends) - 1) * 10_000

    def _profit(self, asks: Levels, bids: Levels, size: Fraction) -> Fraction:
        return _moved(bids, size) * self._keeps - _moved(asks, size) * self._spends


def _affordable(asks: Levels, budget: Fraction) -> Fraction:
    size = Fraction(0)
    for price, available in asks:
        taken = min(_exact(available), budget / _exact(price))
        size, budget = size + taken, budget - taken * _exact(price)
    return size


def _sum(levels: Levels) -> Fraction:
    return sum((_exact(size) for _, size in levels), Fraction(0))


def _moved(levels: Levels, size: Fraction) -> Fraction:
    """Quote that changes hands for `size`."""
    moved, rest = Fraction(0), size
    for price, available in levels:
        if rest <= 0:
            break
        taken = min(rest, _exact(available))
        moved, rest = moved + taken * _exact(price), rest - taken
    return moved


def verdicts(signals: Iterable[Signal]) -> set[Verdict]:
    """What an engine said, as BruteForce says it: updates are no verdicts."""
    return {
        (signal.event, signal.opportunity.route, signal.opportunity.size if signal.event == "open" else 0.0)
        for signal in signals
        if signal.event != "update"
    }


def _exact(decimal: float) -> Fraction:
    return Fraction(repr(decimal))
