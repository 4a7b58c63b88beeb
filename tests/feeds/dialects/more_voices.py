"""How the venues whose streams bring their own snapshots tell of a true market; see voices."""

import json
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any, ClassVar
from zlib import crc32

from tests.feeds.dialects.true_market import SlowBook, Told, TrueMarket
from tests.feeds.dialects.voices import ALL, texts


def instant(index: int) -> str:
    """RFC 3339, a thousandth of a second for each message."""
    return datetime.fromtimestamp(1_700_000_000 + index / 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class KrakenVoice:
    ccxt_class, market_id = "kraken", "XBTUSDT"
    subscribed: ClassVar[dict[str, Any]] = {"orderbook:BTC/USDT": {"limit": 25}}

    def push(self, kind: str, state: SlowBook, bids: Any, asks: Any, index: int) -> str:
        def digits(rows: Any) -> str:
            return "".join([text.replace(".", "").lstrip("0") for row in texts(rows) for text in row])

        def objects(rows: Any) -> str:
            levels = [f'{{"price":{price},"qty":{size}}}' for price, size in texts(rows)]
            return f"[{','.join(levels)}]"

        summed = crc32((digits(state.asks(10)) + digits(state.bids(10))).encode())
        rest = f'"bids":{objects(bids)},"asks":{objects(asks)},"checksum":{summed}'
        rest += f',"timestamp":"{instant(index)}"'
        return f'{{"channel":"book","type":"{kind}","data":[{{"symbol":"BTC/USDT",{rest}}}]}}'

    def first(self, market: TrueMarket) -> str:
        state = market.states[0]
        return self.push("snapshot", state, state.bids(ALL), state.asks(ALL), 0)

    def frame(self, market: TrueMarket, told: Told, index: int) -> str:
        return self.push("update", market.states[told.last], *market.changes(told), index + 1)


class CoinbaseVoice:
    ccxt_class, market_id = "coinbase", "BTC-USDT"
    subscribed: ClassVar[dict[str, Any]] = {"level2::BTC/USDT": {}}

    def push(self, kind: str, bids: Any, asks: Any, index: int, number: int) -> str:
        updates = [
            {"side": side, "event_time": "", "price_level": price, "new_quantity": size}
            for side, rows in (("bid", bids), ("offer", asks))
            for price, size in texts(rows)
        ]
        event = {"type": kind, "product_id": self.market_id, "updates": updates}
        head = {"channel": "l2_data", "timestamp": instant(index), "sequence_num": number}
        return json.dumps({**head, "events": [event]})

    def first(self, market: TrueMarket) -> str:
        state = market.states[0]
        return self.push("snapshot", state.bids(ALL), state.asks(ALL), 0, 0)

    def frame(self, market: TrueMarket, told: Told, index: int) -> str:
        number = sum(not before.is_best for before in market.told[: index + 1])
        return self.push("update", *market.changes(told), index + 1, number)


class BitgetVoice:
    ccxt_class, market_id = "bitget", "BTCUSDT"
    subscribed: ClassVar[dict[str, Any]] = {}

    def push(self, action: str, state: SlowBook, bids: Any, asks: Any, index: int) -> str:
        pairs: Any = zip_longest(texts(state.bids(25)), texts(state.asks(25)), fillvalue=[])
        summed = crc32(":".join([text for bid, ask in pairs for text in (*bid, *ask)]).encode())
        data = {"bids": texts(bids), "asks": texts(asks), "ts": str(1_000 + index), "seq": 10 + index}
        data["checksum"] = summed - (1 << 32) if summed >> 31 else summed
        arg = {"instType": "SPOT", "channel": "books", "instId": self.market_id}
        return json.dumps({"action": action, "arg": arg, "data": [data], "ts": 1})

    def first(self, market: TrueMarket, at: int = 0) -> str:
        state = market.states[at]
        return self.push("snapshot", state, state.bids(ALL), state.asks(ALL), 10 * at)

    def frame(self, market: TrueMarket, told: Told, index: int) -> str:
        return self.push("update", market.states[told.last], *market.changes(told), index + 1)


class BitfinexVoice:
    """Ids of an order's level change in one message each: a lump is as many frames."""

    ccxt_class, market_id = "bitfinex", "tBTCUST"
    subscribed: ClassVar[dict[str, Any]] = {
        "17": {"channel": "book", "symbol": "tBTCUST", "prec": "P0", "len": "250"}
    }

    def rows(self, bids: Any, asks: Any) -> list[list[float]]:
        """Count 0 removes a level; the amount then only says the side."""
        told = [(price, size, 1) for price, size in bids] + [(price, size, -1) for price, size in asks]
        return [[price, 1, sign * (size + 0.5)] if size else [price, 0, sign] for price, size, sign in told]

    def first(self, market: TrueMarket) -> str:
        state = market.states[0]
        whole = [(price, size) for price, size in state.bids(ALL)], [*state.asks(ALL)]
        return json.dumps([17, self.rows(*whole), 1])

    def frame(self, market: TrueMarket, told: Told, index: int) -> str:
        """Told change by change: `told` is one of them."""
        (row,) = self.rows(*market.changes(told))
        return json.dumps([17, row, index + 2])


MORE_VOICES = (KrakenVoice, CoinbaseVoice, BitgetVoice, BitfinexVoice)
