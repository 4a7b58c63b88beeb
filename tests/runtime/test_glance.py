"""Which run a glance looks at, when it has seen enough, and how it leaves a terminal."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kairos_tui.hud import Theme
from kairos_tui.hud.reach import Reach
from kairos_tui.market import (
    Board,
    FeedKind,
    FeedState,
    Rates,
    RouteView,
    Symbol,
    SymbolBoard,
    Thresholds,
    Venue,
    VenueView,
)
from kairos_tui.runtime.glance import choose_run
from kairos_tui.runtime.glance_stream import GlancePlan, GlanceStream, index_of
from kairos_tui.runtime.running import Running

BTC, ETH = Symbol("BTC/USDT"), Symbol("ETH/USDT")
NAMES = ("binance", "kraken", "okx")


def venue(name: str, **known: Any) -> VenueView:
    live = {"state": FeedState.LIVE, "usable": True, "bid": 100.0, "ask": 100.1, "taker": 0.001}
    return VenueView(venue=Venue(name), **({**live, **known}))


def board(*venues: VenueView, feed: FeedKind = "sim", symbols: tuple[Symbol, ...] = (BTC,)) -> Board:
    routes = tuple(
        RouteView(buy.venue, sell.venue, -1.0, -10.0, -10.0, -21.0, 1.0)
        for buy in venues
        for sell in venues
        if buy is not sell and buy.usable and sell.usable
    )
    best = routes[0] if routes else None
    shown = tuple(SymbolBoard(symbol, venues, routes, best) for symbol in symbols)
    now_ns = time.monotonic_ns()
    return Board("k7f3", feed, 0, now_ns, 1_795_342_351_123_456, 3, Thresholds(), shown, Rates())


@pytest.fixture
def stdout(capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What has been written to descriptor 1."""
    return lambda: capfd.readouterr().out


def stream(**changed: Any) -> GlanceStream:
    usual = GlancePlan((BTC,), Theme(), Reach(), feed="sim", once=True, line=False, within_s=60.0)
    return GlanceStream(replace(usual, **changed))


def test_a_live_run_comes_before_a_simulated_one_and_sim_wants_that(tmp_path: Path) -> None:
    live, sim, other = (
        Running(tmp_path / feed, board(feed=feed, symbols=symbols))  # type: ignore[arg-type]
        for feed, symbols in (("live", (BTC,)), ("sim", (BTC, ETH)), ("sim", (ETH,)))
    )
    dumb = Running(tmp_path / "x", None)
    assert choose_run([dumb, sim, live], (BTC,), sim=False) == live
    assert choose_run([live, sim], (BTC,), sim=True) == sim
    assert choose_run([dumb, other, sim], (BTC,), sim=False) == sim
    assert choose_run([dumb, live], (ETH,), sim=False) is None
    assert choose_run([live], (BTC,), sim=True) is None


def test_of_an_asset_the_first_symbol_that_a_venue_lists_is_shown() -> None:
    both = board(venue("okx"), symbols=(ETH, BTC))
    assert index_of((BTC, ETH), both) == 1
    assert index_of((Symbol("X/Y"), ETH), both) == 0
    assert index_of((Symbol("X/Y"),), both) == 0
    nowhere = board(venue("okx", listed=False, usable=False), symbols=(ETH, BTC))
    assert index_of((BTC,), nowhere) == 1


def test_once_every_venue_has_answered_it_prints_three_lines_and_wants_no_more(
    stdout: Callable[[], str],
) -> None:
    told = stream()
    waiting = venue("okx", state=FeedState.CONNECTING, usable=False, bid=None, ask=None)
    told.heartbeat(board(venue("binance"), venue("kraken"), waiting), ts_us=1)
    assert (told.state, stdout()) == ("open", "")
    down = venue("okx", state=FeedState.DOWN, usable=False)
    told.heartbeat(board(venue("binance"), venue("kraken"), down), ts_us=1)
    lines = stdout().splitlines()
    assert [line.split(" ")[0] for line in lines] == ["KAIROS", "○", "no"]
    assert (told.state, told.was_live) == ("closed_by_reader", True)
    told.close(0.0)
    told.close(0.0)
    assert stdout() == ""


def test_when_time_is_up_it_prints_that_nothing_is_live(stdout: Callable[[], str]) -> None:
    told = stream(within_s=0.0, line=True)
    told.heartbeat(None, ts_us=1)
    assert stdout() == "sim BTC/USDT connecting\n"
    assert not told.was_live
    told.close(0.0)


def test_a_board_of_long_ago_is_no_answer(stdout: Callable[[], str]) -> None:
    told = stream()
    old = board(*map(venue, NAMES))
    told.heartbeat(replace(old, at_ns=1), ts_us=1)
    assert (told.state, stdout()) == ("open", "")
    told.close(0.0)


def test_in_a_terminal_it_draws_in_place_and_says_when_it_stopped(stdout: Callable[[], str]) -> None:
    told = stream(once=False)
    first = stdout()
    assert first.startswith("\x1b[?25l")
    assert first.count("\n") == 3
    told.heartbeat(board(*map(venue, NAMES)), ts_us=1)
    assert told.quiet_for_s() == 0.0  # not due yet
    again = stdout()
    assert again.startswith("\x1b[3A\r")
    assert again.count("\x1b[K\n") == 3
    told.close(0.0)
    left = stdout()
    assert left.startswith("■ ended at ")
    assert left.endswith("\x1b[?25h")


def test_a_reader_that_left_ends_it_quietly() -> None:
    reading, writing = os.pipe()
    kept = os.dup(1)
    os.dup2(writing, 1)
    try:
        told = stream(within_s=0.0)
    finally:
        os.dup2(kept, 1)
        os.close(kept)
    os.close(writing)
    os.close(reading)
    told.heartbeat(None, ts_us=1)
    assert (told.state, told.failure) == ("closed_by_reader", None)
    told.close(0.0)
