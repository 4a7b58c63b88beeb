"""Replay: the header's words for it, and the scrub bar. Every size says that this is not now.

Before it: replaying. After it: header and hints, in whose places these stand.
"""

from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.replaying import replayed, speed_words
from kairos_tui.hud.segments import Row
from kairos_tui.hud.view_state import View
from kairos_tui.market import ReplayView

Chip = tuple[int, Row]
SCRUBBED_FROM: Final = 140
"""Columns from which the last row is a scrub bar."""
_BAR: Final = 12
_HINTS: Final = (
    ("freeze", "pause"), ("step", "event"), ("forward", "10 s"), ("faster", "speed"), ("seek", "go"),
    ("help", "help"), ("quit", "quit"),
)  # fmt: skip
_PAIRS: Final = (
    (("freeze",), "pause"), (("step_back", "step"), "event"), (("rewind", "forward"), "10 s"),
    (("slower", "faster"), "speed"), (("seek",), "go"),
)  # fmt: skip
_DATED_FROM: Final = 76


def chips(view: View, shown: ReplayView, width: int) -> list[Chip]:
    """Rank and words, as the header's: that it is a replay never yields, nor when it is."""
    when = numbers.clock(shown.at_us) + "Z"
    if width >= _DATED_FROM:
        when = f"{numbers.date(shown.at_us)} {when}"
    found: list[Chip] = [(0, ((f" {'▐▐' if shown.paused else '◀◀'} REPLAY {when} ", "sim"),))]
    if shown.changed:
        found.append((0, ((" BACK-TEST ", "alert"),)))
    found.append((1, ((_pace(shown), "secondary+b"),)))
    found.append((4, ((safe(shown.name, 24), "text"),)))
    found.append((2, (*bar(shown, _BAR), (f" {_percent(shown)}", "text"))))
    if shown.changed:
        found.append((5, ((safe("; ".join(shown.changed), 90), "warn"),)))
    live, of = view.live_venues()
    found.append((6, ((f"{live}/{of} venues", "muted"),)))
    return found


def _pace(shown: ReplayView) -> str:
    if shown.ended:
        return "end"
    return f"{speed_words(shown.speed)} paused" if shown.paused else speed_words(shown.speed)


def _percent(shown: ReplayView) -> str:
    return f"{int(shown.share * 100)} %"


def bar(shown: ReplayView, width: int, marks: tuple[int, ...] = ()) -> Row:
    """`▕━━━●──◆──▏`: where we are, and where something is."""
    room = max(1, width - 2)
    here = min(room - 1, int(shown.share * room))
    span_us = max(1, shown.to_us - shown.from_us)
    marked = {min(room - 1, max(0, (at_us - shown.from_us) * room // span_us)) for at_us in marks}
    row: Row = (("▕", "secondary"),)
    for place in range(room):
        if place == here:
            cell = ("●", "secondary+b")
        elif place in marked:
            cell = ("◆", "buy" if place < here else "near")
        else:
            cell = ("━", "secondary") if place < here else ("─", "muted")
        row = (*row[:-1], (row[-1][0] + cell[0], cell[1])) if row[-1][1] == cell[1] else (*row, cell)
    return (*row, ("▏", "secondary"))


def hints(view: View) -> list[tuple[str, str]]:
    """Keys and word of each way to steer the replay, both ways together; empty where this is none."""
    shown = replayed(view)
    keymap = view.plan.keymap
    pairs = (
        [("".join(map(keymap.shown, actions)), word) for actions, word in _PAIRS] if shown is not None else []
    )
    return [(keys, _freezing(shown, word)) for keys, word in pairs if shown is not None and keys]


def _freezing(shown: ReplayView, word: str) -> str:
    return "resume" if word == "pause" and shown.paused else word


def scrub(view: View, width: int) -> Row | None:
    """The whole recording and its signals on one row; None where this is no replay, or the screen narrow."""
    shown = replayed(view)
    if shown is None or width < SCRUBBED_FROM:
        return None
    keymap = view.plan.keymap
    known = [(action, _freezing(shown, word)) for action, word in _HINTS if keymap.keys_of(action)]
    said = [(keymap.shown(action), word) for action, word in known]
    ends: Row = tuple(seg for key, word in said for seg in ((f"  {key}", "key"), (f" {word}", "muted")))
    begins, until = numbers.clock_s(shown.from_us), numbers.clock_s(shown.to_us)
    used = len(begins) + len(until) + 4 + sum(len(text) for text, _ in ends)
    whole = bar(shown, width - used, shown.marks)
    return ((" ", "text"), (begins, "muted"), (" ", "text"), *whole, (f" {until}", "muted"), *ends)
