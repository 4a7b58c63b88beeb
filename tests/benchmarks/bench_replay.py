"""How fast a recording is played through the whole engine, and how long it takes to be elsewhere in it."""

import time
from pathlib import Path

import pytest
from tests.runtime.made_recording import made_market, make_recording

from kairos_tui.journal import Recording
from kairos_tui.runtime.player import Player
from kairos_tui.runtime.replay_plan import ReplayPlan
from kairos_tui.wire import Body

TICKS = 100_000
LEAST_TICKS_PER_S = 100_000
MOST_SEEK_MS = 300
CHECKPOINT_EVERY = 3_125
"""Frames of sixteen ticks: ten seconds of them."""


class Counting:
    """An outlet that nobody reads."""

    is_quoted = False

    def __init__(self) -> None:
        self.said = 0

    def publish(self, body: Body, at_ns: int) -> None:
        self.said += 1

    def begin(self, epoch: int) -> None:
        pass


@pytest.mark.bench
@pytest.mark.timeout(300)
def test_a_recording_is_played_at_more_than_a_hundred_thousand_ticks_a_second(tmp_path: Path) -> None:
    market = made_market(venues=5, symbols=2, ticks=TICKS, shocks=3.0)
    made = make_recording(tmp_path / "a.kz", market, every=CHECKPOINT_EVERY)
    recording, outlet = Recording.open(made.folder), Counting()
    rates = []
    for _ in range(3):
        player = Player(recording, ReplayPlan(str(made.folder)), outlet)
        began_s = time.process_time()
        while not player.ended:
            player.play(1 << 62, most=2_000)
        rates.append(made.ticks / (time.process_time() - began_s))
    player = Player(recording, ReplayPlan(str(made.folder)), outlet)
    seeks_ms = []
    for share in (0.1, 0.5, 0.95):
        began_s = time.perf_counter()
        player.seek(int(player.from_ns + share * (player.to_ns - player.from_ns)))
        while player.running_up:
            player.play(0, most=2_000)
        seeks_ms.append((time.perf_counter() - began_s) * 1_000)
    print(f"\nreplay: {max(rates):,.0f} ticks/s of one core, {outlet.said:,} said in three rounds")
    print(f"seek: {', '.join(f'{ms:.0f}' for ms in seeks_ms)} ms")
    assert max(rates) >= LEAST_TICKS_PER_S
