"""bench_decode_venue: a loopback exchange in its own process; it sends bursts as fast as they are read.

Before it: bench_decode, which loads it. After it: the lanes of feeds. One port for each lane, so that a burst
reaches one of them alone. Raw sockets: what it costs to send is not what is measured.
"""

import base64
import hashlib
import json
import multiprocessing
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
ANSWER_WITHIN_S = 20.0

Answers = Mapping[str, Any]
"""What REST says, by the beginning of the path and query."""

Frames = list[tuple[str, str]]


class Venue:
    """Our side of it. `places` are host:port, one for each of the `answers` it was started with."""

    def __init__(self, pipe: "Connection[Any, Any]") -> None:
        self._pipe = pipe
        self.places: list[str] = self._answer()

    def load(self, place: int, frames: Frames, after: Answers) -> bool:
        """Make ready what is sent next there; False while nobody has subscribed to one of the markets.

        `after` is what REST says from then on: our feeds hold their books against it now and then.
        """
        self._pipe.send((place, frames, after))
        return bool(self._answer())

    def go(self, per_s: float | None = None) -> None:
        """Send it: all at once, or one frame after the other at this pace."""
        self._pipe.send(per_s)

    def _answer(self) -> Any:  # noqa: ANN401  what a pipe brings
        if not self._pipe.poll(ANSWER_WITHIN_S):
            raise TimeoutError("the bench's exchange says nothing")
        return self._pipe.recv()


@contextmanager
def venue(answers: Sequence[Answers]) -> Iterator[Venue]:
    """It ends with the block, and with us."""
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe()
    process = context.Process(target=serve, args=(its, list(answers)), daemon=True)
    process.start()
    its.close()
    try:
        yield Venue(ours)
    finally:
        ours.close()
        process.join(1.0)
        process.kill()


def serve(pipe: "Connection[Any, Any]", answers: list[Answers]) -> None:
    """The process. It ends when the pipe does."""
    doors = [_Door(each) for each in answers]
    pipe.send([f"127.0.0.1:{door.port}" for door in doors])
    loaded: list[tuple[socket.socket, bytes]] = []
    place, after = 0, answers[0]
    with suppress(EOFError, ConnectionError):
        while True:
            order = pipe.recv()
            if isinstance(order, tuple):
                place, frames, after = order
                is_followed = doors[place].follows(frames)
                loaded = doors[place].addressed(frames) if is_followed else []
                pipe.send(is_followed)
                continue
            doors[place].answer_with(after)
            if order is None:
                for client, body in _joined(loaded):
                    threading.Thread(target=_send, args=(client, body), daemon=True).start()
            else:
                _pace(loaded, order)


class _Door:
    """One port."""

    def __init__(self, answers: Answers) -> None:
        self._answers: dict[str, bytes] = {}
        self.answer_with(answers)
        self._followers: dict[str, socket.socket] = {}
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def answer_with(self, answers: Answers) -> None:
        self._answers |= {path: json.dumps(body).encode() for path, body in answers.items()}

    def follows(self, frames: Frames) -> bool:
        return self._followers.keys() >= {market_id for market_id, _ in frames}

    def addressed(self, frames: Frames) -> list[tuple[socket.socket, bytes]]:
        """Each goes to the connection that subscribed to its market."""
        return [(self._followers[market_id], _frame(TEXT, text.encode())) for market_id, text in frames]

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._meet, args=(client,), daemon=True).start()

    def _meet(self, client: socket.socket) -> None:
        with suppress(OSError, EOFError), client.makefile("rb") as reader:
            path, headers = _head(reader)
            if "sec-websocket-key" not in headers:
                found = (body for start, body in self._answers.items() if path.startswith(start))
                body = next(found, b"{}")
                client.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                    b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
                )
                client.shutdown(socket.SHUT_RDWR)
                return
            key = headers["sec-websocket-key"].encode()
            accept = base64.b64encode(hashlib.sha1(key + GUID).digest())  # noqa: S324  the protocol's own
            client.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            while True:
                self._hear(client, *_read_frame(reader))

    def _hear(self, client: socket.socket, op: int, payload: bytes) -> None:
        if op == CLOSE:
            raise EOFError
        if op == PING:
            client.sendall(_frame(PONG, payload))
        if op != TEXT:
            return
        request = json.loads(payload)
        for stream in request["params"]:
            self._followers[stream.partition("@")[0].upper()] = client
        client.sendall(_frame(TEXT, json.dumps({"result": None, "id": request["id"]}).encode()))


def _joined(loaded: list[tuple[socket.socket, bytes]]) -> list[tuple[socket.socket, bytes]]:
    parts: dict[socket.socket, list[bytes]] = {}
    for client, body in loaded:
        parts.setdefault(client, []).append(body)
    return [(client, b"".join(bodies)) for client, bodies in parts.items()]


def _pace(loaded: list[tuple[socket.socket, bytes]], per_s: float) -> None:
    began_s = time.monotonic()
    for number, (client, body) in enumerate(loaded):
        time.sleep(max(0.0, began_s + number / per_s - time.monotonic()))
        _send(client, body)


def _send(client: socket.socket, body: bytes) -> None:
    with suppress(OSError):
        client.sendall(body)


def _head(reader: Any) -> tuple[str, dict[str, str]]:  # noqa: ANN401  a binary file
    path = _line(reader).split(" ")[1]
    headers: dict[str, str] = {}
    while line := _line(reader):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return path, headers


def _line(reader: Any) -> str:  # noqa: ANN401  a binary file
    line: bytes = reader.readline()
    if not line:
        raise EOFError
    return line.decode("latin-1").rstrip("\r\n")


def _read_frame(reader: Any) -> tuple[int, bytes]:  # noqa: ANN401  a binary file
    """A client's, which is masked."""
    first, second = _exactly(reader, 2)
    size = second & 127
    if size == 126:
        (size,) = struct.unpack(">H", _exactly(reader, 2))
    mask = _exactly(reader, 4)
    masked = _exactly(reader, size)
    return first & 15, bytes(byte ^ mask[place % 4] for place, byte in enumerate(masked))


def _exactly(reader: Any, size: int) -> bytes:  # noqa: ANN401  a binary file
    data: bytes = reader.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _frame(op: int, payload: bytes) -> bytes:
    if len(payload) < 126:
        return bytes([0x80 | op, len(payload)]) + payload
    return bytes([0x80 | op, 126]) + struct.pack(">H", len(payload)) + payload
