"""DoorLink: says who we are at another machine's engine, and keeps asking what its clock says.

Before it: the roles that connect. After it: Door in the engine's process. Its clock goes into frames' heads.
"""

import threading
import time
from collections import OrderedDict

from kairos_tui.errors import WireRefused
from kairos_tui.market import NO_KEYS, KeyRing
from kairos_tui.wire.clock_offset import ClockOffset
from kairos_tui.wire.door import is_understood
from kairos_tui.wire.door_sockets import open_dealer
from kairos_tui.wire.door_words import (
    SENDS,
    Answered,
    Hello,
    Ping,
    Pong,
    Refusal,
    Welcome,
    pack_word,
    unpack_answered,
)
from kairos_tui.wire.version import VERSION, foreign_version

SILENT_AFTER_NS = 2_000_000_000
_ASK_EVERY_NS = 500_000_000
_KNOCK_EVERY_NS = 50_000_000
_ASK_AGAIN_NS = 2_000_000_000
"""Who was refused may be welcome later: another version may have been installed there."""
_SOON_NS = 20_000_000
_SOON_TIMES = 8
"""After a welcome so many pings come quickly, so that the clock is known well from the start."""
_LOOK_AROUND_MS = 100
_MOST_ASKED = 64


class DoorLink:
    """Connects, and stays connected over restarts of the engine; serves itself in a thread until closed.

    `welcome` is what the engine last said of itself, `refusal` why it does not serve us. What it says that is
    not said by a door is counted in `foreign`.
    """

    def __init__(self, endpoint: str, hello: Hello, *, ring: KeyRing = NO_KEYS) -> None:
        self.welcome: Welcome | None = None
        self.refusal: str | None = None
        self.foreign = 0
        self._endpoint = endpoint.partition("#")[0]
        self._hello = hello
        self._clock = ClockOffset()
        self._is_known = False
        self._key_trouble: str | None = None
        self._asked: OrderedDict[int, None] = OrderedDict()
        self._soon = 0
        self._next_ns = self._heard_ns = time.monotonic_ns()
        self._socket = open_dealer(endpoint, ring)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="door link", daemon=True)
        self._thread.start()

    def clock(self) -> tuple[int, int] | None:
        """What to add to our monotonic stamps to have the engine's, and how wrong that may be (ns).

        None before it is known, and while the engine that answers has not said who it is.
        """
        return self._clock.at(time.monotonic_ns()) if self._is_known else None

    @property
    def trouble(self) -> str | None:
        """Why we are not served: we or our key are refused, or no answer. None: we are, or it is early."""
        if self.refusal is not None:
            return self.refusal
        if time.monotonic_ns() - self._heard_ns < SILENT_AFTER_NS:
            return None
        if self._key_trouble is not None:
            return self._key_trouble
        return f"{self._endpoint} does not answer"

    def let_go(self) -> None:
        """End soon, and let nobody wait for it."""
        self._closing.set()

    def close(self) -> None:
        """End within 0.3 s. May be repeated."""
        self.let_go()
        self._thread.join()

    def _serve(self) -> None:
        try:
            self._turn_until_closing()
        finally:
            self._socket.close(waits=False)

    def _turn_until_closing(self) -> None:
        while not self._closing.is_set():
            now_ns = time.monotonic_ns()
            if now_ns >= self._next_ns:
                self._ask(now_ns)
            wait_ms = max(1, min(_LOOK_AROUND_MS, (self._next_ns - now_ns) // 1_000_000))
            packed = self._socket.receive_within(wait_ms)
            if packed is not None:
                self._take(packed, time.monotonic_ns())

    def _ask(self, now_ns: int) -> None:
        if not self._socket.has_room():
            self._next_ns = now_ns + _KNOCK_EVERY_NS  # nobody is there
        else:
            self._next_ns = now_ns + (_SOON_NS if self._soon else _ASK_EVERY_NS)
            self._soon = max(0, self._soon - 1)
        self._socket.look_for_trouble()
        self._key_trouble = self._socket.trouble  # kept here: others may not look into it while it changes
        if now_ns - self._heard_ns > SILENT_AFTER_NS:
            self._is_known = False  # who answers next may be another
        if not self._is_known:
            self._socket.send_now(pack_word(self._hello))
            return
        left_ns = time.monotonic_ns()
        if self._socket.send_now(pack_word(Ping(left_ns, self._clock.at(left_ns)))):
            self._asked[left_ns] = None
            if len(self._asked) > _MOST_ASKED:
                self._asked.popitem(last=False)

    def _take(self, packed: bytes, now_ns: int) -> None:
        try:
            answered = unpack_answered(packed)
        except WireRefused:
            self.foreign += 1
            return
        self._heard_ns = now_ns
        if isinstance(answered, Pong):
            self._on_pong(answered, now_ns)
        else:
            self._on_answer(answered, now_ns)

    def _on_pong(self, pong: Pong, now_ns: int) -> None:
        if pong.left_ns not in self._asked:
            self.foreign += 1
            return
        del self._asked[pong.left_ns]
        self._clock.on_answer(pong.left_ns, pong.came_ns, pong.answered_ns, now_ns)

    def _on_answer(self, answered: Answered, now_ns: int) -> None:
        self._is_known = False
        match answered:
            case Welcome():
                self._on_welcome(answered, now_ns)
            case Refusal():
                self.refusal, self._next_ns = answered.reason, now_ns + _ASK_AGAIN_NS
            case _:
                self._next_ns = now_ns

    def _on_welcome(self, welcome: Welcome, now_ns: int) -> None:
        reason = self._why_not(welcome)
        if reason is not None:
            self.refusal, self._next_ns = reason, now_ns + _ASK_AGAIN_NS
            return
        if not _is_same_life(self.welcome, welcome):
            self._asked.clear()
            self._clock.forget()
        self.welcome, self.refusal, self._is_known = welcome, None, True
        self._soon, self._next_ns = _SOON_TIMES, now_ns

    def _why_not(self, welcome: Welcome) -> str | None:
        """An engine of another version may not know that we cannot understand each other."""
        sends = self._hello.role in SENDS
        sender, reader = (VERSION, welcome.wire) if sends else (welcome.wire, VERSION)
        if is_understood(sender=sender, reader=reader):
            return None
        versions = f"kairos {welcome.version} there, {self._hello.version} here"
        said = f"{self._endpoint}: {foreign_version(welcome.wire)}"
        return f"{said} ({versions}): install the same on both machines"


def _is_same_life(before: Welcome | None, now: Welcome) -> bool:
    """Another life of an engine may be on another machine, with another clock."""
    if before is None:
        return False
    return (before.run, before.engine, before.epoch) == (now.run, now.engine, now.epoch)
