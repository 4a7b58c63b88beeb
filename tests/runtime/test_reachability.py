"""Reachability folds statuses into: was anything reached, is a symbol listed nowhere, and why not."""

from kairos_tui.market import FeedState, FeedStatus, Symbol, Venue
from kairos_tui.runtime.reachability import Reachability

VENUES = (Venue("binance"), Venue("okx"))
ASKED = Symbol("BTC/UDST")


def not_listed(venue: Venue, *nearest: str) -> FeedStatus:
    names = tuple(Symbol(name) for name in nearest)
    return FeedStatus(venue, ASKED, FeedState.DOWN, 1, reason="not listed", listed=False, nearest=names)


def test_a_symbol_is_unknown_only_when_every_venue_said_so() -> None:
    reachability = Reachability(VENUES, ((ASKED,),))

    reachability.on_status(not_listed(VENUES[0], "BTC/USDT"))
    assert reachability.unlisted() is None
    reachability.on_status(not_listed(VENUES[1], "BTC/USDT", "BTC/USDC"))

    line = reachability.unlisted()
    assert line is not None
    assert "BTC/UDST" in line
    assert "did you mean BTC/USDT or BTC/USDC?" in line


def test_reached_means_that_some_stream_was_live_once() -> None:
    reachability = Reachability(VENUES, ((ASKED,),))
    reachability.on_status(FeedStatus(VENUES[0], None, FeedState.CONNECTING, 1))
    assert not reachability.reached

    reachability.on_status(FeedStatus(VENUES[0], ASKED, FeedState.LIVE, 2))
    reachability.on_status(FeedStatus(VENUES[0], ASKED, FeedState.DOWN, 3, reason="closed"))

    assert reachability.reached


def test_venues_with_the_same_trouble_are_named_together() -> None:
    reachability = Reachability(VENUES, ((ASKED,),))
    for venue in VENUES:
        reachability.on_status(FeedStatus(venue, None, FeedState.DOWN, 1, reason="name not resolved"))

    assert reachability.why_not() == "binance, okx: name not resolved"


def test_of_an_asset_one_listed_quote_is_enough() -> None:
    reachability = Reachability(VENUES, ((ASKED, Symbol("BTC/USDT")),))
    for venue in VENUES:
        reachability.on_status(not_listed(venue))

    assert reachability.unlisted() is None
