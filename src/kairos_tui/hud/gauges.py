"""Gauges: what the HUD itself costs, measured and shown. Before it: app. After it: the header."""

from collections import deque
from typing import Final

from msgspec import Struct

from kairos_tui.market import LatencyWindow, StageView

_WINDOW: Final = 400
_MANY_SKIPPED: Final = 5
"""Frames a second the terminal could not take before the viewer is told."""


class Gauges(Struct, frozen=True):
    """Over the last second: frames, CPU per frame, what the terminal took; lag over the last 20 s.

    `skipped` frames since start were not drawn because the terminal was behind, `skipping`: many just now.

    `frame`: from the frame clock's turn until the terminal's writer has the frame. `paint`: from the instant
    that a board or a signal speaks of until then; the oldest news of a frame counts.
    """

    fps: float = 0.0
    frame_ms: float = 0.0
    lag_p99_ms: float = 0.0
    skipped: int = 0
    skipping: bool = False
    out_kb_s: float = 0.0
    frame: StageView = StageView("frame")
    paint: StageView = StageView("paint")


class Meter:
    """Collects between two readings."""

    def __init__(self) -> None:
        self.frames = 0
        self.skipped = 0
        self._lags_ms: deque[float] = deque(maxlen=_WINDOW)
        self._last: tuple[int, int, int, int, int] | None = None
        self._frame, self._paint = LatencyWindow(), LatencyWindow()

    def on_lag(self, late_ms: float) -> None:
        """The loop was this late for a timer."""
        self._lags_ms.append(max(0.0, late_ms))

    def on_painted(self, frame_ns: int, paint_ns: int | None, now_ns: int) -> None:
        """A frame is with the terminal: how long it took, and how old its oldest news was by then."""
        self._frame.record(frame_ns, now_ns)
        if paint_ns is not None:
            self._paint.record(paint_ns, now_ns)

    def read(self, now_ns: int, cpu_ns: int, taken_bytes: int = 0) -> Gauges:
        """The gauges since the last reading; `taken_bytes` is what the terminal took since start."""
        last = self._last or (now_ns - 1, cpu_ns, self.frames, self.skipped, taken_bytes)
        self._last = (now_ns, cpu_ns, self.frames, self.skipped, taken_bytes)
        frames = self.frames - last[2]
        elapsed_s = max(1e-9, (now_ns - last[0]) / 1e9)
        lags = sorted(self._lags_ms)
        return Gauges(
            fps=frames / elapsed_s,
            frame_ms=(cpu_ns - last[1]) / 1e6 / frames if frames else 0.0,
            lag_p99_ms=lags[int(len(lags) * 0.99)] if lags else 0.0,
            skipped=self.skipped,
            out_kb_s=(taken_bytes - last[4]) / 1e3 / elapsed_s,
            skipping=self.skipped - last[3] >= _MANY_SKIPPED,
            frame=self._frame.view("frame", now_ns),
            paint=self._paint.view("paint", now_ns),
        )
