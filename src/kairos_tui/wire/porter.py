"""porter: lets in to a bound TCP socket whose public key lies in the folder, and counts who was refused.

Before it: sockets, one porter for each socket that binds. Beside it: curve, which reads the folder.
ZeroMQ asks it (ZAP, rfc.zeromq.org/spec/27) once for each connection, before a message is taken from it.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import zmq
from zmq.utils import z85

from kairos_tui.errors import SettingsInvalid
from kairos_tui.wire.curve import allowed_keys, public_key

DOMAIN: Final = b"kairos"
_ASKED_AT = "inproc://zeromq.zap.01"
_STOP_AT = "inproc://porter.stop"
_REREAD_EVERY_NS = 1_000_000_000
_LEAVES_WITHIN_S = 2.0
_IN, _NOW = int(zmq.POLLIN), int(zmq.NOBLOCK)
_STRANGE = int(zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL)
_FRAMES, _KEY_BYTES = 7, 32
_Socket = zmq.Socket[bytes]
_Context = zmq.Context[_Socket]


class AllowList:
    """The public keys in a folder of `.pub`s. One that is unknown makes it read again, once a second at most;
    one that was taken away is unknown at once."""

    def __init__(self, folder: Path, *, clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._folder = folder
        self._clock_ns = clock_ns
        self._names = allowed_keys(folder)
        self._reread_at_ns = 0

    def name_of(self, public: str) -> str | None:
        """Whose key it is, or None for nobody's."""
        name = self._names.get(public)
        if name is not None and self._still_there(name, public):
            return name
        now_ns = self._clock_ns()
        if now_ns < self._reread_at_ns:
            return None
        self._reread_at_ns = now_ns + _REREAD_EVERY_NS
        self._names = allowed_keys(self._folder)
        return self._names.get(public)

    def _still_there(self, name: str, public: str) -> bool:
        try:
            return public_key(self._folder / f"{name}.pub") == public
        except SettingsInvalid:
            return False


class Porter:
    """A thread that answers for one socket, in that socket's own context."""

    def __init__(self, context: _Context, bound: _Socket, folder: Path) -> None:
        self.refused = 0
        self.last_refusal: str | None = None
        self._allowed = AllowList(folder)
        self._folder = folder
        asked, stopped = context.socket(zmq.REP), context.socket(zmq.PAIR)
        asked.bind(_ASKED_AT)
        stopped.bind(_STOP_AT)
        self._stop = context.socket(zmq.PAIR)
        self._stop.connect(_STOP_AT)
        strangers = bound.get_monitor_socket(_STRANGE)
        self._thread = threading.Thread(
            target=self._serve, args=(asked, stopped, strangers), name="porter", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Nobody new is let in from here on; the thread is gone when this returns. To be called once."""
        self._stop.send(b"")
        self._thread.join(_LEAVES_WITHIN_S)
        self._stop.close(linger=0)

    def _serve(self, asked: _Socket, stopped: _Socket, strangers: _Socket) -> None:
        waits_for = [(asked, _IN), (stopped, _IN), (strangers, _IN)]
        try:
            while stopped not in (ready := {each for each, _ in zmq.zmq_poll(waits_for, -1)}):
                if asked in ready:
                    asked.send_multipart(self._judge(asked.recv_multipart()))
                if strangers in ready:
                    strangers.recv_multipart(_NOW)
                    self._refuse("one came who showed no key, or asked for another than ours")
        except zmq.ContextTerminated:
            pass  # the socket was dropped without being closed
        finally:
            for each in (asked, stopped, strangers):
                each.close(linger=0)

    def _judge(self, question: list[bytes]) -> list[bytes]:
        """The answer to one request: version, number, domain, address, identity, mechanism, key. What is not
        exactly as expected is refused."""
        whole = question if len(question) == _FRAMES else [b""] * _FRAMES
        _, number, domain, came_from, _, mechanism, key = whole
        name = None
        if (domain, mechanism, len(key)) == (DOMAIN, b"CURVE", _KEY_BYTES):
            public = z85.encode(key).decode()
            name = self._allowed.name_of(public)
            if name is None:
                came = came_from.decode(errors="replace")
                self._refuse(f"{came} came with the key {public}, which no .pub in {self._folder} holds")
        if name is None:
            return [b"1.0", number, b"400", b"unknown key", b"", b""]
        return [b"1.0", number, b"200", b"", name.encode(), b""]

    def _refuse(self, reason: str) -> None:
        self.refused += 1
        self.last_refusal = reason
