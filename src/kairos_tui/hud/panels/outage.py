"""Outage: what stands in the matrix's place when no route can exist: connecting, or everything down.

Never a blank table: what is waited for, why, and what the viewer can do.
"""

from collections import defaultdict

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import mark_of, safe, venue_name
from kairos_tui.hud.heights import NOTE_MARGIN
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box, frame, title_row
from kairos_tui.hud.segments import Row, cut, fill, wrapped
from kairos_tui.hud.view_state import View
from kairos_tui.market import FeedState


def is_due(view: View) -> bool:
    """Whether this stands in the matrix's place: no board, nothing ever usable, or an outage."""
    return view.board is None or not view.tape.ever_usable or view.outage() or view.sim_asked


def draw(view: View, width: int, height: int) -> Drawing:
    """The card, in the matrix's frame."""
    rows = fitted(view, height - 2)
    inner = width - 2
    pad = max(0, (height - 2 - len(rows)) // 2)
    body = [()] * pad + [fill(cut(row, inner - 1), inner) for row in rows]
    lines = wrapped(view.notes, width - NOTE_MARGIN)[: max(0, height - 2 - len(body))]
    body += [((f"    {line}", "muted"),) for line in lines]
    ink, dashed = frame(view, "matrix")
    title = title_row("2", "SPREAD MATRIX", focused=view.focus == "matrix")
    foot: Row = (("two live venues make the first route", "muted"),)
    ink = "fault" if view.outage() and not view.sim_asked else ink
    return box(body, width, height, title=title, foot=foot, ink=ink, dashed=dashed)


def fitted(view: View, room: int) -> list[Row]:
    """The lines that `room` holds: reasons give way, what can be done is always the last one shown."""
    rows = lines(view)
    if len(rows) <= room:
        return rows
    offer = _offer(view)
    return [*rows[: max(0, room - len(offer))], *offer]


def lines(view: View) -> list[Row]:
    """What is waited for, why, and what can be done."""
    if view.sim_asked:
        return [(("  ◔ ", "accent"), ("starting the simulated exchanges …", "text+b"))]
    if view.board is None:
        waited = numbers.span((view.now_ns - view.started_ns) // 1000)
        return [
            (("  ◔ ", "accent"), ("starting", "text+b"), (f"  engine and feeds · {waited}", "muted")),
            (("    the first board shows the venues as they connect", "muted"),),
            *_offer(view),
        ]
    listed = [venue for venue in view.venues if venue.listed]
    if view.outage():
        held = all(venue.state is FeedState.QUARANTINED for venue in listed)
        said = "every venue is held" if held else "no venue is reachable"
        return [(("  ✖ ", "down"), (said, "text+b")), *_groups(view), *_offer(view)]
    waiting = [venue for venue in listed if not venue.usable]
    head: Row = (
        ("  ◔ ", "accent"),
        ("connecting ", "text+b"),
        (f"{len(listed) - len(waiting)} of {len(listed)} venues are live", "muted"),
    )
    return [head, *_groups(view), *_offer(view)]


def _groups(view: View) -> list[Row]:
    """Venues that wait for the same thing, told once: their names first, which say what to look at."""
    groups: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    retries: list[int] = []
    for venue in view.venues:
        if venue.usable and view.trust == "fresh":
            continue
        mark = mark_of(venue)
        default = "does not list it" if not venue.listed else mark.word.lower()
        reason = safe(venue.reason, 60) if venue.reason else default
        # Each venue has addresses of its own.
        groups[mark.glyph, mark.ink, reason.partition(" at ")[0]].append((venue_name(venue.venue), reason))
        if venue.retry_in_us is not None:
            retries.append(venue.retry_in_us)
    rows: list[Row] = [
        (
            (f"    {glyph} ", ink),
            (" ".join(name for name, _ in held), "text"),
            (f"  {held[0][1] if len(held) == 1 else reason}", "muted"),
        )
        for (glyph, ink, reason), held in groups.items()
    ]
    if retries:
        key = view.plan.keymap.shown("retry")
        offer: Row = (
            () if view.plan.remote or not key else ((" · ", "muted"), (key, "key"), (" now", "muted"))
        )
        next_us = min((retry for retry in retries if retry > 0), default=0)
        rows.append(((f"    {numbers.retry(next_us, 'next try')}", "muted"), *offer))
    return rows


def _offer(view: View) -> list[Row]:
    if not view.wants_sim():
        return []
    if not view.plan.simulates:
        return [(("    these venues or symbols have no simulated exchange", "muted"),)]
    return [
        (
            ("  ", "text"),
            (f" {view.plan.keymap.shown('start_sim') or ':start_sim'} ", "brand"),
            ("  start the simulated exchanges", "accent+b"),
            (" here, no network needed", "muted"),
        )
    ]
