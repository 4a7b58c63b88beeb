"""Command: one run of a command, its input on stdin, its output cut to what a log can hold.

Before it: to_command, which calls it from a thread. Synchronous; whatever the command does, it ends in time.
"""

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from msgspec import Struct

_MOST_KEPT = 4_096
_TURN_MS = 20
_PASSED_ON = ("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR",
              "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")  # fmt: skip
"""What a command needs to find its tools and to reach a desktop; nothing that may hold a secret."""


class Ended(Struct, frozen=True):
    """How a run ended. `code` None: it had to be stopped."""

    code: int | None
    output: str


def small_env(env: Mapping[str, str]) -> dict[str, str]:
    """What a command is told of our environment."""
    return {name: value for name, value in env.items() if name in _PASSED_ON or name.startswith("LC_")}


def run_command(
    words: Sequence[str],
    line: bytes,
    *,
    env: Mapping[str, str],
    timeout_s: float,
    grace_s: float = 1.0,
    stopped: threading.Event,
) -> Ended:
    """Until it ends, `timeout_s` are over or we are `stopped`: then SIGTERM, after `grace_s` SIGKILL.

    Raises OSError when it cannot be started.
    """
    with subprocess.Popen(  # noqa: S603  the user's own command, without a shell
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=env,
        start_new_session=True,
    ) as process:
        conversation = _Conversation(process, line)
        until_s = time.monotonic() + timeout_s
        while process.poll() is None and time.monotonic() < until_s and not stopped.is_set():
            conversation.turn(_TURN_MS)
        code = process.poll()
        if code is None:
            _end(process, conversation, 0.1 if stopped.is_set() else grace_s)
        conversation.turn(0)
        conversation.hang_up()
    return Ended(code, conversation.kept.decode(errors="replace"))


class _Conversation:
    """Feeds stdin and takes what is said, neither of which may block us."""

    def __init__(self, process: "subprocess.Popen[bytes]", line: bytes) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.kept = b""
        self._in, self._out = process.stdin, process.stdout
        self._left = memoryview(line)
        self._poll = select.poll()
        for stream, wanted in ((self._in, select.POLLOUT), (self._out, select.POLLIN)):
            os.set_blocking(stream.fileno(), False)
            self._poll.register(stream, wanted)

    def turn(self, wait_ms: int) -> None:
        """One exchange, or `wait_ms` of silence."""
        events = dict(self._poll.poll(wait_ms))
        if not events or (len(events) == 1 and select.POLLHUP in events.values()):
            time.sleep(wait_ms / 1e3 if events else 0)  # it has closed its output and goes on
        if not self._in.closed and self._in.fileno() in events:
            self._feed()
        if self._out.fileno() in events:
            with suppress(BlockingIOError):
                piece = os.read(self._out.fileno(), 65_536)
                self.kept += piece[: _MOST_KEPT - len(self.kept)]

    def _feed(self) -> None:
        try:
            self._left = self._left[os.write(self._in.fileno(), self._left) :]
        except BlockingIOError:
            return
        except OSError:  # it does not want to know
            self._left = self._left[:0]
        if not self._left:
            self._poll.unregister(self._in)
            self._in.close()

    def hang_up(self) -> None:
        """Whoever still holds the other ends, a child it left behind, holds them alone."""
        with suppress(OSError):
            self._in.close()
        self._out.close()


def _end(process: "subprocess.Popen[bytes]", conversation: _Conversation, grace_s: float) -> None:
    _signal_group(process, signal.SIGTERM)
    until_s = time.monotonic() + grace_s
    while process.poll() is None and time.monotonic() < until_s:
        conversation.turn(_TURN_MS)
    _signal_group(process, signal.SIGKILL)
    process.wait()


def _signal_group(process: "subprocess.Popen[bytes]", signum: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signum)
