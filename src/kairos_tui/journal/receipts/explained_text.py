"""Explained text: what was found of a signal, as lines for people and as one object for programs.

Before it: explain. After it: `kairos explain`.
"""

from collections.abc import Iterator
from decimal import Decimal, localcontext
from typing import Any

import msgspec

from kairos_tui.journal.lines.told import FillTold, MarkoutTold
from kairos_tui.journal.paint import Paint
from kairos_tui.journal.receipts.explain import Explained
from kairos_tui.journal.receipts.receipt import Receipt
from kairos_tui.journal.receipts.receipt_text import event_row, receipt_lines
from kairos_tui.journal.written import UNKNOWN, bps, plain, span

_MOST_SHOWN = 40
_DIGITS = 20
_LONGEST_PATH = 62


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
    for markout in explained.markouts:
        yield _markout_row(markout, paint)
    if explained.fill is not None:
        yield _fill_row(explained.fill, paint)


def _markout_row(markout: MarkoutTold, paint: Paint) -> str:
    after = f"priced again {span(markout.horizon_ms * 1e3)} after it opened"
    if markout.captured is None:
        return f"   {after:<36}{UNKNOWN:>9}      not priced: {plain(markout.note or '', 20)}"
    verdict = paint.good("paid") if markout.captured else paint.bad("gone")
    profit = UNKNOWN if markout.profit is None else f"{markout.profit:,.2f}"
    return f"   {after:<36}{bps(markout.net_bps):>9} bps {profit:>16}  {verdict}"


def _fill_row(fill: FillTold, paint: Paint) -> str:
    after = f"on paper: {fill.outcome}"
    colour = paint.good if fill.profit > 0 else paint.bad
    return f"   {after:<36}{'':>9}     {colour(f'{fill.profit:>16,.2f}')}"


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
        "markouts": [_told_markout(markout) for markout in explained.markouts],
        "fill": _told_fill(explained.fill) if explained.fill is not None else None,
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


def _told_markout(markout: MarkoutTold) -> object:
    return {name: getattr(markout, name) for name in ("horizon_ms", "net_bps", "profit", "captured", "note")}


def _told_fill(fill: FillTold) -> object:
    return {name: getattr(fill, name) for name in ("outcome", "expected", "profit", "latency_us", "note")}
