"""Checked books: ccxt's order books, whose sides refuse a level that cannot be true before they store it.

Before it: any exchange's handler. After it: the door. A NaN once stored breaks the order of ccxt's list for
good, and a size that did not parse is None, which ccxt takes for a removal.
"""

from collections.abc import Callable
from math import inf
from typing import Any

from ccxt.async_support.base.ws.order_book import CountedOrderBook, OrderBook
from ccxt.async_support.base.ws.order_book_side import Asks, Bids, CountedAsks, CountedBids

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.door import refusal_of

Store = Callable[[Any, list[Any]], None]


def _checked(store: Store) -> Store:
    """A None or a word in place of a number raises TypeError, contained like any other."""

    def store_array(self: Any, delta: list[Any]) -> None:  # noqa: ANN401  ccxt is untyped
        price, size = delta[0], delta[1]
        if not 0.0 <= size < inf or (size and not 0.0 < price < inf):
            raise FrameRefused(refusal_of(price, size))
        store(self, delta)

    return store_array


class CheckedAsks(Asks):  # type: ignore[misc]  # ccxt is untyped
    """Sell side."""

    storeArray = _checked(Asks.storeArray)  # noqa: N815  ccxt's name


class CheckedBids(Bids):  # type: ignore[misc]  # ccxt is untyped
    """Buy side."""

    storeArray = _checked(Bids.storeArray)  # noqa: N815


class CheckedCountedAsks(CountedAsks):  # type: ignore[misc]  # ccxt is untyped
    """Sell side with a number of orders per level."""

    storeArray = _checked(CountedAsks.storeArray)  # noqa: N815


class CheckedCountedBids(CountedBids):  # type: ignore[misc]  # ccxt is untyped
    """Buy side with a number of orders per level."""

    storeArray = _checked(CountedBids.storeArray)  # noqa: N815


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
