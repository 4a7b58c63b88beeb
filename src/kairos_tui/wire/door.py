"""Door: where those on other machines say who they are, and learn whose door it is and what its clock says.

Before it: DoorLinks in other processes. After it: the engine's role, which shows who is there.
"""

import os
import threading
import time
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from kairos_tui.errors import WireRefused
from kairos_tui.market import NO_KEYS, KeyRing
from kairos_tui.wire.address import claim
from kairos_tui.wire.door_sockets import Question, answer, next_question, open_router
from kairos_tui.wire.door_words import (
    ROLES,
    SENDS,
    Answered,
    Hello,
    Ping,
    Pong,
    Refusal,
    Stranger,
    Welcome,
    pack_word,
    unpack_asked,
)
from kairos_tui.wire.version import FORMER, VERSION, foreign_version

GONE_AFTER_NS = 3_000_000_000
"""A link asks twice a second: who has asked nothing for so long is not there."""
_MOST_CLIENTS = 256
_LOOK_AROUND_MS = 100


class DoorClient(Struct, frozen=True):
    """Who is there: what it said of itself, when it was last heard (monotonic ns), its host ("": ours).

    `clock`: what must be added to its monotonic stamps to have ours, and how wrong that may be (ns); None is
    not known yet.
    """

    role: str
    name: str
    version: str
    wire: int
    heard_ns: int
    host: str = ""
    clock: tuple[int, int] | None = None


class Door:
    """Binds its address, alone, and serves it in a thread of its own until closed.

    `welcome` is called in that thread, once for each hello. What is not said at a door is counted in
    `foreign`, and not answered. Refused ones are counted in `refused`, the last of them is in `last_refusal`.
    """

    def __init__(self, endpoint: str, welcome: Callable[[], Welcome], *, ring: KeyRing = NO_KEYS) -> None:
        self.foreign = 0
        self.refused = 0
        self.last_refusal: str | None = None
        self._welcome = welcome
        self._clients: dict[bytes, DoorClient] = {}
        self._lock = threading.Lock()
        self._claim: int | None = claim(endpoint)
        self._socket = open_router(endpoint, ring)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="door", daemon=True)
        self._thread.start()

    @property
    def endpoint(self) -> str:
        """What a link connects to: the address, of a TCP port with its number and our public key."""
        return self._socket.endpoint

    @property
    def refused_peers(self) -> int:
        """How many came to a TCP port without a key that is allowed."""
        return self._socket.refused_peers

    def clients(self) -> tuple[DoorClient, ...]:
        """Who is there now."""
        now_ns = time.monotonic_ns()
        with self._lock:
            self._forget_gone(now_ns)
            return tuple(self._clients.values())

    def close(self) -> None:
        """Within a tenth of a second. May be repeated."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._thread.join()
        self._socket.close(waits=False)
        if self._claim is not None:
            os.close(self._claim)

    def _serve(self) -> None:
        while not self._closing.is_set():
            question = next_question(self._socket, _LOOK_AROUND_MS)
            if question is not None:
                self._take(question, time.monotonic_ns())

    def _take(self, question: Question, came_ns: int) -> None:
        try:
            asked = unpack_asked(question.body)
        except WireRefused:
            self.foreign += 1
            return
        if isinstance(asked, Hello):
            answer(self._socket, question, pack_word(self._greet(question, asked, came_ns)))
        elif self._knows(question.asker, asked, came_ns):
            self._answer_ping(question, asked, came_ns)
        else:
            answer(self._socket, question, pack_word(Stranger()))

    def _answer_ping(self, question: Question, ping: Ping, came_ns: int) -> None:
        answer(self._socket, question, pack_word(Pong(ping.left_ns, came_ns, time.monotonic_ns())))

    def _greet(self, question: Question, hello: Hello, now_ns: int) -> Answered:
        welcome = self._welcome()
        client = DoorClient(hello.role, hello.name, hello.version, hello.wire, now_ns, question.host)
        with self._lock:
            self._forget_gone(now_ns)
            self._clients.pop(question.asker, None)
            reason = why_refused(hello, welcome)
            if reason is None and len(self._clients) >= _MOST_CLIENTS:
                reason = f"{_MOST_CLIENTS} others are there already: this engine serves no more"
            if reason is None:
                self._clients[question.asker] = client
                return welcome
        self.refused += 1
        self.last_refusal = f"{hello.role} {hello.name}: {reason}"
        return Refusal(reason)

    def _knows(self, asker: bytes, ping: Ping, now_ns: int) -> bool:
        with self._lock:
            known = self._clients.get(asker)
            if known is None:
                return False
            self._clients[asker] = replace(known, heard_ns=now_ns, clock=ping.clock)
            return True

    def _forget_gone(self, now_ns: int) -> None:
        clients = self._clients.items()
        for asker in [asker for asker, each in clients if now_ns - each.heard_ns > GONE_AFTER_NS]:
            del self._clients[asker]


def why_refused(hello: Hello, welcome: Welcome) -> str | None:
    """Why this one is not served here, in a sentence for people; None = it is. Pure."""
    sends = hello.role in SENDS
    if hello.role not in ROLES:
        return f"{hello.role!r} is no role here: {', '.join(sorted(ROLES))}"
    sender, reader = (hello.wire, VERSION) if sends else (VERSION, hello.wire)
    if not is_understood(sender=sender, reader=reader):
        versions = f"kairos {welcome.version} here, {hello.version} there"
        return f"{foreign_version(hello.wire)} ({versions}): install the same on both machines"
    if hello.feed != welcome.feed and (hello.feed or sends):
        theirs = hello.feed or "unknown"
        return f"this engine's feed is {welcome.feed}, that of {hello.name} is {theirs}: they are never mixed"
    return None


def is_understood(*, sender: int, reader: int) -> bool:
    """Whether one wire version is read by who writes another: everybody reads the one before its own."""
    return sender in (reader, reader - 1) and sender >= FORMER
