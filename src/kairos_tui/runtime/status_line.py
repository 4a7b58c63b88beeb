"""StatusLine: the one line on stderr while JSON goes down a pipe and a person watches. Fed by narrator."""

import os

from kairos_tui.market import Board, RecordingView, SymbolBoard
from kairos_tui.runtime.recording_place import bytes_said

_EVERY_NS = 500_000_000
_CLEAR = b"\r\x1b[K"


class StatusLine:
    """Rewrites itself in place at most twice a second; leaves nothing behind."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._next_ns = 0
        self._shown = False

    def on_board(self, board: Board) -> None:
        """Show the board's gist if it is time."""
        if board.at_ns < self._next_ns:
            return
        self._next_ns = board.at_ns + _EVERY_NS
        self._shown = True
        self._write(_CLEAR + gist(board)[: _columns(self._fd) - 1].encode())

    def clear(self) -> None:
        """Take the line off the screen."""
        if self._shown:
            self._write(_CLEAR)

    def _write(self, body: bytes) -> None:
        try:
            os.write(self._fd, body)
        except OSError:
            return  # the terminal is gone; there is nobody to tell


def gist(board: Board) -> str:
    """One line for a board: what runs, how many venues live, the best edge, signals, ticks."""
    mood = f" {board.mood}" if board.mood else ""
    parts = [f"KAIROS {board.feed}{mood}"]
    parts += [_recording_gist(board.recording)] if board.recording else []
    parts += [_symbol_gist(symbol) for symbol in board.symbols]
    parts += [f"{board.rates.signals} signals", f"{board.rates.ticks_per_s:,.0f} ticks/s"]
    return " · ".join(parts)


def _recording_gist(recording: RecordingView) -> str:
    lost = f", {recording.lost:,} lost" if recording.lost else ""
    return f"✖ REC {recording.trouble}" if recording.trouble else f"● REC {bytes_said(recording.bytes)}{lost}"


def _symbol_gist(symbol: SymbolBoard) -> str:
    live = sum(venue.usable for venue in symbol.venues)
    best = symbol.best
    edge = (
        f"best {best.buy_venue}→{best.sell_venue} {best.net_bps:+.1f} bps"
        if best and best.net_bps is not None
        else "no comparable pair yet"
    )
    return f"{symbol.symbol} {live}/{len(symbol.venues)} live · {edge}"


def _columns(fd: int) -> int:
    try:
        return os.get_terminal_size(fd).columns or 80
    except OSError:
        return 80
