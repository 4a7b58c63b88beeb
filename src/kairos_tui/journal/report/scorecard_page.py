"""Scorecard page: a scorecard as one HTML page. Style and charts are in it; it runs and fetches nothing.

Before it: scorecard. After it: `kairos report --html`. Every word of a journal is a stranger's: `words`.
"""

from collections.abc import Iterator, Sequence
from html import escape

from kairos_tui.journal.report.charts_svg import strip
from kairos_tui.journal.report.page_charts import charts
from kairos_tui.journal.report.page_style import STYLE
from kairos_tui.journal.report.scorecard import HorizonCard, RouteCard, Scorecard
from kairos_tui.journal.report.stream_times import VenueCard
from kairos_tui.journal.written import UNKNOWN, bps, count, instant, plain, share, span

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_TYPICAL_MS = 100
"""How soon somebody near both venues could be there: the horizon of the tile."""
_HORIZONS = (50, 100, 250, 500, 1_000, 2_000)


def words(text: str, most: int = 120) -> str:
    """A stranger's words, harmless in HTML."""
    return escape(plain(text, most))


def scorecard_page(card: Scorecard) -> str:
    """The whole page."""
    parts = [*_head(card), *_tiles(card), '<section class="charts">', *charts(card), "</section>"]
    parts += [*_paper(card), *_routes(card), *_venues(card), *_lost(card), "</main></body></html>\n"]
    return "\n".join(parts)


def _head(card: Scorecard) -> Iterator[str]:
    feeds = words(", ".join(card.feeds), 40)
    yield f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>Kairos report: {words(card.path, 300)}</title><style>{STYLE}</style></head><body><main>"""
    yield f"<header><h1>KAIROS <span>report</span> <b class=feed>{feeds}</b></h1>"
    yield f"<p>{instant(card.from_us)} to {instant(card.to_us)}</p>"
    unended = f" ({card.runs_not_ended} without its end)" if card.runs_not_ended else ""
    runs = f"{count(card.runs)} run{'s' if card.runs != 1 else ''}{unended}"
    of = f"{count(card.lines)} lines of {words(card.path, 300)}"
    yield f"<p>{span(card.watched_s * 1e6)} watched in {runs}, {of}</p>"
    yield f"<p>{words(' '.join(card.symbols), 300)}</p></header>"


def _tiles(card: Scorecard) -> Iterator[str]:
    middle = card.lifetimes.median_ms
    told = [each for each in card.horizons if each.hit_rate is not None]
    caught = min(told, key=lambda each: abs(each.horizon_ms - _TYPICAL_MS), default=None)
    uptimes = [venue.uptime for venue in card.venues if venue.uptime is not None]
    tiles = [
        ("signals opened", count(card.signals.opened), f"{count(card.signals.closed)} closed"),
        ("median net at opening", bps(card.edges.opening.median, 1), "bps, every fee taken"),
        ("stood, median", span(None if middle is None else middle * 1e3), _censored(card)),
        (
            f"still paid after {span(caught.horizon_ms * 1e3)}" if caught else "still paid later",
            share(caught.hit_rate if caught else None),
            f"{count(caught.hits + caught.misses)} priced again" if caught else "no markouts",
        ),
        ("worst venue's uptime", share(min(uptimes, default=None), 2), f"{len(card.venues)} venues"),
        ("known to be lost", count(sum(card.lost.values())), "lines, entries, states"),
    ]
    yield '<section class="tiles">'
    for name, figure, note in tiles:
        yield f"<div><small>{name}</small><strong>{figure}</strong><small>{note}</small></div>"
    yield "</section>"


def _censored(card: Scorecard) -> str:
    return f"{share(card.lifetimes.censored_share)} lost sight of" if card.lifetimes.count else "no lifetimes"


def _table(title: str, heads: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    yield f'<section><h2>{title}</h2><div class="wide"><table><thead><tr>'
    yield "".join(f"<th>{head}</th>" for head in heads)
    yield "</tr></thead><tbody>"
    for cells in rows:
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    yield "</tbody></table></div></section>"


def _routes(card: Scorecard) -> Iterator[str]:
    if not card.routes:
        return
    heads = ("buy", "sell", "market", "opened", "net bps", "best", "profit", "stood")
    marks = [span(ms * 1e3) for ms in _HORIZONS]
    yield from _table("Routes", (*heads, *marks), (_route(route) for route in card.routes))
    if card.more_routes:
        yield f"<p>{count(card.more_routes)} more routes had signals.</p>"


def _route(route: RouteCard) -> tuple[str, ...]:
    middle = route.lifetimes.median_ms
    market = route.buy_symbol
    if route.sell_symbol != route.buy_symbol:
        kind = "parked" if route.mode == "inventory" else "converted"
        market = f"{route.buy_symbol}, sold as {route.sell_symbol}, {kind}"
    rates = {each.horizon_ms: each for each in route.horizons}
    profit = (
        UNKNOWN if route.profit_median is None else f"{_profit(route.profit_median)} {words(route.quote, 10)}"
    )
    return (
        words(route.buy_venue, 20),
        words(route.sell_venue, 20),
        words(market, 60),
        count(route.opened),
        bps(route.net_bps_median, 1),
        bps(route.net_bps_best, 1),
        profit,
        span(None if middle is None else middle * 1e3),
        *(_rate(rates.get(ms)) for ms in _HORIZONS),
    )


def _profit(value: float) -> str:
    return f"{value:,.2f}" if abs(value) >= 0.1 else f"{value:.3g}"


def _rate(card: HorizonCard | None) -> str:
    return UNKNOWN if card is None else share(card.hit_rate, 0)


def _paper(card: Scorecard) -> Iterator[str]:
    if card.paper is None:
        return
    outcomes = ", ".join(f"{count(times)} {outcome}" for outcome, times in card.paper.outcomes.items())
    rows = (
        (words(money.quote, 12), f"{money.expected:+,.2f}", f"{money.profit:+,.2f}")
        for money in card.paper.money
    )
    yield from _table("Paper", ("quote", "as signalled", "came out"), rows)
    yield f"<p>{count(card.paper.followed)} signals followed by simulated orders: {outcomes}.</p>"


def _venues(card: Scorecard) -> Iterator[str]:
    if card.venues:
        heads = ("venue", "could be used", "", "incidents", "down", "longest")
        yield from _table("Venues", heads, (_venue(venue) for venue in card.venues))


def _venue(venue: VenueCard) -> tuple[str, ...]:
    longest = UNKNOWN
    if venue.worst:
        worst = venue.worst[0]
        told = f"{worst.symbol or ''} {worst.state} {span(worst.for_us)}: {worst.reason or ''}"
        longest = f"<span class=words>{words(told.strip(' :'), 90)}</span>"
    return (
        words(venue.venue, 20),
        share(venue.uptime, 2),
        strip("share of the time in which it could be used", venue.uptime or 0.0),
        count(venue.incidents),
        span(venue.down_s * 1e6),
        longest,
    )


def _lost(card: Scorecard) -> Iterator[str]:
    if not card.lost:
        yield "<section><h2>Lost</h2><p>Nothing that is known of.</p></section>"
        return
    rows = ((count(times), words(why, 160)) for why, times in card.lost.items())
    yield from _table("Lost", ("times", "what"), rows)
