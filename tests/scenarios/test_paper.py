"""What `--paper` promises: each signal that opens is followed once, and every word about it says paper."""

import json
import signal

import jsonschema
from tests.scenarios.driver import Kairos, Line, make_trading_free

VENUES = ("binance", "okx", "bybit")
PAPER = ("--paper", "--paper-latency", "20ms", "--paper-stock", "USDT=1000000,BTC=10")


def test_each_signal_is_followed_and_told_once_to_the_end(kairos: Kairos) -> None:
    make_trading_free(kairos, *VENUES)
    running = kairos.start("watch", "BTC/USDT", "--sim", *PAPER)
    running.read_until(lambda line: line["type"] == "fill")
    running.read_until(lambda line: line["type"] == "fill")
    assert running.end(signal.SIGINT) == 130

    opened = {line["id"] for line in running.lines if line["type"] == "signal" and line["event"] == "open"}
    fills = [line for line in running.lines if line["type"] == "fill"]
    assert {line["id"] for line in fills} == opened
    assert len(fills) == len(opened)
    assert running.unnamed_holes() == set()
    schema = jsonschema.Draft202012Validator(json.loads(kairos.run("schema", "fill").stdout))
    for line in fills:
        schema.validate(line)
        assert (line["paper"], line["feed"]) == (True, "sim")
        assert_figures_follow_from_orders(line)


def assert_figures_follow_from_orders(line: Line) -> None:
    """Fees are zero here: what was earned is what sales brought less what buys took, and base is even."""
    money = base = 0.0
    for order in line["orders"]:
        sign = 1.0 if order["side"] == "buy" else -1.0
        base += sign * sum(size for _, size in order["levels"])
        money -= sign * sum(price * size for price, size in order["levels"])
    if line["outcome"] != "stuck":
        assert abs(base) < 1e-3  # what no venue would take back
        assert abs(money - line["profit"]) <= abs(base) * 1e5 + 1e-6
