"""The promise: the bench's figures stand beside an equality with brute force, and fall with it."""

from typing import Any

import pytest

from kairos_tui.engine import Engine
from kairos_tui.market import Thresholds
from kairos_tui.runtime import bench_engine
from kairos_tui.runtime.bench_budget import BenchPlan
from kairos_tui.runtime.bench_engine import VerdictsDiffer, check_verdicts, measure
from kairos_tui.runtime.bench_engine_market import MadeMarket
from kairos_tui.runtime.bench_engine_others import AllPairs


def test_every_budget_has_its_row() -> None:
    report = measure(BenchPlan(rounds=1, work=0.02), lambda text: None)

    budgets = [row.budget.split()[0] for row in report.rows if row.budget is not None]
    assert budgets == ["B9", "B9", "B13", "B13", "B13", "B9", "B10", "B10"]
    assert all(row.ours.least >= 0.0 for row in report.rows)
    assert report.notes[0].startswith("equal to brute force: ")


def test_the_verdicts_that_are_compared_are_opens_and_closes() -> None:
    assert check_verdicts(300) > 20


def test_an_engine_that_misses_a_verdict_has_no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf(Engine):
        """Hears two ticks of three."""

        heard = 0

        def on_tick(self, *what: Any, **stamps: Any) -> Any:
            self.heard += 1
            return super().on_tick(*what, **stamps) if self.heard % 3 else None

    monkeypatch.setattr("kairos_tui.runtime.bench_engine_market.Engine", Deaf)

    with pytest.raises(VerdictsDiffer):
        bench_engine.check_verdicts(300)


def test_all_pairs_sees_the_edge_that_the_engine_shows() -> None:
    market, pairs = MadeMarket(3, 1, 200, shocks=500.0), AllPairs()
    engine = market.engine(Thresholds())
    for frame in market.frames():
        for tick in frame:
            best = pairs.on_tick(tick)
            engine.on_tick(tick, sent_ns=tick.received_ns, arrived_ns=tick.received_ns)
            shown = engine.symbol_boards(tick.received_ns)[0].best
            if shown is not None and shown.net_bps is not None:
                assert shown.net_bps == pytest.approx(best[0] * 10_000)
                assert (shown.buy_venue, shown.sell_venue) == best[1:]
