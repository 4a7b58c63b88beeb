"""bench_decode_market: a made-up market that speaks Binance's format, and its books after each burst.

Before it: chance. After it: bench_decode_venue sends its frames, bench_decode holds the lanes to its books.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import msgspec

from kairos_tui.market import Level, Symbol

BASES = ("BTC", "ETH", "SOL", "XRP", "BNB", "ADA", "DOGE", "LTC", "LINK", "DOT")
MARKETS = {f"{base}USDT": Symbol(f"{base}/USDT") for base in BASES}
LEVELS = 1_000
"""Of each side, as deep as Binance's deepest snapshot."""

MIDDLE, HALF_SPREAD = 6_711_000, 10
"""In ticks of a hundredth."""

REACH = 5
"""So many ticks the best prices wander to either side of where the depth begins."""

ROWS = 15
"""Of each side in a depth update."""

NEAR = 60.0
"""How far from the best a changed level is, on average."""

STAMP = "<stamp>"
"""Where a frame says its time, which it gets when it is sent."""

Top = tuple[tuple[Level, ...], tuple[Level, ...]]


class Burst(msgspec.Struct, frozen=True):
    """Frames by market id in the order in which they are told; the last id and the whole book after it."""

    frames: tuple[tuple[str, str], ...]
    last_ids: dict[Symbol, int]
    books: dict[Symbol, Top]

    def stamped(self, wall_ms: int) -> list[tuple[str, str]]:
        """The same, told now."""
        return [(market_id, frame.replace(STAMP, str(wall_ms))) for market_id, frame in self.frames]


class MadeMarket:
    """One symbol. Sizes in thousandths, by price in ticks."""

    def __init__(self, market_id: str, chance: Random) -> None:
        self.market_id = market_id
        self.update_id = self._told_id = 1_000_000
        self._chance = chance
        self._sides = {
            -1: {MIDDLE - HALF_SPREAD - place: 1_000 + place for place in range(LEVELS)},
            1: {MIDDLE + HALF_SPREAD + place: 2_000 + place for place in range(LEVELS)},
        }
        self._best = {
            sign: (MIDDLE + sign * HALF_SPREAD, self._sides[sign][MIDDLE + sign * HALF_SPREAD])
            for sign in (-1, 1)
        }

    def snapshot(self) -> dict[str, Any]:
        """As REST answers."""
        return {"lastUpdateId": self._told_id, "bids": self._texts(-1), "asks": self._texts(1)}

    def book(self) -> Top:
        """As it stands after all that was told."""
        bids, asks = (
            tuple((float(price), float(size)) for price, size in self._texts(sign)) for sign in (-1, 1)
        )
        return bids, asks

    def ticker(self) -> str:
        """One side's best is another: in size, one time in four in price as well."""
        sign = self._chance.choice((-1, 1))
        price = self._best[sign][0]
        if self._chance.random() < 0.25:
            home = MIDDLE + sign * HALF_SPREAD
            price = min(max(price + self._chance.choice((-1, 1)), home - REACH), home + REACH)
        self._best[sign] = (price, _another(self._best[sign][1], self._chance))
        self.update_id += 1
        (bid, bid_size), (ask, ask_size) = ((_price(at), _size(size)) for at, size in self._best.values())
        return (
            f'{{"u":{self.update_id},"s":"{self.market_id}",'
            f'"b":"{bid}","B":"{bid_size}","a":"{ask}","A":"{ask_size}"}}'
        )

    def caught_up(self) -> str:
        """The depth update that tells what the tickers since the one before have left of the best levels."""
        changed: dict[int, dict[int, int]] = {}
        for sign, (best, size) in self._best.items():
            home = MIDDLE + sign * HALF_SPREAD
            places = range(home - REACH, home + REACH + 1)
            changed[sign] = {at: 0 if sign * (at - best) < 0 else 500 for at in places} | {best: size}
        return self._told(changed)

    def depth(self) -> str:
        """Fifteen levels of each side: one among the best ten in another size, the others come and go."""
        changed: dict[int, dict[int, int]] = {}
        for sign, held in self._sides.items():
            home = MIDDLE + sign * HALF_SPREAD
            at = home + sign * self._chance.randrange(10)
            rows = {at: _another(held.get(at, 0), self._chance)}
            while len(rows) < ROWS:
                place = int(self._chance.expovariate(1.0 / NEAR))
                if 0 < place < LEVELS:
                    size = 0 if self._chance.random() < 0.2 else self._chance.randrange(1, 9_999_999)
                    rows.setdefault(home + sign * place, size)
            changed[sign] = rows
        self.update_id += 2 * ROWS
        return self._told(changed)

    def _told(self, changed: Mapping[int, Mapping[int, int]]) -> str:
        first, self._told_id = self._told_id + 1, self.update_id
        texts = []
        for sign, rows in changed.items():
            held = self._sides[sign]
            for price, size in rows.items():
                if size:
                    held[price] = size
                else:
                    held.pop(price, None)
            texts.append(",".join([f'["{_price(at)}","{_size(size)}"]' for at, size in rows.items()]))
        return (
            f'{{"e":"depthUpdate","E":{STAMP},"s":"{self.market_id}","U":{first},"u":{self.update_id},'
            f'"b":[{texts[0]}],"a":[{texts[1]}]}}'
        )

    def _texts(self, sign: int) -> list[tuple[str, str]]:
        held = self._sides[sign]
        return [(_price(at), _size(held[at])) for at in sorted(held, key=lambda price: sign * price)]


def made_markets(seed: int) -> list[MadeMarket]:
    """All ten, from nothing."""
    return [MadeMarket(market_id, Random(f"{seed}{market_id}")) for market_id in MARKETS]  # noqa: S311


def burst_of_tickers(markets: Sequence[MadeMarket], each: int) -> Burst:
    """So many of each market, the markets in turn, then its depth."""
    frames = [(market.market_id, market.ticker()) for _ in range(each) for market in markets]
    frames += [(market.market_id, market.caught_up()) for market in markets]
    return _burst(markets, frames)


def burst_of_depth(markets: Sequence[MadeMarket], each: int) -> Burst:
    """So many depth updates of each market, the markets in turn."""
    return _burst(markets, [(market.market_id, market.depth()) for _ in range(each) for market in markets])


def _burst(markets: Sequence[MadeMarket], frames: list[tuple[str, str]]) -> Burst:
    named = {MARKETS[market.market_id]: market for market in markets}
    ids = {symbol: market.update_id for symbol, market in named.items()}
    return Burst(tuple(frames), ids, {symbol: market.book() for symbol, market in named.items()})


def exchange_info() -> dict[str, Any]:
    """The table of these markets, as REST answers."""
    filters = [
        {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000000.00", "tickSize": "0.01"},
        {"filterType": "LOT_SIZE", "minQty": "0.00001", "maxQty": "9000.0", "stepSize": "0.00001"},
        {"filterType": "NOTIONAL", "minNotional": "5.0"},
    ]
    symbols = [
        {
            "symbol": market_id,
            "status": "TRADING",
            "baseAsset": market_id.removesuffix("USDT"),
            "quoteAsset": "USDT",
            "baseAssetPrecision": 8,
            "quoteAssetPrecision": 8,
            "isSpotTradingAllowed": True,
            "permissions": [],
            "permissionSets": [["SPOT"]],
            "filters": filters,
        }
        for market_id in MARKETS
    ]
    return {"timezone": "UTC", "serverTime": 0, "rateLimits": [], "exchangeFilters": [], "symbols": symbols}


def _another(size: int, chance: Random) -> int:
    """A size that is not this one."""
    other = chance.randrange(1, 9_999_999)
    return other + 1 if other == size else other


def _price(ticks: int) -> str:
    return f"{ticks / 100:.8f}"


def _size(thousandths: int) -> str:
    return f"{thousandths / 1000:.8f}"
