"""Export: what is shown -> lines of the contract, and new files for what is exported. None is written over.

Before it: tables, view_state. After it: taking, which adds the picture.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kairos_tui.hud.plan import Commands
from kairos_tui.hud.tables import signals_of
from kairos_tui.hud.view_state import View

_MOST_TRIES: Final = 1_000
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9.-]+")


def lines(view: View, commands: Commands) -> str:
    """Every route of the symbol that is shown, then every signal of the feed, oldest first, as JSON lines."""
    one, board = view.symbol_board, view.board
    told: list[str | None] = []
    if one is not None and board is not None:
        told += [commands.route_line(board, one.symbol, route) for route in (*one.routes, *one.converted)]
    told += [commands.signal_line(signal, view.feed) for signal in reversed(signals_of(view))]
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
        endings = ",".join(texts)
        return f"{_from_home(folder)}/{name}." + (f"{{{endings}}}" if len(texts) > 1 else endings)
    raise FileExistsError(f"{folder} has {_MOST_TRIES} exports of this second")


def _from_home(folder: Path) -> str:
    try:
        return f"~/{folder.relative_to(Path.home())}"
    except (ValueError, RuntimeError):  # elsewhere, or no home
        return str(folder)
