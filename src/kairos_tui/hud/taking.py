"""Taking: what leaves the HUD by a key: copies, the command, exports, alerts. What each action does.

Before it: chosen, clipboard, export, alerts, mirrored. After it: app, which is one of these.
"""

import os
import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from textual.app import App

from kairos_tui.hud.alerts import Alerts
from kairos_tui.hud.canvas import Canvas
from kairos_tui.hud.cast import LASTS_NS, Cast
from kairos_tui.hud.chosen import chosen
from kairos_tui.hud.clipboard import copy
from kairos_tui.hud.export import lines, stem_of, write_new
from kairos_tui.hud.first_view import view_words
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.mirrored import mirror_at, mirror_url
from kairos_tui.hud.mutes import watched
from kairos_tui.hud.plan import Commands, HudPlan
from kairos_tui.hud.sequences import GIVE_TITLE_BACK, KEEP_TITLE, title
from kairos_tui.hud.tables import table
from kairos_tui.hud.view_state import View
from kairos_tui.market import Board, Signal


def command_of(view: View) -> list[str]:
    """What shows the same elsewhere: the symbol that is shown comes first."""
    plan = view.plan
    kairos, role, *options = plan.command
    at = plan.symbols.index(view.symbol) if view.symbol in plan.symbols else 0
    symbols = [] if plan.remote or view.feed == "replay" else [*plan.symbols[at:], *plan.symbols[:at]]
    if view.feed == "sim" and view.mood is not None and not plan.remote and "--sim" not in options:
        options = ["--sim", *options]
    theme = view.wardrobe.name
    wears = ["--theme", theme] if theme else []
    look = replace(view.look, muted=watched(view.board, view.look.muted))
    words = view_words(look, view.filter.text if view.filter is not None else "")
    return [kairos, role, *symbols, *options, *wears, *words]


class TakingApp(App[None]):
    """An app that hands things to the terminal and to files. What is only declared here is the app's."""

    view: View
    plan: HudPlan
    commands: Commands
    canvas: Canvas

    def __init__(self, *given: Any, **how: Any) -> None:  # noqa: ANN401  the other base's
        super().__init__(*given, **how)
        self.alerts = Alerts((), {})
        self._titled = ""
        self.mirror_asked_ns = self.retry_asked_ns = 0

    def write(self, sequence: str) -> None:
        """Give the terminal a sequence between two frames."""
        if self._driver is not None and sequence:
            self._driver.write(sequence)

    def begin_alerts(self) -> None:
        """From now on signals are told as the plan wants it."""
        ascii_only = self.plan.reach.glyphs == "ascii"
        self.alerts = Alerts(self.plan.alerts, os.environ, ascii_only=ascii_only)

    def name_window(self) -> None:
        """Call the window what it shows, if that changed."""
        wanted = self.alerts.title(self.view)
        if wanted != self._titled:
            self.write(("" if self._titled else KEEP_TITLE) + title(wanted))
            self._titled = wanted
        self.write(self.alerts.progress(self.view))

    def unname_window(self) -> None:
        """Give the window its own title back, and take the taskbar's bar away."""
        self.write(self.alerts.unprogress())
        if self._titled:
            self.write(GIVE_TITLE_BACK)
            self._titled = ""

    def copy_chosen(self) -> None:
        """The signal or route that is meant, as a line of the contract."""
        found, view = chosen(self.view), self.view
        board, one = view.board, view.symbol_board
        if isinstance(found, Signal):
            line, what = self.commands.signal_line(found, view.feed), "the signal as JSON"
        elif found is None or board is None or one is None:
            view.say("nothing to copy yet: no signal, and no route")
            return
        elif view.trust != "fresh":
            view.say(f"nothing to copy: the {'source' if view.plan.remote else 'engine'} is silent")
            return
        else:
            line, what = self.commands.route_line(board, one.symbol, found), "the route as JSON"
        if line is None:
            view.say("not copied: one of its figures is no finite number")
        else:
            self._aside(partial(copy, line, what, self.write, os.environ))

    def copy_command(self) -> None:
        """The command that shows the same view."""
        words = shlex.join(command_of(self.view))
        self._aside(partial(copy, words, "the command that shows this", self.write, os.environ))

    def copy_text(self, text: str, what: str) -> None:
        """That text, called so."""
        self._aside(partial(copy, text, what, self.write, os.environ))

    def copy_mirror(self, board: Board) -> None:
        """Where a browser finds the web mirror; its token is copied, not said."""
        what = f"the address of the web mirror at {mirror_at(board)}"
        self._aside(partial(copy, mirror_url(board), what, self.write, os.environ))

    def export_shown(self) -> None:
        """The picture, the table of the panel in focus and the lines, in new files."""
        view = self.view
        view.message = None  # the picture is of the market, not of what was said before
        view.version += 1
        self.canvas.frame()
        texts = {
            "svg": self.export_screenshot(title="Kairos"),
            "csv": table(view),
            "jsonl": lines(view, self.commands),
        }
        self._write_new(texts)

    def _write_new(self, texts: dict[str, str]) -> None:
        folder, stem = Path(self.plan.exports), stem_of(self.view)

        def write() -> str:
            try:
                return f"wrote {write_new(folder, stem, texts)}"
            except OSError as error:
                return f"not exported: {error.strerror or error}: {folder}"

        self._aside(write)

    def turn_cast(self) -> None:
        """Begin to keep what is drawn, for ten seconds; or end it now."""
        view, size = self.view, self.canvas.size
        if self.canvas.cast is not None:
            self._end_cast(self.canvas.cast)
            return
        title = f"Kairos {safe(view.symbol, 20)} · {view.feed}"
        view.say(f"what is drawn in the next {LASTS_NS // 10**9} s goes into a .cast file", for_s=2.0)
        self.canvas.begin_cast(Cast(title, size.width, size.height, view.now_us, view.now_ns))

    def look_at_cast(self) -> None:
        """Write it down once it is over."""
        if self.canvas.cast is not None and self.canvas.cast.is_over(self.view.now_ns):
            self._end_cast(self.canvas.cast)

    def _end_cast(self, cast: Cast) -> None:
        self.canvas.cast = None
        text = cast.text(self.view.now_ns)
        self._write_new({"cast": text})

    def turn_alerts(self) -> None:
        """Bell and notification on or off."""
        self.view.say(self.alerts.toggle())

    def _aside(self, work: Callable[[], str]) -> None:
        """Off the loop, for a disk or tmux may take its time; then say what came of it."""
        self.run_worker(lambda: self.call_from_thread(self.view.say, work(), for_s=6.0), thread=True)
