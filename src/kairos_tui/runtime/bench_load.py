"""bench_load: the process of two venues that speak at a given rate while a whole pipeline is measured.

Before it: bench_e2e_stage, which starts it, writes a rate to its stdin whenever that changes, and reads the
ledger. When stdin closes, the process ends.
"""

import asyncio
import json
import mmap
import os
import signal
import struct
import sys
import time
from pathlib import Path
from typing import Self

import msgspec
import uvloop
from msgspec import Struct

from kairos_tui.runtime.child import die_with_parent
from kairos_tui.sim.load import LoadMarket, LoadPlan, LoadVenue

_WORD = struct.Struct("<Q")
_HEAD = 2
MOST_UPDATES = 8_000_000
_BURST_MOST = 10
_AT_ONCE = 400
_CALM_EVERY_S = 0.1
_FIRST_PER_S = 200
_PAUSED_S = 0.01
_APART = 3
"""Turns between the swings of two markets, so that one decision has one signal, as it nearly always has."""


class LoadOrder(Struct, frozen=True):
    """What to serve, and where the ledger is."""

    plan: LoadPlan
    ledger: str


class Ledger:
    """Shared memory: how many updates were said, how many frames, and when each update left (monotonic ns).

    Updates are numbered from 1; of those past MOST_UPDATES the moment is not kept.
    """

    def __init__(self, path: Path, *, make: bool) -> None:
        size = _WORD.size * (_HEAD + MOST_UPDATES + 1)
        descriptor = os.open(path, os.O_RDWR | (os.O_CREAT if make else 0), 0o600)
        if make:
            os.ftruncate(descriptor, size)
        self._memory = mmap.mmap(descriptor, size)
        os.close(descriptor)

    @property
    def updates(self) -> int:
        return self._read(0)

    @property
    def frames(self) -> int:
        """Of both venues: updates, and the depth in between."""
        return self._read(1)

    def note(self, updates: int, frames: int) -> None:
        _WORD.pack_into(self._memory, 0, updates)
        _WORD.pack_into(self._memory, _WORD.size, frames)

    def note_sent(self, number: int, now_ns: int) -> None:
        if number <= MOST_UPDATES:
            _WORD.pack_into(self._memory, (_HEAD + number) * _WORD.size, now_ns)

    def sent_ns(self, number: int) -> int:
        """0 for one that was never said, or whose moment was not kept."""
        return self._read(_HEAD + number) if 0 < number <= MOST_UPDATES else 0

    def close(self) -> None:
        self._memory.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _read(self, place: int) -> int:
        word: int = _WORD.unpack_from(self._memory, place * _WORD.size)[0]
        return word


class Load:
    """One venue speaks at a given rate, all its markets in turn, and swings; the other just stays alive.

    So one worker has the whole rate, as the name of a rate says.
    """

    def __init__(self, order: LoadOrder, calm: LoadVenue, busy: LoadVenue, ledger: Ledger) -> None:
        self.per_s = _FIRST_PER_S
        self._plan, self._calm, self._busy, self._ledger = order.plan, calm, busy, ledger
        self._markets = tuple(busy.markets.values())
        self._updates = self._busy_updates = self._frames = 0

    async def run(self) -> None:
        """Until cancelled. A turn that comes late says what is due, so that the rate holds."""
        loop = asyncio.get_running_loop()
        due, since_s, calm_s, per_s = 0.0, loop.time(), loop.time(), self.per_s
        while True:
            now_s = loop.time()
            if self.per_s != per_s:
                per_s, due = self.per_s, 0.0
            due = min(due + (now_s - since_s) * per_s, _AT_ONCE)
            since_s = now_s
            burst = max(1, min(_BURST_MOST, per_s // 1_000))
            while per_s and due >= burst:
                due -= burst
                self._say(burst)
            if now_s >= calm_s:
                calm_s = now_s + _CALM_EVERY_S
                self._say_calmly()
            self._ledger.note(self._updates, self._frames)
            wait_s = (burst - due) / per_s if per_s else _PAUSED_S
            await asyncio.sleep(max(0.0, wait_s - (loop.time() - now_s)))

    def _say(self, count: int) -> None:
        for _ in range(count):
            self._busy_updates += 1
            turn, place = divmod(self._busy_updates, len(self._markets))
            is_up = bool((turn + _APART * place) // self._plan.swing_every % 2)
            self._say_one(self._busy, self._markets[place], up=is_up)

    def _say_calmly(self) -> None:
        """The calm venue's markets, and the depth of both."""
        if self.per_s:
            for market in self._calm.markets.values():
                self._say_one(self._calm, market, up=False)
        self._frames += self._calm.say_depth() + self._busy.say_depth()

    def _say_one(self, venue: LoadVenue, market: LoadMarket, *, up: bool) -> None:
        self._updates += 1
        update = market.move(self._updates, up=up)
        self._ledger.note_sent(self._updates, time.monotonic_ns())
        self._frames += venue.say_best(market, update)


async def serve(order: LoadOrder) -> None:
    """Serve until stdin closes; the first line on stdout says where."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(0, "rb")
    )
    with Ledger(Path(order.ledger), make=False) as ledger:
        async with _venue(order) as calm, _venue(order) as busy, asyncio.TaskGroup() as tasks:
            load = Load(order, calm, busy, ledger)
            running = tasks.create_task(load.run())
            origins = [(venue.origin.rest, venue.origin.ws) for venue in (calm, busy)]
            sys.stdout.write(json.dumps(origins) + "\n")
            sys.stdout.flush()
            while line := await reader.readline():
                load.per_s = int(line)
            running.cancel()


def _venue(order: LoadOrder) -> LoadVenue:
    return LoadVenue(order.plan, lambda: time.time_ns() // 1_000_000)


def main() -> None:
    """Enter the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(signal.SIGKILL)
    uvloop.run(serve(msgspec.json.decode(sys.argv[1], type=LoadOrder)))


if __name__ == "__main__":
    main()
