"""ConversionViews: the books that convert what the watched symbols are sold for, as a display shows them.

Before it: conversions. After it: engine, once a board.
"""

from collections.abc import Iterable

from kairos_tui.engine.conversions import Conversions
from kairos_tui.engine.convert_routes import Crossing
from kairos_tui.engine.converted_view import say_obstacle
from kairos_tui.engine.pegs import are_pegged, off_bps
from kairos_tui.engine.slot import Slot
from kairos_tui.market import ConversionView, FeedState, split_symbol


def view_conversions(
    crossings: Iterable[Crossing], conversions: Conversions, now_ns: int
) -> tuple[ConversionView, ...]:
    """Every listed book that converts for one of these crossings, by market, in the order of the venues."""
    turns = tuple(dict.fromkeys(crossing.turn for crossing in crossings))
    chosen = {hop.slot for turn in turns for way in conversions.find_ways(turn, now_ns)[:1] for hop in way}
    needed = {slot for turn in turns for slot in conversions.slots(turn)}
    return tuple(
        _view(slot, conversions, is_chosen=slot in chosen, now_ns=now_ns)
        for slots in conversions.markets.values()
        for slot in slots
        if slot in needed and (slot.status is None or slot.status.listed)
    )


def _view(slot: Slot, conversions: Conversions, *, is_chosen: bool, now_ns: int) -> ConversionView:
    tick, status = slot.tick, slot.shown_status
    obstacle = conversions.find_obstacle_of(slot, now_ns)
    is_pegged = tick is not None and are_pegged(*split_symbol(slot.symbol))
    return ConversionView(
        slot.venue,
        slot.symbol,
        status.state if status is not None else FeedState.CONNECTING,
        bid=slot.bid[0] if tick else None,
        ask=slot.ask[0] if tick else None,
        age_us=(now_ns - slot.alive_ns) // 1000 if tick else None,
        off_bps=off_bps(slot.mid) if is_pegged else None,
        chosen=is_chosen,
        blocked=say_obstacle(obstacle, now_ns) if obstacle is not None else None,
    )
