"""What the tests of single venues share: a bare socket at the venue's path, and the truth by its number."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from tests.sim.conftest import BareSocket

from kairos_tui.sim.listings import Listed
from kairos_tui.sim.market import Book, ListedMarket
from kairos_tui.sim.plan import Origin

WS_PATHS = {"kucoin": "/", "gate": "/ws/v4/", "bitget": "/v2/ws/public"}
SECOND = 1_000_000_000
QUOTES_PER_SECOND = 1_000_000

Side = dict[float, float]
Message = dict[str, Any]


class Client(BareSocket):
    """One to which a venue never says plain words in these tests."""

    async def told(self) -> Message:
        heard = await self.hear()
        assert isinstance(heard, dict)
        return heard


@asynccontextmanager
async def connected(venue: str, origin: Origin) -> AsyncIterator[Client]:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(origin.ws + WS_PATHS[venue], autoping=False) as socket,
    ):
        yield Client(socket)


async def asked(origin: Origin, path: str, method: str = "GET", **query: str) -> tuple[int, Any]:
    """Status and body of one REST request."""
    async with (
        aiohttp.ClientSession(origin.rest) as session,
        session.request(method, path, params=query) as response,
    ):
        return response.status, await response.json()


def book_numbered(market: ListedMarket, number: int) -> Book:
    """The true book as of the quote with this number."""
    quote = market.times.last(number // QUOTES_PER_SECOND * SECOND)
    while quote[0] < number:
        quote = market.times.next(quote[1])
    assert quote[0] == number
    return market.book_of(quote)


def true_sides(listed: Listed, book: Book, depth: int) -> tuple[Side, Side]:
    """(bids, asks) as prices and sizes."""
    prices, lots = 10**listed.price_decimals, 10**listed.lot_decimals
    top = book.top(depth)
    bids, asks = (
        {price / prices: size / lots for price, size in side.items()} for side in (top.bids, top.asks)
    )
    return bids, asks


def apply(side: Side, levels: Iterable[Sequence[str]]) -> None:
    """Sets sizes; 0 takes a level away."""
    for price, size, *_ in levels:
        side[float(price)] = float(size)
        if not float(size):
            del side[float(price)]
