"""Coinbase's REST tables: currencies, rates, products and a product's book. After it: coinbase."""

from kairos_tui.sim.decimals import fixed, step
from kairos_tui.sim.listings import Listed
from kairos_tui.sim.market import Book

_NAMES = {"BTC": "Bitcoin", "ETH": "Ethereum", "SOL": "Solana", "USDT": "Tether", "USDC": "USDC"}

FIAT = [
    {"id": "USD", "name": "US Dollar", "min_size": "0.01"},
    {"id": "EUR", "name": "Euro", "min_size": "0.01"},
]
CRYPTO = [
    {
        "asset_id": f"00000000-0000-4000-8000-{number:012d}",
        "code": code,
        "name": name,
        "color": "#0052FF",
        "sort_index": number,
        "exponent": 8,
        "type": "crypto",
        "address_regex": "",
    }
    for number, (code, name) in enumerate(_NAMES.items(), start=1)
]
RATES = {"USD": "1.0", "EUR": "0.92"}


def product(listed: Listed) -> dict[str, object]:
    alias = f"{listed.base}-{listed.book_symbol.partition('/')[2]}"
    is_alias = alias != listed.market_id
    has_alias = listed.quote == "USD" and listed.base not in ("USDT", "USDC")
    return {
        "product_id": listed.market_id,
        "base_increment": step(listed.lot_decimals),
        "quote_increment": step(listed.price_decimals),
        "price_increment": step(listed.price_decimals),
        "base_min_size": listed.min_size,
        "base_max_size": "3400",
        "quote_min_size": listed.min_cost,
        "quote_max_size": "150000000",
        "base_name": _NAMES[listed.base],
        "quote_name": _NAMES.get(listed.quote, "Euro" if listed.quote == "EUR" else "US Dollar"),
        "base_currency_id": listed.base,
        "quote_currency_id": listed.quote,
        "base_display_symbol": listed.base,
        "quote_display_symbol": "USD" if is_alias else listed.quote,
        "display_name": listed.market_id,
        "product_type": "SPOT",
        "product_venue": "CBE",
        "status": "online",
        "is_disabled": False,
        "trading_disabled": False,
        "cancel_only": False,
        "limit_only": False,
        "post_only": False,
        "auction_mode": False,
        "view_only": False,
        "alias": alias if is_alias else "",
        "alias_to": [f"{listed.base}-USDC"] if has_alias else [],
    }


def product_book(listed: Listed, book: Book, limit: int, at: str) -> dict[str, object]:
    """The first `limit` levels, and what the venue says about their middle."""
    bid, ask = next(iter(book.bids)), next(iter(book.asks))
    middle = fixed((bid + ask) * 5, listed.price_decimals + 1)
    shown = book.top(limit)
    return {
        "pricebook": {
            "product_id": listed.market_id,
            "bids": _priced(listed, shown.bids),
            "asks": _priced(listed, shown.asks),
            "time": at,
        },
        "last": fixed(bid, listed.price_decimals),
        "mid_market": middle,
        "spread_bps": f"{(ask - bid) / (ask + bid) * 2e4:.9f}",
        "spread_absolute": fixed(ask - bid, listed.price_decimals),
    }


def _priced(listed: Listed, sizes: dict[int, int]) -> list[dict[str, str]]:
    return [
        {"price": fixed(price, listed.price_decimals), "size": fixed(lots, listed.lot_decimals)}
        for price, lots in sizes.items()
    ]
