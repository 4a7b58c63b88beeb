"""The promise between machines: 20 ms, 1 % of packets lost, clocks 5,000 s apart: all figures are true."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from tests.scenarios.driver import KAIROS, Line, Terminal
from tests.scenarios.fleet_stage import VENUES, Tapped, faults_of, holes, wait_for
from tests.scenarios.two_machines import AT, METRICS, FarRole, TwoMachines, why_not

pytestmark = [pytest.mark.timeout(240)]
DELAY_US = 20_000
ALL = ("--from", AT, "--emit", "signal,quote,venue")
Start = Callable[..., TwoMachines]


@pytest.fixture(scope="module")
def can() -> None:
    if reason := why_not():
        pytest.skip(reason)


@pytest.fixture
def start(can: None, tmp_path: Path) -> Iterator[Start]:
    made: list[TwoMachines] = []

    def start_two(**wire: float) -> TwoMachines:
        made.append(TwoMachines(tmp_path, **wire))
        return made[-1]

    yield start_two
    for each in made:
        each.close()


def opened(tapped: Tapped, count: int, since_s: float = 0.0) -> list[Line]:
    def enough() -> list[Line]:
        found = [line for line in tapped.of("signal", since_s) if line["event"] == "open"]
        return found if len(found) >= count else []

    found: list[Line] = wait_for(enough, 60.0, f"{count} signals at the tap")
    return found


def quoted(tapped: Tapped, count: int, since_s: float = 0.0) -> None:
    """So many quotes of every venue."""

    def enough() -> bool:
        said = [line["venue"] for line in tapped.of("quote", since_s)]
        return all(said.count(venue) >= count for venue in VENUES)

    wait_for(enough, 60.0, f"{count} quotes of each venue")


def running(two: TwoMachines) -> tuple[FarRole, FarRole, Tapped]:
    """An ingester, an engine with metrics, and a tap beside it."""
    ingester = two.ingest()
    engine = two.engine("--metrics", f"127.0.0.1:{METRICS}")
    tapped = two.far.tap(*ALL)
    ingester.await_ready()
    engine.await_ready()
    return ingester, engine, tapped


def test_over_a_long_wire_books_come_in_order_no_age_is_too_young_and_the_ledger_is_exact(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    two = start()
    ingester, engine, here = running(two)
    there = two.near.tap(*ALL)
    for tapped in (here, there):
        opened(tapped, 20)
        quoted(tapped, 50)
    lost = two.wire.order("")["lost"]
    assert ingester.end() == 143
    parts = wait_for(lambda: ledger_of(two), 20.0, "the ledger closes")
    assert engine.end() == 143
    ages: list[int] = []
    for tapped in (here, there):
        lines = tapped.end()
        assert (faults_of(lines), holes(lines)) == ([], set())
        assert goes_back(lines) == []
        ages = [line[key] for line in lines for key in ("buy_age_us", "sell_age_us") if is_alive(line)]
        assert min(ages) >= DELAY_US
        assert max(ages) < 2_000_000
        wires = [line["wire_us"] for line in lines if is_alive(line) and line["event"] == "open"]
        assert DELAY_US <= sorted(wires)[len(wires) // 2] < 1_000_000
    with capsys.disabled():
        ages.sort()
        told = f"ages {ages[0] / 1e3:.0f}, {ages[len(ages) // 2] / 1e3:.0f}, {ages[-1] / 1e3:.0f} ms"
        print(f"\n  {told}, {lost:.0f} packets lost, ledger {parts}")
    assert lost > 0


def is_alive(line: Line) -> bool:
    return bool(line["type"] == "signal" and line["event"] != "close")


def goes_back(lines: list[Line]) -> list[Line]:
    """Quotes that are older than the one of their book before them.

    When it came is told by a clock elsewhere, which is known to some microseconds.
    """
    books: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line["type"] == "quote":
            books.setdefault((line["venue"], line["symbol"]), []).append(line)
    return [
        later
        for book in books.values()
        for before, later in pairwise(book)
        if later["recv_us"] < before["recv_us"] - 1_000 or (later["nonce"] or 0) < (before["nonce"] or 0)
    ]


def ledger_of(two: TwoMachines) -> list[float]:
    """Offered and what became of it, once that is all of it."""
    figures = two.far.figures()
    names = ["used_total", "conflated_total", "standby_total", 'rejected_total{reason="invalid"}']
    parts = [figures.get(f"kairos_ticks_{name}", 0.0) for name in names]
    parts.append(figures.get('kairos_lost_total{hop="feed_to_engine"}', 0.0))
    offered = figures.get("kairos_ticks_offered_total", 0.0)
    return [offered, *parts] if offered and offered == sum(parts) else []


def test_a_wire_that_is_cut_leaves_nothing_open_and_comes_back_by_itself(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    two = start()
    _ingester, _engine, tapped = running(two)
    opened(tapped, 5)
    for _ in range(2):
        cut_s = time.monotonic()
        two.wire.order("cut")
        for venue in VENUES:
            wait_for(partial(states_of, tapped, venue, cut_s), 15.0, f"{venue} is withdrawn")
        down_s = max(states_of(tapped, venue, cut_s)[0] for venue in VENUES) - cut_s
        left_s = cut_s + 3.0 - time.monotonic()
        time.sleep(max(0.0, left_s))  # so long the wire is away, whatever is seen of it
        stands = [line for _at, line in tapped.lines if line["type"] == "signal"]
        assert still_open(stands) == []
        back_s = time.monotonic()
        two.wire.order("join")
        quoted(tapped, 1, since_s=back_s + 0.05)
        fresh_s = time.monotonic() - back_s
        opened(tapped, 1, since_s=back_s)
        with capsys.disabled():
            print(f"\n  withdrawn {down_s:.2f} s after the cut, all venues {fresh_s:.2f} s after its end")
        assert down_s < 15.0
    lines = tapped.end()
    assert (faults_of(lines), holes(lines)) == ([], set())


def states_of(tapped: Tapped, venue: str, since_s: float) -> list[float]:
    """When it was said to be down, or stale."""
    return [
        at
        for at, line in list(tapped.lines)
        if at >= since_s and line["type"] == "venue" and line["venue"] == venue and line["state"] != "live"
    ]


def still_open(lines: list[Line]) -> list[str]:
    ids = [line["id"] for line in lines if line["event"] == "open"]
    closed = {line["id"] for line in lines if line["event"] == "close"}
    return [each for each in ids if each not in closed]


def test_an_engine_that_stood_still_uses_nothing_of_before_and_is_fresh_at_once(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    two = start()
    _ingester, engine, tapped = running(two)
    opened(tapped, 5)
    (child,) = engine.children("run_engine")
    for _ in range(2):
        os.kill(child, signal.SIGSTOP)
        time.sleep(2.0)  # it stands still for so long
        os.kill(child, signal.SIGCONT)
        woken_s = time.monotonic()
        quoted(tapped, 1, since_s=woken_s)
        fresh_s = time.monotonic() - woken_s
        after = opened(tapped, 3, since_s=woken_s)
        oldest_us = max(max(line["buy_age_us"], line["sell_age_us"]) for line in after)
        with capsys.disabled():
            print(
                f"\n  fresh after {fresh_s * 1e3:.0f} ms, the oldest leg of an open {oldest_us / 1e3:.0f} ms"
            )
        assert oldest_us < 2_000_000
        assert fresh_s < 10.0
    lines = tapped.end()
    assert (faults_of(lines), holes(lines)) == ([], set())


def test_books_that_a_long_wire_makes_too_old_open_no_signal(start: Start) -> None:
    two = start(delay_ms=100.0, loss=0.0)
    ingester = two.ingest().await_ready()
    engine = two.engine(max_age_ms=60)
    tapped = two.far.tap(*ALL)
    quoted(tapped, 50)
    assert [line for line in tapped.of("signal") if line["event"] == "open"] == []
    assert not engine.is_ready
    assert engine.end() == 143
    tapped.end()

    engine = two.engine(max_age_ms=1_000)
    tapped = two.far.tap(*ALL)
    found = opened(tapped, 5)
    assert min(min(line["buy_age_us"], line["sell_age_us"]) for line in found) >= 100_000
    assert engine.end() == 143
    assert ingester.end() == 143


def test_a_screen_far_away_shows_the_matrix_and_says_when_its_engine_is_gone(start: Start) -> None:
    two = start()
    _ingester, engine, _tapped = running(two)
    ip = shutil.which("ip")
    assert ip is not None
    words = [ip, *two.near.wrapper[1:], KAIROS, "hud", "--from", AT]
    screen = Terminal(words, two.near.env, two.near.home, 160, 45)
    try:
        screen.wait_for(lambda text: all(venue.upper() in text for venue in VENUES) and "3/3" in text, 60.0)
        assert "SIM" in screen.text.upper()
        os.killpg(engine.process.pid, signal.SIGKILL)
        screen.wait_for(lambda text: "3/3" not in text and "silent" in text.lower(), 30.0)
        screen.wait_for(lambda text: "ENGINE down" in text, 30.0)
        screen.press("q")
        assert screen.wait_for_end() == 0
    finally:
        screen.close()
