"""Bad input gets one clear line and the right exit code, and a venue's trouble is that venue's alone."""

import os
import signal

import pytest
from tests.scenarios.driver import Kairos, point_at, quote_of


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["watch", "BTC/UDST", "--sim"], "did you mean BTC/USDT"),
        (["watch", "BTC/USDT", "--venues", "binanse"], "did you mean binance"),
        (["watch", "BTC/USDT", "--theme", "noen"], "did you mean neon"),
        (["watch", "BTC/USDT", "--vennues", "okx"], "did you mean --venues"),
        (["watch", "BTC", "--quotes", "BTC", "--sim"], "'BTC' has no quote but itself (quotes: BTC)"),
        (["watch", "ETH/USDT", "BTC", "--quotes", "BTC"], "'BTC' has no quote but itself (quotes: BTC)"),
        (["wach", "BTC/USDT"], "did you mean watch"),
        (["watch"], "needs a symbol"),
        (["watch", "BTC/USDT", "--for", "soon"], "--for"),
        (["watch", "BTC/USDT", "--min-net-bps", "nan"], "must be a number from"),
        (["schema", "singal"], "signal"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_word_is_answered_with_the_nearest_right_one(
    kairos: Kairos, words: list[str], says: str
) -> None:
    done = kairos.run(*words)

    assert done.returncode == 2
    assert done.stdout == "" or done.stdout.startswith('{"type":"hello"')
    assert len(done.stderr.splitlines()) == 1
    assert says in done.stderr


def test_an_unknown_config_key_is_named_with_file_and_line(kairos: Kairos) -> None:
    (kairos.home / "kairos.toml").write_text('venues = ["okx"]\nmin_net_bsp = 3.0\n')

    done = kairos.run("watch", "BTC/USDT", "--sim")

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    for word in ("kairos.toml", "2", "min_net_bsp", "min_net_bps"):
        assert word in done.stderr


def test_a_venue_without_the_market_is_shown_as_such_and_the_others_run(kairos: Kairos) -> None:
    running = kairos.start(
        "watch", "USDC/USD", "--sim", "--venues", "kraken,binance", "--emit", "venue,quote"
    )

    told = running.read_until(
        lambda line: line["type"] == "venue" and line["venue"] == "binance" and line["state"] == "down"
    )
    running.read_until(lambda line: line["type"] == "quote" and line["venue"] == "kraken")

    assert "does not list USDC/USD" in told["reason"]
    assert running.end(signal.SIGTERM) == 143


def test_a_pipe_gives_up_with_3_when_nothing_answers(kairos: Kairos, closed_port: int) -> None:
    point_at(kairos, closed_port, "okx", "kraken")

    done = kairos.run("watch", "BTC/USDT", "--json", "--connect-timeout", "4s")

    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
    assert "no venue reachable within 4 s" in done.stderr
    assert "--sim" in done.stderr


def test_one_unreachable_venue_says_why_and_the_others_run(kairos: Kairos, closed_port: int) -> None:
    served = kairos.start("sim", "--venues", "okx,bybit")
    config = b""
    assert served.process.stdout is not None
    while config.count(b"[venue.") < 2 or (not config.endswith(b"\n\n") and b"bybit]" not in config):
        config += os.read(served.process.stdout.fileno(), 4096)
    point_at(kairos, closed_port, "kraken")
    bad = (kairos.home / "kairos.toml").read_text().split("\n", 1)[1]
    tables = config.decode().split("\n", 2)[2]
    (kairos.home / "kairos.toml").write_text(f'venues = ["okx", "bybit", "kraken"]\n{tables}\n{bad}')

    running = kairos.start("watch", "BTC/USDT", "--json", "--emit", "venue,quote")
    down = running.read_until(
        lambda line: line["type"] == "venue" and line["venue"] == "kraken" and line["state"] == "down"
    )
    for venue in ("okx", "bybit"):
        running.read_until(quote_of(venue))

    assert "refused" in down["reason"]
    assert {line["feed"] for line in running.lines} == {"sim"}  # two of the three simulate
    assert running.end(signal.SIGTERM) == 143
