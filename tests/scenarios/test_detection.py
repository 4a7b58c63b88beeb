"""Promise: a fault is noticed in the event that shows it, takes out its own venue only, and is soon over.

The limits are generous; tests/benchmarks/bench_detection.py measures, docs/detection.md has the figures.
"""

from collections.abc import Sequence

import pytest
from tests.benchmarks.bench_detection import SILENCE_S, Ordeal, endure, run

from kairos_tui.sim.fault_orders import FaultKind

BACK_WITHIN_MS = 10_000.0
NOTICED_WITHIN_MS = {
    "broken_json": 500.0,
    "wrong_shape": 500.0,
    "bad_checksum": 500.0,
    "close": 1_000.0,
    "silence": SILENCE_S * 1e3 + 2_000.0,
}


CASES = {
    # a venue with checksums, and one that ccxt alone decodes
    "bad frames": (("kraken", "bybiteu"), ("broken_json", "wrong_shape", "bad_checksum")),
    # one that falls silent when its market does, and one whose numbered heartbeats go on
    "lost connections and silence": (("okx", "coinbase"), ("close", "silence")),
}


@pytest.mark.parametrize(("venues", "kinds"), CASES.values(), ids=CASES.keys())
def test_a_fault_is_noticed_at_its_own_venue_alone_and_is_soon_over(
    venues: Sequence[str], kinds: Sequence[FaultKind]
) -> None:
    shots = run(endure(venues, [Ordeal(kind) for kind in kinds], at_once=1))

    assert {shot.kind for shot in shots} == set(kinds)
    for shot in shots:
        assert shot.noticed_ms is not None, shot
        assert 0.0 <= shot.noticed_ms < NOTICED_WITHIN_MS[shot.kind], shot
        assert shot.back_ms < BACK_WITHIN_MS, shot
        assert shot.others == (), shot
