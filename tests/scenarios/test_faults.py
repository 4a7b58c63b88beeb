"""One venue is made sick in seven ways: it is noticed, named and cured, and no other venue feels it.

The exchanges are `kairos sim` in a process of their own; the faults are ordered over its control path.
"""

import json
import time
import urllib.request

import pytest
from tests.scenarios.driver import Kairos, Line, quote_of, read_tables

SICK = "okx"
WELL = ("binance", "kraken", "bybit")
SILENCE_S = 2.0
"""The default `silence_s`."""

FAULTS = [
    # kind, how long it lasts, noticed within (ten times and more what was measured)
    ("broken_json", 0.0, 1.0),
    ("garbage", 0.0, 1.0),
    # ccxt takes most of it for a book without these levels: it shows when the book crosses.
    ("wrong_shape", 0.0, 5.0),
    ("close", 0.0, 1.0),
    ("rst", 0.0, 1.0),
    ("close_race", 0.0, 1.0),
    ("silence", 4.0, SILENCE_S + 2.0),
]


class Ward:
    """A watch on served exchanges, and the control path of the sick one."""

    def __init__(self, kairos: Kairos) -> None:
        served = kairos.start("sim", "--venues", ",".join((SICK, *WELL)))
        tables = read_tables(served, venues=1 + len(WELL))
        (kairos.home / "kairos.toml").write_text(
            tables.replace('origin_rest = "', 'taker_bps = 0.0\norigin_rest = "')
        )
        self._control = tables.split(f"[venue.{SICK}]")[1].split('origin_rest = "')[1].split('"')[0]
        flags = "--emit signal,venue,quote --min-net-bps 0.3 --max-notional 1000"
        self.running = kairos.start("watch", "BTC/USDT", "--json", *flags.split())
        live: set[str] = set()
        while len(live) < 1 + len(WELL):
            live.add(self.running.read_until(lambda line: line.get("state") == "live")["venue"])

    def order(self, kind: str, duration_s: float) -> int:
        """Order a fault; returns the wall clock just before, in us."""
        body = json.dumps({"kind": kind, "duration_s": duration_s}).encode()
        at_us = time.time_ns() // 1000
        order = urllib.request.Request(
            f"{self._control}/_sim/fault", data=body, headers={"X-Kairos-Sim": "fault"}
        )
        with urllib.request.urlopen(order, timeout=5) as answer:
            assert answer.status < 300
        return at_us

    def await_state(self, since_us: int, *, live: bool) -> Line:
        return self.running.read_until(
            lambda line: (
                line["type"] == "venue"
                and line["venue"] == SICK
                and line["ts_us"] >= since_us
                and (line["state"] == "live") == live
            )
        )


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory):
    kairos = Kairos(tmp_path_factory.mktemp("ward"))
    yield Ward(kairos)
    kairos.stop_all()


@pytest.mark.parametrize(("kind", "duration_s", "within_s"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_sick_venue_is_noticed_withdrawn_and_cured(
    ward: Ward, capsys: pytest.CaptureFixture[str], kind: str, duration_s: float, within_s: float
) -> None:
    first = len(ward.running.lines)
    ordered_us = ward.order(kind, duration_s)
    down = ward.await_state(ordered_us, live=False)
    up = ward.await_state(down["ts_us"], live=True)
    noticed_s = (down["ts_us"] - ordered_us) / 1e6
    cured_s = (up["ts_us"] - down["ts_us"]) / 1e6
    with capsys.disabled():
        print(
            f"\n  {kind:<12} noticed {noticed_s * 1e3:7.1f} ms, live again {cured_s * 1e3:7.1f} ms later"
            f"  ({down['state']}: {down['reason']})"
        )
    during = [line for line in ward.running.lines[first:] if down["ts_us"] <= line["ts_us"] < up["ts_us"]]

    assert noticed_s < within_s
    assert not [line for line in during if line["type"] == "venue" and line["venue"] != SICK]
    assert not [
        line
        for line in during
        if line["type"] == "signal"
        and line["event"] != "close"
        and SICK in (line["buy_venue"], line["sell_venue"])
    ]
    ward.running.read_until(lambda line: line["type"] == "quote" and line["venue"] == SICK)


def test_the_others_never_stopped(ward: Ward) -> None:
    for venue in WELL:
        ward.running.read_until(quote_of(venue))

    states = [line for line in ward.running.lines if line["type"] == "venue" and line["venue"] in WELL]
    last = {line["venue"]: line["state"] for line in states}

    assert last == dict.fromkeys(WELL, "live")
