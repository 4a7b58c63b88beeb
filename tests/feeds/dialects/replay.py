"""Recorded Binance streams, told to a dialect and to a slow book of our own at once."""

import gzip
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple, Self

from tests.feeds.dialects.recordings import answered, received, recording

from kairos_tui.feeds.dialects.dialect import Believed, Dialect, Doubted, Market, Outcome
from kairos_tui.market import Symbol

DEPTH = 10
EVERYTHING = 1e9

Rows = list[tuple[float, float]]


class Best(NamedTuple):
    bid: float
    bid_size: float
    ask: float
    ask_size: float


def hft_frames(name: str) -> Iterator[str]:
    """The frames of an hftbacktest capture without stamp and stream wrapper; one is a REST snapshot."""
    with gzip.open(recording(f"../hft/{name}.gz"), "rt") as lines:
        for line in lines:
            frame = line.rstrip("\n").partition(" ")[2]
            yield unwrapped(frame)


def unwrapped(frame: str) -> str:
    """ccxt subscribes to raw streams; the captures are of combined ones."""
    return frame[frame.index('"data":') + 7 : -1] if frame.startswith('{"stream"') else frame


def snapshots(name: str) -> Iterator[tuple[str, str]]:
    """(market id, body) of a cryptofeed capture's REST books."""
    for url, body in answered(f"{name}.http.0.0"):
        yield url.partition("symbol=")[2].partition("&")[0], body


def told(name: str, market_id: str, snapshot: str) -> list[str]:
    """Its frames, the snapshot put behind the update that it continues."""
    hot = [frame for frame in hot_frames(name) if f'"{market_id}"' in frame]
    ends = json.loads(snapshot)["lastUpdateId"]
    place = next((n for n, frame in enumerate(hot, 1) if json.loads(frame)["u"] >= ends), len(hot))
    return [*hot[:place], snapshot, *hot[place:]]


def hot_frames(name: str) -> list[str]:
    """Depth and the best bid/ask of a cryptofeed capture, all markets."""
    frames = [unwrapped(frame) for frame in received(f"{name}.ws.1.0")]
    return [frame for frame in frames if '"depthUpdate"' in frame or _is_best(frame)]


def _is_best(frame: str) -> bool:
    """Spot's has no kind."""
    return '"bookTicker"' in frame or ('"B"' in frame and '"e"' not in frame)


class NearBook:
    """All levels within `near` of the middle in a dictionary; the top is sought anew when asked."""

    def __init__(self, snapshot: dict[str, Any], near: float) -> None:
        self.near = near
        self.update_id: int = snapshot["lastUpdateId"]
        self.middle = float(snapshot["bids"][0][0])
        self.bids: dict[float, float] = {}
        self.asks: dict[float, float] = {}
        self.change(snapshot["bids"], snapshot["asks"])

    def apply(self, update: dict[str, Any]) -> None:
        # Futures say: drop what is older than the snapshot, and an update of its very id may differ from it.
        if update["u"] > self.update_id or ("pu" in update and update["u"] == self.update_id):
            self.update_id = update["u"]
            self.change(update["b"], update["a"])

    def change(self, bids: list[list[str]], asks: list[list[str]]) -> None:
        for side, rows in ((self.bids, bids), (self.asks, asks)):
            for price, size in ((float(row[0]), float(row[1])) for row in rows):
                if abs(price / self.middle - 1) > self.near:
                    continue
                side[price] = size
                if not size:
                    del side[price]

    def sort(self) -> None:
        self.bid_prices = sorted(self.bids, reverse=True)
        self.ask_prices = sorted(self.asks)

    def top(self) -> tuple[Rows, Rows]:
        bids = [(price, self.bids[price]) for price in self.bid_prices[:DEPTH]]
        return bids, [(price, self.asks[price]) for price in self.ask_prices[:DEPTH]]

    def under(self, best: Best) -> tuple[Rows, Rows]:
        """The top as a newer best bid and ask leave it."""
        bid, bid_size, ask, ask_size = best
        bids = islice(((price, self.bids[price]) for price in self.bid_prices if price < bid), DEPTH - 1)
        asks = islice(((price, self.asks[price]) for price in self.ask_prices if price > ask), DEPTH - 1)
        return [(bid, bid_size), *bids], [(ask, ask_size), *asks]


class Replay:
    """Asserts that the believed books are ours: all levels for `deep` updates, the best ones throughout.

    `agreed` counts the ids that depth and best bid/ask both carry, `laid` the books of a newer best bid/ask.
    """

    def __init__(
        self, dialect: Dialect, market_id: str, near: float = EVERYTHING, deep: float = EVERYTHING
    ) -> None:
        dialect.open(Market(Symbol("ETH/USDT"), market_id), DEPTH)
        self.dialect, self.market_id, self.near, self.deep = dialect, market_id, near, deep
        self.outcomes: list[Outcome] = []
        self.laid = 0
        self.book: NearBook | None = None
        self.early: list[dict[str, Any]] = []
        self.updates = 0
        self.told: dict[int, Best] = {}
        self.tops: dict[int, Best] = {}

    @property
    def doubts(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if isinstance(outcome, Doubted)]

    @property
    def agreed(self) -> int:
        return len(self.told.keys() & self.tops.keys())

    def of(self, frames: Iterable[str]) -> Self:
        for frame in frames:
            if "lastUpdateId" in frame:
                said = self.begin(json.loads(frame))
            else:
                said = self.dialect.take(frame) or ()
                if '"depthUpdate"' in frame:
                    self.change(json.loads(frame))
                elif said:
                    ticker = json.loads(frame)
                    self.told[ticker["u"]] = Best(*(float(ticker[key]) for key in "bBaA"))
            self.outcomes += said
            for outcome in said:
                self.judge(outcome)
        for update_id in self.told.keys() & self.tops.keys():
            assert self.told[update_id] == self.tops[update_id]
        return self

    def begin(self, snapshot: dict[str, Any]) -> tuple[Outcome, ...]:
        self.book = NearBook(snapshot, self.near)
        for update in self.early:
            self.book.apply(update)
        self.book.sort()
        return self.dialect.take_snapshot(self.market_id, snapshot)

    def change(self, update: dict[str, Any]) -> None:
        self.updates += 1
        if self.book is None:
            self.early.append(update)
        elif self.updates <= self.deep:
            self.book.apply(update)
            self.book.sort()
        else:
            self.book.update_id = update["u"]

    def judge(self, outcome: Outcome) -> None:
        if self.book is None or not isinstance(outcome, Believed):
            return
        if outcome.nonce == self.book.update_id:
            self.tops[self.book.update_id] = Best(*outcome.bids[0], *outcome.asks[0])
            expected = self.book.top()
        else:
            self.laid += 1
            best = self.told[outcome.nonce or 0]
            assert Best(*outcome.bids[0], *outcome.asks[0]) == best
            expected = self.book.under(best)
        if self.updates <= self.deep:
            assert (list(outcome.bids), list(outcome.asks)) == expected
