"""How each venue tells of a true market: its frames, written by hand from its documentation."""

import json
from typing import Any, ClassVar, Protocol

from tests.feeds.dialects.true_market import SlowBook, Step, Told, TrueMarket

ALL = 1_000


class Voice(Protocol):
    """`id_of` is what `nonce` will be for the true update."""

    ccxt_class: ClassVar[str]
    market_id: ClassVar[str]

    def id_of(self, update: int) -> int: ...
    def first(self, market: TrueMarket) -> str | None: ...
    def snapshot(self, state: SlowBook, update: int) -> Any: ...
    def frame(self, market: TrueMarket, told: Told, index: int) -> str | None: ...


def texts(rows: Any) -> list[list[str]]:
    return [[f"{price}.00", f"{size}.50" if size else "0.00"] for price, size in rows]


def read(rows: Any) -> tuple[tuple[float, float], ...]:
    """The levels that `texts` wrote."""
    return tuple((float(price), size + 0.5) for price, size in rows)


def sides(state: SlowBook, bids: str, asks: str, depth: int = ALL) -> dict[str, Any]:
    return {bids: texts(state.bids(depth)), asks: texts(state.asks(depth))}


class BinanceVoice:
    ccxt_class, market_id = "binance", "BTCUSDT"

    def id_of(self, update: int) -> int:
        return 1_000 + update

    def first(self, market: TrueMarket) -> None:
        return None

    def snapshot(self, state: SlowBook, update: int) -> Any:
        return {"lastUpdateId": self.id_of(update), **sides(state, "bids", "asks")}

    def best(self, state: SlowBook, update: int) -> dict[str, Any]:
        (bid,), (ask,) = texts(state.bids(1)) or [["0.0", "0.0"]], texts(state.asks(1)) or [["0.0", "0.0"]]
        named = {"b": bid[0], "B": bid[1], "a": ask[0], "A": ask[1]}
        return {"u": self.id_of(update), "s": self.market_id, **named}

    def frame(self, market: TrueMarket, told: Told, index: int) -> str:
        if told.is_best:
            return json.dumps(self.best(market.states[told.last], told.last))
        bids, asks = market.changes(told)
        head = {"e": "depthUpdate", "E": 1_000 + index, "s": self.market_id}
        rows = {"b": texts(bids), "a": texts(asks)}
        return json.dumps(head | self.ids(told) | rows)

    def ids(self, told: Told) -> dict[str, int]:
        return {"U": self.id_of(told.first), "u": self.id_of(told.last)}


class BinanceUsdmVoice(BinanceVoice):
    ccxt_class = "binanceusdm"

    def id_of(self, update: int) -> int:
        return 1_000 + 10 * update

    def ids(self, told: Told) -> dict[str, int]:
        before = self.id_of(told.first - 1)
        return {"U": before + 3, "u": self.id_of(told.last), "pu": before}


class OkxVoice:
    ccxt_class, market_id = "okx", "BTC-USDT"

    def id_of(self, update: int) -> int:
        return 1_000 + 7 * update

    def push(self, channel: str, told: Told, index: int, rows: dict[str, Any], **more: Any) -> str:
        arg = {"channel": channel, "instId": self.market_id}
        data = {**rows, "ts": str(1_000 + index), "seqId": self.id_of(told.last)}
        return json.dumps({"arg": arg, "data": [data]} | more)

    def books(self, told: Told, index: int, rows: dict[str, Any], action: str, previous: int) -> str:
        more = {"prevSeqId": previous, "checksum": 0}
        return self.push("books", told, index, rows | more, action=action)

    def first(self, market: TrueMarket) -> str:
        rows = sides(market.states[0], "bids", "asks")
        return self.books(Told(False, 0, 0), -1, rows, "snapshot", -1)

    def snapshot(self, state: SlowBook, update: int) -> None:
        return None

    def frame(self, market: TrueMarket, told: Told, index: int) -> str:
        if told.is_best:
            return self.push("bbo-tbt", told, index, sides(market.states[told.last], "bids", "asks", 1))
        bids, asks = ([[*row, "0", "1"] for row in texts(rows)] for rows in market.changes(told))
        rows = {"bids": bids, "asks": asks}
        return self.books(told, index, rows, "update", self.id_of(told.first - 1))


class BybitVoice:
    ccxt_class, market_id = "bybit", "BTCUSDT"

    def id_of(self, update: int) -> int:
        return 9_000 + 13 * update

    def push(self, topic: str, kind: str, index: int, update_id: int, rows: dict[str, Any], at: int) -> str:
        data = {"s": self.market_id, **rows, "u": update_id, "seq": self.id_of(at)}
        topic = f"orderbook.{topic}.{self.market_id}"
        return json.dumps({"topic": topic, "type": kind, "ts": 1_000 + index, "data": data, "cts": 1})

    def first(self, market: TrueMarket) -> str:
        return self.push("50", "snapshot", -1, 50, sides(market.states[0], "b", "a"), 0)

    def snapshot(self, state: SlowBook, update: int) -> None:
        return None

    def frame(self, market: TrueMarket, told: Told, index: int) -> str:
        if told.is_best:
            rows = sides(market.states[told.last], "b", "a", 1)
            return self.push("1", "snapshot", index, 3 * told.last, rows, told.last)
        bids, asks = market.changes(told)
        rows = {"b": texts(bids), "a": texts(asks)}
        update_id = 50 + sum(not before.is_best for before in market.told[: index + 1])
        return self.push("50", "delta", index, update_id, rows, told.last)


class KucoinVoice:
    ccxt_class, market_id = "kucoin", "BTC-USDT"

    def id_of(self, update: int) -> int:
        return 4_000 + update

    def first(self, market: TrueMarket) -> None:
        return None

    def snapshot(self, state: SlowBook, update: int) -> Any:
        data = {"time": 1, "sequence": str(self.id_of(update)), **sides(state, "bids", "asks")}
        return {"code": "200000", "data": data}

    def changed(self, market: TrueMarket, told: Told, rows: list[Step]) -> list[list[str]]:
        steps = market.steps[: told.last]
        last_at = {step.price: self.id_of(update) for update, step in enumerate(steps, 1)}
        return [[*text, str(last_at[row.price])] for row, text in zip(rows, texts(rows), strict=True)]

    def frame(self, market: TrueMarket, told: Told, index: int) -> str | None:
        if told.is_best:
            return None
        bids, asks = (self.changed(market, told, rows) for rows in market.changes(told))
        ids = {"sequenceStart": self.id_of(told.first), "sequenceEnd": self.id_of(told.last)}
        data = {"changes": {"bids": bids, "asks": asks}, **ids, "symbol": self.market_id, "time": index}
        topic = f"/market/level2:{self.market_id}"
        return json.dumps({"topic": topic, "type": "message", "subject": "trade.l2update", "data": data})


class GateVoice:
    ccxt_class, market_id = "gate", "BTC_USDT"

    def id_of(self, update: int) -> int:
        return 2_000 + update

    def push(self, channel: str, index: int, result: dict[str, Any]) -> str:
        result = {"t": 1_000 + index, **result}
        return json.dumps({"channel": channel, "event": "update", "time_ms": 1, "result": result})

    def first(self, market: TrueMarket) -> str:
        name = f"ob.{self.market_id}.50"
        full = {"full": True, "s": name, "u": self.id_of(0), **sides(market.states[0], "b", "a")}
        return self.push("spot.obu", -1, full)

    def snapshot(self, state: SlowBook, update: int) -> None:
        return None

    def frame(self, market: TrueMarket, told: Told, index: int) -> str:
        if told.is_best:
            state = market.states[told.last]
            (bid,), (ask,) = texts(state.bids(1)) or [["", ""]], texts(state.asks(1)) or [["", ""]]
            best = {"b": bid[0], "B": bid[1], "a": ask[0], "A": ask[1]}
            return self.push("spot.book_ticker", index, {"u": self.id_of(told.last), "s": "BTC_USDT", **best})
        bids, asks = market.changes(told)
        ids = {"U": self.id_of(told.first), "u": self.id_of(told.last)}
        rows = {"b": texts(bids), "a": texts(asks)}
        return self.push("spot.obu", index, {"s": "ob.BTC_USDT.50", **ids, **rows})


VOICES = (BinanceVoice, BinanceUsdmVoice, OkxVoice, BybitVoice, KucoinVoice, GateVoice)
