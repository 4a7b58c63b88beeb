"""What became of signals, as figures: hit rates, what was kept, what lasted, how true the chances were.

Before it: explained, graded. After it: card, subjects.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.cards import Card
from kairos_tui.hud.graded import grade_of, horizon_words, overall
from kairos_tui.hud.panels.explain.explained import BPS, Explained
from kairos_tui.hud.routes import full_name
from kairos_tui.hud.view_state import View
from kairos_tui.market import HorizonGrade, Markout, Route, RouteGrade

_MARKED = "markouts: each signal's own opened size, priced again on the books as they are then"
_PER_CENT = "per cent of those that could be priced"
_STANDS = "It says whether the edge still stood, not that you would have been filled."


def of_run(view: View) -> tuple[Explained, ...]:
    """The rate in the heading of the signals, and how true chances have been; nothing before either."""
    sums = overall(view)
    rate = _rate(sums, "HIT", "every signal of this run", "your reaction") if sums is not None else None
    return (*((rate,) if rate is not None else ()), *_brier(view))


def of_signal(view: View, card: Card, of: str) -> tuple[Explained, ...]:
    """A card's own markouts, then its route's grade."""
    marks = view.tape.marked.of(card.signal.id)
    return (*((_after(marks, of),) if marks else ()), *of_route(view, card.route))


def of_route(view: View, route: Route) -> tuple[Explained, ...]:
    """All signals of a route; nothing before the first of them could be priced again."""
    grade = grade_of(view, route)
    if grade is None or not any(each.priced for each in grade.horizons):
        return ()
    of = full_name(route)
    rates = (_rate(each, f"HIT +{horizon_words(each.horizon_ms)}", of) for each in grade.horizons)
    return (*(each for each in rates if each is not None), *_kept(grade, of), *_lasts(grade, of))


def _rate(grade: HorizonGrade, name: str, of: str, when: str = "") -> Explained | None:
    rate = grade.hit_rate
    if rate is None:
        return None
    left = (
        f" {grade.unpriced:,} more could not be priced: a leg was down or doubted." if grade.unpriced else ""
    )
    after = f"{grade.horizon_ms} ms" + (f", {when}," if when else "")
    return Explained(
        name,
        of,
        f"{rate * 100:.0f} %",
        f"How often the signal still paid {after} after it opened, every fee taken. Sound books that no"
        f" longer held the size count as misses.{left} {_STANDS}",
        "hits ÷ (hits + misses)",
        f"100 × {grade.hits} ÷ ({grade.hits} + {grade.misses}) = {_exact(100 * rate)} %",
        _PER_CENT,
        age="since the engine started",
        source=_MARKED,
    )


def _after(marks: tuple[Markout, ...], of: str) -> Explained:
    last = marks[-1]
    value = " ".join(f"{horizon_words(each.horizon_ms)}{_MARKS[each.captured]}" for each in marks)
    net = f"{numbers.bps(last.net_bps, 2)} bps" if last.net_bps is not None else last.note or "not priced"
    return Explained(
        "AFTER",
        of,
        value,
        f"Whether it still paid so many ms after it opened: ✓ it did, ✗ it no longer did, · it could not be"
        f" priced. The last one, {last.horizon_ms} ms after: {net}. {_STANDS}",
        "✓ where proceeds − outlay > 0, both at the books of that moment, for the size that was opened",
        unit="ms after it opened; from a second on s",
        source=_MARKED,
    )


def _kept(grade: RouteGrade, of: str) -> tuple[Explained, ...]:
    if grade.median_kept_bps is None:
        return ()
    return (
        Explained(
            "MEDIAN KEPT",
            of,
            f"{numbers.bps(grade.median_kept_bps)} bps",
            f"The middle one of what was left {grade.reaction_ms} ms after opening (reaction_ms), in the"
            " route's latest signals that could be priced then: half kept more, half less.",
            "the middle of net = proceeds ÷ outlay − 1, at that moment",
            unit=f"{BPS} of the outlay",
            source=_MARKED,
        ),
    )


def _lasts(grade: RouteGrade, of: str) -> tuple[Explained, ...]:
    if grade.still_open_p is None:
        return ()
    return (
        Explained(
            "STILL OPEN",
            of,
            f"{grade.still_open_p * 100:.0f} %",
            "The share of the route's edges that stand for a second at least, by Kaplan and Meier's estimate:"
            f" {grade.lived:,} of the latest were ended by the market, {grade.censored:,} still stand or were"
            " lost sight of, which is counted as far as it was seen.",
            "the product, over each end within the second, of 1 − 1 ÷ edges that still stood then",
            unit="per cent of edges",
            source="lifetimes of the route's latest edges, from opening to closing",
        ),
    )


def _brier(view: View) -> tuple[Explained, ...]:
    told = view.board.calibration if view.board is not None else None
    if told is None or told.brier is None or told.brier_of_base is None:
        return ()
    return (
        Explained(
            "BRIER",
            "every chance of this run",
            f"{told.brier:.2f}",
            "How true the chances of capture were that cards told: 0 is perfect, 0.25 is what saying one half"
            f" each time gets. Always telling the overall rate would have got {told.brier_of_base:.2f}: above"
            " it the chances are worth nothing.",
            "mean of (chance told − 1 where it came true, 0 where not)²",
            f"{told.squared:.6f} ÷ {told.told} = {told.squared / told.told:.9f}",
            "no unit; smaller is better",
            source=f"{told.told:,} chances told, {told.hits:,} came true",
        ),
    )


def _exact(per_cent: float) -> str:
    return f"{per_cent:.6f}".rstrip("0").rstrip(".")


_MARKS = {True: "✓", False: "✗", None: "·"}
