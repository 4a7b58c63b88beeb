"""The promise: every signal of a run is graded in its own stream, and its grades are kept with it."""

import json

from tests.scenarios.driver import Kairos

HORIZONS = [50, 80, 100, 250, 500, 1_000, 2_000]


def test_each_opened_signal_is_priced_again_at_every_horizon_and_kept(kairos: Kairos) -> None:
    asked = ("--emit", "signal,markout", "--reaction", "80ms", "--count", "14", "--for", "60s")
    done = kairos.run("watch", "BTC/USDT", "--sim", *asked, timeout_s=90)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    opened = {line["id"]: line for line in lines if line["type"] == "signal" and line["event"] == "open"}
    marked = [line for line in lines if line["type"] == "markout"]

    assert (done.returncode, done.stderr) == (0, "")
    assert lines[0]["thresholds"]["reaction_ms"] == 80
    assert len(opened) >= 2
    for signal_id, signal in opened.items():
        mine = [line for line in marked if line["id"] == signal_id]
        assert [line["horizon_ms"] for line in mine] == HORIZONS
        for line in mine:
            assert line["size"] == signal["size"]
            if line["note"] != "ended before":
                late_us = line["at_us"] - signal["ts_us"] - line["horizon_ms"] * 1_000
                assert -50_000 < late_us < 500_000
            unpriced = False if line["note"] == "depth gone" else None
            assert line["captured"] == (unpriced if line["profit"] is None else line["profit"] > 0)
    assert True in {line["captured"] for line in marked}
    kept = [
        json.loads(line) for line in (kairos.home / "state/kairos/signals.jsonl").read_text().splitlines()
    ]
    facts = ("id", "horizon_ms", "net_bps", "captured", "note")
    assert [[line[name] for name in facts] for line in kept if line["type"] == "markout"] == [
        [line[name] for name in facts] for line in marked
    ]
