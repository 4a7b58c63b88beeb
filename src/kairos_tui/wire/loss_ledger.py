"""LossLedger: numbers on frames -> what was received, lost and refused, per sender, exactly.

Before it: frame heads. After it: the board's rates. Kept in a file beside the socket, so that an engine
killed and restarted still knows what its predecessor had used.
"""

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from kairos_tui.wire.codec import FrameHead

_MOST_SENDERS = 256


class Tally(Struct, array_like=True):
    """received + lost + refused = every number seen to be used by the sender."""

    received: int = 0
    lost: int = 0
    refused: int = 0


class Account(Struct, array_like=True):
    """One sender: the epoch it is in, the numbers that come next in it, and totals over all its epochs.

    `heard` is when it was heard last, as a count of all senders' frames.
    """

    epoch: int
    next_number: int = 1
    ticks_so_far: int = 0
    records: Tally = msgspec.field(default_factory=Tally)
    ticks: Tally = msgspec.field(default_factory=Tally)
    heard: int = 0


class LossLedger:
    """What a killed sender had not yet handed over is known to nobody, and not in here.

    Workers come and go, each with a name of its own: of the 257th the one longest unheard is forgotten, and
    its totals stay in `closed`. Where senders elsewhere may have gone on for long before an engine came, it
    `joins_late`: the first number of each sets its count.
    """

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.foreign = 0
        self.frames = 0
        self.closed = Account(0)
        self.joins_late = False

    @property
    def records(self) -> Tally:
        """All senders together, every kind of record."""
        return _sum_of([account.records for account in (self.closed, *self.accounts.values())])

    @property
    def ticks(self) -> Tally:
        """All senders together, ticks only."""
        return _sum_of([account.ticks for account in (self.closed, *self.accounts.values())])

    def admit(self, head: FrameHead, records: int, ticks: int) -> bool:
        """Enter a frame; False when it must not be used: repeated, or from a sender's former life."""
        account = self.accounts.get(head.sender)
        if account is None:
            account = Account(head.epoch)
            if self.joins_late:
                account.next_number, account.ticks_so_far = head.number, head.ticks_before
            self.accounts[head.sender] = account
            if len(self.accounts) > _MOST_SENDERS:
                self._close(min(self.accounts, key=self._heard))
        self.frames += 1
        account.heard = self.frames
        if head.epoch > account.epoch:
            account.epoch, account.next_number, account.ticks_so_far = head.epoch, 1, 0
        if head.epoch < account.epoch or head.number < account.next_number:
            account.records.refused += records
            account.ticks.refused += ticks
            return False
        _enter(account, head, records, ticks)
        return True

    def _heard(self, sender: str) -> int:
        return self.accounts[sender].heard or self.frames

    def _close(self, sender: str) -> None:
        account = self.accounts.pop(sender)
        self.closed.records = _sum_of([self.closed.records, account.records])
        self.closed.ticks = _sum_of([self.closed.ticks, account.ticks])


def _enter(account: Account, head: FrameHead, records: int, ticks: int) -> None:
    account.records.lost += head.number - account.next_number
    account.ticks.lost += max(0, head.ticks_before - account.ticks_so_far)
    account.next_number = head.number + records
    account.ticks_so_far = head.ticks_before + ticks
    account.records.received += records
    account.ticks.received += ticks


def _sum_of(tallies: list[Tally]) -> Tally:
    return Tally(
        sum(tally.received for tally in tallies),
        sum(tally.lost for tally in tallies),
        sum(tally.refused for tally in tallies),
    )


_Kept = tuple[int, dict[str, Account], int, Account]


class LedgerFile:
    """The ledger on disk: one small write each time the engine comes back for more, none while it waits."""

    def __init__(self, path: Path) -> None:
        self._descriptor: int | None = os.open(
            path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        self._encoder = msgspec.msgpack.Encoder()

    def load(self) -> LossLedger:
        """The predecessor's ledger, or an empty one."""
        ledger = LossLedger()
        if self._descriptor is None:
            return ledger
        kept = os.pread(self._descriptor, 1 << 20, 0)
        try:
            ledger.foreign, ledger.accounts, ledger.frames, ledger.closed = msgspec.msgpack.decode(
                kept[4 : 4 + int.from_bytes(kept[:4], "big")], type=_Kept
            )
        except msgspec.MsgspecError:
            return LossLedger()
        return ledger

    def save(self, ledger: LossLedger) -> None:
        """Remember all that was handed out so far as used."""
        if self._descriptor is not None:
            kept = self._encoder.encode((ledger.foreign, ledger.accounts, ledger.frames, ledger.closed))
            os.pwrite(self._descriptor, len(kept).to_bytes(4, "big") + kept, 0)

    def close(self) -> None:
        """May be repeated."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
