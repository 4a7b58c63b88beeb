"""What the pipe promises: every line obeys the schema, every figure can be recomputed, the ends are quiet."""

import json
import signal
import subprocess
import time
from pathlib import Path

import jsonschema
import pytest
from tests.scenarios.driver import KAIROS, Kairos, Line, make_trading_free


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    """One run on the simulated exchanges, up to and with its fourth signal line."""
    kairos = Kairos(tmp_path_factory.mktemp("home"))
    done = kairos.run(
        "watch",
        "BTC/USDT",
        "--sim",
        "--emit",
        "signal,quote,venue",
        "--count",
        "4",
        "--for",
        "60s",
        timeout_s=90,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def signals(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line["type"] == "signal"]


def test_every_line_obeys_the_published_schema(lines: list[Line], kairos: Kairos) -> None:
    schema = json.loads(kairos.run("schema").stdout)
    validator = jsonschema.Draft202012Validator(schema)

    for line in lines:
        validator.validate(line)


def test_hello_comes_first_bye_last_and_the_numbers_have_no_holes(lines: list[Line]) -> None:
    assert lines[0]["type"] == "hello"
    assert lines[-1]["type"] == "bye"
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert {line["run"] for line in lines} == {lines[0]["run"]}
    assert {line["feed"] for line in lines} == {"sim"}


def test_hello_says_what_each_venue_charges_and_who_says_so(lines: list[Line]) -> None:
    fees = {fee["venue"]: fee for fee in lines[0]["fees"]}

    assert set(fees) == {"binance", "coinbase", "kraken", "okx", "bybit"}
    known = [fee for fee in fees.values() if fee["taker_bps"] is not None]
    assert known
    assert all(fee["taker_bps"] > 0 and fee["source"] in ("market", "default") for fee in known)
    # On a machine so slow that a venue has not answered yet, its fee is null, and so is the source.
    assert all(fee["source"] is None for fee in fees.values() if fee not in known)


def test_quotes_are_whole_and_not_crossed(lines: list[Line]) -> None:
    quotes = [line for line in lines if line["type"] == "quote"]

    assert {quote["venue"] for quote in quotes} == {"binance", "coinbase", "kraken", "okx", "bybit"}
    assert all(0 < quote["bid"] < quote["ask"] for quote in quotes)


def test_a_signals_figures_follow_from_its_legs(signals: list[Line]) -> None:
    assert len(signals) == 4
    for line in signals:
        buy, sell = line["legs"]
        paid = sum(price * size for price, size in buy["levels"])
        got = sum(price * size for price, size in sell["levels"])
        size = sum(size for _, size in buy["levels"])
        sold = sum(size for _, size in sell["levels"])
        in_base = buy["fee_charged"] in ("base", "received")
        outlay = paid * (1 if in_base else 1 + buy["fee_bps"] / 1e4)
        proceeds = got * (1 - sell["fee_bps"] / 1e4)
        delivered = size * (1 - buy["fee_bps"] / 1e4 if in_base else 1)

        assert sell["fee_charged"] != "base"
        assert sold + line["residue"] == pytest.approx(delivered, rel=1e-9)
        assert (buy["size"], sell["size"]) == pytest.approx((size, sold), rel=1e-9)
        assert line["size"] == pytest.approx(size, rel=1e-9)
        assert line["notional"] == pytest.approx(paid, rel=1e-9)
        assert line["profit"] == pytest.approx(proceeds - outlay, abs=1e-6)
        assert line["net_bps"] == pytest.approx((proceeds / outlay - 1) * 1e4, abs=1e-6)
        assert line["gross_bps"] == pytest.approx((got / sold / (paid / size) - 1) * 1e4, abs=1e-6)
        assert line["fees_bps"] == pytest.approx(line["gross_bps"] - line["net_bps"], abs=1e-9)
        assert line["buy_price"] == buy["levels"][0][0]
        assert line["sell_price"] == sell["levels"][0][0]


def test_a_signal_opens_above_the_threshold_and_within_the_cap(
    signals: list[Line], lines: list[Line]
) -> None:
    thresholds = lines[0]["thresholds"]
    opened = [line for line in signals if line["event"] == "open"]

    assert opened
    assert all(line["net_bps"] >= thresholds["min_net_bps"] for line in opened)
    assert all(line["notional"] <= thresholds["max_notional"] for line in opened)
    assert all(line["profit"] > 0 for line in opened)
    assert all(max(line["buy_age_us"], line["sell_age_us"]) <= 1_000_000 for line in opened)
    assert all(line["asynchrony_us"] <= 500_000 for line in opened)


def test_a_reader_that_leaves_is_not_complained_about(kairos: Kairos) -> None:
    pipeline = f"'{KAIROS}' watch BTC/USDT --sim | head -n 2; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", pipeline], env=kairos.env, cwd=kairos.home, capture_output=True, text=True, timeout=40
    )
    first, second, status = done.stdout.splitlines()

    assert json.loads(first)["type"] == "hello"
    assert json.loads(second)["seq"] == 2
    assert status == "0"
    assert done.stderr == ""


def test_a_market_too_quiet_for_the_count_ends_with_4(kairos: Kairos) -> None:
    done = kairos.run(
        "watch", "BTC/USDT", "--sim", "--mood", "calm", "--min-net-bps", "500", "--once", "--for", "4s"
    )

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 4
    assert lines[-1]["type"] == "bye"
    assert "--for" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [line["state"] for line in lines if line["type"] == "venue"][-1] == "live"


def test_plain_lines_carry_no_escape_code(kairos: Kairos) -> None:
    make_trading_free(kairos, "okx", "bybit")
    done = kairos.run("watch", "BTC/USDT", "--sim", "--plain", "--once", "--for", "60s", timeout_s=90)

    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert any("OPEN" in line and "sim" in line for line in done.stdout.splitlines())


def test_a_reader_may_pause_and_nothing_is_lost_unannounced(kairos: Kairos) -> None:
    running = kairos.start("watch", "BTC/USDT", "--sim", "--emit", "quote")
    paused_at = running.read_until(lambda line: line["type"] == "quote")["seq"]
    time.sleep(1.0)
    running.read_until(lambda line: line["seq"] >= paused_at + 100)

    assert running.end(signal.SIGINT) == 130

    assert running.unnamed_holes() == set()
    assert running.lines[-1]["type"] == "bye"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_is_full_is_said_and_is_no_success(kairos: Kairos) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [KAIROS, "watch", "BTC/USDT", "--sim", "--json"],
            env=kairos.env,
            cwd=kairos.home,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=40,
        )

    assert done.returncode == 1
    assert done.stderr.splitlines() == ["kairos: error: stdout cannot be written: No space left on device"]


def test_the_log_can_be_one_json_object_a_line(kairos: Kairos) -> None:
    kairos.env["KAIROS_LOG_FORMAT"] = "json"

    ran = kairos.run("watch", "BTC/USDT", "--sim", "--json", "-v", "--count", "1", "--for", "20s")

    assert ran.returncode in (0, 4), ran.stderr
    path = kairos.home / "state" / "kairos" / "kairos.log.jsonl"
    lines = [json.loads(line) for line in path.read_text("ascii").splitlines()]
    assert [line["role"] for line in lines if line["event"] == "placement"] == ["launcher"]
    assert all(line["ts"].endswith("Z") and line["level"] for line in lines)
