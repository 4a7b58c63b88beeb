"""The promise: each bench that keeps a budget runs as installed, measures both sides, says what is short."""

import json

import pytest
from tests.scenarios.driver import Kairos

from kairos_tui.cli.bench import BUDGETED

pytestmark = pytest.mark.timeout(180)

IN_ONE_PROCESS = {"decode", "engine"}
"""Tried where they are made, in tests/runtime."""


@pytest.mark.parametrize("name", sorted(BUDGETED.keys() - IN_ONE_PROCESS))
def test_a_bench_prints_both_sides_and_what_is_short(kairos: Kairos, name: str) -> None:
    said = kairos.run("bench", name, "--json", "--rounds", "1", "--work", "0.02", timeout_s=150)

    assert (said.returncode, said.stderr, said.stdout.count("\n")) == (0, "", 1)
    report = json.loads(said.stdout)
    assert (report["bench"], report["v"], report["rounds"]) == (name, 1, 1)
    budgeted = [row for row in report["rows"] if row["budget"]]
    assert budgeted
    assert all(row["verdict"] in ("pass", "short") for row in budgeted)
    assert all(set(row["ours"]) == {"median", "least", "most"} for row in report["rows"])
    assert all(row["theirs"] is None or row["ratio"] or not row["theirs"]["least"] for row in report["rows"])
