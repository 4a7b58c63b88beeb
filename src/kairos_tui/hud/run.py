"""run_hud: the HUD as a process. Signals, watch, environment; Textual is imported here and not before.

Before it: runtime. After it: app. Leaves with 0 on a key, 129 hung up, 143 on SIGTERM, the screen restored.
"""

import os
import signal
from collections.abc import Callable, MutableMapping

from msgspec.structs import replace

from kairos_tui.hud.plan import Commands, HudPlan, Source
from kairos_tui.hud.terminal import Watch, attach_terminal
from kairos_tui.hud.themes import Theme, list_themes, load_theme, theme_folders


def run_hud(
    plan: HudPlan,
    source: Source,
    commands: Commands,
    *,
    launcher_gone: Callable[[], bool],
    on_crash: Callable[[BaseException], None],
    on_lag: Callable[[int], None] = lambda _lag_us: None,
) -> int:
    """Draw until quit; the exit code, 1 after a crash. Raises TerminalUnfit without a terminal."""
    attach_terminal()
    plan = dressed(plan, os.environ)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the launcher hears Ctrl-C; here it arrives as a key

    from kairos_tui.hud.app import HudApp  # 300 ms of imports that nothing else needs

    watch = Watch(launcher_gone)
    app = HudApp(plan, source, commands, watch=watch, on_crash=on_crash, on_lag=on_lag)
    try:
        app.run()
    finally:
        watch.stop()
    return app.return_code or 0


def dressed(plan: HudPlan, environ: MutableMapping[str, str]) -> HudPlan:
    """The plan as the environment asks: NO_COLOR takes the colours, TEXTUAL_ANIMATIONS=none the motion."""
    if not plan.themes:
        plan = replace(plan, themes=_themes())
    if environ.pop("NO_COLOR", ""):  # Textual would take even an empty one, and turn colours grey, not off
        plan = replace(plan, theme=Theme(name="kairos-mono", colours=False), themes=())
    if environ.get("TEXTUAL_ANIMATIONS", "").lower() == "none":
        plan = replace(plan, reduced_motion=True)
    return plan


def _themes() -> tuple[Theme, ...]:
    """What the theme key turns through: every theme that can be drawn with, where themes are looked for."""
    search = theme_folders()
    return tuple(
        load_theme(str(entry.path), search) for entry in list_themes(search) if entry.problem is None
    )
