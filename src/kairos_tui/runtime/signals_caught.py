"""SignalsCaught: INT, TERM and HUP as facts the launcher's loop reads, and a pipe that wakes it."""

import os
import select
import signal
from types import FrameType
from typing import Self

from kairos_tui.runtime.stacks import offer_stacks

_WATCHED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class SignalsCaught:
    """A context in which the watched signals are recorded instead of obeyed."""

    def __init__(self) -> None:
        self.caught: list[signal.Signals] = []
        self.wake_fd, self._write_fd = os.pipe()

    def __enter__(self) -> Self:
        os.set_blocking(self._write_fd, False)
        offer_stacks("launcher")
        signal.set_wakeup_fd(self._write_fd, warn_on_full_buffer=False)
        # What the parent ignores stays ignored: `nohup kairos ...` outlives its terminal.
        heeded = [signum for signum in _WATCHED if signal.getsignal(signum) is not signal.SIG_IGN]
        self._before = {signum: signal.signal(signum, self._record) for signum in heeded}
        return self

    def __exit__(self, *_error: object) -> None:
        for signum, handler in self._before.items():
            signal.signal(signum, handler)
        signal.set_wakeup_fd(-1)
        os.close(self.wake_fd)
        os.close(self._write_fd)

    def wake(self) -> None:
        """Wake the loop from another thread."""
        try:
            os.write(self._write_fd, b"\0")
        except OSError:
            return  # it is awake, or gone

    def wait(self, timeout_s: float) -> None:
        """Until a signal comes, somebody wakes it, or so long."""
        if select.select([self.wake_fd], [], [], timeout_s)[0]:
            os.read(self.wake_fd, 4_096)

    def _record(self, signum: int, _frame: FrameType | None) -> None:
        self.caught.append(signal.Signals(signum))
