"""bench_bus_orders: what the two processes of a bus measurement are told, what they answer, what a bus is.

Before it: bench_bus_pair, which orders. After it: bench_bus_worker, which obeys. JSON lines over their pipes.
"""

import struct
from typing import Protocol

import msgspec
from msgspec import Struct

STAMP = struct.Struct("<QQ")
"""Number and monotonic ns of sending: what each message begins with, whatever else it holds."""


class Bus(Struct, frozen=True, kw_only=True):
    """One way from a process to another. `sender` and `reader` are `module:callable`; both get the address.

    The sender opens at `address` and says where the reader finds it; `{turn}` in it is the round's number.
    `keeps`: whether a message that no reader has taken is still there for one that comes later. `paced_per_s`
    is the rate its latency is measured at; a slow bus is asked for `most_paced` and `most_flat_out` a round.
    """

    name: str
    shown: str
    sender: str
    reader: str
    address: str
    keeps: bool
    note: str = ""
    paced_per_s: int = 1_000
    most_paced: int = 1_000
    most_flat_out: int = 1_000_000


class Sending(Protocol):
    """The sending end of a bus."""

    address: str

    def has_reader(self, timeout_s: float) -> bool: ...
    def send(self, message: bytes) -> None: ...
    def send_all(self, messages: list[bytes]) -> None: ...
    def server_cpu_s(self) -> float | None: ...
    def close(self) -> None: ...


class Reading(Protocol):
    """The reading end of a bus."""

    def receive(self, timeout_s: float) -> list[bytes]: ...
    def close(self) -> None: ...


class OpenSender(Struct, frozen=True, tag=True):
    """Open the sending end; answered by Opened."""

    end: str
    address: str


class OpenReader(Struct, frozen=True, tag=True):
    """Open the reading end; answered by Opened."""

    end: str
    address: str


class Send(Struct, frozen=True, tag=True):
    """Send `count` messages numbered from `first`; answered by Sent. `per_s` 0 = flat out."""

    first: int
    count: int
    per_s: int
    filling: bytes
    most_s: float


class Read(Struct, frozen=True, tag=True):
    """Read until `count` messages from `first` on have come; answered by Listening, then by HaveRead."""

    first: int
    count: int
    ages: bool


class AllSent(Struct, frozen=True, tag=True):
    """To the reader: no more than `count` were sent. What does not come in a second of quiet is lost."""

    count: int


class Close(Struct, frozen=True, tag=True):
    """Close what is open; answered by Closed."""


class Opened(Struct, frozen=True, tag=True):
    """The end is open, at `address`."""

    address: str


class Listening(Struct, frozen=True, tag=True):
    """The reader is about to read."""


class Sent(Struct, frozen=True, tag=True):
    """`count` were sent, the first of them at `first_ns`."""

    count: int
    first_ns: int
    cpu_ns: int
    server_cpu_ns: int | None


class HaveRead(Struct, frozen=True, tag=True):
    """How many different ones came, how many came again, and at what age each came, if that was asked."""

    came: int
    repeated: int
    ages_ns: list[int]
    last_ns: int
    cpu_ns: int


class Closed(Struct, frozen=True, tag=True):
    """Nothing is open."""


class Failed(Struct, frozen=True, tag=True):
    """It did not work; `reason` is one line."""

    reason: str


Order = OpenSender | OpenReader | Send | Read | AllSent | Close
Answer = Opened | Listening | Sent | HaveRead | Closed | Failed

orders = msgspec.json.Decoder(Order)
answers = msgspec.json.Decoder(Answer)


def as_line(told: Order | Answer) -> bytes:
    """One line for a pipe."""
    return msgspec.json.encode(told) + b"\n"


def filling_of(body: bytes, size: int | None) -> bytes:
    """What follows the stamp: `body`, or it repeated and cut so that both together are `size` bytes."""
    if size is None:
        return body
    room = size - STAMP.size
    return (body * (room // len(body) + 1))[:room]
