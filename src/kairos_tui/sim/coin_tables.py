"""Coins: what is behind a ticker, by the name of its project and its contracts, as venues publish it.

After it: kucoin_tables, gate_tables, bitget_tables, each in its venue's own form. A contract address is
the only thing in a venue's tables that says which coin a ticker means.
"""

from collections.abc import Iterable

from msgspec import Struct

from kairos_tui.sim.listings import Listed


class Coin(Struct, frozen=True):
    """`contracts`: chain -> contract address, "" where the coin is the chain's own."""

    name: str
    decimals: int
    contracts: dict[str, str]


COINS = {
    "BTC": Coin("Bitcoin", 8, {"btc": ""}),
    "ETH": Coin("Ethereum", 8, {"eth": ""}),
    "SOL": Coin("Solana", 8, {"sol": ""}),
    "USDT": Coin(
        "Tether",
        8,
        {
            "eth": "0xdac17f958d2ee523a2206206994597c13d831ec7",
            "trx": "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        },
    ),
    "USDC": Coin(
        "USD Coin",
        8,
        {
            "eth": "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",
            "sol": "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
        },
    ),
    "NEIRO": Coin("First Neiro on Ethereum", 8, {"eth": "0x812ba41e071c7b7fa4ebcfb62df5f45f6fa853ee"}),
    "NEIROETH": Coin("Neiro Ethereum", 8, {"eth": "0xee2a03aa6dacf51c18679c516ad5283d8e7c2637"}),
}


def coins_of(listings: Iterable[Listed]) -> dict[str, Coin]:
    """ticker -> the coin that these listings mean by it."""
    coins: dict[str, Coin] = {}
    for listed in listings:
        coins.setdefault(listed.base, COINS[listed.coin])
        coins.setdefault(listed.quote, COINS[listed.quote])
    return coins
