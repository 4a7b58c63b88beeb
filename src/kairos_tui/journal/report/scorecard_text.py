"""Scorecard text: a scorecard as lines for a terminal or a pipe, as wide as there is room.

Before it: scorecard. After it: `kairos report`.
"""

from collections.abc import Iterator

from kairos_tui.journal.paint import Paint
from kairos_tui.journal.report.routes_text import route_lines, venue_lines
from kairos_tui.journal.report.scorecard import PaperCard, Scorecard
from kairos_tui.journal.report.tally import Spread
from kairos_tui.journal.report.text_bars import bar, sparkline
from kairos_tui.journal.written import bps, count, instant, plain, share, span

NARROWEST, WIDEST = 80, 120


class Page:
    """How wide, and in which colours."""

    def __init__(self, columns: int, paint: Paint) -> None:
        self.columns = min(max(columns, NARROWEST), WIDEST)
        self.paint = paint

    def heading(self, title: str, words: str) -> Iterator[str]:
        """A section begins."""
        yield ""
        yield f"{self.paint.accent(title)}  {words}"


def scorecard_lines(card: Scorecard, columns: int, paint: Paint) -> Iterator[str]:
    """The whole scorecard."""
    page = Page(columns, paint)
    yield from _head(card, page)
    yield from _signals(card, page)
    if card.signals.opened:
        yield from _edges(card, page)
        yield from _lifetimes(card, page)
    if card.horizons:
        yield from _horizons(card, page)
    if card.calibration.told:
        yield from _calibration(card, page)
    if card.paper is not None:
        yield from _paper(card.paper, page)
    yield from route_lines(card, page.columns, paint)
    yield from venue_lines(card, page.columns, paint)
    yield from _lost(card, page)


def _head(card: Scorecard, page: Page) -> Iterator[str]:
    paint = page.paint
    yield f"{paint.strong('KAIROS REPORT')}  {plain(card.path, 300)}  [{plain(', '.join(card.feeds))}]"
    yield f"{instant(card.from_us)} to {instant(card.to_us)}"
    runs = f"{card.runs} run{'s' if card.runs != 1 else ''}"
    broken_off = f" ({card.runs_not_ended} without its end)" if card.runs_not_ended else ""
    ticks = f"{count(card.ticks)} ticks, " if card.ticks else ""
    yield f"{span(card.watched_s * 1e6)} watched in {runs}{broken_off}, {ticks}{count(card.lines)} lines"
    if card.symbols:
        yield plain(" ".join(card.symbols), page.columns)


def _signals(card: Scorecard, page: Page) -> Iterator[str]:
    signals, paint = card.signals, page.paint
    if not signals.opened and not signals.closed:
        yield from page.heading("SIGNALS", "none: nothing reached the threshold")
        return
    words = (
        f"{count(signals.opened)} opened, {count(signals.closed)} closed, {count(signals.updated)} updates"
    )
    lost = f", {count(signals.still_open)} lost sight of" if signals.still_open else ""
    yield from page.heading("SIGNALS", words + lost)
    most = max(signals.closed_for.values(), default=0)
    for reason, times in signals.closed_for.items():
        yield f"  {plain(reason, 14):<14}{count(times):>9}  {bar(times, most, page.columns - 30)}"
    latency = card.latency_us
    if latency.count:
        yield f"  socket to signal: median {span(latency.median)}, nine in ten within {span(latency.p90)}"
    if card.activity is not None and len(card.activity.opened) > 1:
        bins = f"  opened over time, {span(card.activity.width_s * 1e6)} a bar"
        yield paint.faint(bins)
        yield f"  {paint.accent(sparkline(card.activity.opened, page.columns - 4))}"


def _edges(card: Scorecard, page: Page) -> Iterator[str]:
    yield from page.heading("EDGES", "net of every fee, in bps")
    yield page.paint.faint(f"  {'':<12}{'least':>8}{'p10':>8}{'median':>8}{'p90':>8}{'most':>8}")
    yield _spread_row("at opening", card.edges.opening)
    yield _spread_row("at their best", card.edges.peak)
    most = max((each.count for each in card.edges.bars), default=0)
    for each in card.edges.bars:
        label = f"{each.low:.4g}"
        yield f"  {label:>10} {count(each.count):>9}  {bar(each.count, most, page.columns - 28)}"
    for money in card.money:
        middle = money.profit.median
        yield f"  profit at opening, as published: median {_amount(middle)} {plain(money.quote, 12)}"


def _spread_row(name: str, spread: Spread) -> str:
    figures = (spread.least, spread.p10, spread.median, spread.p90, spread.most)
    return f"  {name:<13}" + "".join(f"{bps(figure):>8}" for figure in figures)[1:]


def _amount(value: float | None) -> str:
    return "·" if value is None else f"{value:,.4g}" if abs(value) < 1_000 else f"{value:,.0f}"


def _lifetimes(card: Scorecard, page: Page) -> Iterator[str]:
    lives = card.lifetimes
    median = f"median {span(None if lives.median_ms is None else lives.median_ms * 1e3)}"
    ended = f"{count(lives.ended)} ended"
    censored = f"{count(lives.censored)} lost sight of ({share(lives.censored_share)} censored)"
    yield from page.heading("LIFETIMES", f"{median}; {ended}, {censored}")
    if lives.unborn:
        yield page.paint.faint(f"  {count(lives.unborn)} more stood already when a stream of theirs came up")
    for point in lives.points:
        band = page.paint.faint(f"{100 * point.low:.0f} to {100 * point.high:.0f} %")
        shown = bar(point.share, 1.0, page.columns - 53)
        yield f"  still there after {span(point.age_ms * 1e3):>7}{share(point.share):>9} {shown}  {band}"


def _horizons(card: Scorecard, page: Page) -> Iterator[str]:
    yield from page.heading("HIT RATES", "signals that still paid, priced again at their own size, after")
    for each in card.horizons:
        of = f"{count(each.hits)} of {count(each.hits + each.misses)}"
        shown = bar(each.hit_rate or 0.0, 1.0, page.columns - 62)
        unpriced = page.paint.faint(f"  {count(each.unpriced)} not priced") if each.unpriced else ""
        net = f"{bps(each.median_net_bps, 1):>7} bps"
        yield f"  {span(each.horizon_ms * 1e3):>8}{share(each.hit_rate):>9} {of:>13}{net} {shown}{unpriced}"
    for why, times in card.unpriced_for.items():
        yield page.paint.faint(f"  not priced: {plain(why, page.columns - 30)}: {count(times)}")


def _calibration(card: Scorecard, page: Page) -> Iterator[str]:
    told = card.calibration
    base = f"always telling the hit rate: {told.brier_of_base:.4f}" if told.brier_of_base is not None else ""
    brier = "·" if told.brier is None else f"{told.brier:.4f}"
    yield from page.heading("CHANCES", f"Brier {brier} over {count(told.told)}; {base}")
    if told.of_priors:
        yield f"  {count(told.of_priors)} of them came from the prior, for want of lifetimes"
    yield page.paint.faint(f"  {'told':>12}{'times':>9}{'on average':>12}{'came true':>11}")
    for each in told.bins:
        if each.told:
            tenth = f"{100 * each.low:.0f} to {100 * each.high:.0f} %"
            came = f"{share(each.hit_rate):>11}  {bar(each.hit_rate or 0.0, 1.0, page.columns - 50)}"
            yield f"  {tenth:>12}{count(each.told):>9}{share(each.mean_told):>12}{came}"


def _paper(paper: PaperCard, page: Page) -> Iterator[str]:
    words = f"{count(paper.followed)} signals followed by simulated orders, fees and unwinds included"
    yield from page.heading("PAPER", words)
    most = max(paper.outcomes.values())
    for outcome, times in paper.outcomes.items():
        yield f"  {outcome:<14}{count(times):>9}  {bar(times, most, page.columns - 30)}"
    for money in paper.money:
        came = f"{money.profit:+,.2f} {plain(money.quote, 12)}"
        colour = page.paint.good if money.profit > 0 else page.paint.bad
        yield f"  as signalled {money.expected:+,.2f}, came out {colour(came)}"


def _lost(card: Scorecard, page: Page) -> Iterator[str]:
    if not card.lost:
        yield from page.heading("LOST", "nothing that is known of")
        return
    yield from page.heading("LOST", "")
    for why, times in card.lost.items():
        yield f"  {page.paint.bad(f'{count(times):>9}')}  {plain(why, page.columns - 14)}"
