"""Notifier: what a service manager is told: that we are ready, alive, what we do, that we stop.

Before it: liveness, which knows the loops. After it: systemd, when it started us; else nobody.
"""

import os
import socket
import time
from collections.abc import MutableMapping
from typing import Final

from kairos_tui.runtime.log_event import visible

_STATUS_EVERY_NS: Final = 2_000_000_000
_LONGEST_STATUS: Final = 200


class Notifier:
    """Takes its variables out of the environment: what we start is not what the manager waits for.

    `watchdog_ns` is the silence after which the manager ends us; None where it does not watch.
    """

    def __init__(self, environ: MutableMapping[str, str] = os.environ) -> None:
        path = environ.pop("NOTIFY_SOCKET", "")
        period = environ.pop("WATCHDOG_USEC", "")
        for_pid = environ.pop("WATCHDOG_PID", "")
        self._address = "\0" + path[1:] if path.startswith("@") else path
        is_ours = for_pid in ("", str(os.getpid()))
        self.watchdog_ns = int(period) * 1_000 if period.isdecimal() and int(period) and is_ours else None
        self._link = _link() if self._address.startswith(("\0", "/")) else None
        self._is_ready = self._is_stopping = False
        self._status, self._status_due_ns, self._alive_due_ns = "", 0, 0

    def turn(self, *, ready: bool, alive: bool, status: str, now_ns: int | None = None) -> None:
        """Call often: says READY once, STATUS when it changed, WATCHDOG twice a period while `alive`."""
        if self._link is None or self._is_stopping:
            return
        now_ns = time.monotonic_ns() if now_ns is None else now_ns
        said = []
        if ready and not self._is_ready:
            self._is_ready = True
            said.append("READY=1")
        status = visible(status)[:_LONGEST_STATUS]
        if status != self._status and now_ns >= self._status_due_ns:
            self._status, self._status_due_ns = status, now_ns + _STATUS_EVERY_NS
            said.append(f"STATUS={status}")
        if alive and self.watchdog_ns and now_ns >= self._alive_due_ns:
            self._alive_due_ns = now_ns + self.watchdog_ns // 2
            said.append("WATCHDOG=1")
        self._send(said)

    def stopping(self, why: str = "") -> None:
        """From here on nothing else is said. May be repeated."""
        if not self._is_stopping:
            self._is_stopping = True
            self._send(["STOPPING=1", f"STATUS=stopping: {visible(why)[:_LONGEST_STATUS]}"])
        if self._link is not None:
            self._link.close()
            self._link = None

    def _send(self, said: list[str]) -> None:
        """Never waits. A manager that takes nothing learns it from the next one, or from our silence."""
        if self._link is None or not said:
            return
        try:
            self._link.sendto("\n".join(said).encode("utf-8", "backslashreplace"), self._address)
        except OSError:
            return


def _link() -> socket.socket | None:
    try:
        link = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | getattr(socket, "SOCK_CLOEXEC", 0))
    except OSError:
        return None
    link.settimeout(0)
    return link
