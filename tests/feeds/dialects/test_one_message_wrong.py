"""One message lost, told twice or told out of order: no venue's dialect believes a book that never was."""

from collections.abc import Iterable
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.feeds.dialects.sound import assert_sound
from tests.feeds.dialects.true_market import DEPTH, MARKETS, Told, TrueMarket
from tests.feeds.dialects.voices import VOICES, Voice, read

from kairos_tui.feeds.dialects.dialect import Believed, Dialect, Doubted, Market, Outcome, Wanted
from kairos_tui.feeds.dialects.table import dialect_of
from kairos_tui.market import Symbol

every_venue = pytest.mark.parametrize("voice_class", VOICES, ids=lambda voice: voice.ccxt_class)


class Said(NamedTuple):
    """A frame, and what of the truth it tells."""

    told: Told
    text: str


def speak(voice: Voice, market: TrueMarket) -> list[Said]:
    frames = [Said(told, voice.frame(market, told, index) or "") for index, told in enumerate(market.told)]
    return [said for said in frames if said.text]


def listen(voice: Voice, market: TrueMarket, frames: Iterable[Said]) -> list[Outcome]:
    """Everything the dialect says; a wanted snapshot is of the state that the wanting frame led to."""
    dialect = opened(voice)
    begin = voice.first(market)
    outcomes = list(dialect.take(begin) or ()) if begin else []
    restored = bool(begin)
    for told, text in frames:
        for outcome in dialect.take(text) or ():
            outcomes.append(check(voice, market, told, outcome))
            if isinstance(outcome, Wanted) and not restored:
                restored = True
                body = voice.snapshot(market.states[told.last], told.last)
                outcomes += dialect.take_snapshot(voice.market_id, body)
    return outcomes


def opened(voice: Voice) -> Dialect:
    dialect = dialect_of(voice.ccxt_class)
    assert dialect is not None
    dialect.open(Market(Symbol("BTC/USDT"), voice.market_id), DEPTH)
    return dialect


def check(voice: Voice, market: TrueMarket, told: Told, outcome: Outcome) -> Outcome:
    """A believed book was the market's book at the update it names, in full when depth told of it."""
    if isinstance(outcome, Believed):
        assert_sound(outcome, DEPTH)
        update = next(n for n in range(len(market.states)) if voice.id_of(n) == outcome.nonce)
        depth = DEPTH if not told.is_best and told.last == update else 1
        assert outcome.bids[:depth] == read(market.states[update].bids(depth))
        assert outcome.asks[:depth] == read(market.states[update].asks(depth))
    return outcome


def doubts(outcomes: list[Outcome]) -> list[Doubted]:
    return [outcome for outcome in outcomes if isinstance(outcome, Doubted)]


def nonces(outcomes: list[Outcome]) -> list[int]:
    return [outcome.nonce or 0 for outcome in outcomes if isinstance(outcome, Believed)]


def depth_places(frames: list[Said]) -> list[int]:
    """Where depth updates are told, but for the first two and the last: those may begin or end the book."""
    return [place for place, said in enumerate(frames) if not said.told.is_best][2:-1]


@every_venue
@settings(max_examples=15, deadline=None)
@given(market=MARKETS)
def test_an_unharmed_stream_is_never_doubted_and_ends_at_the_truth(voice_class, market):
    voice = voice_class()
    outcomes = listen(voice, market, speak(voice, market))
    assert doubts(outcomes) == []
    assert nonces(outcomes) == sorted(nonces(outcomes))
    assert nonces(outcomes)[-1] == voice.id_of(len(market.steps))


@every_venue
@settings(max_examples=15, deadline=None)
@given(market=MARKETS, data=st.data())
def test_a_lost_depth_update_is_doubted_once_and_nothing_is_believed_after(voice_class, market, data):
    voice = voice_class()
    frames = speak(voice, market)
    del frames[data.draw(st.sampled_from(depth_places(frames)))]
    outcomes = listen(voice, market, frames)
    (doubted,) = doubts(outcomes)
    assert "follows" in doubted.reason
    assert nonces(outcomes[outcomes.index(doubted) :]) == []


@every_venue
@settings(max_examples=15, deadline=None)
@given(market=MARKETS, data=st.data())
def test_swapped_depth_updates_are_doubted_once(voice_class, market, data):
    voice = voice_class()
    frames = speak(voice, market)
    place = data.draw(st.sampled_from(depth_places(frames)))
    later = next(n for n in range(place + 1, len(frames)) if not frames[n].told.is_best)
    frames[place], frames[later] = frames[later], frames[place]
    assert len(doubts(listen(voice, market, frames))) == 1


@every_venue
@settings(max_examples=15, deadline=None)
@given(market=MARKETS, data=st.data())
def test_a_message_told_twice_changes_nothing(voice_class, market, data):
    voice = voice_class()
    frames = speak(voice, market)
    place = data.draw(st.integers(0, len(frames) - 1))
    again = data.draw(st.integers(place + 1, min(len(frames), place + 4)))
    harmed = [*frames[:again], frames[place], *frames[again:]]
    heard = [outcome for outcome in listen(voice, market, harmed) if isinstance(outcome, Believed)]
    true = [outcome for outcome in listen(voice, market, frames) if isinstance(outcome, Believed)]
    assert heard == true


@every_venue
@settings(max_examples=15, deadline=None)
@given(market=MARKETS, data=st.data())
def test_a_best_bid_ask_that_is_lost_or_late_is_never_a_lie(voice_class, market, data):
    voice = voice_class()
    frames = speak(voice, market)
    places = [place for place, said in enumerate(frames) if said.told.is_best]
    if not places:
        return
    said = frames.pop(data.draw(st.sampled_from(places)))
    if data.draw(st.booleans()):
        frames.insert(data.draw(st.integers(0, len(frames))), said)
    outcomes = listen(voice, market, frames)
    assert doubts(outcomes) == []
    assert nonces(outcomes) == sorted(nonces(outcomes))
