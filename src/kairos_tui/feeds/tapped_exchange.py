"""TappedExchange: any ccxt.pro class, subclassed at run time so that its sockets and REST calls are ours.

Before it: ccxt. After it: TappedClient for frames, Origins for where URLs go. Public data only: no keys.
"""

from collections.abc import Callable, Coroutine, Iterable
from math import ceil
from time import monotonic_ns
from typing import Any

import ccxt.pro
from ccxt.async_support.base.exchange import BaseExchange
from ccxt.async_support.base.ws.future import Future

from kairos_tui.errors import FeedRefused
from kairos_tui.feeds.checked_book import checked_counted_order_book, checked_order_book
from kairos_tui.feeds.dialects.dialect import SnapshotCall
from kairos_tui.feeds.dialects.table import SPOT_ONLY
from kairos_tui.feeds.farewell import retrieve
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.format_watch import FORMAT_CHANGED
from kairos_tui.feeds.interpreter import Interpreter
from kairos_tui.feeds.keeper import ASKING, REST_ASKED_NS, REST_NS, Keeper
from kairos_tui.feeds.origins import Origins
from kairos_tui.feeds.pace import Pace
from kairos_tui.feeds.stream import Stream
from kairos_tui.feeds.tapped_client import TappedClient
from kairos_tui.feeds.venue_facts import NEEDS_CURRENCIES
from kairos_tui.market import Symbol

Method = Callable[..., Coroutine[Any, Any, Any]]

UNCOMPARED = frozenset({"inverse", "option"})
"""Kinds of markets, in ccxt's words, that are never compared."""


def build_exchange(plan: FeedPlan, keeper: Keeper, session: Any, ssl_context: Any) -> Any:  # noqa: ANN401
    """An instance ready for load_markets. Raises FeedRefused for an unknown class or one without books."""
    if plan.ccxt_class not in ccxt.pro.exchanges:
        raise FeedRefused(f"{plan.venue}: ccxt.pro has no class {plan.ccxt_class!r}")
    timeout_ms = ceil(plan.connect_timeout_s) * 1000
    origins = Origins(plan.origin_rest, plan.origin_ws)
    settings = {"session": session, "timeout": timeout_ms, "timeout_on_exit": 0}
    wanted = [plan.market_ids.get(symbol, symbol) for symbol in (*plan.symbols, *plan.conversions)]
    exchange = tapped(getattr(ccxt.pro, plan.ccxt_class), keeper, origins, wanted)(settings)
    if not exchange.has.get("watchOrderBook"):
        exchange.session = None  # the caller closes it; ccxt would complain that nobody had
        raise FeedRefused(f"{plan.venue}: {plan.ccxt_class} has no order book stream")
    exchange.ssl_context = ssl_context
    exchange.streaming = {**exchange.streaming, "connectionTimeout": timeout_ms}
    _narrow(exchange, [plan.market_ids.get(symbol, symbol) for symbol in plan.symbols])
    return exchange


def tapped(
    exchange_class: type[Any], keeper: Keeper, origins: Origins, wanted: Iterable[Symbol]
) -> type[Any]:
    """`exchange_class` with our taps in front of what every ccxt.pro class inherits."""
    ours = {"_keeper": keeper, "_origins": origins, "_wanted": frozenset(wanted)}
    return type(exchange_class.__name__, (_Taps, exchange_class), ours)


def _narrow(exchange: Any, wanted: Iterable[Symbol]) -> None:  # noqa: ANN401  ccxt is untyped
    """Load no currency list, and contracts only if one is wanted, where ccxt's own options allow it."""
    options = exchange.options
    asked = options.get("fetchMarkets")
    kinds = asked.get("types") if isinstance(asked, dict) else asked
    if isinstance(kinds, list) and "spot" in kinds:
        is_settled = any(":" in symbol for symbol in wanted)
        kept = [kind for kind in kinds if kind == "spot" or (is_settled and kind not in UNCOMPARED)]
        options["fetchMarkets"] = {**asked, "types": kept} if isinstance(asked, dict) else kept
        options["defaultType"] = "spot"
    if exchange.id not in NEEDS_CURRENCIES:
        exchange.has["fetchCurrencies"] = False


class _Taps(BaseExchange):  # type: ignore[misc]  # ccxt is untyped
    """A mixin: in the method order it stands before the exchange's own class."""

    _keeper: Keeper
    _origins: Origins
    _wanted: frozenset[Symbol]

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self.urls["api"] = self._origins.move_all(self.urls["api"])

    def set_markets(self, markets: Any, currencies: Any = None) -> Any:  # noqa: ANN401
        """Without the venue's raw records of markets that nobody watches, before ccxt copies its table. With
        2,000 markets like Binance's the process holds 20 MB for them, not 29, and uses half as much."""
        for market in self.to_array(markets):
            if market.get("symbol") not in self._wanted:
                market["info"] = {}
        return super().set_markets(markets, currencies)

    def order_book(self, snapshot: dict[str, Any] = {}, depth: int | None = None) -> Any:  # noqa: ANN401, B006
        return checked_order_book(snapshot, depth)

    def counted_order_book(self, snapshot: dict[str, Any] = {}, depth: int | None = None) -> Any:  # noqa: ANN401, B006
        return checked_counted_order_book(snapshot, depth)

    def handle_message(self, client: Any, message: Any) -> None:  # noqa: ANN401
        client.message = message
        super().handle_message(client, message)

    def client(self, url: str) -> Any:  # noqa: ANN401
        client = super().client(self._origins.move(url))
        if not isinstance(client, TappedClient):
            TappedClient.adopt(client, self._keeper)
            client.throttle = Pace()
            if self._is_beyond_dialect(ASKING.get()):
                return client
            client.note = FORMAT_CHANGED if self._keeper.formats.is_left(monotonic_ns()) else None
            dialect = self._keeper.new_dialect() if client.note is None else None
            if dialect is not None:
                rest = self._call
                client.interpreter = Interpreter(dialect, client, self._keeper, self._keeper.depth, rest)
        return client

    def _is_beyond_dialect(self, stream: Stream | None) -> bool:
        """Where a dialect knows spot alone, ccxt decodes contracts: they have their own connections."""
        return stream is not None and ":" in stream.market.symbol and self.id in SPOT_ONLY

    async def _call(self, call: SnapshotCall) -> Any:  # noqa: ANN401  a venue's JSON
        return await getattr(self, call.method)(dict(call.params))

    async def load_order_book(self, client: Any, *asked: Any) -> None:  # noqa: ANN401
        if client.interpreter is None:
            await super().load_order_book(client, *asked)

    async def fetch_order_book_snapshot(self, client: Any, *asked: Any) -> None:  # noqa: ANN401
        """Binance's; where a dialect speaks, it says when a snapshot is wanted."""
        if client.interpreter is None:
            await super().fetch_order_book_snapshot(client, *asked)

    def watch(self, url: str, message_hash: str, message: Any = None, *asked: Any) -> Any:  # noqa: ANN401
        """`asked` is ccxt's subscribe_hash and subscription."""
        url = self._origins.move(url)
        _claim(self.client(url), [message_hash], [asked[0]] if asked else [], message)
        return super().watch(url, message_hash, message, *asked)

    def watch_multiple(self, url: str, hashes: list[str], message: Any = None, *asked: Any) -> Any:  # noqa: ANN401
        """`asked` is ccxt's subscribe_hashes and subscription."""
        url = self._origins.move(url)
        _claim(self.client(url), hashes, (asked[0] or []) if asked else [], message)
        return super().watch_multiple(url, hashes, message, *asked)

    def ws_dial_delay(self, url: str) -> float:
        return self._keeper.dial_delay_s(url)

    def on_connected(self, client: Any, message: Any = None) -> None:  # noqa: ANN401
        super().on_connected(client, message)
        self._keeper.on_up(client)

    async def fetch(self, url: str, *request: Any) -> Any:  # noqa: ANN401
        """Raises RateLimitExceeded without asking while the venue wants to be left alone."""
        left_s = self._keeper.ban.left_s(monotonic_ns())
        if left_s:
            raise ccxt.RateLimitExceeded(f"asked to wait {left_s:.0f} s more")
        REST_ASKED_NS.set(monotonic_ns())
        return await super().fetch(self._origins.move(url), *request)

    def on_rest_response(self, code: int, *answer: Any) -> Any:  # noqa: ANN401
        """`answer` begins with ccxt's reason, URL, method and response headers."""
        REST_NS.set(monotonic_ns())
        self._keeper.ban.note(code, answer[3], REST_NS.get())
        return super().on_rest_response(code, *answer)

    def spawn(self, method: Method, *args: Any) -> Any:  # noqa: ANN401
        """As ccxt's, but the task ends with its connection or with the feed, and never fails unheard."""
        future = Future()
        future.add_done_callback(retrieve)
        line = args[0] if args and isinstance(args[0], TappedClient) else None
        (self._keeper.start if line is None else line.keep)(_settle(future, method(*args)))
        return future


def _claim(line: TappedClient, hashes: list[str], subscribed: list[str], message: Any) -> None:  # noqa: ANN401
    """The stream whose watch runs owns what these hashes resolve to, and what the message brings."""
    stream = ASKING.get()
    if stream is not None and not line.lost:
        line.owners.claim(stream, hashes, subscribed)
        stream.attach(line, monotonic_ns(), up=bool(line.up_ns))
        if line.interpreter is not None and message is not None:
            line.interpreter.follow(stream, message)


async def _settle(future: Any, work: Coroutine[Any, Any, Any]) -> None:  # noqa: ANN401  ccxt is untyped
    try:
        future.resolve(await work)
    except Exception as error:  # noqa: BLE001  handed on to whoever awaits the future, as ccxt does
        future.reject(error)
    finally:
        future.cancel()
