"""Graded: what became of signals, and of a route's, in the words of cards, the inspector and the feed.

Before it: markouts as they come, the boards' grades. After it: panels. Each colour has its mark beside it.
"""

from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.segments import Row, justify, row_cells
from kairos_tui.hud.view_state import View
from kairos_tui.market import HorizonGrade, Markout, Route, RouteGrade, Signal, add_up

_MARKS: Final = {True: ("✓", "buy"), False: ("✗", "sell"), None: ("·", "muted")}
"""It still paid; it no longer did; it could not be priced."""


def horizon_words(horizon_ms: int) -> str:
    """`250`, in ms; from a second on `1s`, `2s`."""
    return f"{horizon_ms / 1_000:g}s" if horizon_ms >= 1_000 else str(horizon_ms)


def marks_row(marks: tuple[Markout, ...]) -> Row:
    """`50✓ 100✓ 250✗ 1s·`: each horizon that has come."""
    row: Row = ()
    for each in marks:
        glyph, ink = _MARKS[each.captured]
        row += ((f"{horizon_words(each.horizon_ms)}", "muted"), (f"{glyph} ", ink))
    return row


def after_rows(view: View, signal: Signal, width: int) -> list[Row]:
    """A card's row of its markouts, and the chance that was told; none where there is neither."""
    marks = view.tape.marked.of(signal.id)
    left: Row = ((" after ", "muted"), *marks_row(marks)) if marks else ()
    room = width - row_cells(left) - 1
    said = next((words for words in _chance_words(signal) if len(words) <= room), "")
    if not left and not said:
        return []
    return [justify(left, ((f"{said} ", "secondary"),) if said else (), width)]


def _chance_words(signal: Signal) -> tuple[str, ...]:
    """Longest first; a prior says so at every length."""
    if signal.capture_p is None:
        return ()
    percent = f"{signal.capture_p * 100:.0f} %"
    return (f"prior {percent}", f"≈{percent}") if signal.is_prior else (f"chance {percent}", percent)


def signal_rows(view: View, signal: Signal) -> list[Row]:
    """Of one signal, for its inspector."""
    rows: list[Row] = []
    if signal.capture_p is not None:
        told = f"{signal.capture_p * 100:.0f} % to stand {_ms(view.thresholds.reaction_ms)} later"
        of = f"{signal.capture_n} markouts: a prior" if signal.is_prior else f"{signal.capture_n} lifetimes"
        rows.append(
            (("   chance     ", "muted"), (told, "secondary"), (f"  told by {of}{_so_far(view)}", "muted"))
        )
    marks = view.tape.marked.of(signal.id)
    if marks:
        last = marks[-1]
        kept = f" {numbers.bps(last.net_bps, 1)} bps" if last.net_bps is not None else f" {last.note}"
        rows.append((("   after ms   ", "muted"), *marks_row(marks), (kept, "muted")))
    return rows


def _so_far(view: View) -> str:
    """How true such chances have been in this run: their Brier score, and what no skill would have got."""
    told = view.board.calibration if view.board is not None else None
    if told is None or told.brier is None or told.brier_of_base is None:
        return ""
    return f" · Brier {told.brier:.2f} of {told.told}, no skill {told.brier_of_base:.2f}"


def route_rows(view: View, route: Route) -> list[Row]:
    """Of all signals of a route; none before the first of them could be priced again."""
    grade = grade_of(view, route)
    if grade is None or not any(each.priced for each in grade.horizons):
        return []
    rates: Row = (("   hit rate   ", "muted"),)
    for each in grade.horizons:
        rate = "·" if each.hit_rate is None else f"{each.hit_rate * 100:.0f}"
        rates += ((f"+{horizon_words(each.horizon_ms)} ", "muted"), (f"{rate}  ", "text"))
    said = [f"% of {max(each.priced for each in grade.horizons)} priced, {grade.opened} opened"]
    rows: list[Row] = [(*rates, (said[0], "muted"))]
    stays = [
        *([f"{grade.still_open_p * 100:.0f} % still open at +1 s"] if grade.still_open_p is not None else []),
        *(
            [f"median kept {numbers.bps(grade.median_kept_bps)} bps"]
            if grade.median_kept_bps is not None
            else []
        ),
    ]
    seen = f"{grade.lived} ended, {grade.censored} standing or lost sight of"
    rows.append(
        (
            ("   edges      ", "muted"),
            (" · ".join(stays) or seen, "text"),
            (f"  {seen}" if stays else "", "muted"),
        )
    )
    return rows


def grade_of(view: View, route: Route) -> RouteGrade | None:
    """What the board has of a route."""
    boards = view.board.symbols if view.board is not None else ()
    grades = (grade for one in boards if one.symbol == route.symbol for grade in one.grades)
    return next((grade for grade in grades if grade.route == route), None)


def overall_row(view: View, *, brief: bool) -> Row:
    """`hit 71 % at 100 ms of 118`: of every signal of the run, at the user's reaction. Brief: no count."""
    grade = overall(view)
    if grade is None or grade.hit_rate is None:
        return ()
    rate, of = f"{grade.hit_rate * 100:.0f} %", "" if brief else f" of {grade.priced:,}"
    return (("  hit ", "muted"), (rate, "text"), (f" at {_ms(grade.horizon_ms)}{of}", "muted"))


def overall(view: View) -> HorizonGrade | None:
    """Every signal of the run at the user's reaction; None before the first grade."""
    board = view.tape.calm
    if board is None:
        return None
    sums = add_up(tuple(grade for one in board.symbols for grade in one.grades))
    return next((each for each in sums if each.horizon_ms == board.thresholds.reaction_ms), None)


def _ms(reaction_ms: int) -> str:
    return f"{reaction_ms / 1_000:g} s" if reaction_ms >= 1_000 else f"{reaction_ms} ms"
