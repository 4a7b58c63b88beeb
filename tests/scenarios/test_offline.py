"""What is piped into a file can be asked afterwards: a report, and every signal explained to the cent."""

import json

import pytest
from tests.scenarios.driver import Kairos, make_trading_free


@pytest.mark.timeout(180)
def test_a_run_is_scored_and_its_signals_are_explained(kairos: Kairos) -> None:
    make_trading_free(kairos, "binance", "kraken", "okx")
    ran = kairos.run("watch", "BTC/USDT", "--sim", "--json", "--count", "8", "--for", "60s", timeout_s=90)
    assert ran.returncode == 0, ran.stderr
    path = kairos.home / "x.jsonl"
    path.write_text(ran.stdout)
    signals = [line for line in map(json.loads, ran.stdout.splitlines()) if line["type"] == "signal"]

    report = json.loads(kairos.run("report", "x.jsonl", "--json").stdout)
    assert report["signals"]["opened"] == sum(signal["event"] == "open" for signal in signals)
    assert report["ticks"] > 0
    seen = {line["venue"] for line in map(json.loads, ran.stdout.splitlines()) if line["type"] == "venue"}
    assert {venue["venue"] for venue in report["venues"]} <= seen <= {"binance", "kraken", "okx"}
    assert len(report["venues"]) >= 2  # a signal has two

    for signal_id in sorted({signal["id"] for signal in signals})[:1]:
        done = kairos.run("explain", signal_id, "--journal", "x.jsonl", "--json")
        receipt = json.loads(done.stdout)
        first = next(signal for signal in signals if signal["id"] == signal_id)
        assert (done.returncode, receipt["agrees"]) == (0, True)
        assert abs(float(receipt["receipts"][0]["profit"]) - first["profit"]) < 0.005
