"""Listings: what each venue really trades among a few coins, stablecoins, USD and EUR, with its real steps.

After it: market and the dialects. Decimals are those of the venue's public market table, 2025-26. Two
listings are traps: KuCoin's NEIRO is not the coin that the others call so, and Binance counts SATS by
the thousand.
"""

from msgspec import Struct


class Listed(Struct, frozen=True):
    """One market of one venue. Prices are counted in ticks of 10^-price_decimals, sizes in lots likewise."""

    venue: str
    symbol: str
    market_id: str
    price_decimals: int
    lot_decimals: int
    min_size: str
    min_cost: str
    quotes_per_s: float = 18.0

    @property
    def base(self) -> str:
        return self.symbol.partition("/")[0]

    @property
    def quote(self) -> str:
        return self.symbol.partition("/")[2]

    @property
    def book_symbol(self) -> str:
        """The market whose book this is: Coinbase trades coins for USDC in the book against USD."""
        shares = self.venue == "coinbase" and self.quote == "USDC" and self.base != "USDT"
        return f"{self.base}/USD" if shares else self.symbol

    @property
    def coin(self) -> str:
        """What is traded under the base's ticker, which is the venue's own choice."""
        return _COINS.get((self.venue, self.base), (self.base, 1))[0]

    @property
    def coins(self) -> int:
        """How many coins one unit of the base is."""
        return _COINS.get((self.venue, self.base), (self.base, 1))[1]


def sim_venues() -> tuple[str, ...]:
    """The venues of a plan that names none, in the order they are shown."""
    return _USUAL


def all_sim_venues() -> tuple[str, ...]:
    """Every venue that can be simulated, in the order they are shown."""
    return tuple(_TABLES)


def listings_of(venue: str) -> dict[str, Listed]:
    """market id -> what is listed under it."""
    rows = (Listed(venue, *row) for row in _TABLES[venue])
    return {listed.market_id: listed for listed in rows}


_USUAL = ("binance", "coinbase", "kraken", "okx", "bybit")
_COINS = {("kucoin", "NEIRO"): ("NEIROETH", 1), ("binance", "1000SATS"): ("SATS", 1_000)}

_Row = tuple[str, str, int, int, str, str, float]

_BINANCE: tuple[_Row, ...] = (
    ("BTC/USDT", "BTCUSDT", 2, 5, "0.00001", "5", 30.0),
    ("ETH/USDT", "ETHUSDT", 2, 4, "0.0001", "5", 24.0),
    ("SOL/USDT", "SOLUSDT", 2, 3, "0.001", "5", 20.0),
    ("BTC/USDC", "BTCUSDC", 2, 5, "0.00001", "5", 18.0),
    ("ETH/USDC", "ETHUSDC", 2, 4, "0.0001", "5", 14.0),
    ("SOL/USDC", "SOLUSDC", 2, 3, "0.001", "5", 12.0),
    ("USDC/USDT", "USDCUSDT", 4, 0, "1", "5", 8.0),
    ("NEIRO/USDT", "NEIROUSDT", 8, 0, "1", "5", 6.0),
    ("PEPE/USDT", "PEPEUSDT", 8, 0, "1", "5", 8.0),
    ("1000SATS/USDT", "1000SATSUSDT", 7, 0, "1", "5", 4.0),
)
_COINBASE: tuple[_Row, ...] = (
    ("BTC/USD", "BTC-USD", 2, 8, "0.00000001", "1", 24.0),
    ("ETH/USD", "ETH-USD", 2, 8, "0.00000001", "1", 18.0),
    ("SOL/USD", "SOL-USD", 2, 8, "0.00000001", "1", 14.0),
    ("BTC/USDC", "BTC-USDC", 2, 8, "0.00000001", "1", 24.0),
    ("ETH/USDC", "ETH-USDC", 2, 8, "0.00000001", "1", 18.0),
    ("SOL/USDC", "SOL-USDC", 2, 8, "0.00000001", "1", 14.0),
    ("BTC/USDT", "BTC-USDT", 2, 8, "0.00000001", "1", 14.0),
    ("ETH/USDT", "ETH-USDT", 2, 8, "0.00000001", "1", 12.0),
    ("SOL/USDT", "SOL-USDT", 2, 8, "0.00000001", "1", 10.0),
    ("USDT/USD", "USDT-USD", 5, 2, "1", "1", 8.0),
    ("USDT/USDC", "USDT-USDC", 5, 2, "1", "1", 6.0),
    ("BTC/EUR", "BTC-EUR", 2, 8, "0.00000001", "1", 12.0),
    ("ETH/EUR", "ETH-EUR", 2, 8, "0.00000001", "1", 10.0),
    ("SOL/EUR", "SOL-EUR", 2, 8, "0.00000001", "1", 8.0),
    ("USDT/EUR", "USDT-EUR", 4, 2, "1", "1", 5.0),
    ("USDC/EUR", "USDC-EUR", 4, 2, "1", "1", 5.0),
)
_KRAKEN: tuple[_Row, ...] = (
    ("BTC/USD", "XXBTZUSD", 1, 8, "0.00005", "0.5", 22.0),
    ("ETH/USD", "XETHZUSD", 2, 8, "0.001", "0.5", 18.0),
    ("SOL/USD", "SOLUSD", 2, 8, "0.02", "0.5", 14.0),
    ("BTC/USDT", "XBTUSDT", 1, 8, "0.00005", "0.5", 16.0),
    ("ETH/USDT", "ETHUSDT", 2, 8, "0.001", "0.5", 14.0),
    ("SOL/USDT", "SOLUSDT", 2, 8, "0.02", "0.5", 12.0),
    ("BTC/USDC", "XBTUSDC", 2, 8, "0.00005", "0.5", 14.0),
    ("ETH/USDC", "ETHUSDC", 2, 8, "0.001", "0.5", 12.0),
    ("SOL/USDC", "SOLUSDC", 2, 8, "0.02", "0.5", 10.0),
    ("USDT/USD", "USDTZUSD", 5, 8, "5", "0.5", 8.0),
    ("USDC/USD", "USDCUSD", 4, 8, "5", "0.5", 6.0),
    ("USDC/USDT", "USDCUSDT", 4, 8, "5", "0.5", 6.0),
    ("BTC/EUR", "XXBTZEUR", 1, 8, "0.00005", "0.5", 18.0),
    ("ETH/EUR", "XETHZEUR", 2, 8, "0.001", "0.5", 14.0),
    ("SOL/EUR", "SOLEUR", 2, 8, "0.02", "0.5", 12.0),
    ("EUR/USD", "ZEURZUSD", 5, 8, "5", "0.5", 6.0),
    ("USDT/EUR", "USDTEUR", 4, 8, "5", "0.5", 6.0),
    ("USDC/EUR", "USDCEUR", 4, 8, "5", "0.5", 6.0),
    ("PEPE/USDT", "PEPEUSDT", 9, 5, "400000", "0.5", 5.0),
)
_OKX: tuple[_Row, ...] = (
    ("BTC/USDT", "BTC-USDT", 1, 8, "0.00001", "0", 26.0),
    ("ETH/USDT", "ETH-USDT", 2, 6, "0.0001", "0", 22.0),
    ("SOL/USDT", "SOL-USDT", 2, 6, "0.01", "0", 18.0),
    ("BTC/USDC", "BTC-USDC", 1, 8, "0.00001", "0", 14.0),
    ("ETH/USDC", "ETH-USDC", 2, 6, "0.0001", "0", 12.0),
    ("SOL/USDC", "SOL-USDC", 2, 6, "0.01", "0", 10.0),
    ("BTC/USD", "BTC-USD", 1, 8, "0.00001", "0", 12.0),
    ("ETH/USD", "ETH-USD", 2, 6, "0.0001", "0", 10.0),
    ("SOL/USD", "SOL-USD", 2, 6, "0.01", "0", 10.0),
    ("USDC/USDT", "USDC-USDT", 4, 6, "1", "0", 8.0),
    ("NEIRO/USDT", "NEIRO-USDT", 8, 0, "1000", "0", 5.0),
    ("PEPE/USDT", "PEPE-USDT", 9, 0, "100000", "0", 7.0),
    ("SATS/USDT", "SATS-USDT", 11, 0, "10000000", "0", 4.0),
)
_BYBIT: tuple[_Row, ...] = (
    ("BTC/USDT", "BTCUSDT", 1, 6, "0.000011", "5", 26.0),
    ("ETH/USDT", "ETHUSDT", 2, 5, "0.00026", "5", 22.0),
    ("SOL/USDT", "SOLUSDT", 2, 4, "0.004", "5", 18.0),
    ("BTC/USDC", "BTCUSDC", 2, 6, "0.000011", "5", 14.0),
    ("ETH/USDC", "ETHUSDC", 2, 5, "0.00026", "5", 12.0),
    ("SOL/USDC", "SOLUSDC", 2, 4, "0.004", "5", 10.0),
    ("USDC/USDT", "USDCUSDT", 4, 2, "1", "1", 8.0),
    ("NEIRO/USDT", "NEIROUSDT", 8, 0, "1", "5", 5.0),
    ("PEPE/USDT", "PEPEUSDT", 9, 0, "1", "5", 7.0),
)
_KUCOIN: tuple[_Row, ...] = (
    ("BTC/USDT", "BTC-USDT", 1, 8, "0.00001", "0.1", 24.0),
    ("ETH/USDT", "ETH-USDT", 2, 7, "0.0001", "0.1", 20.0),
    ("SOL/USDT", "SOL-USDT", 3, 4, "0.01", "0.1", 16.0),
    ("BTC/USDC", "BTC-USDC", 1, 8, "0.00001", "0.1", 12.0),
    ("ETH/USDC", "ETH-USDC", 2, 7, "0.0001", "0.1", 10.0),
    ("SOL/USDC", "SOL-USDC", 3, 4, "0.01", "0.1", 8.0),
    ("USDC/USDT", "USDC-USDT", 5, 4, "0.1", "0.1", 6.0),
    ("NEIRO/USDT", "NEIRO-USDT", 5, 4, "0.1", "0.1", 4.0),
)
_GATE: tuple[_Row, ...] = (
    ("BTC/USDT", "BTC_USDT", 1, 6, "0.000001", "3", 24.0),
    ("ETH/USDT", "ETH_USDT", 2, 4, "0.0001", "3", 20.0),
    ("SOL/USDT", "SOL_USDT", 2, 3, "0.001", "3", 16.0),
    ("BTC/USDC", "BTC_USDC", 1, 6, "0.000001", "3", 10.0),
    ("ETH/USDC", "ETH_USDC", 2, 4, "0.0001", "3", 8.0),
    ("SOL/USDC", "SOL_USDC", 2, 3, "0.001", "3", 8.0),
    ("USDC/USDT", "USDC_USDT", 4, 2, "1", "3", 6.0),
    ("NEIRO/USDT", "NEIRO_USDT", 8, 0, "1", "3", 4.0),
)
_BITGET: tuple[_Row, ...] = (
    ("BTC/USDT", "BTCUSDT", 2, 6, "0", "1", 24.0),
    ("ETH/USDT", "ETHUSDT", 2, 4, "0", "1", 20.0),
    ("SOL/USDT", "SOLUSDT", 2, 4, "0", "1", 16.0),
    ("BTC/USDC", "BTCUSDC", 2, 6, "0", "1", 10.0),
    ("ETH/USDC", "ETHUSDC", 2, 4, "0", "1", 8.0),
    ("SOL/USDC", "SOLUSDC", 2, 4, "0", "1", 8.0),
    ("USDC/USDT", "USDCUSDT", 4, 2, "0", "1", 6.0),
)
_TABLES: dict[str, tuple[_Row, ...]] = {
    "binance": _BINANCE,
    "coinbase": _COINBASE,
    "kraken": _KRAKEN,
    "okx": _OKX,
    "bybit": _BYBIT,
    "kucoin": _KUCOIN,
    "gate": _GATE,
    "bitget": _BITGET,
}
