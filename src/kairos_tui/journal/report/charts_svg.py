"""Charts: figures -> inline SVG, coloured by the page's style sheet alone. No script, nothing fetched.

Before it: scorecard_page, which escapes nothing here: every text that enters a chart goes through `text`.
"""

from collections.abc import Iterator, Sequence
from html import escape
from math import log10

from msgspec import Struct

WIDTH, HEIGHT = 360, 200
SHARES = ((0.0, "0"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1.0, "100 %"))
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 18, 10, 20


class Column(Struct, frozen=True):
    """One bar: what it says below, how high it is, what it says when pointed at."""

    label: str
    value: float
    said: str
    note: str = ""


def text(x: float, y: float, words: str, *, anchor: str = "middle", kind: str = "axis") -> str:
    """Words on a chart, escaped."""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def columns_chart(
    name: str, columns: Sequence[Column], *, most: float, ticks: Sequence[tuple[float, str]], labels: int = 8
) -> str:
    """Upright bars from zero to `most`, lines at `ticks`, at most so many labels below."""
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(columns))
    every = -(-len(columns) // labels)
    parts = list(_grid(most, ticks))
    for place, column in enumerate(columns):
        x, top = _LEFT + place * step, _y(column.value, most)
        height = HEIGHT - _BOTTOM - top
        parts.append(
            f'<rect class="bar" x="{x + step * 0.1:.1f}" y="{top:.1f}" width="{step * 0.8:.1f}"'
            f' height="{max(0.0, height):.1f}" rx="1.5"><title>{escape(column.said)}</title></rect>'
        )
        if place % every == 0:
            parts.append(text(x + step / 2, HEIGHT - _BOTTOM + 13, column.label))
        if column.note:
            parts.append(text(x + step / 2, top - 3, column.note, kind="note"))
    return _svg(name, parts)


def survival_chart(name: str, curve: Sequence[tuple[float, float]]) -> str:
    """A falling staircase of shares over ages in ms, on a log scale."""
    first = 10.0 ** int(log10(max(1.0, min(age for age, _ in curve))))
    last = max(first * 10.0, max(age for age, _ in curve))
    path = [f"M {_LEFT} {_y(1.0, 1.0):.1f}"]
    for age, share in curve:
        path.append(f"H {_log_x(max(age, first), first, last):.1f} V {_y(share, 1.0):.1f}")
    parts = list(_grid(1.0, SHARES))
    parts += [text(x, HEIGHT - _BOTTOM + 13, words) for x, words in _decades(first, last)]
    parts.append(f'<path class="line" d="{" ".join(path)} H {WIDTH - _RIGHT}"/>')
    return _svg(name, parts)


def reliability_chart(name: str, points: Sequence[tuple[float, float, int]]) -> str:
    """(told, came true, times): dots beside the diagonal on which all would lie that was told rightly."""
    most = max((times for _, _, times in points), default=1)
    parts = list(_grid(1.0, SHARES))
    parts.append(
        f'<path class="right" d="M {_LEFT} {_y(0.0, 1.0):.1f} L {WIDTH - _RIGHT} {_y(1.0, 1.0):.1f}"/>'
    )
    for told, came, times in points:
        said = f"told {100 * told:.0f} %, came true {100 * came:.0f} %, {times:,} times"
        radius = 3.0 + 6.0 * (times / most) ** 0.5
        parts.append(
            f'<circle class="dot" cx="{_share_x(told):.1f}" cy="{_y(came, 1.0):.1f}" r="{radius:.1f}">'
            f"<title>{escape(said)}</title></circle>"
        )
    parts += [text(_share_x(at), HEIGHT - _BOTTOM + 13, words) for at, words in SHARES]
    return _svg(name, parts)


def strip(name: str, share: float) -> str:
    """A thin bar that is full at 1."""
    width = max(0.0, min(share, 1.0)) * 100
    return (
        f'<svg class="strip" viewBox="0 0 100 6" preserveAspectRatio="none" role="img">'
        f"<title>{escape(name)}</title>"
        f'<rect class="off" width="100" height="6"/><rect class="bar" width="{width:.3f}" height="6"/></svg>'
    )


def count_ticks(most: float) -> list[tuple[float, str]]:
    """Two to four whole numbers up to `most`."""
    step = max(1, round(most / 3))
    digits = len(str(step)) - 1
    step = max(1, round(step / 10**digits) * 10**digits)
    return [(at, f"{at:,}") for at in range(0, int(most) + 1, step)]


def _svg(name: str, parts: Sequence[str]) -> str:
    """`name` is what a screen reader says."""
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(name)}">{"".join(parts)}</svg>'
    )


def _grid(most: float, ticks: Sequence[tuple[float, str]]) -> Iterator[str]:
    for at, words in ticks:
        y = _y(at, most)
        yield f'<path class="grid" d="M {_LEFT} {y:.1f} H {WIDTH - _RIGHT}"/>'
        yield text(_LEFT - 4, y + 3, words, anchor="end")


def _decades(first: float, last: float) -> Iterator[tuple[float, str]]:
    at = first
    while at <= last:
        yield _log_x(at, first, last), f"{at:g} ms" if at < 1_000 else f"{at / 1_000:g} s"
        at *= 10.0


def _y(value: float, most: float) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * min(1.0, value / most if most else 0.0)


def _share_x(share: float) -> float:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * share


def _log_x(value: float, first: float, last: float) -> float:
    return _share_x(log10(value / first) / log10(last / first))
