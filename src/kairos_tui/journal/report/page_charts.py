"""Page charts: which charts a scorecard has, and what is under each. Before it: scorecard_page."""

from collections.abc import Iterator

from kairos_tui.journal.report.charts_svg import (
    SHARES,
    Column,
    columns_chart,
    count_ticks,
    reliability_chart,
    survival_chart,
)
from kairos_tui.journal.report.scorecard import Activity, Scorecard
from kairos_tui.journal.written import bps, count, instant, plain, share, span

_MOST_COLUMNS = 40
_MOST_ENDS = 5


def charts(card: Scorecard) -> Iterator[str]:
    """Those that there is something to draw for."""
    if card.activity is not None and len(card.activity.opened) > 1:
        yield _figure("Signals opened over time", _activity(card.activity), "")
    if card.edges.bars:
        note = f"median {bps(card.edges.opening.median, 1)} bps"
        yield _figure("Net edge at opening, bps", _edges(card), note)
    if card.lifetimes.curve:
        lost = f"{share(card.lifetimes.censored_share)} of {count(card.lifetimes.count)} were lost sight of"
        drawn = survival_chart("survival", card.lifetimes.curve)
        yield _figure("Share still standing at each age", drawn, lost)
    if card.horizons:
        unpriced = sum(each.unpriced for each in card.horizons)
        note = f"{count(unpriced)} could not be priced" if unpriced else ""
        yield _figure("Still paid, priced again after", _horizons(card), note)
    if card.signals.closed_for:
        yield _figure("Why signals ended", _ends(card), "")
    if card.calibration.told:
        yield _figure("Chances told (across) and come true (up)", _reliability(card), _brier(card))


def _figure(title: str, drawn: str, note: str) -> str:
    return f"<figure><figcaption>{title}<small>{note}</small></figcaption>{drawn}</figure>"


def _activity(activity: Activity) -> str:
    counts, width_us = list(activity.opened), round(activity.width_s * 1e6)
    while len(counts) > _MOST_COLUMNS:
        padded = counts + [0] * (len(counts) % 2)
        counts = [left + right for left, right in zip(padded[::2], padded[1::2], strict=True)]
        width_us *= 2
    columns = []
    for place, times in enumerate(counts):
        at = instant(activity.from_us + place * width_us)
        label = at[11:19] if width_us < 60_000_000 else at[11:16]
        columns.append(Column(label, times, f"{at}, {span(width_us)}: {count(times)}"))
    most = max(counts)
    return columns_chart("signals opened over time", columns, most=most, ticks=count_ticks(most), labels=5)


def _edges(card: Scorecard) -> str:
    bars = card.edges.bars
    columns = [
        Column(f"{each.low:g}", each.count, f"{each.low:g} to {each.high:g} bps: {count(each.count)}")
        for each in bars
    ]
    most = max(each.count for each in bars)
    return columns_chart("net edge at opening", columns, most=most, ticks=count_ticks(most))


def _ends(card: Scorecard) -> str:
    ends = list(card.signals.closed_for.items())[:_MOST_ENDS]
    columns = [Column(plain(why, 10), times, f"{plain(why)}: {count(times)}") for why, times in ends]
    most = max(times for _, times in ends)
    return columns_chart("why signals ended", columns, most=most, ticks=count_ticks(most))


def _horizons(card: Scorecard) -> str:
    columns = [
        Column(
            span(each.horizon_ms * 1e3),
            each.hit_rate or 0.0,
            f"{count(each.hits)} hits, {count(each.misses)} misses, {count(each.unpriced)} not priced",
            share(each.hit_rate, 0),
        )
        for each in card.horizons
    ]
    return columns_chart("hit rate by horizon", columns, most=1.1, ticks=SHARES)


def _reliability(card: Scorecard) -> str:
    return reliability_chart(
        "reliability",
        [
            (each.mean_told, each.hit_rate, each.told)
            for each in card.calibration.bins
            if each.mean_told is not None and each.hit_rate is not None
        ],
    )


def _brier(card: Scorecard) -> str:
    told = card.calibration
    base = f", {told.brier_of_base:.3f} by the hit rate alone" if told.brier_of_base is not None else ""
    return f"Brier {told.brier:.3f} over {count(told.told)}{base}"
