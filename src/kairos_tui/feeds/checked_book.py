"""Checked books: ccxt's order books, whose sides refuse a level that cannot be true before they store it.

Before it: any exchange's handler. After it: the door. A NaN once stored breaks the order of ccxt's list for
good, and a size that did not parse is None, which ccxt takes for a removal.
"""

from math import inf
from typing import Any

from ccxt.async_support.base.ws.order_book import CountedOrderBook, OrderBook
from ccxt.async_support.base.ws.order_book_side import Asks, Bids, CountedAsks, CountedBids

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.door import refusal_of


class _Checked:
    """Mixin. A None or a word in place of a number raises TypeError, contained like any other."""

    def storeArray(self, delta: list[Any]) -> None:  # noqa: N802  ccxt's name
        price, size = delta[0], delta[1]
        if not 0.0 <= size < inf or (size and not 0.0 < price < inf):
            raise FrameRefused(refusal_of(price, size))
        super().storeArray(delta)  # type: ignore[misc]  # the side after us in the method order has it


class CheckedAsks(_Checked, Asks):  # type: ignore[misc]  # ccxt is untyped
    """Sell side."""


class CheckedBids(_Checked, Bids):  # type: ignore[misc]  # ccxt is untyped
    """Buy side."""


class CheckedCountedAsks(_Checked, CountedAsks):  # type: ignore[misc]  # ccxt is untyped
    """Sell side with a number of orders per level."""


class CheckedCountedBids(_Checked, CountedBids):  # type: ignore[misc]  # ccxt is untyped
    """Buy side with a number of orders per level."""


def checked_order_book(snapshot: dict[str, Any], depth: int | None) -> Any:  # noqa: ANN401  ccxt is untyped
    sides = {
        "asks": CheckedAsks(snapshot.get("asks", []), depth),
        "bids": CheckedBids(snapshot.get("bids", []), depth),
    }
    return OrderBook({**snapshot, **sides}, depth)


def checked_counted_order_book(snapshot: dict[str, Any], depth: int | None) -> Any:  # noqa: ANN401
    book = CountedOrderBook(snapshot, depth)
    book["asks"] = CheckedCountedAsks(snapshot.get("asks", []), depth)
    book["bids"] = CheckedCountedBids(snapshot.get("bids", []), depth)
    return book
