"""The line that says where in a recording we are: position, speed, what differs from the recording.

Before it: explained, replaying. After it: overview.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.panels.explain.explained import Explained
from kairos_tui.hud.replaying import replayed, speed_words
from kairos_tui.hud.view_state import View
from kairos_tui.market import ReplayView


def of_replay(view: View) -> tuple[Explained, ...]:
    """Nothing where this is no replay."""
    shown = replayed(view)
    if shown is None:
        return ()
    return (_moment(view, shown), _position(view, shown), _speed(view, shown), *_changed(shown))


def _moment(view: View, shown: ReplayView) -> Explained:
    return Explained(
        "REPLAY",
        safe(shown.name, 24),
        f"{numbers.date(shown.at_us)} {numbers.clock(shown.at_us)}Z",
        "The moment that is shown: when it was, by the clock of the machine that recorded. Every age here is"
        " an age then; nothing on this screen is of now.",
        unit="UTC",
        source=safe(shown.path, 160),
    )


def _position(view: View, shown: ReplayView) -> Explained:
    past_s, whole_s = (shown.at_us - shown.from_us) / 1e6, (shown.to_us - shown.from_us) / 1e6
    key = view.plan.keymap.shown("seek")
    how = f" {key} goes to a time or a share." if key else ""
    here = f"100 × {past_s:.3f} ÷ {whole_s:.3f} = {100 * past_s / whole_s:.6f} %"
    return Explained(
        "POSITION",
        safe(shown.name, 24),
        f"{int(shown.share * 100)} %",
        f"How much of the recording is behind us. ● is here, ◆ is where a signal opened: {len(shown.marks):,}"
        f" are marked.{how}",
        "seconds since its first entry ÷ seconds from its first to its last",
        here if 0 <= past_s <= whole_s and whole_s > 0 else "",
        "per cent of its time, not of its entries",
        source=f"{numbers.clock_s(shown.from_us)}Z to {numbers.clock_s(shown.to_us)}Z",
    )


def _speed(view: View, shown: ReplayView) -> Explained:
    state = "It is over." if shown.ended else "It waits." if shown.paused else "It runs."
    slower, faster = (view.plan.keymap.shown(each) for each in ("slower", "faster"))
    keys = f" {slower} and {faster} change it." if slower and faster else ""
    return Explained(
        "SPEED",
        safe(shown.name, 24),
        speed_words(shown.speed),
        "Seconds of the recording in a second of yours; max is as fast as the engine can. The engine prices"
        f" the same at every speed: it goes by the stamps of the recording. {state}{keys}",
        unit="times as fast as it was",
    )


def _changed(shown: ReplayView) -> tuple[Explained, ...]:
    if not shown.changed:
        return ()
    return (
        Explained(
            "BACK-TEST",
            safe(shown.name, 24),
            f"{len(shown.changed)} changed",
            f"What decides is not as it was recorded: {safe('; '.join(shown.changed), 200)}. So signals are"
            " not those that were told then.",
            source="the options of kairos replay, against the recording's own settings",
        ),
    )
