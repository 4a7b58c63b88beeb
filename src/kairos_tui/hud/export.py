"""Export: what is shown -> rows of a table and lines, and new files for them. Never writes over a file.

Before it: view_state. After it: taking, which adds the picture.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from kairos_tui.hud.cards import Card
from kairos_tui.hud.plan import Commands
from kairos_tui.hud.view_state import View
from kairos_tui.market import Signal

_MOST_TRIES: Final = 1_000
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9.-]+")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_OF_VENUE: Final = (
    "venue", "state", "usable", "bid", "bid_size", "ask", "ask_size", "age_us", "alive_us", "proof", "taker",
    "fee_source", "ticks", "ticks_per_s", "latency_us", "score", "reason",
)  # fmt: skip
_OF_ROUTE: Final = (
    "buy_venue", "sell_venue", "sell_symbol", "mode", "gross_bps", "buy_fee_bps", "sell_fee_bps",
    "convert_bps", "net_bps", "top_size", "age_us", "asynchrony_us", "blocked", "open_id",
)  # fmt: skip
_OF_SIGNAL: Final = (
    "id", "event", "kind", "mode", "asset", "quote", "buy_venue", "sell_venue", "size", "profit",
    "gross_bps", "net_bps", "peak_net_bps", "duration_us", "reason",
)  # fmt: skip


def table(view: View) -> str:
    """The panel in focus as CSV: venues, signals, or the routes of the symbol that is shown.

    Its first two columns say where the prices come from and when, in epoch us.
    """
    board = view.board
    head = {"feed": str(view.feed), "ts_us": str(board.at_us) if board is not None else "", **_symbol(view)}
    one = view.symbol_board
    if view.focus == "venues":
        return _csv(head, _OF_VENUE, [_fields(venue, _OF_VENUE) for venue in view.venues])
    if view.focus == "feed":
        return _csv(head, _OF_SIGNAL, [_of_signal(signal) for signal in _signals(view)])
    routes = (*one.routes, *one.converted) if one is not None else ()
    return _csv(head, _OF_ROUTE, [_fields(route, _OF_ROUTE) for route in routes])


def lines(view: View, commands: Commands) -> str:
    """Every route of the symbol that is shown, then every signal of the feed, oldest first, as JSON lines."""
    one, board = view.symbol_board, view.board
    told: list[str | None] = []
    if one is not None and board is not None:
        told += [commands.route_line(board, one.symbol, route) for route in (*one.routes, *one.converted)]
    told += [commands.signal_line(signal, view.feed) for signal in reversed(_signals(view))]
    return "".join(f"{line}\n" for line in told if line is not None)


def stem_of(view: View) -> str:
    """`BTC-USDT-20261127T172200Z`: the symbol and the moment that is shown."""
    at_us = view.held_us if view.held is not None else view.now_us
    moment = datetime.fromtimestamp(at_us // 1_000_000, UTC)
    return f"{_NOT_IN_NAMES.sub('-', view.symbol)[:40].strip('-.') or 'kairos'}-{moment:%Y%m%dT%H%M%SZ}"


def write_new(folder: Path, stem: str, texts: Mapping[str, str]) -> str:
    """One file per ending, all of one new name; the path to tell, as `folder/stem.{a,b}`. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(1, _MOST_TRIES):
        name = stem if number == 1 else f"{stem}-{number}"
        paths = [folder / f"{name}.{ending}" for ending in texts]
        if any(path.exists() or path.is_symlink() for path in paths):
            continue
        for path, text in zip(paths, texts.values(), strict=True):
            with path.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
                file.write(text)
        return f"{_from_home(folder)}/{name}.{{{','.join(texts)}}}"
    raise FileExistsError(f"{folder} has {_MOST_TRIES} exports of this second")


def _from_home(folder: Path) -> str:
    try:
        return f"~/{folder.relative_to(Path.home())}"
    except (ValueError, RuntimeError):  # elsewhere, or no home
        return str(folder)


def _symbol(view: View) -> dict[str, str]:
    return {} if view.focus == "feed" else {"symbol": view.symbol}


def _signals(view: View) -> list[Signal]:
    return [entry.signal for entry in view.tape.deck.entries if isinstance(entry, Card)]


def _of_signal(signal: Signal) -> list[object]:
    found = signal.opportunity
    known = {"buy_venue": found.buy.venue, "sell_venue": found.sell.venue}
    known |= {name: getattr(found, name) for name in _OF_SIGNAL if hasattr(found, name)}
    return [known[name] if name in known else getattr(signal, name) for name in _OF_SIGNAL]


def _fields(item: msgspec.Struct, names: Iterable[str]) -> list[object]:
    return [getattr(item, name) for name in names]


def _csv(head: Mapping[str, str], names: Iterable[str], rows: Iterable[list[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*head, *names])
    for row in rows:
        writer.writerow([_cell(value) for value in (*head.values(), *row)])
    return out.getvalue()


def _cell(value: object) -> object:
    """Text from outside stays text in a spreadsheet and on a terminal: no formula, no control character."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = "".join(
        character if character.isprintable() else repr(character)[1:-1] for character in str(value)
    )
    return f"'{text}" if text.startswith(_FORMULA) else text
