"""Glance: `kairos glance`. The boards of a run that is there already, of one elsewhere, or of one of its own.

Before it: cli. After it: glance_stream, which shows them; running finds runs, launcher starts one. While a
`kairos watch` runs on this machine, a status bar that asks every few seconds connects to no exchange.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from kairos_tui.errors import NoVenueReachable, OutputLost, SettingsInvalid, SourceUnreachable
from kairos_tui.hud import load_theme, theme_folders
from kairos_tui.hud.reach import find_reach
from kairos_tui.market import NO_KEYS, Board, FeedKind, KeyRing, Symbol
from kairos_tui.runtime.follow import FollowPlan, await_board
from kairos_tui.runtime.glance_stream import GlancePlan, GlanceStream
from kairos_tui.runtime.leaving import WatchPlan
from kairos_tui.runtime.running import Running, find_running
from kairos_tui.runtime.signals_caught import SignalsCaught
from kairos_tui.runtime.sources import Source, open_source, shown
from kairos_tui.runtime.voice import now_us
from kairos_tui.settings import Settings
from kairos_tui.wire import Endpoints, Published, Topic

_WAIT_MS: Final = 50
_LOOK_WITHIN_S: Final = 1.5
_LOST_AFTER_NS: Final = 5_000_000_000


class GlanceAsked(msgspec.Struct, frozen=True):
    """What `kairos glance` was asked for. `address`: of a source; `own`: not of a run that is there."""

    symbols: tuple[Symbol, ...]
    settings: Settings
    sim: bool
    once: bool
    line: bool
    address: str | None = None
    ring: KeyRing = NO_KEYS
    own: bool = False


def glance(asked: GlanceAsked) -> int:
    """Until quit or signalled, or until it was printed once; returns the exit code.

    Raises NoVenueReachable when nothing is live, SourceUnreachable, SettingsInvalid, ExtraMissing,
    OutputLost.
    """
    if asked.address is not None:
        return _follow(asked, asked.address)
    found = None if asked.own else choose_run(find_running(_LOOK_WITHIN_S), asked.symbols, sim=asked.sim)
    if found is not None and found.board is not None:
        return _look_on(asked, found.folder, found.board)
    return _watch(asked)


def choose_run(runs: list[Running], symbols: tuple[Symbol, ...], *, sim: bool) -> Running | None:
    """A run that has one of the symbols: simulated where that is asked for, else a live one before others."""
    wanted: tuple[FeedKind, ...] = ("sim",) if sim else ("live", "sim", "replay")
    having = [run for run in runs if run.board is not None and _has(run.board, symbols)]
    ranked = sorted(
        (run for run in having if run.board is not None and run.board.feed in wanted),
        key=lambda run: wanted.index(run.board.feed) if run.board is not None else 0,
    )
    return ranked[0] if ranked else None


def _has(board: Board, symbols: tuple[Symbol, ...]) -> bool:
    return any(one.symbol in symbols for one in board.symbols)


def _watch(asked: GlanceAsked) -> int:
    """A run of its own, as `kairos watch` starts one."""
    from kairos_tui.runtime.launcher import watch  # only here: a status bar has a run to look at mostly

    stream = _stream(
        asked, "sim" if asked.sim or asked.settings.is_simulated else "live", asked.settings.connect_timeout_s
    )
    plan = WatchPlan(
        settings=asked.settings, groups=(asked.symbols,), sim=asked.sim, output="plain", quiet=True
    )
    try:
        code = watch(plan, stream)
    finally:
        stream.close(0.0)
    return _after(stream, code, asked)


def _look_on(asked: GlanceAsked, folder: Path, board: Board) -> int:
    """The run in that folder, for as long as it is there."""
    stream = _stream(asked, board.feed, _LOOK_WITHIN_S)
    source = open_source(Endpoints.signals_in(folder), [Topic.BOARD])
    code = _show(stream, source, board, lambda: not folder.exists())
    return _after(stream, code, asked)


def _follow(asked: GlanceAsked, address: str) -> int:
    """The Kairos behind that address."""
    with SignalsCaught() as signals:
        try:
            board = await_board(FollowPlan(address, "hud", asked.settings, asked.ring), signals)
        except SourceUnreachable:
            if asked.once:  # a status bar shows no stderr
                print(f"{asked.symbols[0]} ◌ no live board at {shown(address)[0]}")  # noqa: T201
            raise
        if board is None:
            return 128 + signals.caught[0]
    if not _has(board, asked.symbols):
        there = ", ".join(one.symbol for one in board.symbols)
        raise SettingsInvalid(f"{asked.symbols[0]} is not watched at {shown(address)[0]}: {there}")
    stream = _stream(asked, board.feed, asked.settings.connect_timeout_s, remote=True)
    code = _show(stream, open_source([address], [Topic.BOARD], ring=asked.ring), board, lambda: True)
    return _after(stream, code, asked)


def _show(stream: GlanceStream, source: Source, board: Board, is_gone: Callable[[], bool]) -> int:
    """Boards as they come; a silent source is shown as silent, and one that is gone ends it."""
    heard_ns = time.monotonic_ns()
    with SignalsCaught() as signals:
        try:
            while not signals.caught and stream.state == "open":
                if stream.quiet_for_s():
                    stream.heartbeat(board, ts_us=now_us())
                for item in source.drain(_WAIT_MS):
                    if isinstance(item, Published) and isinstance(item.body, Board):
                        board, heard_ns = item.body, time.monotonic_ns()
                if time.monotonic_ns() - heard_ns > _LOST_AFTER_NS and is_gone():
                    why = source.trouble or "the Kairos that it looked at has ended"
                    raise SourceUnreachable(f"{why}: start it again, or --own watches by itself")
        finally:
            source.close()
            stream.close(0.0)
        return 128 + signals.caught[0] if signals.caught else 0


def _stream(asked: GlanceAsked, feed: FeedKind, within_s: float, *, remote: bool = False) -> GlanceStream:
    settings = asked.settings
    plan = GlancePlan(
        symbols=asked.symbols,
        theme=load_theme(settings.theme, theme_folders(os.environ)),
        reach=find_reach(os.environ, colours=settings.colours, glyphs=settings.glyphs),
        feed=feed,
        once=asked.once,
        line=asked.line,
        within_s=within_s,
        remote=remote,
    )
    return GlanceStream(plan)


def _after(stream: GlanceStream, code: int, asked: GlanceAsked) -> int:
    """0 is for something that was live."""
    if stream.failure is not None:
        raise OutputLost(f"stdout cannot be written: {stream.failure}")
    if code == 0 and asked.once and stream.written and not stream.was_live:
        raise NoVenueReachable("nothing is live; `kairos doctor` looks for the cause, --sim needs no network")
    return code
