"""The promise: several engines are one picture, as old as it says; of a silent one nothing is live."""

from typing import Any

import pytest
from msgspec.structs import replace

from kairos_tui.market import (
    Board,
    CalibrationCount,
    ConversionView,
    FeedState,
    Histogram,
    Rates,
    RecordingView,
    RoleView,
    RouteView,
    Symbol,
    SymbolBoard,
    Thresholds,
    UnitedBoards,
    Venue,
    VenueView,
)

BTC, ETH, SOL = Symbol("BTC/USDT"), Symbol("ETH/USDT"), Symbol("SOL/USDT")
OKX, KRAKEN = Venue("okx"), Venue("kraken")
S = 1_000_000_000


def symbol_board(symbol: Symbol) -> SymbolBoard:
    venue = VenueView(
        OKX,
        FeedState.LIVE,
        bid=1.0,
        ask=2.0,
        age_us=5,
        alive_us=4,
        state_age_us=9,
        usable=True,
        ticks_per_s=9.0,
    )
    down = VenueView(KRAKEN, FeedState.DOWN, "HTTP 503", retry_in_us=1_500_000, state_age_us=9)
    route = RouteView(OKX, KRAKEN, net_bps=3.0, age_us=5, asynchrony_us=2, open_id="k7f3-1")
    return SymbolBoard(
        symbol,
        (venue, down),
        (route,),
        best=route,
        converted=(route,),
        last_signal_age_us=7,
        signals=1,
        suspended=2,
        suspended_why="USDT is off",
    )


def board(at_ns: int, *symbols: Symbol, **facts: Any) -> Board:
    rates = facts.pop("rates", Rates())
    shown = tuple(map(symbol_board, symbols))
    return Board(
        "k7f3", "sim", facts.pop("epoch", 0), at_ns, at_ns // 1_000, 3, Thresholds(), shown, rates, **facts
    )


def test_a_picture_is_whole_once_all_have_spoken_and_again_each_round() -> None:
    boards = UnitedBoards(2, (ETH, BTC, SOL))

    assert boards.take(0, board(S, BTC, ETH)) is None
    assert boards.take(0, board(S + 1, BTC, ETH)) is None
    first = boards.take(1, board(S + 2, SOL))
    assert first is not None
    assert [one.symbol for one in first.symbols] == [ETH, BTC, SOL]
    assert first.at_ns == S + 2
    assert boards.take(1, board(S + 3, SOL)) is None
    assert boards.take(0, board(S + 4, BTC, ETH)) is not None


def test_one_that_is_silent_keeps_nobody_waiting_and_is_not_shown_as_live() -> None:
    boards = UnitedBoards(2, (BTC, SOL))
    boards.take(0, board(S, BTC))
    boards.take(1, board(S, SOL))

    pictures = [boards.take(0, board(S + quarter * S // 4, BTC)) for quarter in range(1, 9)]

    seen = [picture for picture in pictures if picture is not None]
    assert len(seen) == 7  # all but the first, which might have been followed by the other's
    soon, late = seen[0].symbols[1], seen[-1].symbols[1]
    assert soon.venues[0].usable
    assert soon.venues[0].age_us == 5 + 500_000
    assert soon.routes[0].net_bps == 3.0
    okx, kraken = late.venues
    assert (okx.state, okx.usable, okx.reason) == (FeedState.STALE, False, "its engine is silent")
    assert (okx.age_us, okx.alive_us, okx.state_age_us) == (5 + 2_000_000, 4 + 2_000_000, 9 + 2_000_000)
    assert (kraken.state, kraken.reason, kraken.retry_in_us) == (FeedState.DOWN, "HTTP 503", 0)
    assert (late.routes[0].net_bps, late.routes[0].blocked) == (None, "its engine is silent")
    assert (late.best, late.sized, late.converted, late.open_signals) == (None, None, (), ())
    assert (late.routes[0].open_id, late.suspended, late.suspended_why) == (None, 0, None)
    assert okx.ticks_per_s == 0.0
    assert late.last_signal_age_us == 7 + 2_000_000
    assert seen[-1].symbols[0].best is not None


def test_the_last_words_of_each_are_heard() -> None:
    boards = UnitedBoards(2, (BTC, SOL))
    boards.take(0, board(S, BTC, rates=Rates(signals=1)))
    boards.take(1, board(S, SOL, rates=Rates(signals=1)))

    ends = [
        boards.take(engine, board(2 * S, *shown, is_last=True, rates=Rates(signals=5)))
        for engine, shown in ((1, (SOL,)), (0, (BTC,)))
    ]

    assert [end and end.rates.signals for end in ends] == [6, 10]


def test_what_it_says_again_is_live_again() -> None:
    boards = UnitedBoards(2, (BTC, SOL))
    boards.take(0, board(S, BTC))
    boards.take(1, board(S, SOL))
    boards.take(0, board(9 * S, BTC))

    picture = boards.take(1, board(9 * S, SOL, epoch=4))

    assert picture is not None
    assert all(one.venues[0].usable for one in picture.symbols)
    assert picture.epoch == 4


def test_the_chances_of_all_are_held_against_what_came_of_them_together() -> None:
    one, other, both = CalibrationCount(), CalibrationCount(), CalibrationCount()
    for count in (one, both):
        count.count(0.7, came_true=True)
    for count in (other, both):
        count.count(0.4, came_true=False)
    boards = UnitedBoards(2)
    boards.take(0, board(S, BTC, calibration=one.calibration))
    picture = boards.take(1, board(S, SOL, calibration=other.calibration))

    assert picture is not None
    assert picture.calibration == both.calibration
    boards = UnitedBoards(2)
    boards.take(0, board(S, BTC))
    assert (silent := boards.take(1, board(S, SOL))) is not None
    assert silent.calibration is None


def test_of_a_silent_one_totals_stay_and_rates_do_not() -> None:
    boards, slow, quick = UnitedBoards(2), Histogram(), Histogram()
    slow.record(5_000_000, 100)
    quick.record(20_000, 100)
    stages = [(each.view("decision", with_cells=True),) for each in (slow, quick)]
    boards.take(1, board(S, rates=Rates(10.0, used=7), stages=stages[0]))
    boards.take(0, board(S, rates=Rates(3.0, used=2), stages=stages[1]))
    boards.take(0, board(S + S // 2, rates=Rates(3.0, used=2), stages=stages[1]))
    picture = boards.take(0, board(2 * S, rates=Rates(3.0, used=2), stages=stages[1]))

    assert picture is not None
    assert (picture.rates.ticks_per_s, picture.rates.used) == (3.0, 9)
    assert picture.stages == (quick.view("decision"),)
    assert picture.complete_ns == picture.at_ns


def test_one_that_never_speaks_is_left_out_after_a_second() -> None:
    boards = UnitedBoards(3, (ETH, BTC))

    pictures = [boards.take(0, board(S + tenth * S // 10, BTC, epoch=5)) for tenth in range(12)]

    assert pictures[:10] == [None] * 10
    assert pictures[10] is not None
    assert [one.symbol for one in pictures[10].symbols] == [BTC]
    assert pictures[10].epochs == (5, -1, -1)


def symbols_of(picture: Board | None) -> list[Symbol]:
    assert picture is not None
    return [one.symbol for one in picture.symbols]


def test_engines_have_any_numbers_and_the_picture_tells_which() -> None:
    boards = UnitedBoards([40, 7], (BTC, SOL))

    assert boards.take(40, board(S, SOL, epoch=3)) is None
    picture = boards.take(7, board(S + 1, BTC, epoch=9))

    assert symbols_of(picture) == [BTC, SOL]
    assert picture is not None
    assert (picture.engines, picture.epochs) == ((7, 40), (9, 3))
    alone = UnitedBoards(1).take(0, board(S))
    assert alone is not None
    assert alone.engines == ()


def test_one_that_is_no_longer_expected_leaves_at_once_and_is_not_heard_again() -> None:
    boards = UnitedBoards([1, 2], (BTC, SOL))
    boards.take(1, board(S, BTC, rates=Rates(signals=2)))
    boards.take(2, board(S, SOL, rates=Rates(signals=3)))

    boards.expect([1])
    picture = boards.take(1, board(S + 1, BTC, rates=Rates(signals=2)))

    assert symbols_of(picture) == [BTC]
    assert picture is not None
    assert (picture.rates.signals, picture.epochs) == (2, (0,))
    assert boards.take(2, board(S + 2, SOL)) is None
    assert symbols_of(boards.take(1, board(S + 3, BTC))) == [BTC]


def test_one_that_comes_is_in_the_picture_once_it_speaks_and_stops_nobody_before() -> None:
    boards = UnitedBoards([1, 2], (BTC, ETH, SOL))
    boards.take(1, board(S, BTC))
    boards.take(2, board(S, SOL))

    boards.expect([1, 2, 3])
    boards.take(1, board(S + 1, BTC))
    boards.take(2, board(S + 1, SOL))
    assert symbols_of(boards.take(1, board(S + 2, BTC))) == [BTC, SOL]
    boards.take(2, board(S + 2, SOL))
    picture = boards.take(3, board(S + 2, ETH))

    assert symbols_of(picture) == [BTC, ETH, SOL]
    boards.expect([3])
    assert symbols_of(boards.take(3, board(S + 3, ETH))) == [ETH]


def test_one_that_ended_while_others_go_on_leaves_all_but_its_totals() -> None:
    row = ConversionView(OKX, Symbol("USDT/USD"), FeedState.LIVE, 0.999, 1.0, 5)
    boards = UnitedBoards(2, (BTC, SOL))
    boards.take(0, board(S, BTC, rates=Rates(1.0, signals=1)))
    boards.take(1, board(S, SOL, rates=Rates(2.0, signals=5), conversions=(row,)))

    last_words = boards.take(1, board(S + 1, SOL, is_last=True, rates=Rates(2.0, signals=6)))
    picture = boards.take(0, board(S + 2, BTC, rates=Rates(1.0, signals=1)))

    assert symbols_of(last_words) == [BTC, SOL]
    assert symbols_of(picture) == [BTC]
    assert last_words is not None
    assert picture is not None
    assert (picture.rates.signals, picture.rates.ticks_per_s, picture.conversions) == (7, 1.0, ())
    assert not last_words.is_last
    assert not picture.is_last
    end = boards.take(0, board(S + 3, BTC, is_last=True, rates=Rates(signals=1)))
    assert symbols_of(end) == [BTC, SOL]
    assert end is not None
    assert (end.is_last, end.rates.signals) == (True, 7)


def test_one_that_ended_is_waited_for_no_more_until_it_begins_again() -> None:
    boards = UnitedBoards(2, (BTC, SOL))
    boards.take(0, board(S, BTC))
    boards.take(1, board(S, SOL, is_last=True))

    pictures = [boards.take(0, board(S + number, BTC)) for number in range(1, 4)]

    assert list(map(symbols_of, pictures)) == [[BTC]] * 3
    assert boards.take(1, board(S + 4, SOL, epoch=8)) is None  # the other's comes next
    assert symbols_of(boards.take(0, board(S + 5, BTC))) == [BTC, SOL]


def test_nothing_of_another_feed_is_in_the_picture() -> None:
    boards = UnitedBoards(2, (BTC, SOL))
    boards.take(0, replace(board(S, BTC), feed="live"))
    boards.take(1, replace(board(S, SOL), feed="live"))

    assert boards.take(0, board(S + 1, BTC)) is None
    picture = boards.take(1, board(S + 2, SOL))

    assert picture is not None
    assert picture.feed == "sim"


def test_each_ones_epoch_and_all_roles_are_told_whoever_completes_the_picture() -> None:
    boards, roles = UnitedBoards(2), (RoleView("launcher", "running", 1),)
    boards.take(0, board(S, epoch=0, roles=roles))
    boards.take(1, board(S, epoch=1, roles=roles))
    boards.take(0, board(S + 1, epoch=0, roles=roles))

    picture = boards.take(1, board(S + 9, epoch=2))

    assert picture is not None
    assert (picture.epochs, picture.epoch, picture.roles) == ((0, 2), 2, roles)
    assert (picture.at_ns, picture.complete_ns) == (S + 9, S + 1)


def test_totals_are_sums() -> None:
    boards = UnitedBoards(2)
    boards.take(0, board(S, rates=Rates(1.5, 10, 9, 1, 0, 0, 3, 1, received=10)))

    picture = boards.take(1, board(S, rates=Rates(2.0, 5, 3, 0, 1, 1, 4, 0, received=4)))

    assert picture is not None
    assert picture.rates == Rates(3.5, 15, 12, 1, 1, 1, 7, 1, received=14)


@pytest.mark.parametrize("stage", ["decision", "slot"])
def test_percentiles_are_those_of_all_ticks_together(stage: str) -> None:
    """An engine with a hundred slow ticks and one with a thousand quick ones have a slow p99 between them."""
    slow, quick, both = Histogram(), Histogram(), Histogram()
    for histogram, ns, times in ((slow, 5_000_000, 100), (quick, 20_000, 1_000)):
        histogram.record(ns, times)
        both.record(ns, times)
    boards = UnitedBoards(2)
    boards.take(0, board(S, stages=(slow.view(stage, with_cells=True),)))

    picture = boards.take(1, board(S, stages=(quick.view(stage, with_cells=True),)))

    assert picture is not None
    assert picture.stages == (both.view(stage),)
    told = picture.rates.latency_p99_us if stage == "decision" else picture.rates.engine_p99_us
    p99_ns = both.view(stage).p99_ns
    assert p99_ns is not None
    assert told == p99_ns // 1_000 > 4_900


def test_a_book_that_both_convert_with_is_one_row() -> None:
    row = ConversionView(OKX, Symbol("USDT/USD"), FeedState.LIVE, 0.999, 1.0, 5)
    boards = UnitedBoards(2)
    boards.take(0, board(S, conversions=(row,)))

    picture = boards.take(1, board(S, conversions=(replace(row, chosen=True), replace(row, venue=KRAKEN))))

    assert picture is not None
    assert set(picture.conversions) == {replace(row, chosen=True), replace(row, venue=KRAKEN)}


def test_a_book_that_converts_is_told_by_the_engine_that_speaks() -> None:
    row = ConversionView(OKX, Symbol("USDT/USD"), FeedState.LIVE, 0.999, 1.0, 5, chosen=True)
    fresh = replace(row, bid=0.998, chosen=False)
    boards = UnitedBoards(2)
    boards.take(0, board(S, conversions=(row,)))
    boards.take(1, board(S, conversions=(row,)))
    boards.take(1, board(3 * S, conversions=(fresh,)))

    picture = boards.take(1, board(4 * S, conversions=(fresh,)))

    assert picture is not None
    assert picture.conversions == (fresh,)


def test_what_several_engines_write_into_one_folder_is_one_recording() -> None:
    boards = UnitedBoards(2, (BTC, SOL))
    boards.take(0, board(S, BTC, recording=RecordingView("/var/rec/btc.kz", 100, 9, 1)))
    told = RecordingView("/var/rec/btc.kz", 50, 4, 2, "no space left on device")
    whole = boards.take(1, board(S + 1, SOL, recording=told))

    assert whole is not None
    assert whole.recording == RecordingView("/var/rec/btc.kz", 150, 13, 3, "no space left on device")
    assert whole.public.recording == replace(whole.recording, path="btc.kz")


def test_nothing_is_recorded_where_no_engine_records() -> None:
    boards = UnitedBoards(1, (BTC,))

    whole = boards.take(0, board(S, BTC))

    assert whole is not None
    assert (whole.recording, whole.public.recording) == (None, None)
