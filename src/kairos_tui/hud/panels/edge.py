"""Edge: what the best route, or the pinned one, says now, and its net over time with threshold and signals.

"No edge" is said in full: how far, and which cost eats it.
"""

from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.look import span_words
from kairos_tui.hud.muted import heard
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box, frame, title_row
from kairos_tui.hud.panels.edge_plot import Scale, plot_rows, scale_of, values_for
from kairos_tui.hud.pinning import pinned_route, plotted
from kairos_tui.hud.routes import MODES, route_name
from kairos_tui.hud.segments import Row, Seg, fit, fit_right, row_cells
from kairos_tui.hud.verdict import Cost, Verdict
from kairos_tui.hud.view_state import View

_MOST_HEAD: Final = 5
_GOOD_PLOT: Final = 4
_LEAST_PLOT: Final = 3
"""Rows of a plot and its times: beside all of the verdict, and beside its first row alone."""
_SAID: Final[dict[str, tuple[Seg, str]]] = {
    "signal": ((" ◆ EDGE ", "hot"), "text+b"),
    "profit": ((" ▲ IN PROFIT ", "buy+b"), "text"),
    "no_edge": ((" ○ NO EDGE ", "text+b"), "text"),
}
"""The word, and the ink of the route behind it."""
_LEAST_FOR_BEST: Final = 60
_LEAST_FOR_MARKS: Final = 90
_LEAST_FOR_KEYS: Final = 100


def draw(view: View, width: int, height: int) -> Drawing:
    """The panel: verdict above, plot below; where both do not fit, the verdict is one row."""
    inner, room = width - 2, height - 2
    pinned, span_s = pinned_route(view), view.look.span_s
    values = values_for(view, inner) if room > _LEAST_PLOT else []
    scale = scale_of(values, span_s)
    head = verdict_rows(view, plotted(view), inner, most=max(1, min(_MOST_HEAD, room)))
    if scale is not None and room < len(head) + _GOOD_PLOT:
        head = head[:1]
    body = head + (plot_rows(view, values, scale, room - len(head)) if scale is not None else [])
    ink, dashed = frame(view, "edge")
    about = f"net bps · {span_words(span_s)}"
    what: Row = ((f"  best {about}" if width >= _LEAST_FOR_BEST else f"  {span_words(span_s)}", "muted"),)
    if pinned is not None:
        what = ((f"  ★ {route_name(*pinned)}", "accent"), (f" {about}", "muted"))
    title = title_row("3", "EDGE", *what, focused=view.focus == "edge")
    note = _legend(view, scale)
    note += (("   ▼ signal", "secondary"),) if width >= _LEAST_FOR_MARKS else ()
    note = (("[ ]", "key"), (" span   ", "muted"), *note) if width >= _LEAST_FOR_KEYS else note
    return box(
        body, width, height, title=title, note=note, foot=quiet_for(view, own=True), ink=ink, dashed=dashed
    )


def quiet_for(view: View, *, own: bool = False) -> Row:
    """`no signal for 12 m 04 s · threshold 2.0`; signals that are open are counted of all symbols, or with
    `own` of the one whose silence it is."""
    one = view.symbol_board
    if one is None:
        return ()
    counted = (heard(view), view.tape.deck.live())
    standing, live = (sum(not own or card.route.symbol == one.symbol for card in cards) for cards in counted)
    muted = live - standing
    if (standing or muted) and view.trust == "fresh":
        hushed: Row = ((f"{muted} muted signal{'s' if muted > 1 else ''} open", "muted"),)
        return ((f"{standing} signal{'s' if standing > 1 else ''} open", "buy"),) if standing else hushed
    limit = f" · threshold {view.thresholds.min_net_bps:.1f}"
    if one.last_signal_age_us is None:
        return (("no signal yet" + limit, "muted"),)
    return ((f"no signal for {numbers.span(one.last_signal_age_us + view.silence_us)}" + limit, "muted"),)


def verdict_rows(view: View, verdict: Verdict, width: int, *, most: int) -> list[Row]:
    """One row to five: the verdict, then gross and each cost as bars on one scale."""
    rows = [_headline(view, verdict, width)]
    if verdict.kind == "none":
        return rows
    scale = max([abs(verdict.gross_bps), abs(verdict.net_bps), *(abs(cost.bps) for cost in verdict.costs)])
    bar = max(6, min(36, width - 71))
    steps = [Cost("gross", verdict.gross_bps, "the gap between the two prices"), *verdict.costs]
    rows += [step_row(step, scale, bar, worst=step.label == verdict.worst) for step in steps]
    return rows[:most]


def _headline(view: View, verdict: Verdict, width: int) -> Row:
    """What it is, of which route, its net, how far it is; from behind what there is no room for yields."""
    if verdict.kind == "none" and pinned_route(view) is not None and view.trust == "fresh":
        return _unpriced(view)
    if verdict.kind == "none":
        who = "source" if view.plan.remote else "engine"
        why = f"the {who} is silent" if view.trust in {"silent", "dead"} else "two live venues make a route"
        mutes = sum(venue.venue in view.look.muted for venue in view.venues)
        why += f" · {mutes} muted" if mutes else ""
        return ((" ◌ NO ROUTE  ", "warn+b"), (why, "muted"))
    risk: Row = ((f"  {MODES[verdict.mode][0]}", MODES[verdict.mode][1]),) if verdict.mode else ()
    word, route = _SAID[verdict.kind]
    space = "  " if verdict.kind == "signal" else " "
    named: Row = (word, (space + verdict.route, route))
    ink = "buy+b" if verdict.net_bps > 0 else "near"
    figure = numbers.bps(verdict.net_bps)
    netted: Row = (*named, (f"  net {figure} bps", ink), *risk)
    far = _distances(verdict)
    rows: list[Row] = [
        *((*netted, (words, "accent")) for words in far),
        netted,
        (*named, (f" {figure}", ink)),
    ]
    return next((row for row in rows if row_cells(row) < width), rows[-1])


def _distances(verdict: Verdict) -> list[str]:
    """How far it is to a signal and to a profit, the nearer of the two last."""
    if verdict.kind == "signal":
        return []
    signal = f"{numbers.bps(verdict.to_signal)} to signal"
    if not verdict.to_profit:
        return [f"  needs {signal}"]
    profit = f"  needs {numbers.bps(verdict.to_profit)} to profit"
    return [f"{profit}, {signal}", profit]


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
