"""Rows: what a line or a tick tells, as the cells of its table, in the order of its columns.

Before it: told_reader, a recording's ticks. After it: exporting.
"""

from collections.abc import Iterator

import msgspec

from kairos_tui.journal.lines.told import (
    LARGEST_INT,
    AnyTold,
    FillTold,
    LegTold,
    MarkoutTold,
    SignalTold,
    VenueTold,
)
from kairos_tui.journal.tables.columns import FILLS, LEGS, MARKOUTS, SIGNALS, VENUES, Table
from kairos_tui.journal.written import iso
from kairos_tui.market import Level, PackedTick

Cell = str | int | float | bool | None | tuple[Level, ...]
Row = tuple[Cell, ...]

_LARGEST = 2**63 - 1
_legs: msgspec.json.Decoder[tuple[LegTold, ...]] = msgspec.json.Decoder(tuple[LegTold, ...])


def rows_of(told: AnyTold) -> Iterator[tuple[Table, Row]]:
    """The rows of one line; none of a line that no table holds."""
    match told:
        case SignalTold():
            yield SIGNALS, _row(SIGNALS, told, ts=iso(told.ts_us))
            yield from _legs_of(told)
        case MarkoutTold():
            yield MARKOUTS, _row(MARKOUTS, told, ts=iso(told.ts_us))
        case FillTold():
            yield FILLS, _row(FILLS, told, ts=iso(told.ts_us))
        case VenueTold():
            yield VENUES, _row(VENUES, told, ts=iso(told.ts_us), since=iso(told.since_us))
        case _:
            pass


def _legs_of(signal: SignalTold) -> Iterator[tuple[Table, Row]]:
    try:
        legs = _legs.decode(signal.legs)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return
    told = {name: getattr(signal, name) for name in ("run", "seq", "ts_us", "id", "event")}
    for number, leg in enumerate(legs, 1):
        yield LEGS, _row(LEGS, leg, ts=iso(signal.ts_us), leg=number, **told)


def tick_row(run: str, feed: str, tick: PackedTick, received_us: int, arrived_us: int) -> Row:
    """A row of ticks: `received_us` at the socket, `arrived_us` in the engine."""
    try:
        bids, asks = tick.books()
    except ValueError:
        bids, asks = (), ()
    bid, ask = tick.bid or (None, None), tick.ask or (None, None)
    received_us = min(max(received_us, 0), LARGEST_INT)
    when = (iso(received_us), received_us, arrived_us)
    stamps = (_within(tick.timestamp_ms), _within(tick.nonce), _within(tick.generation), str(tick.proof))
    return (run, feed, *when, tick.venue, tick.symbol, *bid, *ask, *stamps, bids, asks)


def _row(table: Table, told: object, **others: Cell) -> Row:
    return tuple([others[name] if name in others else getattr(told, name) for name in table.names])


def _within(number: int | None) -> int | None:
    """A stranger's number that no table can hold is not told at all."""
    return number if number is not None and abs(number) <= _LARGEST else None
