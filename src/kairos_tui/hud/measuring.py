"""Measuring: what the HUD costs and how late it is, taken where it happens. An app that knows its own gauges.

Before it: gauges, pacing. After it: app. Textual's `_display` is private: absent, nothing is measured.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

from rich.console import RenderableType
from textual.app import App
from textual.screen import Screen

from kairos_tui.hud.gauges import Gauges, Meter
from kairos_tui.hud.pacing import PacedDriver
from kairos_tui.hud.plan import Clock

_LAG_EVERY_S: Final = 0.05


class MeasuringApp(App[None]):
    """`clock` is what boards and signals are stamped with."""

    def __init__(self, clock: Clock, **how: Any) -> None:  # noqa: ANN401  Textual's own
        super().__init__(**how)
        self.clock = clock
        self.meter = Meter()
        self._begun_ns = self._news_ns = 0

    def backlog(self) -> int:
        """Writes the terminal has not taken whole; none where it is no terminal."""
        return self._driver.backlog if isinstance(self._driver, PacedDriver) else 0

    def draw(self, frame: Callable[[], int]) -> None:
        """One frame, from its beginning until the writer has it; one that changes nothing is none."""
        begun_ns = time.monotonic_ns()
        changed = frame() > 0
        self.meter.frames += changed
        self._begun_ns = begun_ns if changed else 0
        self._news_ns = self._news_ns if changed else 0  # or it changes nothing on this screen

    def bring(self, at_ns: int) -> None:
        """News of that instant is to be painted. How late a recording's is would say nothing."""
        if self.clock.real_ns is not None:
            return
        self._news_ns = min(self._news_ns or at_ns, at_ns)

    def read_gauges(self) -> Gauges:
        """Since the last reading."""
        taken = self._driver.link.taken_bytes if isinstance(self._driver, PacedDriver) else 0
        return self.meter.read(time.monotonic_ns(), time.process_time_ns(), taken)

    def listen_for_lag(self) -> None:
        """From now on, how late the loop is for a timer twenty times a second."""
        loop = asyncio.get_running_loop()
        due_s = loop.time() + _LAG_EVERY_S

        def heard() -> None:
            self.meter.on_lag((loop.time() - due_s) * 1000)
            self.listen_for_lag()

        loop.call_at(due_s, heard)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        if self._begun_ns:
            now_ns, news_ns = time.monotonic_ns(), self._news_ns
            paint_ns = self.clock.mono_ns() - news_ns if news_ns else None
            self.meter.on_painted(now_ns - self._begun_ns, paint_ns, now_ns)
            self._begun_ns = self._news_ns = 0
