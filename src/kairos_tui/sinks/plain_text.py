"""Plain text: one event, one line a person or a screen reader can follow. No colour, no escape code.

Before it: market's words. After it: plain_stream.
"""

from kairos_tui.market import Board, FeedKind, FeedStatus, Fill, Markout, Opportunity, Quote, Signal
from kairos_tui.sinks.line_text import iso_of, within

_LONGEST_NAME = 64


def clock_of(ts_us: int) -> str:
    """`10:12:31.123`, in UTC."""
    return iso_of(within(ts_us))[11:23]


def printable(text: str) -> str:
    """Foreign text made harmless: what is not plain ASCII is shown as its escape, and long text is cut."""
    cut = text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 3] + "..."
    return "".join(letter if " " <= letter <= "~" else _escaped(letter) for letter in cut)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


def signal_text(signal: Signal, *, ts_us: int, feed: FeedKind) -> str:
    """What to buy where, what to sell where, and what is left after fees."""
    priced = signal.opportunity
    parts = [
        f"{clock_of(ts_us)} {signal.event.upper():<5} "
        f"BUY {printable(priced.buy.venue)} {_price(priced.buy.price)} "
        f"SELL {printable(priced.sell.venue)} {_price(priced.sell.price)}",
        f"net {priced.net_bps:+.2f} bps",
        f"{priced.size:.8g} {printable(priced.asset)}",
        f"profit {priced.profit:.2f} {printable(priced.quote)}",
        *_converted(priced),
    ]
    if signal.event == "close":
        parts += [f"{signal.reason or 'ended'} after {signal.duration_us / 1e6:.2f} s"]
    return "  ".join([*parts, feed])


def _converted(priced: Opportunity) -> list[str]:
    """How the proceeds come back into what was spent, if they are in another quote."""
    if priced.kind != "convert":
        return []
    sold_for = printable(priced.sell.symbol.partition("/")[2])
    if priced.mode == "inventory":
        return [f"proceeds stay in {sold_for}, {priced.haircut_bps:g} bps off"]
    return [
        f"{sold_for} back by {printable(leg.symbol)} on {printable(leg.venue)}" for leg in priced.conversions
    ]


def fill_text(fill: Fill, *, ts_us: int, feed: FeedKind) -> str:
    """What simulated orders made of a signal."""
    route, (asset, quote) = fill.route, fill.assets
    bought = fill.orders[0].filled if fill.orders else 0.0
    parts = [
        f"{clock_of(ts_us)} PAPER {fill.outcome} BUY {printable(route.buy_venue)} "
        f"SELL {printable(route.sell_venue)}",
        f"{bought:.8g} of {fill.size:.8g} {printable(asset)}",
        f"profit {fill.profit:+.2f} {printable(quote)} of {fill.expected:+.2f} signalled",
        *([printable(fill.note)] if fill.note else []),
    ]
    return "  ".join([*parts, feed])


def markout_text(markout: Markout, *, ts_us: int, feed: FeedKind) -> str:
    """Whether a signal still paid a while after it opened."""
    route, captured = markout.route, markout.captured
    verdict = "not priced" if captured is None else "still pays" if captured else "no longer pays"
    parts = [
        f"{clock_of(ts_us)} AFTER {markout.horizon_ms} ms  BUY {printable(route.buy_venue)} "
        f"SELL {printable(route.sell_venue)}  {verdict}",
        *([f"net {markout.net_bps:+.2f} bps"] if markout.net_bps is not None else []),
        *([printable(markout.note)] if markout.note else []),
        printable(markout.id),
    ]
    return "  ".join([*parts, feed])


def quote_text(quote: Quote, *, ts_us: int, feed: FeedKind) -> str:
    """A venue's best bid and ask."""
    name = f"{printable(quote.venue)} {printable(quote.symbol)}"
    sides = f"bid {_price(quote.bid)} ask {_price(quote.ask)}"
    return f"{clock_of(ts_us)} QUOTE {name}  {sides}  {feed}"


def venue_text(status: FeedStatus, *, ts_us: int, feed: FeedKind) -> str:
    """A feed's new state, and why."""
    name = f"{printable(status.venue)} {printable(status.symbol or 'all markets')}"
    why = f"  {printable(status.reason)}" if status.reason else ""
    return f"{clock_of(ts_us)} VENUE {name}  {status.state}{why}  {feed}"


def heartbeat_text(board: Board | None, *, ts_us: int, feed: FeedKind) -> str:
    """How far the best route is from paying."""
    bests = [each for each in (board.symbols if board else ()) if each.best and each.best.net_bps is not None]
    shown = [
        f"{printable(each.symbol)} best {printable(each.best.buy_venue)} to "
        f"{printable(each.best.sell_venue)} net {each.best.net_bps:+.2f} bps"
        for each in bests
        if each.best
    ]
    waiting = [
        f"{each.suspended} routes from {printable(each.symbol)} wait: {printable(each.suspended_why or '')}"
        for each in (board.symbols if board else ())
        if each.suspended
    ]
    said = "; ".join([*(shown or ["no route can be priced"]), *waiting])
    return f"{clock_of(ts_us)} QUIET {said}  {feed}"


def _price(price: float) -> str:
    """Cents for what costs many, seven digits for what costs little."""
    return f"{price:.2f}" if price >= 100 else f"{price:.7g}"
