"""The HUD as a person meets it: it draws, answers keys, survives what dies, and gives the terminal back."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable

import pytest
from tests.scenarios.driver import (
    KAIROS,
    Kairos,
    Terminal,
    alive,
    command_line,
    descendants,
    point_at,
    wait_until,
)

Open = Callable[..., Terminal]
SIZES = [(160, 45, "q"), (120, 30, "\x03"), (80, 24, "\x11")]
"""Columns, rows, and the key that ends it there: q, Ctrl-C, Ctrl-Q."""


def child(terminal: Terminal, role: str) -> int:
    return next(pid for pid in descendants(terminal.pid) if role in command_line(pid))


def five_venues_live(text: str) -> bool:
    return text.count("● LIVE") >= 5


@pytest.mark.parametrize(("columns", "rows", "leave"), SIZES)
def test_it_draws_answers_keys_and_leaves_the_terminal_as_it_was(
    terminal: Open, columns: int, rows: int, leave: str
) -> None:
    screen = terminal("watch", "BTC/USDT", "--sim", columns=columns, rows=rows)
    text = screen.wait_for(five_venues_live)
    assert "SIM lively" in text
    assert "MATRIX" in text
    assert all(name in text for name in ("BINANCE", "COINBASE", "KRAKEN", "OKX", "BYBIT"))

    screen.press("2l\r")
    assert "fee" in screen.wait_for(lambda text: "INSPECT" in text)
    screen.press("\x1b")
    screen.wait_for(lambda text: "INSPECT" not in text)
    screen.press(" ")
    screen.wait_for(lambda text: "PAUSED" in text)
    screen.press(" ")
    screen.wait_for(lambda text: "PAUSED" not in text)

    children = descendants(screen.pid)
    screen.press(leave)
    assert screen.wait_for_end() == 0
    assert not screen.alternate_screen
    assert not screen.mouse_reports
    assert screen.is_cooked
    wait_until(lambda: not alive(children))


@pytest.mark.parametrize(
    ("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_gives_the_terminal_back(terminal: Open, signum: signal.Signals, code: int) -> None:
    screen = terminal("watch", "BTC/USDT", "--sim")
    screen.wait_for(five_venues_live)
    children = descendants(screen.pid)

    os.kill(screen.pid, signum)

    assert screen.wait_for_end() == code
    assert not screen.alternate_screen
    assert not screen.mouse_reports
    assert screen.is_cooked
    assert "Traceback" not in screen.text
    wait_until(lambda: not alive(children))


def test_a_killed_hud_is_back_on_a_sane_screen(terminal: Open) -> None:
    screen = terminal("watch", "BTC/USDT", "--sim")
    screen.wait_for(five_venues_live)
    first = child(screen, "run_hud")

    os.kill(first, signal.SIGKILL)
    screen.wait_for(lambda text: child_or_none(screen) not in (None, first))
    screen.screen.reset()
    screen.wait_for(five_venues_live)

    screen.press("q")
    assert screen.wait_for_end() == 0
    assert not screen.alternate_screen
    assert screen.is_cooked


def child_or_none(terminal: Terminal) -> int | None:
    try:
        return child(terminal, "run_hud")
    except StopIteration:
        return None


def test_it_is_drawn_with_what_was_asked_for(terminal: Open) -> None:
    screen = terminal(
        "watch", "BTC/USDT", "--sim", "--theme", "ember", "--colours", "16", "--glyphs", "ascii"
    )
    screen.wait_for(lambda text: text.count("* LIVE") >= 5)
    assert "tab panel" in screen.text
    assert screen.raw.isascii()
    assert b"8;2;" not in screen.raw
    screen.press("q")
    assert screen.wait_for_end() == 0


def test_a_theme_saved_meanwhile_is_worn_and_a_broken_one_is_told_of(terminal: Open, kairos: Kairos) -> None:
    path = kairos.home / "mine.toml"
    path.write_text('inherits = "neon"\nbackground = "#010203"\n')
    screen = terminal("watch", "BTC/USDT", "--sim", "--theme", str(path))
    screen.wait_for(five_venues_live)
    assert b"48;2;1;2;3" in screen.raw

    path.write_text('inherits = "neon"\nbackground = "#040506"\n')
    screen.wait_for(lambda _text: b"48;2;4;5;6" in screen.raw)
    path.write_text('inherits = "neon"\nbackground = "black as night"\n')
    text = screen.wait_for(lambda text: "mine.toml:2: background = 'black as night' is not a colour" in text)
    assert "LIVE" in text
    screen.press("q")
    assert screen.wait_for_end() == 0


def test_a_killed_engine_shows_and_the_picture_returns(terminal: Open) -> None:
    screen = terminal("watch", "BTC/USDT", "--sim")
    screen.wait_for(five_venues_live)

    os.kill(child(screen, "run_engine"), signal.SIGKILL)

    screen.wait_for(lambda text: "restarted" in text)
    screen.wait_for(five_venues_live)


def test_a_launcher_killed_outright_takes_the_hud_with_it_and_the_terminal_is_sane(
    terminal: Open,
) -> None:
    screen = terminal("watch", "BTC/USDT", "--sim")
    screen.wait_for(five_venues_live)
    children = descendants(screen.pid)

    os.kill(screen.pid, signal.SIGKILL)
    screen.wait_for_end()
    screen.wait_for(lambda _text: not screen.alternate_screen)
    wait_until(lambda: not alive(children))
    assert not screen.alternate_screen
    assert not screen.mouse_reports


def test_with_no_network_it_stays_up_says_why_and_one_key_starts_the_simulated_exchanges(
    terminal: Open, kairos: Kairos, closed_port: int
) -> None:
    point_at(kairos, closed_port, "okx", "kraken", "binance")
    screen = terminal("watch", "BTC/USDT")

    text = screen.wait_for(lambda text: "refused" in text and "simulated" in text)
    assert "SIM" not in text.splitlines()[0]
    screen.press("S")

    text = screen.wait_for(lambda text: text.count("● LIVE") >= 3)
    assert "SIM lively" in text


def test_an_unknown_symbol_leaves_the_screen_and_says_one_line(terminal: Open) -> None:
    screen = terminal("watch", "BTC/UDST", "--sim")

    assert screen.wait_for_end(within_s=20) == 2
    assert not screen.alternate_screen
    assert "did you mean BTC/USDT" in screen.text.replace("\n", " ")


def test_tee_draws_the_hud_and_writes_clean_lines_at_once(kairos: Kairos) -> None:
    lines = kairos.home / "lines.jsonl"
    code = f"exec '{KAIROS}' watch BTC/USDT --sim --tee > '{lines}'"
    screen = Terminal(["/bin/bash", "-c", code], kairos.env, kairos.home, 160, 45)
    try:
        screen.wait_for(five_venues_live)
        screen.press("q")
        assert screen.wait_for_end() == 0
    finally:
        screen.close()

    told = [json.loads(line) for line in lines.read_text().splitlines()]
    assert told[0]["type"] == "hello"
    assert told[-1]["type"] == "bye"
    assert "\x1b" not in lines.read_text()


def test_it_draws_in_tmux_too(kairos: Kairos) -> None:
    if subprocess.run(["which", "tmux"], capture_output=True).returncode:
        pytest.skip("needs tmux (Debian: tmux)")
    server = f"kairos-test-{os.getpid()}"
    tmux = ["tmux", "-L", server, "-f", "/dev/null"]
    subprocess.run(
        [*tmux, "new", "-d", "-x", "120", "-y", "30", KAIROS, "watch", "BTC/USDT", "--sim"],
        env=kairos.env,
        cwd=kairos.home,
        check=True,
    )
    try:
        deadline = time.monotonic() + 20
        text = ""
        while not five_venues_live(text):
            assert time.monotonic() < deadline, text
            time.sleep(0.1)
            text = subprocess.run([*tmux, "capture-pane", "-p"], capture_output=True, text=True).stdout
        subprocess.run([*tmux, "send-keys", "q"], check=True)
        while subprocess.run([*tmux, "has-session"], capture_output=True).returncode == 0:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        subprocess.run([*tmux, "kill-server"], capture_output=True)
