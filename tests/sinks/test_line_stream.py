"""A stream of JSON lines: every number from 1 on is a line or named by a gap, and no reader can stop it."""

import json
import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pytest

from kairos_tui.market import FeedState, FeedStatus, Quote, Signal, Symbol, Thresholds, Venue
from kairos_tui.sinks import FeeShown, LineStream, OutStream

Until = Callable[[Callable[[], object]], None]
SignalMaker = Callable[..., Signal]

TS_US = 1_795_342_351_123_456
QUOTE = Quote(Venue("okx"), Symbol("BTC/USDT"), 1.0, 2.0, 3.0, 4.0, 5_000)
LIVE = FeedStatus(Venue("okx"), None, FeedState.LIVE, 3_000_000)


class Pipe(Protocol):
    reading: int
    writing: int

    def read_all(self) -> bytes: ...
    def end_writing(self) -> None: ...
    def end_reading(self) -> None: ...


def parsed(text: bytes) -> list[dict[str, Any]]:
    assert text.endswith(b"\n") or not text
    return [json.loads(line) for line in text.splitlines()]


def numbers_of(lines: list[dict[str, Any]]) -> list[int]:
    """Every number that a line carries or a gap names, in no order."""
    named = [
        number
        for line in lines
        if line["type"] == "gap"
        for number in range(line["from_seq"], line["to_seq"] + 1)
    ]
    return sorted([line["seq"] for line in lines] + named)


def send_quotes(stream: LineStream, count: int) -> None:
    for _ in range(count):
        stream.quote(QUOTE, ts_us=TS_US, published_ns=6_000)


def test_a_signal_line_says_what_the_contract_says(pipe: Pipe, make_signal: SignalMaker) -> None:
    stream = LineStream(pipe.writing, run="k7f3", feed="live")
    stream.signal(make_signal(), ts_us=TS_US, published_ns=1_310_000)
    stream.close(5)
    (line,) = parsed(pipe.read_all())
    legs = line.pop("legs")
    expected = {
        "type": "signal",
        "v": 1,
        "run": "k7f3",
        "seq": 1,
        "id": "k7f3-9",
        "event": "open",
        "feed": "live",
        "kind": "cross",
        "ts": "2026-11-22T10:12:31.123456Z",
        "ts_us": TS_US,
        "asset": "BTC",
        "quote": "USDT",
        "mode": "inventory",
        "buy_venue": "kraken",
        "buy_symbol": "BTC/USDT",
        "buy_price": 67110.1,
        "buy_fee_bps": 16.0,
        "buy_age_us": 41_200,
        "buy_proof": "checksum",
        "sell_venue": "okx",
        "sell_symbol": "BTC/USDT",
        "sell_price": 67351.8,
        "sell_fee_bps": 10.0,
        "sell_age_us": 38_900,
        "sell_proof": "checksum",
        "asynchrony_us": 2_300,
        "capture_p": None,
        "capture_n": None,
        "capture_prior": False,
        "tick_to_signal_us": 310,
        "wire_us": 190,
        "engine_us": 22,
        "decode_us": 20,
        "outbox_us": 30,
        "hop_us": 140,
        "slot_us": 22,
        "gates_us": 0,
        "detect_us": 0,
        "publish_us": 98,
        "duration_us": 0,
        "reason": None,
    }
    assert {name: line[name] for name in expected} == expected
    figures = {
        "buy_vwap",
        "sell_vwap",
        "size",
        "notional",
        "profit",
        "net_bps",
        "net_top_bps",
        "peak_net_bps",
    }
    others = {"gross_bps", "fees_bps", "haircut_bps", "quote_risk", "residue"}
    assert set(line) - set(expected) == figures | others
    assert [leg["side"] for leg in legs] == ["buy", "sell"]
    assert [leg["fee_source"] for leg in legs] == ["config", "default"]
    assert legs[0]["levels"] == [[67110.1, 0.25], [67112.0, 0.16]]


def test_every_figure_of_a_signal_can_be_recomputed_from_its_legs(
    pipe: Pipe, make_signal: SignalMaker
) -> None:
    stream = LineStream(pipe.writing, run="r", feed="sim")
    stream.signal(make_signal(buy_fee=0.0006), ts_us=TS_US, published_ns=1_310_000)
    stream.close(5)
    (line,) = parsed(pipe.read_all())
    buy, sell = line["legs"]
    cost = sum(price * size for price, size in buy["levels"])
    income = sum(price * size for price, size in sell["levels"])
    size = sum(size for _, size in buy["levels"])
    outlay = cost * (1 + buy["fee_bps"] / 1e4)
    proceeds = income * (1 - sell["fee_bps"] / 1e4)
    top = sell["price"] * (1 - sell["fee_bps"] / 1e4) / (buy["price"] * (1 + buy["fee_bps"] / 1e4)) - 1
    by_hand = {
        "size": size,
        "notional": cost,
        "buy_vwap": cost / size,
        "sell_vwap": income / size,
        "profit": proceeds - outlay,
        "net_bps": (proceeds / outlay - 1) * 1e4,
        "net_top_bps": top * 1e4,
        "gross_bps": (income / cost - 1) * 1e4,
        "fees_bps": (income / cost - proceeds / outlay) * 1e4,
    }
    for name, value in by_hand.items():
        assert line[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name
    assert buy["fee_bps"] == 6.0


def test_a_converted_signal_names_its_conversion_and_its_risk(pipe: Pipe, make_signal: SignalMaker) -> None:
    told = make_signal()
    sold = msgspec.structs.replace(told.opportunity.sell, symbol=Symbol("BTC/USD"))
    marked = msgspec.structs.replace(sold, venue=Venue("kraken"), symbol=Symbol("USDT/USD"), levels=())
    parked = msgspec.structs.replace(
        told.opportunity, kind="convert", sell=sold, conversions=(marked,), haircut_bps=2.0
    )
    stream = LineStream(pipe.writing, run="r", feed="sim")
    stream.signal(msgspec.structs.replace(told, opportunity=parked), ts_us=TS_US, published_ns=1_310_000)
    stream.close(5)
    (line,) = parsed(pipe.read_all())

    assert (line["kind"], line["mode"], line["quote_risk"], line["haircut_bps"]) == (
        "convert",
        "inventory",
        True,
        2.0,
    )
    assert [leg["symbol"] for leg in line["legs"]] == ["BTC/USDT", "BTC/USD", "USDT/USD"]
    assert line["legs"][2]["levels"] == []


def test_a_close_says_how_long_and_why(pipe: Pipe, make_signal: SignalMaker) -> None:
    stream = LineStream(pipe.writing, run="r", feed="sim")
    stream.signal(make_signal(event="close", at_ns=3_212_999, reason="reverted"), ts_us=TS_US, published_ns=1)
    stream.close(5)
    (line,) = parsed(pipe.read_all())
    assert (line["event"], line["reason"], line["duration_us"]) == ("close", "reverted", 2_000)


def test_monotonic_instants_come_out_as_wall_clock_ones(pipe: Pipe) -> None:
    stream = LineStream(pipe.writing, run="r", feed="sim")
    stream.venue(LIVE, ts_us=TS_US, published_ns=5_000_000)
    stream.quote(QUOTE, ts_us=TS_US, published_ns=6_000)
    stream.close(5)
    venue, quote = parsed(pipe.read_all())
    assert (venue["symbol"], venue["state"], venue["since_us"]) == (None, "live", TS_US - 2_000)
    assert (quote["recv_us"], quote["timestamp"]) == (TS_US - 1, None)


def test_hello_is_first_bye_is_last_and_both_say_all(pipe: Pipe) -> None:
    stream = LineStream(pipe.writing, run="r", feed="sim")
    stream.hello(
        version="0.1.0",
        symbols=[Symbol("BTC/USDT")],
        venues=[Venue("okx")],
        thresholds=Thresholds(),
        fees=[FeeShown("okx", "BTC/USDT", 10.0, "market", "received", TS_US)],
        ts_us=TS_US,
    )
    stream.heartbeat(None, ts_us=TS_US)
    stream.feed = "live"
    stream.gap(3, "the bus lost them", ts_us=TS_US)
    stream.bye(ticks=7, signals=2, reason="count reached", ts_us=TS_US)
    assert stream.close(5) == 0
    hello, heartbeat, gap, bye = parsed(pipe.read_all())
    assert (hello["type"], hello["version"], hello["thresholds"]["min_net_bps"]) == ("hello", "0.1.0", 2.0)
    fee = {"taker_bps": 10.0, "source": "market", "charged": "received", "as_of_us": TS_US}
    assert hello["fees"] == [{"venue": "okx", "symbol": "BTC/USDT", **fee}]
    assert (heartbeat["best_net_bps"], heartbeat["feed"]) == (None, "sim")
    assert (gap["from_seq"], gap["to_seq"], gap["count"], gap["seq"], gap["feed"]) == (3, 5, 3, 6, "live")
    assert (bye["type"], bye["ticks"], bye["signals"], bye["dropped"]) == ("bye", 7, 2, 3)
    assert stream.state == "closed"


def test_a_paused_reader_costs_nobody_anything_and_every_number_is_accounted_for(
    pipe: Pipe, until: Until, make_signal: SignalMaker
) -> None:
    stream = LineStream(pipe.writing, run="r", feed="sim", most_queued=400)
    for number in range(3_000):  # far more than pipe and lane hold; none of these calls may block
        send_quotes(stream, 1)
        if number % 50 == 0:
            stream.signal(make_signal(id=f"r-{number}"), ts_us=TS_US, published_ns=1)
    assert stream.dropped > 1_000
    chunks: list[bytes] = []
    reader = threading.Thread(target=lambda: chunks.extend(iter(lambda: os.read(pipe.reading, 65_536), b"")))
    reader.start()
    until(lambda: stream.written + stream.dropped >= 3_060)
    send_quotes(stream, 1)
    stream.bye(ticks=0, signals=60, reason="done", ts_us=TS_US)
    assert stream.close(10) == 0
    pipe.end_writing()
    reader.join(10)
    lines = parsed(b"".join(chunks))
    assert numbers_of(lines) == list(range(1, lines[-1]["seq"] + 1))
    assert [line["seq"] for line in lines] == sorted(line["seq"] for line in lines)
    gaps = [line for line in lines if line["type"] == "gap"]
    assert sum(gap["count"] for gap in gaps) == stream.dropped == lines[-1]["dropped"]
    assert sum(line["type"] == "signal" for line in lines) == 60, "quotes make way for signals"
    assert lines[-1]["type"] == "bye"


def test_when_even_signals_do_not_fit_they_too_are_named(pipe: Pipe, make_signal: SignalMaker) -> None:
    stream = LineStream(pipe.writing, run="r", feed="sim", most_queued=20)
    for _ in range(200):
        stream.signal(make_signal(), ts_us=TS_US, published_ns=1)
    stream.bye(ticks=0, signals=200, reason="done", ts_us=TS_US)
    chunks: list[bytes] = []
    reader = threading.Thread(target=lambda: chunks.extend(iter(lambda: os.read(pipe.reading, 65_536), b"")))
    reader.start()
    assert stream.close(10) == 0
    pipe.end_writing()
    reader.join(10)
    lines = parsed(b"".join(chunks))
    assert numbers_of(lines) == list(range(1, lines[-1]["seq"] + 1))
    assert 0 < sum(line["type"] == "gap" for line in lines) <= 3


def test_a_figure_that_is_not_finite_is_never_written_and_its_number_is_named(
    pipe: Pipe, make_signal: SignalMaker
) -> None:
    stream = LineStream(pipe.writing, run="r", feed="sim")
    stream.signal(make_signal(peak_net_bps=float("nan")), ts_us=TS_US, published_ns=1)
    send_quotes(stream, 1)
    stream.close(5)
    lines = parsed(pipe.read_all())
    assert [line["type"] for line in lines] == ["gap", "quote"]
    assert (lines[0]["from_seq"], lines[0]["to_seq"]) == (1, 1)
    assert "finite" in lines[0]["reason"]


def test_a_reader_that_leaves_is_noticed_without_a_write_and_ends_the_stream_quietly(
    pipe: Pipe, until: Until
) -> None:
    stream = LineStream(pipe.writing, run="r", feed="sim")
    send_quotes(stream, 2)
    until(lambda: stream.written == 2)
    pipe.end_reading()
    until(lambda: stream.state == "closed_by_reader")
    send_quotes(stream, 100)
    assert stream.close(5) == 0
    assert (stream.state, stream.failure) == ("closed_by_reader", None)


def test_head_takes_two_lines_and_nothing_is_said_on_stderr() -> None:
    code = """
import sys, time
from kairos_tui.sinks import LineStream
stream = LineStream(1, run="r", feed="sim")
while stream.state == "open":
    stream.heartbeat(None, ts_us=time.time_ns() // 1000)
    time.sleep(0.001)
stream.close(1)
sys.exit(0 if stream.state == "closed_by_reader" else 7)
"""
    script = f"set -o pipefail; {sys.executable} -c '{code}' | head -n 2"
    done = subprocess.run(["bash", "-c", script], capture_output=True, timeout=20)
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, b"", 2)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_fails_the_stream_and_says_why(until: Until) -> None:
    with Path("/dev/full").open("wb") as full:
        stream = LineStream(full.fileno(), run="r", feed="sim")
        send_quotes(stream, 1)
        until(lambda: stream.state == "failed")
        assert stream.failure == "No space left on device"
        send_quotes(stream, 1)
        stream.close(1)


def test_a_file_that_may_grow_no_more_fails_the_stream(tmp_path: Path, until: Until) -> None:
    """A limit inside a line: the system takes a part of it first, then none."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with (tmp_path / "out.jsonl").open("wb") as out:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
        try:
            stream = LineStream(out.fileno(), run="r", feed="sim")
            send_quotes(stream, 20)
            until(lambda: stream.state == "failed")
            stream.close(1)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert stream.failure == "File too large"


def test_a_descriptor_that_takes_only_pieces_still_gets_whole_lines(make_signal: SignalMaker) -> None:
    """A non-blocking socket with a tiny buffer takes parts; these lines are far longer than PIPE_BUF."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    deep = tuple((67110.1 + step, 0.001) for step in range(1_000))
    stream = LineStream(ours.fileno(), run="r", feed="sim")
    for _ in range(5):
        stream.signal(make_signal(buy=deep), ts_us=TS_US, published_ns=1)
    chunks: list[bytes] = []
    reader = threading.Thread(target=lambda: chunks.extend(iter(lambda: theirs.recv(1_000), b"")))
    reader.start()
    assert stream.close(10) == 0
    ours.close()
    reader.join(10)
    theirs.close()
    assert [len(line["legs"][0]["levels"]) for line in parsed(b"".join(chunks))] == [1_000] * 5


def test_a_slow_pipe_gets_whole_lines_only_and_a_deadline_is_kept(
    pipe: Pipe, make_signal: SignalMaker
) -> None:
    stream = LineStream(pipe.writing, run="r", feed="sim")
    send_quotes(stream, 1_000)
    left = stream.close(0.1)  # nobody reads
    assert left > 0
    assert stream.written + left == 1_000
    lines = parsed(pipe.read_all())
    assert [line["seq"] for line in lines] == list(range(1, stream.written + 1))
    assert stream.close(0.1) == left


def test_many_threads_may_offer_at_once(pipe: Pipe) -> None:
    stream = LineStream(pipe.writing, run="r", feed="sim")
    chunks: list[bytes] = []
    reader = threading.Thread(target=lambda: chunks.extend(iter(lambda: os.read(pipe.reading, 65_536), b"")))
    reader.start()
    threads = [threading.Thread(target=send_quotes, args=(stream, 200)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stream.close(10)
    pipe.end_writing()
    reader.join(10)
    assert [line["seq"] for line in parsed(b"".join(chunks))] == list(range(1, 801))


def test_quiet_is_measured_from_the_last_line_offered(pipe: Pipe) -> None:
    now_ns = [0]
    stream = LineStream(pipe.writing, run="r", feed="sim", clock_ns=lambda: now_ns[0])
    now_ns[0] = 11_000_000_000
    assert stream.quiet_for_s() == 11.0
    stream.heartbeat(None, ts_us=TS_US)
    assert stream.quiet_for_s() == 0.0
    stream.close(5)


def test_a_line_stream_is_a_sink(pipe: Pipe) -> None:
    sink: OutStream = LineStream(pipe.writing, run="r", feed="sim")
    sink.close(1)
    assert sink.written == 0


@pytest.mark.parametrize(
    ("told", "shown"),
    [((0.71, 118, False), (0.71, 118, False)), ((7.0, 2**60, True), (1.0, 2**53 - 1, True))],
)
def test_a_signal_tells_its_chance_and_who_says_so(
    pipe: Pipe,
    make_signal: SignalMaker,
    told: tuple[float, int, bool],
    shown: tuple[float, int, bool],
) -> None:
    stream = LineStream(pipe.writing, run="r", feed="sim")
    chance = dict(zip(("capture_p", "capture_n", "is_prior"), told, strict=True))
    stream.signal(msgspec.structs.replace(make_signal(), **chance), ts_us=TS_US, published_ns=1_310_000)
    stream.close(5)
    (line,) = parsed(pipe.read_all())
    assert (line["capture_p"], line["capture_n"], line["capture_prior"]) == shown
