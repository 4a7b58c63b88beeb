# mypy: disable-error-code="no-untyped-def"
"""What an engine knows can be told to another one, which then shows and finds the same."""

from typing import Any

from kairos_tui.engine import Told
from kairos_tui.market import FeedState, FeedStatus, Listing, PackedTick, Pulse, Venue


def tell(engine: Any, known: tuple[Told, ...], now_ns: int) -> None:
    for record in known:
        match record:
            case Listing():
                engine.on_listing(record, now_ns)
            case FeedStatus():
                engine.on_status(record, now_ns)
            case PackedTick():
                engine.on_tick(record, sent_ns=now_ns, arrived_ns=now_ns)
            case Pulse():
                engine.on_pulse(record, now_ns)


def busy(desk) -> None:
    desk.edge(9.0)
    desk.quote("gamma", 59_990.0, 60_010.0, size=0.4)
    desk.wait(700)
    desk.engine.on_pulse(Pulse(Venue("alpha"), (desk.symbols[0],), desk.now_ns), desk.now_ns)
    desk.state("beta", FeedState.DOWN, symbol=None, reason="HTTP 503")
    desk.wait(3)


def test_another_engine_that_is_told_shows_the_same_venues_and_routes(build_desk) -> None:
    first = build_desk(("alpha", "beta", "gamma"))
    busy(first)
    second = build_desk(("alpha", "beta", "gamma"), live=False)
    for known in first.engine.known():
        tell(second.engine, known, first.now_ns)
    second.now_ns = first.now_ns
    first.decide(), second.decide()

    theirs, ours = first.board(), second.board()
    assert ours.routes == theirs.routes
    assert ours.books == theirs.books
    shown = [(view.venue, view.state, view.reason, view.bid, view.ask, view.usable) for view in ours.venues]
    assert shown == [
        (view.venue, view.state, view.reason, view.bid, view.ask, view.usable) for view in theirs.venues
    ]
    assert [view.alive_us for view in ours.venues] == [view.alive_us for view in theirs.venues]


def test_a_book_that_is_no_longer_believed_is_not_told_on(build_desk) -> None:
    desk = build_desk()
    desk.edge(9.0)
    desk.wait(1)
    desk.state("alpha", FeedState.RESYNC, symbol=desk.symbols[0])
    desk.wait(1)
    desk.state("alpha", FeedState.LIVE, symbol=desk.symbols[0])
    desk.quote("beta", 60_000.0, 59_000.0)

    told = [record for known in desk.engine.known() for record in known]
    assert not [record for record in told if isinstance(record, PackedTick)]
    assert len([record for record in told if isinstance(record, Listing)]) == 2


def test_a_stream_is_told_as_it_is_when_it_is_asked_for(build_desk) -> None:
    desk = build_desk()
    known = desk.engine.known()
    next(known)
    desk.quote("beta", 1.0, 2.0)

    assert any(isinstance(record, PackedTick) for record in next(known))


def test_an_engine_that_was_told_nothing_tells_nothing(build_desk) -> None:
    assert not [record for known in build_desk(live=False).engine.known() for record in known]
