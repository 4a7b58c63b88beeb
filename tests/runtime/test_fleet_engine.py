"""The promise of test_engine_orders, kept by a real process: it warms up, takes over, hands on, ends."""

import logging
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kairos_tui.market import (
    Asset,
    Board,
    FeedState,
    FeedStatus,
    Fees,
    Instrument,
    Listing,
    Signal,
    Symbol,
    Thresholds,
    Tick,
    Venue,
    deal,
    owner_of,
    split_symbol,
)
from kairos_tui.runtime.child import News
from kairos_tui.runtime.engine_orders import LAPSED_NS, EngineOrder
from kairos_tui.runtime.engine_plan import EnginePlan
from kairos_tui.runtime.spawn import SpawnedChild
from kairos_tui.wire import Endpoints, Published, SignalReader, TickSender, Topic, private_dir

SYMBOLS = tuple(Symbol(f"{asset}/USDT") for asset in ("BTC", "ETH", "SOL", "XRP"))
VENUES = (Venue("alpha"), Venue("beta"))
NAMES = ("a", "b")
pytestmark = pytest.mark.timeout(90)  # a process each, on a machine that may be busy


class Engine:
    """An engine's process, what feeds it, and what is heard of it."""

    def __init__(self, folder: Path, log: Path) -> None:
        endpoints = Endpoints.in_dir(folder)
        shard = deal(SYMBOLS, 1)[0]
        plan = EnginePlan(
            "k7f3",
            1,
            "sim",
            endpoints.ticks,
            endpoints.signals,
            shard,
            VENUES,
            Thresholds(max_age_ms=60_000),
            20,
            log_path=str(log),
            log_level=logging.INFO,
        )
        plan = msgspec.structs.replace(plan, serves=False, member="a")
        log_fd = os.open(log, os.O_WRONLY | os.O_CREAT, 0o600)
        self.child = SpawnedChild("kairos_tui.runtime.run_engine", plan, log_fd=log_fd, owns_terminal=False)
        os.close(log_fd)
        self.sender = TickSender(endpoints.ticks, sender="ingest:alpha@x", epoch=0)
        self.reader = SignalReader(endpoints.signals, topics=(Topic.SIGNAL, Topic.BOARD))
        self.edge_bps = 9.0
        self.news: list[News] = []
        self.said: list[Published] = []
        self._unread = b""
        self._told = False

    def close(self) -> None:
        self.child.signal(signal.SIGKILL)
        self.child.release()
        self.sender.close()
        self.reader.close()

    def order(self, *names: str, number: int, for_ms: int = 60_000) -> int:
        """Until when it holds."""
        until_ns = time.monotonic_ns() + for_ms * 1_000_000
        assert self.child.order(EngineOrder(names, "a", number, until_ns))
        return until_ns

    def until(self, condition: Callable[[], Any]) -> None:
        """The market goes on, and what is said is heard, until it is true."""
        deadline_s = time.monotonic() + 20.0
        while not condition():
            assert time.monotonic() < deadline_s, "the condition never came true"
            self._feed()
            self.hear()

    def hear(self) -> None:
        self.said += [each for each in self.reader.drain(5) if isinstance(each, Published)]
        try:
            piece = os.read(self.child.reports, 65_536)
        except BlockingIOError:
            return
        *lines, self._unread = (self._unread + piece).split(b"\n")
        self.news += [msgspec.json.decode(line, type=News) for line in lines]

    def _feed(self) -> None:
        now_ns = time.monotonic_ns()
        for venue, off_bps in zip(VENUES, (0.0, self.edge_bps), strict=True):
            for symbol in SYMBOLS:
                if not self._told:
                    base, quote = map(Asset, split_symbol(symbol))
                    market = Instrument(venue, symbol, symbol, base, quote, lot=0.00001)
                    self.sender.offer(Listing(market, Fees(0.0, "config", 0)))
                    self.sender.offer(FeedStatus(venue, symbol, FeedState.LIVE, now_ns))
                mid = 100.0 * (1 + off_bps / 1e4)
                books = ((mid, 1.0),), ((mid + 1e-6, 1.0),)
                self.sender.offer(Tick(venue, symbol, *books, now_ns, now_ns))
        self._told = True
        self.sender.flush()

    @property
    def signals(self) -> list[Signal]:
        return [each.body for each in self.said if isinstance(each.body, Signal)]

    @property
    def open(self) -> set[Symbol]:
        heard: dict[str, Symbol] = {}
        for each in self.signals:
            if each.event == "close":
                del heard[each.id]
            else:
                heard[each.id] = each.opportunity.route.symbol
        return set(heard.values())

    @property
    def serving(self) -> int | None:
        return next((each.serving for each in reversed(self.news) if each.serving is not None), None)

    @property
    def books(self) -> int | None:
        return self.news[-1].books if self.news else None


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    folder = private_dir()
    made = Engine(folder, tmp_path / "log")
    yield made
    made.close()
    shutil.rmtree(folder)


def test_it_warms_up_takes_over_hands_on_and_ends_with_the_number_of_its_last_signal(
    engine, tmp_path
) -> None:
    engine.until(lambda: engine.books == len(VENUES) * len(SYMBOLS))
    assert engine.signals == []
    assert engine.serving is None

    engine.order("a", number=3)
    engine.until(lambda: engine.serving == 3 and engine.open == set(SYMBOLS))
    engine.until(lambda: engine.news[-1].books is None)
    own = {symbol for symbol in SYMBOLS if owner_of(split_symbol(symbol)[0], NAMES) == "a"}
    assert own
    assert own != set(SYMBOLS)
    engine.order(*NAMES, number=4)
    engine.until(lambda: engine.serving == 4)
    engine.until(lambda: engine.open == own)

    engine.child.signal(signal.SIGTERM)
    engine.until(lambda: any(isinstance(each.body, Board) and each.body.is_last for each in engine.said))
    (last,) = [each.body for each in engine.said if isinstance(each.body, Board) and each.body.is_last]
    numbers = [each.number for each in engine.said if each.topic is Topic.SIGNAL]
    assert numbers == list(range(1, last.told + 1))
    assert engine.open == set()
    engine.until(lambda: engine.child.exit_code() == 0)
    ended = (tmp_path / "log").read_text()
    assert f"engine ended run=k7f3 epoch=1 board={engine.said[-1].number} " in ended
    assert f" signal={last.told}" in ended


@pytest.mark.parametrize("slept_ns", [10_000_000, LAPSED_NS + 100_000_000])
def test_stopped_past_its_time_it_says_nothing_before_it_is_ordered_again(engine, slept_ns) -> None:
    engine.until(lambda: engine.books == len(VENUES) * len(SYMBOLS))
    engine.order("a", number=3)
    engine.until(lambda: engine.serving == 3 and engine.open == set(SYMBOLS))
    until_ns = engine.order("a", number=4, for_ms=1_500)
    engine.until(lambda: engine.serving == 4)
    before = {each.id for each in engine.signals}
    engine.child.signal(signal.SIGSTOP)
    while time.monotonic_ns() < until_ns + slept_ns:
        time.sleep(0.01)
    engine.hear()
    told, beats = len(engine.said), len(engine.news)
    engine.edge_bps = 12.0
    engine.child.signal(signal.SIGCONT)
    engine.until(lambda: len(engine.news) >= beats + 3)
    assert [each for each in engine.said[told:] if decided_ns(each) > until_ns] == []

    engine.order("a", number=5)
    engine.until(lambda: engine.serving == 5 and len(engine.said) > told and engine.open == set(SYMBOLS))
    closed = {each.id for each in engine.signals if each.event == "close"}
    if slept_ns > LAPSED_NS:
        engine.until(lambda: before <= {each.id for each in engine.signals if each.event == "close"})
    else:
        assert not closed


def decided_ns(published: Published) -> int:
    """When it was found, or seen: it may have left a little later."""
    return published.body.at_ns if isinstance(published.body, Board) else published.published_ns
