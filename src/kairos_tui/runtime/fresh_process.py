"""FreshProcess: an interpreter of its own that waits for a plan. The HUD's may begin ahead of its launcher.

Before it: __main__, which begins one ahead; spawn, which gives plans. Standard library only, and little of
it: what has begun ahead loads Textual while the launcher is still loading itself.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

HUD = "kairos_tui.runtime.run_hud"


def screen_fd() -> int:
    """What the HUD is drawn on: stderr, as with --tee stdout has lines; stdout where that is no terminal."""
    return 2 if os.isatty(2) else 1


class FreshProcess:
    """`python -m MODULE PLAN_FD REPORT_FD`. Whoever owns the terminal has it as all three of its streams.

    `output_fd` is where everybody else writes.
    """

    def __init__(self, module: str, *, output_fd: int | None) -> None:
        # Textual draws on stderr but measures the terminal on stdout: the HUD gets it as both.
        written_to = screen_fd() if output_fd is None else output_fd
        plan_read, self.plan_write = os.pipe()
        self.reports, report_write = os.pipe()
        with interrupts_held():
            self.process = subprocess.Popen(  # noqa: S603  our own interpreter and module
                [sys.executable, "-m", module, str(plan_read), str(report_write)],
                pass_fds=(plan_read, report_write),
                stdin=None if output_fd is None else subprocess.DEVNULL,
                stdout=written_to,
                stderr=written_to,
            )
        os.close(plan_read)
        os.close(report_write)

    def release(self) -> None:
        """Close our ends of its pipes, and reap it."""
        os.close(self.plan_write)
        os.close(self.reports)
        self.process.wait()


_ahead: FreshProcess | None = None


def begin_hud_ahead() -> FreshProcess:
    """Begin the HUD of this terminal. Who does so ends with drop_ahead, whatever comes between."""
    global _ahead
    _ahead = FreshProcess(HUD, output_fd=None)
    return _ahead


def fresh_process(module: str, *, output_fd: int | None) -> FreshProcess:
    """A new one; or the HUD that was begun ahead, once and if it lives."""
    global _ahead
    if module == HUD and _ahead is not None:
        ahead, _ahead = _ahead, None
        if ahead.process.poll() is None:
            return ahead
        ahead.release()
    return FreshProcess(module, output_fd=output_fd)


def drop_ahead() -> None:
    """End what was begun ahead and never got a plan. It has drawn nothing."""
    global _ahead
    ahead, _ahead = _ahead, None
    if ahead is not None:
        ahead.process.kill()
        ahead.release()


@contextmanager
def interrupts_held() -> Iterator[None]:
    """A child inherits the mask: Ctrl-C, which reaches the whole group, is then the launcher's alone."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
