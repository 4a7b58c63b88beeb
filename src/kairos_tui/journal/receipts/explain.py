"""Explain: one signal among many lines -> its receipt, a verdict on every event, what became of it.

Before it: line_source, or a recording told as lines. After it: explained_text.
"""

from collections import deque
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Literal

import msgspec
from msgspec import Struct

from kairos_tui.errors import LinesRefused
from kairos_tui.journal.lines.line_source import Lines
from kairos_tui.journal.lines.told import FillTold, MarkoutTold
from kairos_tui.journal.receipts.receipt import Receipt, receipt_of
from kairos_tui.journal.receipts.stated import read_stated

Event = Literal["open", "update", "close"]
MOST_EVENTS = 10_000
MOST_IN_FULL = 1_000
"""Of one signal's that are kept, and kept with every level."""
_MOST_MARKOUTS = 100
_NEAREST_OF = 5_000


class Explained(Struct, frozen=True):
    """`chosen`: the events that were asked for. `events`: all of the signal's life, the others in short;
    `more` beyond them.

    `markouts`: what it would have made later; `fill`: what simulated orders made of it.
    """

    path: str
    chosen: tuple[Receipt, ...]
    events: tuple[Receipt, ...]
    more: int
    markouts: tuple[MarkoutTold, ...]
    fill: FillTold | None
    note: str | None = None

    @property
    def agrees(self) -> bool:
        """Whether not one figure of any event was published otherwise."""
        return not any(receipt.differing for receipt in self.events)


class _SignalNamed(Struct, tag_field="type", tag="signal"):
    id: str
    event: str


_Named = _SignalNamed | MarkoutTold | FillTold
_named: msgspec.json.Decoder[_Named] = msgspec.json.Decoder(_Named)


def explain(lines: Lines, signal_id: str, event: Event | None = None) -> Explained:
    """Raises LinesRefused when the signal, or that event of it, is not there."""
    life = _Life(f"{lines.path}: {signal_id}", event or "open")
    for line, named in _lines_of(lines, signal_id):
        life.add(line, named)
    events = life.events
    if not events:
        raise LinesRefused(f"{lines.path}: no signal {signal_id[:60]!r} ({_nearest(lines, signal_id)})")
    chosen = [each for each in events if each.event == (event or "open") and each.legs]
    note = life.note
    if not chosen:
        had = ", ".join(dict.fromkeys(each.event for each in events))
        if event is not None:
            raise LinesRefused(f"{lines.path}: {signal_id} has no {event} there (it has: {had})")
        chosen, note = events[:1], "its opening is not there: this is the first that is"
    markouts = sorted(life.markouts.values(), key=lambda each: each.horizon_ms)
    return Explained(lines.path, tuple(chosen), tuple(events), life.more, tuple(markouts), life.fill, note)


class _Life:
    """What is told of one signal. A second opening is another run's of the same name: the latest counts."""

    def __init__(self, where: str, wanted: Event) -> None:
        self._where, self._wanted = where, wanted
        self.note: str | None = None
        self._begin()

    def _begin(self) -> None:
        self.events: list[Receipt] = []
        self._in_full = self.more = 0
        self.markouts: dict[int, MarkoutTold] = {}
        self.fill: FillTold | None = None

    def add(self, line: bytes, named: _Named) -> None:
        """One line with its id."""
        match named:
            case MarkoutTold():
                if len(self.markouts) < _MOST_MARKOUTS:
                    self.markouts[named.horizon_ms] = named
            case FillTold():
                self.fill = named
            case _:
                self._add_event(line, named.event)

    def _add_event(self, line: bytes, event: str) -> None:
        if event == "open" and self.events:
            self._begin()
            self.note = "an older signal of this name is there too: this is the latest"
        if len(self.events) >= MOST_EVENTS:
            self.more += 1
            return
        is_in_full = event == self._wanted or not self.events
        if is_in_full and self._in_full >= MOST_IN_FULL:
            is_in_full, self.note = False, f"the first {MOST_IN_FULL:,} are told in full"
        self._in_full += is_in_full
        receipt = receipt_of(read_stated(line, self._where))
        self.events.append(receipt if is_in_full else receipt.in_short)


def _lines_of(lines: Lines, signal_id: str) -> Iterator[tuple[bytes, _Named]]:
    """Those with this id: the text is looked for before anything is decoded."""
    written = msgspec.json.encode(signal_id.encode(errors="backslashreplace").decode())
    for line in lines:
        named = _name(line) if written in line else None
        if named is not None and named.id == signal_id:
            yield line, named


def _name(line: bytes) -> _Named | None:
    try:
        return _named.decode(line)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _nearest(lines: Lines, wrong: str) -> str:
    named = (found for line in lines if isinstance(found := _name(line), _SignalNamed))
    ids = deque((each.id for each in named), maxlen=_NEAREST_OF)
    latest = list(dict.fromkeys(ids))
    if not latest:
        return "it holds no signals"
    close = get_close_matches(wrong[:60], latest, n=3, cutoff=0.5)
    return f"nearest: {', '.join(close)}" if close else f"the latest is {latest[-1]}"
