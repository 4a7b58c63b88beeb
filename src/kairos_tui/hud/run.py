"""run_hud: the HUD as a process. Signals, watch, environment; Textual is imported here and not before.

Before it: runtime. After it: app. Leaves with 0 on a key, 129 hung up, 143 on SIGTERM, the screen restored.
"""

import os
import signal
from collections.abc import Callable, MutableMapping
from typing import Final

from msgspec.structs import replace

from kairos_tui.hud.plan import Clock, Commands, HudPlan, Source
from kairos_tui.hud.reach import find_reach
from kairos_tui.hud.terminal import Watch, attach_terminal
from kairos_tui.hud.theme import MONO

PAINTS_PER_S: Final = "120"
"""Textual's own clock, by which what changed is painted: a key waits for it. It stands still while nothing
changes; at its usual 60 the p95 from key to paint is twice as long."""


def run_hud(
    plan: HudPlan,
    source: Source,
    commands: Commands,
    *,
    launcher_gone: Callable[[], bool],
    on_crash: Callable[[BaseException], None],
    on_lag: Callable[[int], None] = lambda _lag_us: None,
    clock: Clock | None = None,
) -> int:
    """Draw until quit; the exit code, 1 after a crash. Raises TerminalUnfit without a terminal."""
    attach_terminal()
    load_textual()
    plan = dressed(plan, os.environ)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the launcher hears Ctrl-C; here it arrives as a key

    from kairos_tui.hud.app import HudApp

    watch = Watch(launcher_gone)
    app = HudApp(plan, source, commands, clock=clock, watch=watch, on_crash=on_crash, on_lag=on_lag)
    try:
        app.run(mouse=plan.mouse)
    finally:
        watch.stop()
    return app.return_code or 0


def load_textual() -> None:
    """300 ms of imports that nothing else needs: to be had before there is a plan, while others start."""
    os.environ["TEXTUAL_COLOR_SYSTEM"] = "truecolor"  # the palette has come down already: Rich need not guess
    os.environ.setdefault("TEXTUAL_FPS", PAINTS_PER_S)

    import kairos_tui.hud.app  # noqa: F401


def dressed(plan: HudPlan, environ: MutableMapping[str, str]) -> HudPlan:
    """The plan as the terminal is: what it can show, motion unless TEXTUAL_ANIMATIONS=none.

    Takes NO_COLOR out of `environ`: Textual would take even an empty one, and turn colours grey, not off.
    """
    reach = find_reach(environ, colours=plan.colours, glyphs=plan.glyphs)
    environ.pop("NO_COLOR", None)
    still = plan.reduced_motion or environ.get("TEXTUAL_ANIMATIONS", "").lower() == "none"
    keymap = replace(plan.keymap, spelled=reach.glyphs == "ascii")
    plan = replace(plan, reach=reach, reduced_motion=still, keymap=keymap)
    if reach.depth == "none":
        return replace(plan, theme=MONO, themes=(), theme_search=())
    return plan
