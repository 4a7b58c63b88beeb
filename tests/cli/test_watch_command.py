"""The promise: what the flags, the variables and the file say reaches the run; its first line repeats it."""

import json


def test_the_first_line_repeats_what_was_asked(installed) -> None:
    (installed.cwd / "kairos.toml").write_text("dwell_ms = 40\n[venue.okx]\ntaker_bps = 7.5\n")
    installed.env |= {"KAIROS_MAX_AGE_MS": "900"}

    words = "--min-net-bps 3 eth/usdt --venues okx,kraken --max-notional 500 --json --for 2s btc/usdt --sim"
    ran = installed.run(
        "watch", *words.split(), "--seed", "9", "--mood", "calm", "--emit", "quote", "--reaction", "60ms"
    )

    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert (ran.returncode, "Traceback" in ran.stderr) == (0, False)
    hello = lines[0]
    assert (hello["type"], hello["feed"]) == ("hello", "sim")
    assert (hello["symbols"], hello["venues"]) == (["ETH/USDT", "BTC/USDT"], ["okx", "kraken"])
    assert hello["thresholds"] == {
        "min_net_bps": 3.0,
        "close_net_bps": 0.5,
        "dwell_ms": 40,
        "max_notional": 500.0,
        "max_age_ms": 900,
        "max_asynchrony_ms": 500,
        "depeg_bps": 50.0,
        "haircut_bps": 2.0,
        "reaction_ms": 60,
    }
    assert {line["type"] for line in lines} <= {"hello", "quote", "heartbeat", "gap", "bye"}
    assert lines[-1]["type"] == "bye"
