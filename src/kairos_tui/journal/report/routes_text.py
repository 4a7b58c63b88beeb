"""Routes text: a scorecard's tables of routes and of venues, for a terminal. Before it: scorecard_text."""

from collections.abc import Iterator

from kairos_tui.journal.paint import Paint
from kairos_tui.journal.report.scorecard import HorizonCard, RouteCard, Scorecard
from kairos_tui.journal.report.stream_times import Incident, VenueCard
from kairos_tui.journal.report.text_bars import bar
from kairos_tui.journal.written import UNKNOWN, bps, count, instant, plain, share, span

_SHOWN_HORIZONS = (100, 500, 2_000)
_MOST_ROUTES = 15


def route_lines(card: Scorecard, columns: int, paint: Paint) -> Iterator[str]:
    """The routes with the most signals."""
    if not card.routes:
        return
    yield ""
    more = len(card.routes) - _MOST_ROUTES + card.more_routes
    words = f"  {count(more)} more with --json" if more > 0 else ""
    yield f"{paint.accent('ROUTES')}{words}"
    name = columns - 51
    marks = "".join(f"{_short(ms):>6}" for ms in _SHOWN_HORIZONS)
    yield paint.faint(f"  {'':<{name}}{'opened':>7}{'net':>7}{'best':>7}{'stood':>9} {marks}")
    for route in card.routes[:_MOST_ROUTES]:
        yield f"  {_named(route, name - 1):<{name}}{_figures(route)}"


def _short(horizon_ms: int) -> str:
    return f"{horizon_ms}ms" if horizon_ms < 1_000 else f"{horizon_ms // 1_000}s"


def _named(route: RouteCard, width: int) -> str:
    symbol = route.buy_symbol
    if route.sell_symbol != route.buy_symbol:
        how = "parked" if route.mode == "inventory" else "now"
        symbol = f"{symbol}={route.sell_symbol.partition('/')[2]} {how}"
    return plain(f"{route.buy_venue}>{route.sell_venue} {symbol}", width)


def _figures(route: RouteCard) -> str:
    stood = None if route.lifetimes.median_ms is None else route.lifetimes.median_ms * 1e3
    rates = {each.horizon_ms: each for each in route.horizons}
    marks = "".join(f"{_rate(rates.get(ms)):>6}" for ms in _SHOWN_HORIZONS)
    nets = f"{bps(route.net_bps_median, 1):>7}{bps(route.net_bps_best, 1):>7}"
    return f"{count(route.opened):>7}{nets}{span(stood):>9} {marks}"


def _rate(card: HorizonCard | None) -> str:
    return UNKNOWN if card is None or card.hit_rate is None else f"{100 * card.hit_rate:.0f}%"


def venue_lines(card: Scorecard, columns: int, paint: Paint) -> Iterator[str]:
    """How each venue's streams fared."""
    if not card.venues:
        return
    yield ""
    yield f"{paint.accent('VENUES')}  time in which a stream could be used, since it first could"
    for venue in card.venues:
        up = bar(venue.uptime or 0.0, 1.0, columns - 64)
        troubles = f"{count(venue.incidents)} incident{'s' if venue.incidents != 1 else ' '}"
        down = f"{span(venue.down_s * 1e6):>10} down"
        yield f"  {plain(venue.venue, 14):<14}{share(venue.uptime, 2):>9} {troubles:>15}{down} {up}"
        yield from _worst(venue, columns, paint)


def _worst(venue: VenueCard, columns: int, paint: Paint) -> Iterator[str]:
    for incident in venue.worst[:2]:
        yield paint.faint(plain(f"    {_told(incident)}", columns))


def _told(incident: Incident) -> str:
    of = f"{incident.symbol} " if incident.symbol else ""
    reason = f": {incident.reason}" if incident.reason else ""
    return f"{instant(incident.from_us)[11:19]} {of}{incident.state} {span(incident.for_us)}{reason}"
