"""Post: a role's line to its launcher. Plan in, beats and news out; with the launcher gone it leaves.

Used by every run_* module before anything heavy is imported.
"""

import ctypes
import faulthandler
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

import msgspec

from kairos_tui.runtime.plans import PlanT, ReplayOrder, decode_plan
from kairos_tui.runtime.stacks import offer_stacks

BEAT_EVERY_NS = 500_000_000
_PR_SET_PDEATHSIG = 1
_GRACE_AFTER_LAUNCHER_S = 1.5
_MOST_ORDER_BYTES = 4_096


class News(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line from a role to the launcher. A bare `News()` is a beat: the loop turns.

    `note` is one line for people (where the mirror is, that a sink is down); it stands until the next one.
    `given_up` says why the role will never work: it is not started again, and the others go on.
    `turn_recording`: the viewer wants to begin to record, or to end it. `open_at_bps`: at which net
    signals are to open from now on.
    `retry`: venues that wait to try again are to do so at once.
    `mirror`: the viewer wants the web mirror, or no longer the one that was started so.
    `lag_us`: the loop's lag, p99 of the last seconds, as far as the role has measured it.
    `replay` is what the viewer asks of a replay, `ended` what the replay says of itself.
    `serving`: the order of the fleet that an engine obeys. `books`: how many it has while it only warms up.
    `live`: how many streams of an ingester are, or venues of an engine, where somebody elsewhere asks for it.
    """

    note: str = ""
    given_up: str = ""
    start_sim: bool = False
    turn_recording: bool = False
    mirror: bool | None = None
    open_at_bps: float | None = None
    origins: dict[str, tuple[str, str]] = {}
    lag_us: int | None = None
    replay: ReplayOrder | None = None
    retry: bool = False
    ended: bool = False
    serving: int | None = None
    books: int | None = None
    live: int | None = None


class Post:
    """The role's end of its two pipes. Create it first thing in the process, on the main thread.

    `on_line`, set before the plan is read, hears on a thread of its own what the launcher says after it.
    """

    def __init__(self, plan_fd: int, report_fd: int, *, last_words: signal.Signals = signal.SIGKILL) -> None:
        self._plan_fd = plan_fd
        self._report_fd = report_fd
        self._last_beat_ns = 0
        self.lag_us: int | None = None
        self.serving: int | None = None
        self.count_books: Callable[[], int | None] = _nothing_counted
        self.count_live: Callable[[], int | None] = _nothing_counted
        self.on_line: Callable[[bytes], None] = _unheard
        self.launcher_gone = threading.Event()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        die_with_parent(last_words)
        os.set_blocking(report_fd, False)
        faulthandler.enable()
        offer_stacks()

    def read_plan(self, kind: type[PlanT]) -> PlanT:
        """The launcher's plan; then a thread waits for the launcher's end of the pipe to close."""
        size = int.from_bytes(self._read_exactly(4), "big")
        plan = decode_plan(self._read_exactly(size), kind)
        threading.Thread(target=self._wait_for_launcher, name="launcher-watch", daemon=True).start()
        return plan

    def beat(self) -> None:
        """Say that the role's own loop turns; at most one line each half second."""
        now_ns = time.monotonic_ns()
        if now_ns - self._last_beat_ns >= BEAT_EVERY_NS:
            self._last_beat_ns = now_ns
            books, live = self.count_books(), self.count_live()
            self.tell(News(lag_us=self.lag_us, serving=self.serving, books=books, live=live))

    def serve(self, number: int | None) -> None:
        """What the next beats say is obeyed; something new is said at once."""
        if number != self.serving:
            self.serving = number
            self.tell(News(serving=number))

    def note(self, line: str) -> None:
        """Say one line for people."""
        self.tell(News(note=line))

    def give_up(self, reason: str) -> None:
        """Say why this role will never work."""
        self.tell(News(given_up=reason))

    def is_late(self, lag_us: int) -> None:
        """What the next beats say of the loop's lag."""
        self.lag_us = lag_us

    def tell(self, news: News) -> None:
        """Write one line; a launcher that does not read loses it, the role never waits."""
        try:
            os.write(self._report_fd, msgspec.json.encode(news) + b"\n")
        except (BlockingIOError, BrokenPipeError):
            return

    def _read_exactly(self, size: int) -> bytes:
        body = b""
        while len(body) < size:
            piece = os.read(self._plan_fd, size - len(body))
            if not piece:
                sys.exit(1)  # the launcher left before it gave one; a shell may have the terminal
            body += piece
        return body

    def _wait_for_launcher(self) -> None:
        begun = b""
        while piece := os.read(self._plan_fd, _MOST_ORDER_BYTES):
            *lines, begun = (begun + piece).split(b"\n")
            begun = begun[-_MOST_ORDER_BYTES:]
            for line in lines:
                self.on_line(line)
        self.launcher_gone.set()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_GRACE_AFTER_LAUNCHER_S)
        os._exit(1)


def _nothing_counted() -> None:
    """Only roles of a fleet have any to count."""


def _unheard(line: bytes) -> None:
    """Most roles are told nothing after their plan."""


def die_with_parent(last_words: signal.Signals) -> None:
    """Ask Linux to signal this process when the thread that started it ends. Elsewhere the pipe does it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(last_words), 0, 0, 0)


def post_from_argv() -> tuple[int, int]:
    """(plan fd, report fd) as spawn wrote them on the command line."""
    return int(sys.argv[1]), int(sys.argv[2])


def on_terminate(stop: Callable[[], None]) -> None:
    """Call `stop` on SIGTERM and SIGHUP."""

    def handle(_signum: int, _frame: FrameType | None) -> None:
        stop()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGHUP, handle)
