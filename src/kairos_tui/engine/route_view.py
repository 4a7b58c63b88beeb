"""RouteView of one ordered pair: its edge at the top, split into what each cost takes, or why it is blocked.

Before it: slots and gates. After it: board_painter.
"""

from kairos_tui.engine.gates import Limits, find_route_block
from kairos_tui.engine.pricing import net_top_bps
from kairos_tui.engine.slot import Slot
from kairos_tui.engine.words import say_block
from kairos_tui.market import RouteView

_BPS = 10_000.0


def view_route(buy: Slot, sell: Slot, *, open_id: str | None, limits: Limits, now_ns: int) -> RouteView:
    """The pair as a display shows it; prices only when the gates let it be priced."""
    age_us = asynchrony_us = None
    if buy.tick is not None and sell.tick is not None:
        age_us = (now_ns - min(buy.alive_ns, sell.alive_ns)) // 1000
        asynchrony_us = abs(buy.alive_ns - sell.alive_ns) // 1000
    blocked = find_route_block(buy, sell, now_ns, limits)
    if blocked is not None or buy.tick is None or sell.tick is None:
        words = say_block(*blocked, buy, sell, now_ns) if blocked is not None else None
        return RouteView(
            buy.venue,
            sell.venue,
            age_us=age_us,
            asynchrony_us=asynchrony_us,
            blocked=words,
            open_id=open_id,
        )
    gross_bps, buy_fee_bps, sell_fee_bps = split_costs(buy, sell)
    return RouteView(
        buy.venue,
        sell.venue,
        gross_bps=gross_bps,
        buy_fee_bps=buy_fee_bps,
        sell_fee_bps=sell_fee_bps,
        net_bps=gross_bps + buy_fee_bps + sell_fee_bps,
        top_size=min(buy.tick.asks[0][1], sell.tick.bids[0][1]),
        age_us=age_us,
        asynchrony_us=asynchrony_us,
        open_id=open_id,
    )


def split_costs(buy: Slot, sell: Slot) -> tuple[float, float, float]:
    """(gross, buy fee, sell fee) in bps of the first unit; fees are negative and the three sum to the net.

    Fees compound, so a split needs an order: the sell fee first, on the gross ratio (b/a x f when charged in
    quote); what is then missing to the net is the buy fee's. The other order differs by the product of both.
    """
    assert buy.tick is not None
    assert sell.tick is not None
    ratio = sell.tick.bids[0][0] / buy.tick.asks[0][0]
    gross_bps, sell_fee_bps = (ratio - 1.0) * _BPS, ratio * (sell.sell_factor - 1.0) * _BPS
    return gross_bps, net_top_bps(buy, sell) - gross_bps - sell_fee_bps, sell_fee_bps
