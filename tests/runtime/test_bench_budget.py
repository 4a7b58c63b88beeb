"""The promise: a budget is kept or it is not, by the median of the rounds' own ratios; nothing is made up."""

import json

import pytest

from kairos_tui.runtime.bench_budget import BenchReport, Budget, as_json, row, table_of
from kairos_tui.runtime.bench_machine import Machine

MACHINE = Machine(cpu="C", cores=2, load=0.5, system="S", python="P", libraries={})


def test_a_cost_that_is_lower_is_so_many_times_better_round_by_round() -> None:
    found = row("a tick", "us", [5.0, 10.0, 4.0], against="ccxt", theirs=[100.0, 100.0, 100.0])

    assert found.ratio is not None
    assert (found.ratio.least, found.ratio.median, found.ratio.most) == (10.0, 20.0, 25.0)
    assert (found.budget, found.verdict) == (None, None)


def test_where_more_is_better_the_ratio_turns_round() -> None:
    found = row("ticks", "/s", [200.0], against="json", theirs=[10.0], more_is_better=True)

    assert found.ratio is not None
    assert found.ratio.median == 20.0


def test_nothing_has_no_ratio() -> None:
    found = row("heard", "%", [100.0, 100.0], against="json", theirs=[40.0, 0.0], more_is_better=True)

    assert (found.ratio, found.theirs is not None) == (None, True)


@pytest.mark.parametrize(
    ("budget", "verdict"),
    [
        (Budget(name="B1", least=20.0), "pass"),
        (Budget(name="B1", least=20.5), "short"),
        (Budget(name="B1", least=20.0, limit=5.0), "pass"),
        (Budget(name="B1", least=20.0, limit=4.9), "short"),
        (Budget(name="B1", limit=5.0), "pass"),
    ],
)
def test_a_budget_bounds_the_ratio_our_own_figure_or_both(budget: Budget, verdict: str) -> None:
    assert row("x", "us", [5.0], against="y", theirs=[100.0], budget=budget).verdict == verdict


def test_a_cost_against_a_floor_may_be_so_many_times_as_high() -> None:
    def verdict(ours: float) -> str | None:
        budget = Budget(name="B3", most=1.5)
        return row("x", "us", [ours], against="raw", theirs=[4.0], is_cost=True, budget=budget).verdict

    assert (verdict(6.0), verdict(6.1)) == ("pass", "short")


def test_a_bound_on_a_ratio_that_nobody_measured_is_refused() -> None:
    with pytest.raises(ValueError, match="B1 bounds a ratio"):
        row("x", "us", [1.0], budget=Budget(name="B1", least=2.0))


def test_rounds_must_be_there_on_both_sides() -> None:
    with pytest.raises(ValueError, match="0 rounds of ours"):
        row("x", "us", [])
    with pytest.raises(ValueError, match="2 rounds of ours, 1 of y"):
        row("x", "us", [1.0, 2.0], against="y", theirs=[1.0])


def test_a_report_is_one_json_object_and_a_table_that_names_what_is_short() -> None:
    rows = (
        row("x", "us", [5.0, 7.0], against="y", theirs=[10.0, 14.0], budget=Budget(name="B1", least=3.0)),
        row("z", "/s", [1234.5]),
        row("pauses", "", [0.0], budget=Budget(name="B10", limit=0.0)),
    )
    report = BenchReport(bench="b", machine=MACHINE, rounds=2, took_s=1.0, rows=rows)

    said = json.loads(as_json(report))
    assert (said["bench"], said["v"], said["rows"][0]["verdict"]) == ("b", 1, "short")
    assert report.is_short
    assert table_of(report)[1:] == [
        ("x, us", "6.00 (5.00-7.00)", "y", "12.0 (10.0-14.0)", "x2.00 (2.00-2.00)", "B1 x3 or more", "short"),
        ("z, /s", "1,234 (1,234-1,234)", "", "", "", "", ""),
        ("pauses", "0.00 (0.00-0.00)", "", "", "", "B10 0 at most", "pass"),
    ]
