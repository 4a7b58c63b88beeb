"""A long wire between two TUN devices: each IP packet comes after a delay, some never. Its own process.

Started with the descriptors of both devices. Orders come as lines on stdin: `delay_ms 20`, `loss 0.01`,
`cut`, `join`; each is answered with the counts so far, as a JSON line.
"""

import json
import os
import random
import select
import sys
import time
from collections import deque

_MOST_BYTES = 2_048
_MOST_ON_THE_WAY = 20_000


class LongWire:
    """Carries both ways; what is lost is the same for the same seed and the same packets."""

    def __init__(self, near: int, far: int, seed: int) -> None:
        self.delay_ns, self.loss, self.is_cut = 20_000_000, 0.0, False
        self.carried = self.lost = self.late = 0
        self._ways = ((near, far, deque[tuple[int, bytes]]()), (far, near, deque[tuple[int, bytes]]()))
        self._random = random.Random(seed)

    def obey(self, line: str) -> str:
        word, _, figure = line.partition(" ")
        match word:
            case "delay_ms":
                self.delay_ns = int(float(figure) * 1e6)
            case "loss":
                self.loss = float(figure)
            case "cut" | "join":
                self.is_cut = word == "cut"
            case _:
                pass
        return json.dumps({"carried": self.carried, "lost": self.lost, "late_ms": self.late / 1e6})

    def take(self, device: int) -> None:
        """All that waits there."""
        now_ns = time.monotonic_ns()
        waiting = next(waiting for source, _to, waiting in self._ways if source == device)
        while True:
            try:
                packet = os.read(device, _MOST_BYTES)
            except OSError:
                return
            if self.is_cut or self._random.random() < self.loss or len(waiting) >= _MOST_ON_THE_WAY:
                self.lost += 1
            else:
                waiting.append((now_ns + self.delay_ns, packet))

    def give(self) -> float:
        """What is due; returns how long until more is, in ms."""
        now_ns, next_ns = time.monotonic_ns(), 1 << 62
        for _source, to, waiting in self._ways:
            while waiting and waiting[0][0] <= now_ns:
                due_ns, packet = waiting.popleft()
                self.late = max(self.late, now_ns - due_ns)
                try:
                    os.write(to, packet)
                    self.carried += 1
                except OSError:
                    self.lost += 1
            if waiting:
                next_ns = min(next_ns, waiting[0][0])
        return min(1_000.0, max(0.0, (next_ns - now_ns) / 1e6))


def main() -> None:
    near, far, seed = map(int, sys.argv[1:])
    wire = LongWire(near, far, seed)
    poll = select.poll()
    for descriptor in (near, far, 0):
        poll.register(descriptor, select.POLLIN)
    while True:
        wait_ms = wire.give()
        for descriptor, _events in poll.poll(wait_ms + 0.5 if wait_ms else 0):
            if descriptor != 0:
                wire.take(descriptor)
            elif line := sys.stdin.readline():
                print(wire.obey(line.strip()), flush=True)
            else:
                return


if __name__ == "__main__":
    main()
