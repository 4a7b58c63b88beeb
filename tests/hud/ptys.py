# mypy: disable-error-code="no-untyped-call"
"""A program in a real pty, its screen kept by pyte: what the HUD's pty tests and its benchmark look at."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

import pyte

PLAY = Path(__file__).with_name("play.py")


class Terminal:
    """Runs play.py in a pty of its own session, and reads what it draws."""

    def __init__(self, *arguments, size=(160, 45), environ=None):
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self.bytes_read = 0
        self.code = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            clean = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "SSH_CONNECTION"}}
            clean |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"} | (
                environ or {}
            )
            os.execve(sys.executable, [sys.executable, str(PLAY), *arguments], clean)
        self.resize(*size)
        self.before = termios.tcgetattr(self.fd)

    def resize(self, width, height):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.screen.resize(height, width)

    def read(self, for_s, *, parse=True):
        """Take what is drawn for that long."""
        until_s = time.monotonic() + for_s
        while (left_s := until_s - time.monotonic()) > 0 and self.code is None:
            self._read_once(min(left_s, 0.05), parse)

    def wait(self, condition, within_s=20.0):
        """Read until the condition holds; its value, or an AssertionError with the screen."""
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s:
            if value := condition():
                return value
            if self.code is not None:
                break
            self._read_once(0.05, parse=True)
        if value := condition():
            return value
        raise AssertionError(f"not within {within_s} s; exit {self.code}\n" + "\n".join(self.screen.display))

    def header_of(self, raw):
        """The first row after these bytes are drawn: parsed afterwards, so that reading stays fast."""
        self._stream.feed(bytes(raw))
        return self.screen.display[0]

    def ended(self):
        """The exit code once it has ended, else None, as a truth: (code,)."""
        return None if self.code is None else (self.code,)

    def text(self):
        return "\n".join(self.screen.display)

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def kill(self, number):
        os.kill(self.pid, number)

    def cpu_s(self):
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def state(self):
        """The process's state in the kernel's letters: S asleep, T stopped."""
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]

    def hang_up(self):
        """Close the terminal under it; the code it ends with."""
        os.close(self.fd)
        self.fd = os.open(os.devnull, os.O_RDONLY)
        until_s = time.monotonic() + 15.0
        while self.code is None and time.monotonic() < until_s:
            self._reap(os.waitpid(self.pid, os.WNOHANG))
            time.sleep(0.02)
        return self.code

    def close(self):
        """End it if it has not ended; only this very process."""
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            self._reap(os.waitpid(self.pid, 0))
        os.close(self.fd)

    def _read_once(self, for_s, parse):
        if select.select([self.fd], [], [], for_s)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            self.bytes_read += len(data)
            self.raw += data
            if parse and data:
                self._stream.feed(data)
            if data:
                return
        self._reap(os.waitpid(self.pid, os.WNOHANG))

    def _reap(self, waited):
        pid, status = waited
        if pid:
            self.code = os.waitstatus_to_exitcode(status)
