"""Explain: one signal among many lines -> its receipt, and a verdict on every event of its life.

Before it: line_source, or a recording told as lines. After it: `kairos explain`.
"""

from collections import deque
from collections.abc import Iterator
from decimal import Decimal, localcontext
from difflib import get_close_matches
from typing import Any, Literal

import msgspec
from msgspec import Struct

from kairos_tui.errors import LinesRefused
from kairos_tui.journal.lines.line_source import Lines
from kairos_tui.journal.paint import Paint
from kairos_tui.journal.receipts.receipt import Receipt, receipt_of
from kairos_tui.journal.receipts.receipt_text import event_row, receipt_lines
from kairos_tui.journal.receipts.stated import read_stated
from kairos_tui.journal.written import plain

Event = Literal["open", "update", "close"]
MOST_EVENTS = 10_000
"""Of one signal that are kept; the rest is counted."""
_MOST_SHOWN = 40
_NEAREST_OF = 5_000
_DIGITS = 20
_LONGEST_PATH = 62


class Explained(Struct, frozen=True):
    """`chosen`: the events that were asked for. `events`: all of the signal's life, `more` beyond them."""

    path: str
    chosen: tuple[Receipt, ...]
    events: tuple[Receipt, ...]
    more: int
    note: str | None = None

    @property
    def agrees(self) -> bool:
        """Whether not one figure of any event was published otherwise."""
        return not any(receipt.differing for receipt in self.events)


class _Named(Struct, tag_field="type", tag="signal"):
    id: str


_named = msgspec.json.Decoder(_Named)


def explain(lines: Lines, signal_id: str, event: Event | None = None) -> Explained:
    """Raises LinesRefused when the signal, or that event of it, is not there."""
    events, more = _collect(lines, signal_id)
    if not events:
        raise LinesRefused(f"{lines.path}: no signal {signal_id[:60]!r} ({_nearest(lines, signal_id)})")
    chosen = [each for each in events if each.event == (event or "open")]
    note = None
    if not chosen:
        had = ", ".join(dict.fromkeys(each.event for each in events))
        if event is not None:
            raise LinesRefused(f"{lines.path}: {signal_id} has no {event} there (it has: {had})")
        chosen, note = events[:1], "its opening is not there: this is the first that is"
    return Explained(lines.path, tuple(chosen), tuple(events), more, note)


def _collect(lines: Lines, signal_id: str) -> tuple[list[Receipt], int]:
    events: list[Receipt] = []
    more = 0
    for line in find_lines(lines, signal_id):
        if len(events) < MOST_EVENTS:
            events.append(receipt_of(read_stated(line, f"{lines.path}: {signal_id}")))
        else:
            more += 1
    return events, more


def find_lines(lines: Lines, signal_id: str) -> Iterator[bytes]:
    """The signal lines with this id: the text is looked for before anything is decoded."""
    written = msgspec.json.encode(signal_id)
    for line in lines:
        if written in line and _id_of(line) == signal_id:
            yield line


def _id_of(line: bytes) -> str | None:
    try:
        return _named.decode(line).id
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _nearest(lines: Lines, wrong: str) -> str:
    ids = (found for line in lines if (found := _id_of(line)) is not None)
    latest = deque(dict.fromkeys(deque(ids, maxlen=_NEAREST_OF)), maxlen=_NEAREST_OF)
    if not latest:
        return "it holds no signals"
    close = get_close_matches(wrong[:60], latest, n=3, cutoff=0.5)
    return f"nearest: {', '.join(close)}" if close else f"the latest is {latest[-1]}"


def explained_lines(explained: Explained, paint: Paint) -> Iterator[str]:
    """The receipts that were asked for, then one row for each event."""
    for number, receipt in enumerate(explained.chosen[:_MOST_SHOWN]):
        if number:
            yield from ("", paint.faint("-" * 78), "")
        yield from receipt_lines(receipt, paint)
    if len(explained.chosen) > _MOST_SHOWN:
        yield paint.faint(f"   … and {len(explained.chosen) - _MOST_SHOWN} more, all with --json")
    if explained.note:
        yield f"   {explained.note}"
    yield ""
    yield from _life(explained, paint)


def _life(explained: Explained, paint: Paint) -> Iterator[str]:
    path = plain(explained.path, 500)
    yield paint.faint(f"   its life in {path if len(path) <= _LONGEST_PATH else '…' + path[-_LONGEST_PATH:]}")
    events = explained.events
    head, tail = events[: _MOST_SHOWN // 2], events[_MOST_SHOWN // 2 :]
    left_out = max(0, len(tail) - _MOST_SHOWN // 2)
    for receipt in head:
        yield event_row(receipt, paint)
    if left_out:
        yield paint.faint(f"   … {left_out} more …")
    for receipt in tail[left_out:]:
        yield event_row(receipt, paint)
    if explained.more:
        yield paint.faint(f"   {explained.more} further events were not looked at")


def explained_object(explained: Explained) -> dict[str, Any]:
    """The same for programs: amounts are decimals in strings, none loses a digit to a float."""
    return {
        "type": "receipt",
        "v": 1,
        "path": explained.path,
        "id": explained.events[0].id,
        "agrees": explained.agrees,
        "note": explained.note,
        "receipts": [_told(receipt) for receipt in explained.chosen],
        "events": [_told_short(receipt) for receipt in explained.events],
        "events_not_shown": explained.more,
    }


def _told(receipt: Receipt) -> object:
    fields = msgspec.to_builtins(receipt, builtin_types=(Decimal,))
    return _in_strings(fields | {"agrees": not receipt.differing})


def _told_short(receipt: Receipt) -> object:
    names = ("event", "ts", "reason", "profit", "net_bps")
    fields = {name: getattr(receipt, name) for name in names}
    return _in_strings(fields | {"agrees": not receipt.differing})


def _in_strings(value: object) -> object:
    if isinstance(value, dict):
        return {name: _in_strings(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_in_strings(each) for each in value]
    return _in_digits(value) if isinstance(value, Decimal) else value


def _in_digits(number: Decimal) -> str:
    """Exact up to twenty digits."""
    if number == 0:
        return "0"
    with localcontext(prec=_DIGITS):
        text = f"{+number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
