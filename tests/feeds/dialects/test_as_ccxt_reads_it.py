"""The same frames through ccxt's own parser and through ours: the same levels, order, stamps and numbers.

Where they differ it is for a reason that stands here. Bitstamp is left out: ours listens to another channel,
of whole books, because ccxt's has no numbers to see a loss by.
"""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from tests.feeds.dialects.ccxt_ears import CcxtEars, Heard
from tests.feeds.dialects.more_voices import MORE_VOICES, BitfinexVoice, BitgetVoice
from tests.feeds.dialects.true_market import DEPTH, MARKETS, MIDDLE, Step, Told, TrueMarket
from tests.feeds.dialects.voices import VOICES

from kairos_tui.feeds.dialects.dialect import Believed, Dialect, Market
from kairos_tui.feeds.dialects.table import VERIFIED, dialect_of
from kairos_tui.market import Symbol

SUBSCRIBED: dict[str, dict[str, Any]] = {"okx": {"books:BTC/USDT": True}}

COMPARED = (*VOICES, *MORE_VOICES)
UNCOMPARED = {"bitstamp"}
SAME_WORDS = {"binanceus": "binance", "myokx": "okx", "okxus": "okx"}

NO_NUMBER = {
    "bybit": "ccxt reads neither `u` nor `seq`",
    "kraken": "the venue has none",
    "bitget": "ccxt does not read `seq`",
    "coinbase": "ccxt does not read `sequence_num`",
    "bitfinex": "ccxt does not ask for numbers",
}
"""Why ccxt's books have no nonce, where they have none."""

NO_STAMP = {"bitfinex": "the venue has none"}
NO_FIRST_STAMP = {"kraken": "ccxt leaves a snapshot's stamp unread: it is that of the book before, or none"}

each_venue = pytest.mark.parametrize("voice_class", COMPARED, ids=lambda voice: voice.ccxt_class)


def test_every_dialect_is_compared_or_left_out_for_a_reason():
    named = {voice.ccxt_class for voice in COMPARED}
    assert {SAME_WORDS.get(ccxt_class, ccxt_class) for ccxt_class in VERIFIED} == named | UNCOMPARED


def opened(voice: Any) -> Dialect:
    dialect = dialect_of(voice.ccxt_class)
    assert dialect is not None
    dialect.open(Market(Symbol("BTC/USDT"), voice.market_id), DEPTH)
    if isinstance(voice, BitfinexVoice):
        dialect.take('{"event":"subscribed","channel":"book","chanId":17,"symbol":"tBTCUST"}')
    return dialect


def ears(voice: Any) -> CcxtEars:
    subscribed = getattr(voice, "subscribed", SUBSCRIBED.get(voice.ccxt_class, {}))
    made = CcxtEars(voice.ccxt_class, voice.market_id, depth=DEPTH, subscribed=subscribed)
    if isinstance(voice, BitfinexVoice):
        made.exchange.safe_symbol = lambda market_id, *_: made.symbol
    return made


def ours_of(dialect: Dialect, frame: str) -> Heard | None:
    books = [outcome for outcome in dialect.take(frame) or () if isinstance(outcome, Believed)]
    return Heard(books[-1].bids, books[-1].asks, books[-1].timestamp_ms, books[-1].nonce) if books else None


def depth_only(market: TrueMarket, *, one_by_one: bool) -> TrueMarket:
    """Without the best bid/ask channel, which ccxt does not merge; `one_by_one`: each change by itself."""
    if one_by_one:
        return TrueMarket(market.steps, [Told(False, at, at) for at in range(1, len(market.steps) + 1)])
    return TrueMarket(market.steps, [told for told in market.told if not told.is_best])


def both(voice: Any, market: TrueMarket) -> list[tuple[Heard | None, Heard | None]]:
    """What each made of every frame, the first snapshot among them where the stream brings it."""

    async def listen() -> list[tuple[Heard | None, Heard | None]]:
        dialect, ccxts, heard = opened(voice), ears(voice), []
        first = voice.first(market)
        if first is None:
            snapshot = voice.snapshot(market.states[0], 0)
            body = snapshot.get("data", snapshot)
            ccxts.begin(body["bids"], body["asks"], voice.id_of(0))
            dialect.take_snapshot(voice.market_id, snapshot)
        else:
            heard.append((ours_of(dialect, first), ccxts.hear(first)))
        for index, told in enumerate(market.told):
            frame = voice.frame(market, told, index)
            heard.append((ours_of(dialect, frame), ccxts.hear(frame)))
        return heard

    with asyncio.Runner() as runner:
        return runner.run(listen())


@each_venue
@settings(max_examples=40, deadline=None)
@given(market=MARKETS)
def test_every_frame_leads_to_the_same_book(voice_class, market):
    voice = voice_class()
    told = depth_only(market, one_by_one=voice_class is BitfinexVoice)
    pairs = both(voice, told)
    assert len(pairs) >= len(told.told)
    for place, (ours, theirs) in enumerate(pairs):
        assert ours is not None, place
        assert theirs is not None, place
        assert ours.bids == theirs.bids
        assert ours.asks == theirs.asks
        if voice.ccxt_class not in NO_NUMBER:
            assert ours.nonce == theirs.nonce
        else:
            assert theirs.nonce is None
        if voice.ccxt_class in NO_FIRST_STAMP and place == 0:
            assert (theirs.timestamp_ms, ours.timestamp_ms) == (None, 1_700_000_000_000)
        elif voice.ccxt_class not in NO_STAMP:
            assert ours.timestamp_ms == theirs.timestamp_ms
    ours, state = pairs[-1][0], told.states[-1]
    assert ours is not None
    assert (len(ours.bids), len(ours.asks)) == (len(state.bids(DEPTH)), len(state.asks(DEPTH)))


def test_a_second_snapshot_of_bitgets_replaces_the_book_which_ccxt_only_adds_to():
    """ccxt lays it over the levels it has: one that went in between stays, and no checksum is looked at."""
    voice, market = BitgetVoice(), TrueMarket([Step(MIDDLE - 1, 0)], [])
    first, second = voice.first(market), voice.first(market, 1)

    async def listen() -> tuple[Heard | None, Heard | None]:
        dialect, ccxts = opened(voice), ears(voice)
        dialect.take(first)
        ccxts.hear(first)
        return ours_of(dialect, second), ccxts.hear(second)

    with asyncio.Runner() as runner:
        ours, theirs = runner.run(listen())
    assert ours is not None
    assert theirs is not None
    assert ours.bids == ((998.0, 5.5),)
    assert theirs.bids == ((999.0, 7.5), (998.0, 5.5))
