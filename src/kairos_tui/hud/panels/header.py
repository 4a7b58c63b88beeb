"""Header: one row that says whether it is alive, what is watched, and what the HUD itself costs.

The kind of feed is always said. Words yield to figures, chips by rank, until the row fits.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.chips import chips as news
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.panels import Drawing, replay
from kairos_tui.hud.papered import account_row
from kairos_tui.hud.replaying import replayed
from kairos_tui.hud.segments import Row, fill, row_cells
from kairos_tui.hud.view_state import View
from kairos_tui.market import Board, FeedState

Chip = tuple[int, Row]
"""Rank (0 never yields) and what is shown."""

_MATTERS_MOST, _FLOW, _LATENCY = 4, 5, 6
_NOMINAL = {_FLOW: 9, _LATENCY: 10}
"""Cells that these are taken to have at least, lest words come and go with each figure's digits."""
_CLOCK, _DATE = 4, 13
_OF_NOW = frozenset({_CLOCK, _DATE})
"""Ranks of what a replay does not show: its own clock stands at the left."""
_BREVITIES = (0, 1, 2, 3)
"""Without the median latency; without seed and the word venues; without the mood, paper in a few words."""
_BRIEF = 60
"""Cells below which only what cannot be left out is said of the feed."""

_BRIEF_BESIDE_PAPER = 90
_BRIEF_WHILE_HELD = 120
_BRIEF_NEWS = 80
_FEW_CELLS = 6
"""News as short as that never yields."""


def draw(view: View, width: int, height: int) -> Drawing:
    """The header row."""
    left, right = _chips(view, width, 0)
    for brevity in _BREVITIES:
        left, right = _chips(view, width, brevity)
        if _holds_figures(left + right, width):
            break
    kept = _fitting(left + right, width)
    left, right = [chip for chip in left if chip in kept], [chip for chip in right if chip in kept]
    return [_joined(left, right, width, "pause" if view.held is not None else "text")]


def _chips(view: View, width: int, brevity: int) -> tuple[list[Chip], list[Chip]]:
    """What stands at the left and at the right, in fewer words the greater the brevity."""
    left, right = _left(view, width, brevity), _right(view, brevity)
    shown = replayed(view)
    if shown is None:
        return left, right
    left = [*replay.chips(view, shown, width), (3, _symbol(view)), *_flow(view)]
    return left, [chip for chip in right if chip[0] not in _OF_NOW]


def _holds_figures(chips: list[Chip], width: int) -> bool:
    """Whether the rate and the latency have room, and all that matters more."""
    used = (max(row_cells(row), _NOMINAL.get(rank, 0)) + 2 for rank, row in chips if rank <= _LATENCY)
    return 1 + sum(used) <= width


def _fitting(chips: list[Chip], width: int) -> list[Chip]:
    """By rank, as many as fit. Up to the latency a shorter one may stand for one that does not; what the HUD
    itself costs does not, lest it come and go with the digits of others."""
    kept: list[Chip] = []
    used, full = 1, False
    for chip in sorted(chips, key=lambda chip: chip[0]):
        more = row_cells(chip[1]) + 2
        if chip[0] > _LATENCY and full:
            break
        if chip[0] > 0 and used + more > width:
            full = full or chip[0] > _MATTERS_MOST
            continue
        kept.append(chip)
        used += more
    return kept


def _joined(left: list[Chip], right: list[Chip], width: int, ink: str) -> Row:
    gap = ("  ", ink)
    first = tuple(seg for _, row in left for seg in (*row, gap))
    last = tuple(seg for _, row in right for seg in (gap, *row))
    room = max(0, width - row_cells(first) - row_cells(last) - 1)
    row = (*first, (" " * room, ink), *last, (" ", ink))
    return fill(row, width)


def _left(view: View, width: int, brevity: int) -> list[Chip]:
    chips: list[Chip] = []
    if view.held is not None:
        behind = view.live.deck.opened - view.held.deck.opened
        ticks = _used(view.live.board) - _used(view.held.board)
        held_for = numbers.minutes((view.now_ns - view.held_ns) // 1000)
        chips.append((0, ((f" ▐▐ {'PAUSED ' if width >= _BRIEF else ''}{held_for} ", "pause+b"),)))
        missed = f"+{behind} signal{'' if behind == 1 else 's'} behind"
        chips.append((0, ((missed if width >= _BRIEF_WHILE_HELD else f"+{behind}◆", "pause"),)))
        chips.append((5, ((f"+{max(0, ticks):,} ticks", "pause"),)))
    elif view.trust in {"silent", "dead"}:
        who = "SOURCE" if view.plan.remote else "ENGINE"
        chips.append((0, ((f" ✖ {who} silent {numbers.span(view.silence_us)} ", "alarm"),)))
    elif view.outage():
        downs = [venue.state_age_us for venue in view.venues if venue.state is FeedState.DOWN]
        chips.append((0, ((f" ✖ OFFLINE {numbers.minutes(min(downs, default=0))} ", "alarm"),)))
    else:
        chips.append((2, ((" KAIROS ", "brand"),)))
    chips.append((1, _symbol(view)))
    paper = view.board.paper if view.board is not None else None
    full = _BRIEF_WHILE_HELD if view.held is not None else _BRIEF if paper is None else _BRIEF_BESIDE_PAPER
    chips.append((0, _liveness(view, _BREVITIES[-1] if width < full else brevity)))
    if paper is not None:
        room = width if brevity < _BREVITIES[-1] else min(width, _BRIEF_NEWS)
        chips.append((0, account_row(paper, room, "pause" if view.held is not None else "text")))
    found = news(view, brief=width < (_BRIEF_NEWS if view.held is None else _BRIEF_WHILE_HELD))
    chips += [(0 if row_cells(chip) <= _FEW_CELLS else 3, chip) for chip in found]
    if view.live.board is not None:
        chips += _flow(view)
    return chips


def _used(board: Board | None) -> int:
    return board.rates.used if board is not None else 0


def _symbol(view: View) -> Row:
    places = view.symbol_places
    at = places.index(view.symbol_index) + 1 if view.symbol_index in places else 1
    place = f" {at}/{len(places)}" if len(places) > 1 else ""
    ink = "pause" if view.held is not None else "text"
    return (
        (("▌", ink), (safe(view.symbol, 20), ink + "+b"), ("▐", ink), (place, ink))
        if view.symbol
        else ((" ", ink),)
    )


def _liveness(view: View, brevity: int) -> Row:
    live, of = view.live_venues()
    terse, brief = brevity > 1, brevity > 2
    mood = f" {view.mood}" if view.mood and view.feed == "sim" and not brief else ""
    seed = view.board.seed if view.board is not None else view.plan.seed
    glyph, ink = ("●", "buy") if live else ("✖", "down") if view.outage() else ("◔", "accent")
    badge = f" {view.feed.upper()}{mood} "
    row: Row = ((badge, "sim" if view.feed != "live" else "onair"), (f" {glyph} ", _paused(view, ink)))
    count = f"{live}/{of}{'' if terse else ' venues'}" if of else "starting"
    row += ((count, _paused(view, "text")),)
    told = view.feed == "sim" and seed is not None and not terse
    return (*row, (f" · seed {seed}", _paused(view, "muted"))) if told else row


def _flow(view: View) -> list[Chip]:
    calm = view.live.calm
    assert calm is not None
    rates = calm.rates
    muted = _paused(view, "muted")
    bad = "warn" if rates.lost or rates.dropped else "muted"
    return [
        (_FLOW, ((numbers.compact(rates.ticks_per_s), _paused(view, "text")), (" t/s", muted))),
        (7, ((f"{view.signals:,}", _paused(view, "text")), (" signals", muted))),
        (11, ((f"lost {rates.lost:,} drop {rates.dropped:,}", _paused(view, bad)),)),
    ]


def _right(view: View, brevity: int) -> list[Chip]:
    gauges = view.gauges
    muted = _paused(view, "muted")
    clock: Row = ((numbers.clock_s(view.now_us) + "Z", _paused(view, "text")),)
    chips: list[Chip] = []
    if view.live.calm is not None and view.live.calm.rates.latency_p50_us is not None:
        chips.append((_LATENCY, _pipeline(view, brief=brevity > 0)))
    if gauges.skipping:
        link = f"⇣ link {gauges.out_kb_s:.0f} kB/s → {gauges.fps:.0f} fps"
        chips.append((4, ((link, _paused(view, "warn")),)))
    chips.append((8, ((f"{gauges.fps:.0f} fps", muted),)))
    chips.append((10, ((f"{gauges.frame_ms:.1f} ms", muted),)))
    chips.append((9, ((f"lag {gauges.lag_p99_ms:.0f} ms", muted),)))
    chips.append((12, ((safe(view.wardrobe.worn.title, 12), _paused(view, "secondary")),)))
    chips.append((_DATE, ((numbers.date(view.now_us), muted),)))
    chips.append((_CLOCK, clock))
    return chips


def _pipeline(view: View, *, brief: bool) -> Row:
    """The median and the 99th percentile, or the latter alone."""
    assert view.live.calm is not None
    rates = view.live.calm.rates
    glyph, ink = latency_badge(rates.latency_p50_us)
    tail, tail_ink = latency_badge(rates.latency_p99_us)
    median: Row = ((f"{glyph} {numbers.latency(rates.latency_p50_us)}", _paused(view, ink)),)
    return (
        *(() if brief else median),
        ("p99 " if brief else " p99 ", _paused(view, "muted")),
        (f"{tail}{numbers.latency(rates.latency_p99_us)}", _paused(view, tail_ink)),
    )


def latency_badge(value_us: int | None) -> tuple[str, str]:
    """Glyph and ink of a time spent in the local pipeline: fast below 2 ms, slow above 3 ms."""
    if value_us is None:
        return "·", "muted"
    if value_us < 2_000:
        return "◆", "fast"
    return ("▲", "slow") if value_us > 3_000 else ("◇", "text")


def _paused(view: View, ink: str) -> str:
    """The ink, as it stands on the bar of a frozen view, and dim while the engine is silent."""
    if ink in {"fast", "slow", "text"} and view.trust in {"silent", "dead"} and view.held is None:
        return "muted"
    return "pause" if view.held is not None else ink
