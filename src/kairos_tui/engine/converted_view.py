"""RouteViews of what is bought for one quote and sold for another: the best of them, or why there is none.

Before it: crossings, conversions and gates. After it: board_painter. route_view does the routes of one quote.
"""

from collections.abc import Iterable, Iterator
from heapq import nlargest
from typing import NamedTuple

from kairos_tui.engine.block import Block
from kairos_tui.engine.chain import Chain, mid_rate
from kairos_tui.engine.conversions import Conversions, Obstacle, Turn
from kairos_tui.engine.convert_routes import MODES, Crossing
from kairos_tui.engine.gates import Limits, find_leg_block, find_route_block
from kairos_tui.engine.pegs import off_bps, say_off
from kairos_tui.engine.signal_gate import SignalGate
from kairos_tui.engine.slot import Slot
from kairos_tui.engine.words import say_block
from kairos_tui.market import Route, RouteView, Symbol, Venue

MOST = 10
"""Routes shown; there are two for every two venues and every two quotes."""

_BPS = 10_000.0


def view_converted(
    crossings: Iterable[Crossing], conversions: Conversions, gate: SignalGate, limits: Limits, now_ns: int
) -> tuple[RouteView, ...]:
    """The best routes over these crossings, highest net first; one that says why when all are blocked."""
    held = list(crossings)
    ranked = [each for crossing in held for each in _rank(crossing, conversions, limits, now_ns)]
    if ranked:
        best = nlargest(MOST, ranked, key=_returned)
        return tuple(_view(each.chain(), gate, now_ns) for each in best)
    return tuple(_view_blocked(crossing, conversions, limits, now_ns) for crossing in held[:1])


class _Ranked(NamedTuple):
    """What one unit of the first quote comes back as, and by which slots: made often, looked at seldom."""

    returned: float
    buy: Slot
    sell: Slot
    over: Chain

    def chain(self) -> Chain:
        """This pair, over the way and in the mode of `over`."""
        route, over = self.over.route, self.over
        route = Route(self.buy.symbol, self.buy.venue, self.sell.venue, route.sell_symbol, route.mode)
        return Chain(route, self.buy, self.sell, over.way, over.haircut_bps)


def _rank(crossing: Crossing, conversions: Conversions, limits: Limits, now_ns: int) -> Iterator[_Ranked]:
    """What may be priced now."""
    ways = conversions.find_ways(crossing.turn, now_ns)
    buys, sells = (_usable(each.slots, limits, now_ns) for each in (crossing.bought, crossing.sold))
    if not (ways and buys and sells):
        return
    for mode in MODES:
        route = Route(buys[0].symbol, buys[0].venue, sells[0].venue, sells[0].symbol, mode)
        over = conversions.chains(route, buys[0], sells[0], ways)[0]
        rate = over.conversion_rate
        for buy in buys:
            for sell in sells:
                if abs(buy.alive_ns - sell.alive_ns) <= limits.max_asynchrony_ns:
                    yield _Ranked(sell.net_bid * rate / buy.net_ask, buy, sell, over)


def _returned(ranked: _Ranked) -> float:
    return ranked.returned


def _usable(slots: Iterable[Slot], limits: Limits, now_ns: int) -> list[Slot]:
    return [slot for slot in slots if find_leg_block(slot, now_ns, limits) is None]


def _view(chain: Chain, gate: SignalGate, now_ns: int) -> RouteView:
    buy, sell, way, watch = chain.buy, chain.sell, chain.way, gate.watch(chain.route)
    gross = sell.bid[0] * mid_rate(way) / buy.ask[0]
    sold = gross * sell.sell_factor
    converted = sold * chain.conversion_rate / mid_rate(way)
    return RouteView(
        buy.venue,
        sell.venue,
        gross_bps=off_bps(gross),
        buy_fee_bps=(chain.top_rate - converted) * _BPS,
        sell_fee_bps=(sold - gross) * _BPS,
        net_bps=off_bps(chain.top_rate),
        top_size=_top_size(chain),
        age_us=(now_ns - min(slot.alive_ns for slot in chain.slots)) // 1000,
        asynchrony_us=chain.asynchrony_ns // 1000,
        open_id=watch.signal_id if watch is not None else None,
        sell_symbol=sell.symbol,
        mode=chain.route.mode,
        convert_venue=Venue("+".join(hop.slot.venue for hop in way)),
        convert_symbol=Symbol("+".join(hop.slot.symbol for hop in way)),
        convert_bps=(converted - sold) * _BPS,
    )


def _top_size(chain: Chain) -> float:
    """Base that goes through the best level of every leg that is traded, before fees."""
    first, *others = [(ladder.side, *ladder.levels[0]) for ladder in chain.ladders()]
    size, worth = first[2], 1.0
    for side, price, available in others:
        # `worth` is of what this leg takes, for each unit of base.
        size = min(size, (available if side == "sell" else available * price) / worth)
        worth = worth * price if side == "sell" else worth / price
    return size


def _view_blocked(crossing: Crossing, conversions: Conversions, limits: Limits, now_ns: int) -> RouteView:
    buy, sell = _nearest(crossing.bought.slots, limits, now_ns), _nearest(crossing.sold.slots, limits, now_ns)
    blocked = find_route_block(buy, sell, now_ns, limits)
    words = (
        say_block(*blocked, buy, sell, now_ns)
        if blocked is not None
        else say_no_way(crossing.turn, conversions, now_ns)
    )
    return RouteView(buy.venue, sell.venue, blocked=words, sell_symbol=sell.symbol, mode="closed")


def _nearest(slots: tuple[Slot, ...], limits: Limits, now_ns: int) -> Slot:
    """A leg that could be used; else one that is at least listed."""
    for slot in slots:
        if find_leg_block(slot, now_ns, limits) is None:
            return slot
    return next((slot for slot in slots if slot.standing is not Block.NOT_LISTED), slots[0])


def say_no_way(turn: Turn, conversions: Conversions, now_ns: int) -> str:
    """Why proceeds cannot be converted: `USDT/USD: kraken stale 3.1 s`."""
    obstacle = conversions.why_none(turn, (), now_ns)
    if obstacle is None:
        return f"no book converts {turn.given} into {turn.wanted}"
    return f"{obstacle.slot.symbol}: {say_obstacle(obstacle, now_ns)}"


def count_suspended(
    crossings: Iterable[Crossing], conversions: Conversions, limits: Limits, now_ns: int
) -> tuple[int, str | None]:
    """How many routes have two good legs and no way to convert, and why the first of them has none."""
    count, why = 0, None
    for crossing in crossings:
        if not conversions.find_ways(crossing.turn, now_ns):
            waiting = _count_pairs(crossing, limits, now_ns) * len(MODES)
            why = why or (say_no_way(crossing.turn, conversions, now_ns) if waiting else None)
            count += waiting
    return count, why


def _count_pairs(crossing: Crossing, limits: Limits, now_ns: int) -> int:
    buys, sells = (_usable(each.slots, limits, now_ns) for each in (crossing.bought, crossing.sold))
    apart_ns = [abs(buy.alive_ns - sell.alive_ns) for buy in buys for sell in sells]
    return sum(each <= limits.max_asynchrony_ns for each in apart_ns)


def say_obstacle(obstacle: Obstacle, now_ns: int) -> str:
    """Why one book may not convert: `kraken stale 3.1 s`, `kraken 3.0 % off the peg`."""
    slot, block = obstacle.slot, obstacle.block
    if block is None:
        return f"{slot.venue} {say_off(1.0 + obstacle.off_bps / 10_000.0)} off the peg"
    return say_block(slot, block, slot, slot, now_ns)
