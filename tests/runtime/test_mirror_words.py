"""What one listener of the mirror alone is told is of the time that it listens to: in a replay, as it was."""

import json
import time
from typing import Any

import pytest

from kairos_tui.market import Board, FeedKind, Rates, ReplayView, Symbol, Thresholds
from kairos_tui.runtime.mirror_source import MirrorWords
from kairos_tui.settings import Settings

FROM_US, AT_US = 1_700_000_000_000_000, 1_700_000_060_000_000
REPLAYED = ReplayView("there", FROM_US, AT_US + 1, AT_US)


def board(replay: ReplayView | None) -> Board:
    feed: FeedKind = "sim" if replay is None else "replay"
    return Board("k7f3", feed, 0, 1, AT_US, 1, Thresholds(), (), Rates(), replay=replay)


@pytest.fixture
def words() -> MirrorWords:
    return MirrorWords("ours", "replay", Settings(), (Symbol("BTC/USDT"),))


def told(line: bytes) -> dict[str, Any]:
    return dict(json.loads(line))


def test_a_hole_of_a_replay_is_of_its_time_and_run(words: MirrorWords) -> None:
    gap = told(words.gap(board(REPLAYED), 4, 6, "the mirror was behind"))
    assert (gap["ts_us"], gap["run"], gap["seq"]) == (AT_US, "k7f3", 6)
    assert told(words.hello(board(REPLAYED), 2))["ts_us"] == FROM_US


@pytest.mark.parametrize("seen", [None, board(None)])
def test_elsewhere_it_is_of_now(words: MirrorWords, seen: Board | None) -> None:
    before_us = time.time_ns() // 1_000
    assert before_us <= told(words.gap(seen, 4, 6, "x"))["ts_us"] <= time.time_ns() // 1_000
