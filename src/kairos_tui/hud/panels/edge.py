"""Edge: what the best route, or the pinned one, says now, and its net over time with threshold and signals.

"No edge" is said in full: how far, and which cost eats it.
"""

from functools import lru_cache

from msgspec import Struct

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.look import span_words
from kairos_tui.hud.muted import heard
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.axis import axis_row
from kairos_tui.hud.panels.box import box, frame, title_row
from kairos_tui.hud.pinning import pinned_route, plotted
from kairos_tui.hud.plot import braille, row_of, value_of
from kairos_tui.hud.routes import MODES, route_name
from kairos_tui.hud.segments import Row, Seg, fit, fit_right
from kairos_tui.hud.verdict import Cost, Verdict
from kairos_tui.hud.view_state import View
from kairos_tui.market import Symbol

_LABEL = 9
_LEAST_PLOT = 3
_LABEL_EVERY = 3
_LEAST_FOR_MARKS = 90
_LEAST_FOR_KEYS = 100
_SECOND = 1_000_000_000
_WARM_UP_S = 2
_OUTER = 0.02
"""The share of values at either end that does not set the scale."""
_COARSE = 6.0
"""A range in bps from which a label needs only tenths."""


class Scale(Struct, frozen=True):
    """The values at the lower and the upper end of the plot."""

    low: float
    high: float


def draw(view: View, width: int, height: int) -> Drawing:
    """The panel: verdict above, plot below when at least four rows are left for it."""
    inner = width - 2
    verdict, pinned = plotted(view), pinned_route(view)
    head = verdict_rows(view, verdict, inner, most=max(1, min(5, height - 2)))
    room = height - 2 - len(head)
    values = _values(view, inner - _LABEL - 2) if room > _LEAST_PLOT else []
    span_s = view.look.span_s
    scale = _scale(values, span_s)
    body = head + (_plot(view, values, scale, room) if scale is not None else [])
    ink, dashed = frame(view, "edge")
    about = f"net bps · {span_words(span_s)}"
    what: Row = ((f"  best {about}", "muted"),)
    if pinned is not None:
        what = ((f"  ★ {route_name(*pinned)}", "accent"), (f" {about}", "muted"))
    title = title_row("3", "EDGE", *what, focused=view.focus == "edge")
    note = _legend(view, scale)
    note += (("   ▼ signal", "secondary"),) if width >= _LEAST_FOR_MARKS else ()
    note = (("[ ]", "key"), (" span   ", "muted"), *note) if width >= _LEAST_FOR_KEYS else note
    return box(body, width, height, title=title, note=note, foot=quiet_for(view), ink=ink, dashed=dashed)


def quiet_for(view: View) -> Row:
    """`no signal for 12 m 04 s · threshold 2.0`."""
    one = view.symbol_board
    if one is None:
        return ()
    standing, muted = len(heard(view)), len(view.tape.deck.live()) - len(heard(view))
    if (standing or muted) and view.trust == "fresh":
        hushed: Row = ((f"{muted} muted signal{'s' if muted > 1 else ''} open", "muted"),)
        return ((f"{standing} signal{'s' if standing > 1 else ''} open", "buy"),) if standing else hushed
    limit = f" · threshold {view.thresholds.min_net_bps:.1f}"
    if one.last_signal_age_us is None:
        return (("no signal yet" + limit, "muted"),)
    return ((f"no signal for {numbers.span(one.last_signal_age_us + view.silence_us)}" + limit, "muted"),)


def verdict_rows(view: View, verdict: Verdict, width: int, *, most: int) -> list[Row]:
    """One row to five: the verdict, then gross and each cost as bars on one scale."""
    rows = [_headline(view, verdict)]
    if verdict.kind == "none":
        return rows
    scale = max([abs(verdict.gross_bps), abs(verdict.net_bps), *(abs(cost.bps) for cost in verdict.costs)])
    bar = max(6, min(36, width - 71))
    steps = [Cost("gross", verdict.gross_bps, "the gap between the two prices"), *verdict.costs]
    rows += [step_row(step, scale, bar, worst=step.label == verdict.worst) for step in steps]
    return rows[:most]


def _headline(view: View, verdict: Verdict) -> Row:
    if verdict.kind == "none" and pinned_route(view) is not None and view.trust == "fresh":
        return _unpriced(view)
    if verdict.kind == "none":
        who = "source" if view.plan.remote else "engine"
        why = f"the {who} is silent" if view.trust in {"silent", "dead"} else "two live venues make a route"
        why += f" · {len(view.look.muted)} muted" if view.look.muted else ""
        return ((" ◌ NO ROUTE  ", "warn+b"), (why, "muted"))
    net: Seg = (f"  net {numbers.bps(verdict.net_bps)} bps", "buy+b" if verdict.net_bps > 0 else "near")
    risk: Row = ((f"  {MODES[verdict.mode][0]}", MODES[verdict.mode][1]),) if verdict.mode else ()
    if verdict.kind == "signal":
        return ((" ◆ EDGE ", "hot"), (f"  {verdict.route}", "text+b"), net, *risk)
    word: Seg = (" ▲ IN PROFIT ", "buy+b") if verdict.kind == "profit" else (" ○ NO EDGE ", "text+b")
    missing = f"  needs {numbers.bps(verdict.to_profit)} to profit, " if verdict.to_profit else "  needs "
    return (
        word,
        (f" {verdict.route}", "text"),
        net,
        *risk,
        (f"{missing}{numbers.bps(verdict.to_signal)} to signal", "accent"),
    )


def _unpriced(view: View) -> Row:
    """The route that is pinned has no price just now."""
    ends = pinned_route(view)
    assert ends is not None
    route = view.route(*ends)
    why = safe(route.blocked or "", 90) if route is not None else "not both of its venues are watched"
    return ((" ◌ NOT PRICED  ", "warn+b"), (route_name(*ends), "text"), (f"  {why}", "muted"))


def step_row(step: Cost, scale: float, bar: int, *, worst: bool = False) -> Row:
    """`sell fee   −10.0  ▰▰▰▰▰▰  OKX taker 10.0 bps (config)`."""
    gives = step.bps >= 0.0
    filled = min(bar, round(abs(step.bps) / scale * bar)) if scale > 0 else 0
    return (
        (f"   {fit(step.label, 10)}", "muted"),
        (fit_right(numbers.bps(step.bps), 8), "buy" if gives else "sell"),
        ("  " + "▰" * filled, "buy" if gives else "sell"),
        ("▱" * (bar - filled), "faint"),
        (f"  {step.detail}", "muted"),
        ("  ◂ eats most" if worst else "", "warn"),
    )


def _legend(view: View, scale: Scale | None) -> Row:
    """The threshold and break-even; with an arrow where they lie beyond the scale."""
    limit = view.thresholds.min_net_bps
    if scale is None or scale.low <= limit <= scale.high:
        words: Row = (("┄ threshold ", "accent"), (numbers.bps(limit), "accent"))
    else:
        words = ((f"{'▲' if limit > scale.high else '▼'} {numbers.bps(limit)} threshold", "accent"),)
    if scale is not None and not scale.low <= 0.0 <= scale.high:
        words += ((f"   {'▲' if scale.high < 0.0 else '▼'} 0.0 break-even", "muted"),)
    return words


def _values(view: View, columns: int) -> list[float | None]:
    one, tape = view.symbol_board, view.tape
    trail = (tape.followed.trail(one.symbol) or tape.edges.get(one.symbol)) if one is not None else None
    return trail.sample(view.shown_ns, columns * 2, view.look.span_s * _SECOND) if trail is not None else []


def _plot(view: View, values: list[float | None], scale: Scale, height: int) -> list[Row]:
    marks = frozenset(_marks(view, len(values) // 2))
    limit, span_s = view.thresholds.min_net_bps, view.look.span_s
    return [*_plotted(tuple(values), scale, height, limit, marks), axis_row(_LABEL, len(values) // 2, span_s)]


@lru_cache(maxsize=8)
def _plotted(
    values: tuple[float | None, ...], scale: Scale, height: int, limit: float, marks: frozenset[int]
) -> tuple[Row, ...]:
    """The rows of the plot: the same four times a second, while the verdict above moves with each board."""
    nowhere: frozenset[int] = frozenset()
    return tuple(
        _plot_row(line, row, height - 1, scale, limit, nowhere if row else marks)
        for row, line in enumerate(braille(values, height - 1, scale.low, scale.high))
    )


def _scale(values: list[float | None], span_s: int) -> Scale | None:
    """The range of the span but for its few extremes and what came just after a gap."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    ordered = sorted(_settled(values, span_s) or known)
    skip = int(len(ordered) * _OUTER)
    low = min(ordered[skip], known[-1])
    high = max(ordered[len(ordered) - 1 - skip], known[-1])
    margin = max(0.5, (high - low) * 0.1)
    return Scale(low - margin, high + margin)


def _settled(values: list[float | None], span_s: int) -> list[float]:
    """The values at least two seconds after a gap: prices arrive one venue at a time."""
    warm_up = len(values) * _WARM_UP_S // span_s
    kept: list[float] = []
    since_gap = warm_up
    for value in values:
        since_gap = 0 if value is None else since_gap + 1
        if value is not None and since_gap > warm_up:
            kept.append(value)
    return kept


def _plot_row(line: str, row: int, height: int, scale: Scale, limit: float, marks: frozenset[int]) -> Row:
    low, high = scale.low, scale.high
    value = value_of(row, height, low, high)
    at_limit = low <= limit <= high and row == row_of(limit, height, low, high)
    at_zero = low <= 0.0 <= high and row == row_of(0.0, height, low, high)
    ink = "buy+b" if value >= limit else "buy" if value >= 0 else f"g{_shade(value, scale)}"
    ruler: Seg | None = ("┄", "accent") if at_limit else ("╌", "border") if at_zero else None
    labelled = row % _LABEL_EVERY == 0
    text = numbers.bps(value, 1 if high - low >= _COARSE else 2) if labelled else ""
    pieces: list[Seg] = [(fit_right(text, _LABEL - 2), "muted"), (" ┤" if labelled else " │", "border")]
    name = f" {numbers.bps(limit)} " if at_limit else " 0.0 " if at_zero else ""
    if name and not line[: len(name)].strip("⠀") and marks.isdisjoint(range(len(name))):
        pieces.append((name, "accent" if at_limit else "muted"))
        line = line[len(name) :]
        marks = frozenset(place - len(name) for place in marks)
    return tuple(pieces + _runs(line, ink, ruler, marks))


def _runs(line: str, ink: str, ruler: Seg | None, marks: frozenset[int]) -> list[Seg]:
    runs: list[Seg] = []
    for place, dots in enumerate(line):
        if place in marks:
            piece: Seg = ("▼", "secondary+b")
        elif dots == "⠀":
            piece = ruler or (" ", "text")
        else:
            piece = (dots, ink)
        if runs and runs[-1][1] == piece[1]:
            runs[-1] = (runs[-1][0] + piece[0], piece[1])
        else:
            runs.append(piece)
    return runs


def _shade(value: float, scale: Scale) -> int:
    """0 at the bottom of the plot to 7 at its top, or at zero: the nearer to profit, the brighter."""
    top = min(0.0, scale.high)
    return max(0, min(7, round(7 * (value - scale.low) / (top - scale.low)))) if top > scale.low else 7


def _marks(view: View, columns: int) -> set[int]:
    opened, pinned = view.tape.marks.get(Symbol(view.symbol), []), pinned_route(view)
    times = [each.at_ns for each in opened if pinned is None or each.ends == pinned]
    step_ns = view.look.span_s * _SECOND // columns
    last = view.shown_ns // step_ns
    places = (columns - 1 - (last - opened_ns // step_ns) for opened_ns in times)
    return {place for place in places if 0 <= place < columns}
