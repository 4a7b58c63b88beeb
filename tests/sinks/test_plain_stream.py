"""Plain lines: what a person needs, in words and ASCII, with no escape code whoever wrote the names."""

import os
from collections.abc import Callable
from typing import Any, Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.market import (
    Board,
    FeedState,
    FeedStatus,
    Fill,
    Markout,
    Quote,
    Rates,
    Route,
    RouteView,
    Signal,
    Symbol,
    SymbolBoard,
    Thresholds,
    Venue,
)
from kairos_tui.sinks import FeeShown, OutStream, PlainStream
from kairos_tui.sinks.plain_text import printable

TS_US = 1_795_342_351_123_456
SignalMaker = Callable[..., Signal]


class Pipe(Protocol):
    reading: int
    writing: int

    def read_all(self) -> bytes: ...


def told(pipe: Pipe, tell: Callable[[OutStream], None]) -> list[str]:
    sink: OutStream = PlainStream(pipe.writing, run="r", feed="sim")
    tell(sink)
    assert sink.close(5) == 0
    return pipe.read_all().decode("ascii").splitlines()


def test_a_signal_is_one_sentence(pipe: Pipe, make_signal: SignalMaker) -> None:
    signal = make_signal()
    priced = signal.opportunity
    (line,) = told(pipe, lambda sink: sink.signal(signal, ts_us=TS_US, published_ns=1))
    assert line == (
        f"10:12:31.123 OPEN  BUY kraken 67110.10 SELL okx 67351.80  net {priced.net_bps:+.2f} bps"
        f"  0.41 BTC  profit {priced.profit:.2f} USDT  sim"
    )


def test_a_close_says_how_long_and_why(pipe: Pipe, make_signal: SignalMaker) -> None:
    signal = make_signal(event="close", at_ns=2_501_212_000, reason="depth_gone")
    (line,) = told(pipe, lambda sink: sink.signal(signal, ts_us=TS_US, published_ns=1))
    assert line.startswith("10:12:31.123 CLOSE BUY kraken")
    assert line.endswith("depth_gone after 2.50 s  sim")


def test_what_simulated_orders_came_to_is_said_with_the_word_paper(
    pipe: Pipe, make_signal: SignalMaker
) -> None:
    route = make_signal().opportunity.route
    fill = Fill("r-9", route, "unwound", 1, 2, 0.41, 26.5, -9.13, note="okx: 0 of 0.41 to sell within 67350")
    (line,) = told(pipe, lambda sink: sink.fill(fill, ts_us=TS_US, published_ns=1))
    assert line == (
        "10:12:31.123 PAPER unwound BUY kraken SELL okx  0 of 0.41 BTC  profit -9.13 USDT of +26.50 signalled"
        "  okx: 0 of 0.41 to sell within 67350  sim"
    )


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ((9.61, 2.5, None), "still pays  net +9.61 bps"),
        ((-1.2, -0.3, None), "no longer pays  net -1.20 bps"),
        ((None, None, "depth gone"), "no longer pays  depth gone"),
        ((None, None, "okx stale 2.1 s"), "not priced  okx stale 2.1 s"),
    ],
)
def test_a_markout_says_whether_it_still_paid(pipe: Pipe, figures: Any, said: str) -> None:
    route = Route(Symbol("BTC/USDT"), Venue("kraken"), Venue("okx"))
    markout = Markout("k7f3-9", route, 250, 1, 0.41, *figures)
    (line,) = told(pipe, lambda sink: sink.markout(markout, ts_us=TS_US, published_ns=1))
    assert line == f"10:12:31.123 AFTER 250 ms  BUY kraken SELL okx  {said}  k7f3-9  sim"


def test_every_other_event_is_one_line_too(pipe: Pipe) -> None:
    okx, symbol = Venue("okx"), Symbol("BTC/USDT")
    best = RouteView(Venue("kraken"), okx, net_bps=-3.456)
    board = Board("r", "sim", 0, 1, 2, 3, Thresholds(), (SymbolBoard(symbol, (), (), best),), Rates())
    held = SymbolBoard(symbol, (), (), suspended=18, suspended_why="USDT/USD: okx 3.0 % off the peg")
    waiting = Board("r", "sim", 0, 1, 2, 3, Thresholds(), (held,), Rates())

    def tell(sink: OutStream) -> None:
        fees = [FeeShown("okx", symbol, 10.0, "market")]
        sink.hello(
            version="0.1.0", symbols=[symbol], venues=[okx], thresholds=Thresholds(), fees=fees, ts_us=TS_US
        )
        sink.venue(FeedStatus(okx, None, FeedState.DOWN, 1, "closed, code 1006"), ts_us=TS_US, published_ns=1)
        sink.quote(Quote(okx, symbol, 67110.1, 1.0, 0.0123456789, 1.0, 1), ts_us=TS_US, published_ns=1)
        sink.heartbeat(board, ts_us=TS_US)
        sink.heartbeat(None, ts_us=TS_US)
        sink.heartbeat(waiting, ts_us=TS_US)
        sink.gap(4, "the bus lost them", ts_us=TS_US)
        sink.bye(ticks=9, signals=2, reason="quit", ts_us=TS_US)

    at = "10:12:31.123"
    assert told(pipe, tell) == [
        f"{at} HELLO kairos 0.1.0 run r watches BTC/USDT on okx  from 2 bps net  fees okx 10 bps"
        "  times are UTC  sim",
        f"{at} VENUE okx all markets  down  closed, code 1006  sim",
        f"{at} QUOTE okx BTC/USDT  bid 67110.10 ask 0.01234568  sim",
        f"{at} QUIET BTC/USDT best kraken to okx net -3.46 bps  sim",
        f"{at} QUIET no route can be priced  sim",
        f"{at} QUIET no route can be priced; 18 routes from BTC/USDT wait:"
        " USDT/USD: okx 3.0 % off the peg  sim",
        f"{at} MISSED 4 events: the bus lost them",
        f"{at} BYE 9 ticks, 2 signals, 4 missed: quit",
    ]


def test_the_fees_of_several_symbols_are_told_apart(pipe: Pipe) -> None:
    usdt, usd = Symbol("BTC/USDT"), Symbol("BTC/USD")
    fees = [FeeShown("okx", usdt, 10.0, "market"), FeeShown("okx", usd, 15.0, "market")]
    (line,) = told(
        pipe,
        lambda sink: sink.hello(
            version="0.1.0",
            symbols=[usdt, usd],
            venues=[Venue("okx")],
            thresholds=Thresholds(),
            fees=fees,
            ts_us=TS_US,
        ),
    )
    assert "  fees okx BTC/USDT 10 bps, okx BTC/USD 15 bps  " in line


@settings(deadline=None)
@given(st.text())
def test_foreign_names_come_out_harmless_and_short(name: str) -> None:
    shown = printable(name)
    assert all(" " <= letter <= "~" for letter in shown)
    assert len(shown) <= 64 * len("\\U0001f701")


def test_an_escape_sequence_is_shown_not_sent() -> None:
    assert printable("\x1b]0;PWNED\x07\u202e") == "\\x1b]0;PWNED\\x07\\u202e"


def test_what_a_slow_reader_missed_is_counted_and_said(pipe: Pipe, make_signal: SignalMaker) -> None:
    stream = PlainStream(pipe.writing, run="r", feed="sim", most_queued=10)
    for _ in range(2_000):
        stream.signal(make_signal(), ts_us=TS_US, published_ns=1)
    read = b""
    while not read.endswith(b"missed: quit\n"):
        read += os.read(pipe.reading, 65_536)
        if stream.written + stream.dropped >= 2_000:
            stream.bye(ticks=0, signals=2_000, reason="quit", ts_us=TS_US)
    assert stream.close(5) == 0
    *_, last = read.splitlines()
    said = [int(line.split()[1]) for line in read.splitlines() if line.startswith(b"MISSED")]
    told = sum(b"OPEN" in line for line in read.splitlines())
    assert stream.dropped > 0
    assert told + stream.dropped == 2_000
    assert sum(said) <= stream.dropped, "the rest is in the last line"
    assert last == f"10:12:31.123 BYE 0 ticks, 2000 signals, {stream.dropped} missed: quit".encode()
