"""The promise: a fleet is renewed role by role and nothing is lost or doubled; kills leave nothing behind.

The same with hundreds of restarts and a thousand kills: tests/benchmarks/bench_fleet.py.
"""

import time
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import pytest
from tests.redis_server import RedisServer
from tests.scenarios.driver import Kairos
from tests.scenarios.fleet_chaos import ENGINES, IN_TURN, Fleet, Hammer, flows, told_by_epoch, unequal
from tests.scenarios.fleet_stage import Stage, faults_of, holes, wait_for

pytestmark = [
    pytest.mark.timeout(600),  # a busy machine needs minutes for what takes one
    pytest.mark.skipif(not Path("/proc").exists(), reason="finds processes in /proc"),
]

RESTARTS = 6
KILLS = 10
ASSETS = ("BTC", "ETH", "SOL")


@pytest.fixture
def fleet(kairos: Kairos, redis_server: RedisServer) -> Fleet:
    return Fleet(Stage(kairos), redis_server)


def test_each_role_is_renewed_in_turn_and_the_tap_hears_all_that_engines_publish(fleet: Fleet) -> None:
    tapped = fleet.start_all()
    flows(tapped, 0.0, ASSETS)
    half_heard = set(told_by_epoch([line for _at, line in list(tapped.lines)]))
    for name in islice(cycle(IN_TURN), RESTARTS):
        fleet.restart(name)
    flows(tapped, time.monotonic(), ASSETS)
    for name in ENGINES:
        fleet.roles[name].end(within_s=20.0)
    fleet.read_logs()
    compared = fleet.published.keys() - half_heard
    last = {epoch: fleet.published[epoch]["signal"] for epoch in compared}
    wait_for(
        lambda: all(heard_of(tapped.of("signal"), e) >= n for e, n in last.items()), 10.0, f"all of {last}"
    )
    lines = tapped.end()

    assert len(compared) >= 2
    assert (faults_of(lines), holes(lines), unequal(fleet, lines, but=half_heard)) == ([], set(), [])


def heard_of(lines: list[dict[str, object]], epoch: int) -> int:
    return told_by_epoch(lines)[epoch]


def test_kills_at_random_moments_leave_nothing_behind_and_the_fleet_is_there_again(fleet: Fleet) -> None:
    fleet.start_all().end()
    tapped = fleet.stage.tap("--fleet", fleet.server.url, "--emit", "signal,venue")
    flows(tapped, 0.0, ASSETS)
    hammer = Hammer(fleet, seed=1)
    hammer.strike(KILLS)
    since_s = time.monotonic()
    for name in IN_TURN:
        wait_for(partial(hammer.is_back, name), 120.0, name)
    flows(tapped, since_s, ASSETS, within_s=120.0)
    for name in IN_TURN:
        fleet.roles[name].end(within_s=20.0)
        hammer.orphans += fleet.left_behind(name)

    lines = tapped.end()
    assert (hammer.orphans, faults_of(lines), holes(lines)) == ([], [], set())
