"""`kairos glance` as a status bar, a prompt and a person use it."""

import signal
from collections.abc import Callable

from tests.scenarios.driver import Kairos, Terminal, alive, descendants, point_at, wait_until

RARE = "SOL/EUR"
"""Other runs of this user may be about: hardly with this symbol."""


def test_in_a_pipe_it_watches_by_itself_prints_three_lines_once_and_leaves(kairos: Kairos) -> None:
    done = kairos.run("glance", "BTC/USDT", "--sim", "--own")
    alive_line, edge, signals = done.stdout.splitlines()

    assert (done.returncode, done.stderr) == (0, "")
    assert alive_line.startswith("KAIROS BTC/USDT  SIM lively  ● 5/5 venues · ")
    assert " bps" in edge
    assert "signal" in signals
    assert "\x1b" not in done.stdout
    # A status bar glances every few seconds: nothing of that is kept.
    assert not (kairos.home / "state" / "kairos" / "signals.jsonl").exists()


def test_beside_a_watch_it_reads_that_and_starts_nothing(kairos: Kairos) -> None:
    watching = kairos.start("watch", RARE, "--sim", "--json", "--venues", "coinbase,kraken")
    watching.read_until(lambda line: line["type"] == "venue" and line["state"] == "live")

    def seen() -> bool:
        done = kairos.run("glance", RARE, "--line")
        assert done.returncode in (0, 3)
        return done.returncode == 0 and done.stdout.startswith("sim SOL/EUR ") and "2/2" in done.stdout

    wait_until(seen, within_s=20)
    assert kairos.run("glance", RARE).stdout.count("\n") == 3
    assert watching.end(signal.SIGTERM) == 143


def test_where_nothing_answers_it_says_so_on_both_streams_and_leaves_with_3(
    kairos: Kairos, closed_port: int
) -> None:
    point_at(kairos, closed_port, "binance", "kraken")
    done = kairos.run("glance", RARE, "--own", "--line", "--connect-timeout", "5s")

    assert done.returncode == 3
    assert done.stdout.startswith("live SOL/EUR 0 of 2 live: connection refused")
    assert done.stderr.startswith("kairos: error: no")
    assert done.stderr.count("\n") == 1


def test_what_cannot_be_is_one_line_and_2(kairos: Kairos) -> None:
    for words, said in (
        (("BTCUSDT",), "'BTCUSDT' is not BASE/QUOTE (did you mean BTC/USDT?)"),
        (("BTC/USDT", "--sim", "--from", "redis://127.0.0.1:1"), "not with --sim, --own or --venues"),
        (("BTC/USDT", "--theme", "neom"), "no theme"),
    ):
        done = kairos.run("glance", *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
        assert done.stderr.count("\n") == 1


def test_in_a_terminal_it_stands_in_place_and_q_gives_the_terminal_back(
    terminal: Callable[..., Terminal],
) -> None:
    screen = terminal("glance", "BTC/USDT", "--sim", "--own", columns=90, rows=12)
    text = screen.wait_for(lambda text: "● 5/5 venues" in text, within_s=25)
    assert text.count("KAIROS") == 1
    family = descendants(screen.pid)
    screen.press("q")
    assert screen.wait_for_end() == 0
    assert "■ ended at " in screen.wait_for(lambda text: "■ ended" in text)
    assert screen.is_cooked
    wait_until(lambda: not alive(family))
