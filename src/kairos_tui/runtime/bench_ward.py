"""bench_ward: a foreign server that cannot outlive us, whatever ends us, SIGKILL included.

Used by the benches that start one (Redis; tests/benchmarks: RabbitMQ, an SQS-compatible server).
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from kairos_tui.errors import Fatal

# The shell waits on a pipe that we hold. When it closes, because we said so or because we are no more, the
# shell kills and buries the server, then its own group: what the server started, and itself.
_GUARD = '"$@" & server=$!; read -r gone; kill -9 $server; wait $server; kill -9 0'
_GONE_WITHIN_S = 5.0
_LOOK_EVERY_S = 0.02


class Ward:
    """A server in a process group of its own, out of reach of the terminal's Ctrl-C."""

    def __init__(
        self, command: Sequence[str], *, folder: Path, log: Path, env: Mapping[str, str] | None = None
    ) -> None:
        self._log = log
        with log.open("wb") as output:
            self._guard = subprocess.Popen(  # noqa: S603  a command of ours, as a list
                ["/bin/sh", "-c", _GUARD, "guard", *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd=folder,
                env=None if env is None else dict(env),
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._guard.stdin is not None
        self._guard.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._guard.wait(_GONE_WITHIN_S)
        with suppress(ProcessLookupError):  # as it should be: nothing of the group is left
            os.killpg(self._guard.pid, signal.SIGKILL)
        self._guard.wait(_GONE_WITHIN_S)

    def wait_for_port(self, port: int, *, within_s: float) -> None:
        """Return when it listens on loopback. Raises Fatal with the log's last line when it never does."""
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s:
            if is_listening(port):
                return
            time.sleep(_LOOK_EVERY_S)
        raise Fatal(f"it did not listen within {within_s:g} s: {self.last_words()}")

    def last_words(self) -> str:
        """The last line it wrote."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def is_listening(port: int) -> bool:
    """Whether something accepts connections on this port of loopback."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return True
    except OSError:
        return False


def free_port() -> int:
    """A port of loopback that was free a moment ago."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port
