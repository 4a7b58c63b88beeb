"""Every signal a listener hears of opens once and closes once, whatever happens to the engine."""

from msgspec.structs import replace

from kairos_tui.market import (
    Asset,
    Board,
    CloseReason,
    Fees,
    LatencyTrace,
    Leg,
    Opportunity,
    Proof,
    Rates,
    Route,
    Side,
    Signal,
    SignalEvent,
    Symbol,
    Thresholds,
    Venue,
)
from kairos_tui.runtime.open_signals import OpenSignals
from kairos_tui.wire import Published, Topic

BTC = Symbol("BTC/USDT")


def leg(venue: str, side: Side, price: float) -> Leg:
    return Leg(
        Venue(venue), BTC, side, price, price, Fees(0.001, "market", 1), 1, 1, Proof.SEQUENCE, ((price, 1.0),)
    )


PRICED = Opportunity(
    Route(BTC, Venue("okx"), Venue("kraken")),
    "cross",
    "inventory",
    Asset("BTC"),
    Asset("USDT"),
    leg("okx", "buy", 100.0),
    leg("kraken", "sell", 101.0),
    *(1.0, 100.0, 100.1, 0.8, 100.0, 20.0, 80.0, 80.0, 0),
)


def published(id_: str, event: SignalEvent, *, epoch: int = 0, to: str = "") -> Published:
    """A signal on a route of its own, unless it says where that goes `to`."""
    reason = CloseReason.REVERTED if event == "close" else None
    priced = replace(PRICED, route=Route(BTC, Venue("okx"), Venue(to or id_)))
    signal = Signal(id_, event, priced, 1, 2, 80.0, LatencyTrace(1, 1, 1, 1, 2), reason)
    return Published("run", epoch, Topic.SIGNAL, 1, 5, 6_000, signal)


def signal_of(item: Published) -> Signal:
    assert isinstance(item.body, Signal)
    return item.body


def hear(signals: OpenSignals, item: Published) -> list[tuple[str, str]]:
    heard = [signals.as_heard(each, signal_of(each)) for each in (*signals.orphaned_by(item), item)]
    return [(signal_of(each).id, signal_of(each).event) for each in heard if each]


def test_what_a_dead_engine_left_open_is_closed_when_the_next_one_speaks() -> None:
    signals = OpenSignals()
    hear(signals, published("a", "open"))
    hear(signals, published("b", "open"))
    hear(signals, published("b", "close"))

    assert hear(signals, published("c", "open", epoch=1)) == [("a", "close"), ("c", "open")]


def test_the_close_it_makes_is_censored_and_happens_now() -> None:
    signals = OpenSignals()
    hear(signals, published("a", "open"))

    (closed,) = signals.orphaned_by(replace(published("c", "open", epoch=1), published_ns=9_000, ts_us=8))

    assert signal_of(closed).reason is CloseReason.SHUTDOWN
    assert (signal_of(closed).at_ns, closed.ts_us) == (9_000, 8)


def test_a_dead_engines_last_words_are_not_told_after_its_successors() -> None:
    signals = OpenSignals()
    hear(signals, published("a", "open"))
    hear(signals, published("c", "open", epoch=1))

    assert hear(signals, published("a", "update")) == []
    assert hear(signals, published("c", "close", epoch=1)) == [("c", "close")]


def test_a_signal_whose_opening_was_lost_opens_with_its_first_update() -> None:
    signals = OpenSignals()

    assert hear(signals, published("a", "update")) == [("a", "open")]
    assert hear(signals, published("a", "update")) == [("a", "update")]
    assert hear(signals, published("a", "close")) == [("a", "close")]


def test_a_close_of_something_never_heard_of_is_not_told() -> None:
    assert hear(OpenSignals(), published("a", "close")) == []


def test_a_picture_of_several_engines_tells_which_of_them_has_died() -> None:
    signals = OpenSignals()
    for engine in range(3):
        hear(signals, replace(published(f"run-{engine}-1", "open", epoch=engine), engine=engine))
    picture = Board("run", "sim", 3, 9, 9, 9, Thresholds(), (), Rates(), epochs=(0, 3, -1))

    told = signals.orphaned_by(Published("run", 0, Topic.BOARD, 7, 5, 6_000, picture, engine=0))

    assert [(signal_of(each).id, signal_of(each).event) for each in told] == [("run-1-1", "close")]


def test_only_the_signals_of_the_engine_that_died_are_closed() -> None:
    signals = OpenSignals()
    hear(signals, published("run-1", "open"))
    hear(signals, replace(published("run-1-1", "open", epoch=1), engine=1))

    told = hear(signals, replace(published("run-2-1", "open", epoch=2), engine=1))

    assert told == [("run-1-1", "close"), ("run-2-1", "open")]
    assert hear(signals, published("run-1", "close")) == [("run-1", "close")]
    assert [signal_of(each).id for each in signals.left_open(1, 2)] == ["run-2-1"]


def test_what_an_engine_left_open_that_is_no_longer_of_the_fleet_is_closed() -> None:
    signals = OpenSignals()
    for engine in range(2):
        hear(signals, replace(published(f"run-{engine}-1", "open", epoch=engine), engine=engine))
    picture = Board("run", "sim", 0, 9, 9, 9, Thresholds(), (), Rates(), epochs=(0, 4), engines=(0, 7))

    told = signals.orphaned_by(Published("run", 0, Topic.BOARD, 7, 5, 6_000, picture, engine=0))

    assert [(signal_of(each).id, signal_of(each).event) for each in told] == [("run-1-1", "close")]


def test_of_a_route_that_another_engine_has_now_the_former_signal_is_closed_first() -> None:
    signals = OpenSignals()
    hear(signals, published("run-1-1", "open", epoch=1, to="kraken"))
    taken_over = replace(published("run-2-1", "open", epoch=2, to="kraken"), engine=1)

    assert hear(signals, taken_over) == [("run-1-1", "close"), ("run-2-1", "open")]
    # What its engine still says of it comes over another connection, and too late.
    assert hear(signals, published("run-1-1", "close", epoch=1, to="kraken")) == []
    assert hear(signals, replace(published("run-2-1", "close", epoch=2, to="kraken"), engine=1)) == [
        ("run-2-1", "close")
    ]
