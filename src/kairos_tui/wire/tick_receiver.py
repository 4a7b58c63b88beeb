"""TickReceiver: the engine's end of the tick hop. Waits once, then takes all that is there.

Before it: TickSenders in other processes. After it: the engine's role. Synchronous.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from kairos_tui.errors import WireRefused
from kairos_tui.market import NO_KEYS, KeyRing, PackedTick
from kairos_tui.wire.address import claim, is_tcp, path_of
from kairos_tui.wire.codec import unpack_frame
from kairos_tui.wire.loss_ledger import LedgerFile, LossLedger
from kairos_tui.wire.records import Arrival
from kairos_tui.wire.sockets import open_pull

MOST_AT_ONCE = 5_000
OnFrame = Callable[[int, bytes], None]
"""Told the instant of arrival (monotonic ns) and the frame."""


class TickReceiver:
    """Binds the ticks' address, alone. A frame that is not ours is counted in `ledger.foreign` and dropped.

    What one `drain` returned counts as used when the next one is called; if the process is killed in
    between, its successor counts that batch as lost. `on_frame`, while there is one, is given every frame
    as it came, also those that are then refused, and when. The `ledger` is a file that a successor goes on
    with; by default it lies beside an `ipc://` address, and a TCP port has none.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        ring: KeyRing = NO_KEYS,
        ledger: Path | None = None,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.on_frame: OnFrame | None = None
        self._clock_ns = clock_ns
        self._is_closed = False
        self._claim = claim(endpoint)
        self._socket = open_pull(endpoint, ring)
        if ledger is None and not is_tcp(endpoint):
            ledger = path_of(endpoint).with_suffix(".ledger")
        self._file = LedgerFile(ledger) if ledger is not None else None
        self.ledger: LossLedger = self._file.load() if self._file is not None else LossLedger()
        self.ledger.joins_late = is_tcp(endpoint)
        self._unsaved = False

    @property
    def endpoint(self) -> str:
        """What a sender connects to: the address, of a TCP port with its number and our public key."""
        return self._socket.endpoint

    @property
    def refused_peers(self) -> int:
        """How many came to a TCP port without a key that is allowed."""
        return self._socket.refused_peers

    @property
    def last_refusal(self) -> str | None:
        """Why the last of them was refused."""
        return self._socket.last_refusal

    def drain(self, timeout_ms: int) -> list[Arrival]:
        """Wait up to `timeout_ms` for something, then take what is there, about 5,000 records at most."""
        self._remember()
        arrivals: list[Arrival] = []
        frame = self._socket.receive_within(timeout_ms)
        for _ in range(MOST_AT_ONCE):
            if frame is None:
                break
            self._take(frame, arrivals)
            if len(arrivals) >= MOST_AT_ONCE:
                break
            frame = self._socket.receive_now()
        return arrivals

    def close(self) -> None:
        """Give the address back. May be repeated."""
        if self._is_closed:
            return
        self._is_closed = True
        self._remember()
        self._socket.close()
        if self._file is not None:
            self._file.close()
        if self._claim is not None:
            os.close(self._claim)

    def _take(self, frame: bytes, arrivals: list[Arrival]) -> None:
        arrived_ns = self._clock_ns()
        self._unsaved = True
        if self.on_frame is not None:
            self.on_frame(arrived_ns, frame)
        try:
            head, records = unpack_frame(frame, arrived_ns)
        except WireRefused:
            self.ledger.foreign += 1
            return
        ticks = sum(type(record) is PackedTick for record in records)
        if self.ledger.admit(head, len(records), ticks):
            arrivals.extend(Arrival(record, head.sender, head.sent_ns, arrived_ns) for record in records)

    def _remember(self) -> None:
        if self._unsaved and self._file is not None:
            self._file.save(self.ledger)
            self._unsaved = False
