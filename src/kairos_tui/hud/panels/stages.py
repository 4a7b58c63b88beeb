"""Stages: where ticks' time went, a row for each stage; then what the HUD draws and what became of the ticks.

Before it: the board's stages, the HUD's own gauges. After it: perf.
"""

from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.panels.header import latency_badge
from kairos_tui.hud.segments import Row, fit, fit_right
from kairos_tui.hud.view_state import View
from kairos_tui.market import StageView

_NAME: Final = 9
_FIGURE: Final = 10
_ABOUT: Final = 20
"""Cells that a sentence about a stage needs, else it is left out."""

_MEANINGS: Final = {
    "socket": "no stamp comes through TLS",
    "decode": "frame read to tick made",
    "outbox": "until its frame leaves the worker",
    "hop": "until the engine has it",
    "slot": "until the decision begins",
    "gates": "pegs, quarantines are judged",
    "detect": "routes found, walked, sized",
    "publish": "until the signal is sent",
    "paint": "board or signal to this terminal",
    "decision": "socket read to decision",
    "signal": "socket read to signal published",
}
_SUMS: Final = ("decision", "signal")
_UNKNOWN: Final = StageView("")


def table_width(inner: int) -> int:
    """Cells of the table without its sentences: three percentiles, or as many as fit."""
    return 1 + _NAME + _FIGURE * _figures(inner)


def stage_rows(view: View, inner: int, *, with_socket: bool) -> list[Row]:
    """A heading, then every stage in the order in which a tick passes them, then the sums."""
    figures = _figures(inner)
    shown = ("p50", "p99", "p99.9")[-3:figures] if figures > 1 else ("p99",)
    heading = " " + fit("STAGE", _NAME) + "".join(fit_right(name, _FIGURE) for name in shown)
    known = {each.stage: each for each in (view.tape.calm.stages if view.tape.calm is not None else ())}
    known["paint"] = view.gauges.paint
    names = [name for name in _MEANINGS if with_socket or name != "socket"]
    return [((heading, "muted"),)] + [
        _stage_row(name, known.get(name, _UNKNOWN), inner, figures) for name in names
    ]


def _figures(inner: int) -> int:
    return max(1, min(3, (inner - 1 - _NAME) // _FIGURE))


def _stage_row(name: str, seen: StageView, inner: int, figures: int) -> Row:
    percentiles = (seen.p50_ns, seen.p99_ns, seen.p999_ns)[:figures] if figures > 1 else (seen.p99_ns,)
    strong = "+b" if name in _SUMS else ""
    row: Row = ((" ", "text"), (fit(name, _NAME), "text" + strong))
    for value_ns in percentiles:
        glyph, ink = latency_badge(None if value_ns is None else value_ns // 1000)
        mark = f"{glyph} " if value_ns is not None else "  "
        row += ((fit_right(mark + fit_right(numbers.fine(value_ns), 6), _FIGURE), ink),)
    if inner - table_width(inner) >= _ABOUT:
        row += ((f"  {_MEANINGS[name]}", "muted"),)
    return row


def figure_rows(view: View, *, paired: bool) -> list[Row]:
    """What the HUD draws, and the ledger of the ticks; two to a row where there is room."""
    rows = [*_drawn(view), *_ledger(view)]
    if not paired:
        return rows
    return [_beside(rows[place], rows[place + 1 : place + 2]) for place in range(0, len(rows), 2)]


def _beside(first: Row, second: list[Row]) -> Row:
    width = sum(len(text) for text, _ in first)
    return (*first, (" " * max(2, 39 - width), "text"), *(second[0] if second else ()))


def _drawn(view: View) -> list[Row]:
    gauges = view.gauges
    return [
        _row(
            "drawn", (f"{gauges.fps:.0f} fps", "text"), (f", {gauges.frame_ms:.1f} ms CPU a frame", "muted")
        ),
        _row(
            "frame",
            (numbers.fine(gauges.frame.p50_ns), "text"),
            (" p50  ", "muted"),
            (numbers.fine(gauges.frame.p99_ns), "text"),
            (" p99", "muted"),
        ),
    ]


def _ledger(view: View) -> list[Row]:
    calm = view.tape.calm
    if calm is None:
        return []
    rates = calm.rates
    return [
        _row("ticks", (numbers.compact(rates.ticks_per_s), "text"), (f" t/s, {rates.used:,} used", "muted")),
        _row("unused", (f"{rates.conflated:,} conflated, {rates.rejected:,} rejected", "muted")),
        _row("lost", _loss(rates.lost, "ticks"), _loss(rates.dropped, "sent"), _loss(view.missed, "missed")),
        _row("skipped", (f"{view.gauges.skipped:,} frames", "muted")),
    ]


def _loss(count: int, what: str) -> tuple[str, str]:
    return f"{count:,} {what}  ", "warn+b" if count else "muted"


def _row(label: str, *parts: tuple[str, str]) -> Row:
    return ((f" {fit(label, _NAME)}", "muted"), *parts)
