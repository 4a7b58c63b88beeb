"""HudApp: the frame clock and the keys. Drains the source once a frame, paints only what changed.

Before it: run. After it: canvas. Data never becomes a Textual message; a key goes to the keymap at once.
"""

import asyncio
import gc
import os
import signal
import time
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.events import AppBlur, AppFocus, Event, Key, Paste

from kairos_tui.hud.canvas import Canvas, Ground
from kairos_tui.hud.deeds import DEEDS
from kairos_tui.hud.kept import Keeper
from kairos_tui.hud.key_names import pressed
from kairos_tui.hud.layout import Place
from kairos_tui.hud.measuring import MeasuringApp
from kairos_tui.hud.mirrored import look_at_mirror
from kairos_tui.hud.moves import MOVES, move
from kairos_tui.hud.muted import is_quiet, say_unwatched
from kairos_tui.hud.pacing import FrameClock, Pace, PacedDriver
from kairos_tui.hud.plan import Clock, Commands, HudPlan, Source
from kairos_tui.hud.pointing import PointingApp
from kairos_tui.hud.prompting import take_key, take_text
from kairos_tui.hud.replaying import takes
from kairos_tui.hud.taking import TakingApp
from kairos_tui.hud.terminal import HUNG_UP, TERMINATED, Watch, stop_everybody
from kairos_tui.hud.view_state import View
from kairos_tui.market import Board, FeedStatus, Markout, Signal

_THEMES_EVERY_S: Final = 0.25


class HudApp(PointingApp, TakingApp, MeasuringApp):
    """The Textual application around one canvas. It has no bindings of Textual's: the keymap has them all."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        plan: HudPlan,
        source: Source,
        commands: Commands,
        *,
        clock: Clock | None = None,
        watch: Watch | None = None,
        on_crash: Callable[[BaseException], None] | None = None,
        on_lag: Callable[[int], None] = lambda _lag_us: None,
    ) -> None:
        super().__init__(clock or Clock(), driver_class=PacedDriver)
        self._on_lag = on_lag
        self._on_crash = on_crash
        self.plan = plan
        self.view = View(plan)
        self._keeper = Keeper(plan)
        self._keeper.restore(self.view)
        self.canvas = Canvas(self.view)
        self._source = source
        self.commands = commands
        self._watch = watch
        self._pace = Pace(plan.fps, os.environ)
        self._newest_ns = 0
        self.fps = plan.fps

    def get_default_screen(self) -> Ground:
        """What is behind the canvas."""
        return Ground()

    def compose(self) -> ComposeResult:
        """One canvas, nothing else."""
        yield self.canvas

    def on_mount(self) -> None:
        """Start the clocks, and spare the collector what start-up left behind."""
        self.title = "Kairos"
        self.view.now_ns = self.view.started_ns = self.clock.mono_ns()
        if self.plan.theme_problem:
            self.view.say(self.plan.theme_problem, for_s=8.0)
        if self._watch is not None:
            self._supervise(self._watch)
        self.begin_alerts()
        self._frame_clock = FrameClock(self.plan.fps, time.monotonic())
        self._turn()
        if self._keeper.trouble:
            self.view.say(self._keeper.trouble, for_s=8.0)
        self.set_interval(1.0, self._read_gauges)
        self.set_interval(_THEMES_EVERY_S, self._look_at_themes)
        self.listen_for_lag()
        gc.collect()
        gc.freeze()

    def _turn(self) -> None:
        """Drain; then paint, or look again in a moment for a board that is on its way."""
        self._take()
        newest_ns, self._newest_ns = self._newest_ns, 0
        # In a replay a board's stamp is of another day.
        age_s = (self.view.now_ns - newest_ns) / 1e9 if newest_ns and self.clock.real_ns is None else None
        if self._frame_clock.draws(time.monotonic(), found=newest_ns > 0, age_s=age_s):
            self._paint()
        self.set_timer(self._frame_clock.delay_s(time.monotonic()), self._turn)

    def tick(self) -> None:
        """Drain and paint at once, as a turn that found its board does."""
        self._take()
        self._paint()

    def _paint(self) -> None:
        """Unless the terminal is behind or nobody looks."""
        self.look_at_cast()
        if not self._pace.is_due():
            return
        if self.backlog() > 0:
            self.meter.skipped += 1
            return
        self.draw(self.canvas.frame)

    async def on_event(self, event: Event) -> None:
        """Every key comes here first, and goes no further: to the line that is typed, else to the keymap."""
        if isinstance(event, Key):
            self._press(pressed(event.key, event.character))
        elif isinstance(event, Paste):
            take_text(self, event.text)
            self.show()
        else:
            await super().on_event(event)

    def _press(self, key: str) -> None:
        if take_key(self, key):
            self.show()
        elif (action_id := self.view.plan.keymap.action_of(key)) is not None:
            self.perform(action_id)

    def perform(self, action_id: str) -> None:
        """Do what an action does, by its id, and show it."""
        if takes(self, action_id) or self.turns_page(action_id):
            pass
        elif action_id in MOVES:
            move(self.view, action_id)
        else:
            DEEDS[action_id](self)
        self.show()

    def show(self) -> None:
        """Take what has come, and draw it at once."""
        self._take()
        if not self.backlog():  # else the frame clock draws it as soon as the terminal has room
            self.canvas.frame()

    def pace(self, fps: int) -> None:
        """Draw at most so many frames a second from now on."""
        self.fps = fps
        self.view.plan = replace(self.view.plan, fps=fps)
        self._pace.turns(fps)
        self._frame_clock = FrameClock(fps, time.monotonic())

    @property
    def places(self) -> tuple[Place, ...]:
        """Where each panel stands on the screen."""
        return self.canvas.scene.places

    def leave(self, code: int) -> None:
        """End with this exit code, the terminal restored."""
        if self._watch is not None:
            self._watch.leaving(code)
        self.unname_window()
        self.exit(return_code=code)

    def on_unmount(self) -> None:
        """Remember how it was left."""
        self._keeper.save(self.view)

    def _fatal_error(self) -> None:
        # Textual would print a traceback with locals over the terminal; the caller keeps it instead.
        if self._on_crash is None:
            super()._fatal_error()
            return
        assert self._exception is not None
        self._on_crash(self._exception)
        self._close_messages_no_wait()

    def on_app_blur(self, event: AppBlur) -> None:
        """Nobody looks: ten frames a second are plenty."""
        self._pace.focused = False

    def on_app_focus(self, event: AppFocus) -> None:
        """Somebody looks again."""
        self._pace.focused = True

    def _supervise(self, watch: Watch) -> None:
        loop = asyncio.get_running_loop()
        for number, code in ((signal.SIGTERM, TERMINATED), (signal.SIGHUP, HUNG_UP)):
            loop.add_signal_handler(number, self.leave, code)
        watch.start(lambda code: loop.call_soon_threadsafe(self.leave, code))

    def _take(self) -> None:
        view = self.view
        drained = self._source.drain()  # first: a replay's clock goes by what comes
        view.now_ns, view.now_us = self.clock.mono_ns(), self.clock.wall_ns() // 1000
        view.real_ns = self.clock.real_ns() if self.clock.real_ns is not None else 0
        newest: Board | None = None
        for item in drained:
            if isinstance(item, Board):
                newest = item
            elif isinstance(item, Signal):
                self.bring(item.trace.published_ns or item.at_ns)
                view.live.on_signal(item, self._wall_us(item.at_ns))
                self.alerts.on_signal(item)
            elif isinstance(item, Markout):
                view.live.marked.on_markout(item)
            elif isinstance(item, FeedStatus):
                view.live.on_status(item, self._wall_us(item.changed_ns))
        if newest is not None:
            self.bring(newest.at_ns)
            self._newest_ns = newest.at_ns
            say_unwatched(view, newest)
            view.on_board(newest)
        view.missed = self._source.missed()
        self.write(self.alerts.due(view.feed, view.real_ns or view.now_ns, self._is_quiet))

    def _is_quiet(self, signal: Signal) -> bool:
        return is_quiet(self.view, signal)

    def _wall_us(self, at_ns: int) -> int:
        return self.view.now_us - (self.view.now_ns - at_ns) // 1000

    def _read_gauges(self) -> None:
        self.view.gauges = self.read_gauges()
        self._keeper.save(self.view)
        self.name_window()
        look_at_mirror(self)
        self._on_lag(int(self.view.gauges.lag_p99_ms * 1000))

    def stop(self) -> None:
        """Give the terminal to the shell until it is wanted again."""
        self.unname_window()
        stop_everybody(self.suspend())

    def _look_at_themes(self) -> None:
        """Theme files that were saved meanwhile are worn; what is wrong with one is said."""
        if said := self.view.wardrobe.look():
            self.view.say(said, for_s=8.0)
