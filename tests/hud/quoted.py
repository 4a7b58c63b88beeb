"""BTC watched in two quotes: what the engine adds to a board, and signals that sell for USD."""

# mypy: disable-error-code="no-untyped-call,arg-type"

from msgspec.structs import replace

from kairos_tui.market import ConversionView, FeedState, Route, RouteView

USDT, USD, RATE = "BTC/USDT", "BTC/USD", "USDT/USD"
CLOSED = RouteView(
    "binance", "okx", 24.6, -10.0, -10.0, 3.2, 0.25, sell_symbol=USD, mode="closed",
    convert_venue="kraken", convert_symbol=RATE, convert_bps=-1.4, open_id="k7f3-c",
)  # fmt: skip
PARKED = replace(CLOSED, net_bps=2.6, mode="inventory", convert_bps=-2.0, open_id="k7f3-i")
BLOCKED = RouteView("okx", "binance", sell_symbol=USD, mode="closed", blocked="USDT/USD binance: depegged")
CONVERSIONS = (
    ConversionView("kraken", RATE, FeedState.LIVE, 0.9996, 0.9998, 90_000, -3.0, chosen=True),
    ConversionView("binance", RATE, FeedState.LIVE, 0.9711, 0.9713, 80_000, -288.0, blocked="depegged"),
    ConversionView("okx", RATE, FeedState.STALE, blocked="stale 2.1 s"),
)


def in_two_quotes(board):
    """The same board with a second symbol, routes into its quote, and the markets that convert."""
    first = replace(board.symbols[0], converted=(CLOSED, PARKED, BLOCKED))
    second = replace(board.symbols[0], symbol=USD, best=None, sized=None)
    return replace(board, symbols=(first, second), conversions=CONVERSIONS)


def converted_signal(market, mode, at_ns):
    """Bought on binance for USDT, sold on okx for USD; `closed` buys USDT back on kraken, 1 bps fee."""
    top = RouteView("binance", "okx", 24.6, net_bps=2.6)
    plain = market._signal(top, f"k7f3-{mode[0]}", "open", at_ns, at_ns, 2.6)
    found, parked = plain.opportunity, mode == "inventory"
    fees = replace(found.buy.fees, taker=0.0001)
    back = replace(found.buy, venue="kraken", symbol=RATE, price=0.9998, vwap=0.9998, fees=fees)
    gross = (1 + found.gross_bps / 1e4) / 0.9998
    net_bps = (gross / 1.001 * 0.999 * (0.9998 if parked else 1 / 1.0001) - 1) * 1e4
    return replace(plain, peak_net_bps=net_bps, opportunity=replace(
        found, route=Route(USDT, "binance", "okx", USD, mode), kind="convert", mode=mode,
        sell=replace(found.sell, symbol=USD), gross_bps=(gross - 1) * 1e4, net_bps=net_bps,
        net_top_bps=net_bps, profit=found.outlay * net_bps / 1e4, conversions=(back,),
        haircut_bps=2.0 if parked else 0.0,
    ))  # fmt: skip
