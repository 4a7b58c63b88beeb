# mypy: disable-error-code="no-untyped-call"
"""The real HUD in a real terminal: it draws, it obeys keys, and it leaves the terminal as it found it."""

import base64
import json
import random
import re
import signal
import termios
import time

import pytest

LEFT = b"\x1b[?1049l"
ENTERED = b"\x1b[?1049h"
MOUSE_OFF = b"\x1b[?1003l"
CURSOR_ON = b"\x1b[?25h"


def assert_restored(terminal):
    raw = bytes(terminal.raw)
    assert raw.rfind(LEFT) > raw.rfind(ENTERED) >= 0
    assert raw.rfind(MOUSE_OFF) > raw.rfind(b"\x1b[?1003h")
    assert raw.rfind(CURSOR_ON) > raw.rfind(b"\x1b[?25l")
    assert termios.tcgetattr(terminal.fd)[3] == terminal.before[3]
    assert b"Traceback" not in raw


def drawn(terminal):
    terminal.wait(lambda: "5/5 venues" in terminal.text() and "SPREAD MATRIX" in terminal.text())


def test_it_draws_moves_and_quits_with_the_terminal_restored(terminal):
    screen = terminal()
    drawn(screen)
    assert "SIM lively" in screen.screen.display[0]
    screen.type("?")
    screen.wait(lambda: "KEYS" in screen.text())
    screen.type("?")
    screen.type(" ")
    screen.wait(lambda: "PAUSED" in screen.screen.display[0])
    screen.type("T")
    screen.wait(lambda: "theme" in screen.screen.display[-1])
    screen.resize(80, 24)
    screen.kill(signal.SIGWINCH)
    screen.wait(lambda: "quit" in screen.screen.display[23])
    screen.type("q")
    assert screen.wait(screen.ended) == (0,)
    assert_restored(screen)


def test_without_a_mouse_the_terminal_is_asked_for_no_clicks(terminal):
    asked = terminal()
    drawn(asked)
    left_alone = terminal("--no-mouse")
    drawn(left_alone)
    assert b"\x1b[?1003h" in asked.raw
    assert not re.search(rb"\x1b\[\?100[0-6]h", left_alone.raw.replace(b"\x1b[?1004h", b""))


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["term", "hup"]
)
def test_a_signal_ends_it_with_its_code_and_the_terminal_restored(number, code, terminal):
    screen = terminal()
    drawn(screen)
    screen.kill(number)
    assert screen.wait(screen.ended) == (code,)
    assert_restored(screen)


def test_sigint_is_left_to_the_launcher_and_ctrl_c_as_a_key_quits(terminal):
    screen = terminal()
    drawn(screen)
    screen.kill(signal.SIGINT)
    screen.type(" ")
    screen.wait(lambda: "PAUSED" in screen.screen.display[0])
    screen.type("\x03")
    assert screen.wait(screen.ended) == (0,)
    assert_restored(screen)


def test_it_leaves_when_the_launcher_is_gone(terminal, tmp_path):
    gone = tmp_path / "gone"
    screen = terminal("--gone-file", str(gone))
    drawn(screen)
    gone.touch()
    assert screen.wait(screen.ended) == (129,)
    assert_restored(screen)


def test_no_color_means_not_one_colour_and_an_empty_no_color_means_nothing(terminal):
    plain = terminal(environ={"NO_COLOR": "1"})
    drawn(plain)
    assert not re.search(rb"\x1b\[[\d;]*(38|48);[25];", plain.raw)
    coloured = terminal(environ={"NO_COLOR": ""})
    drawn(coloured)
    assert re.search(rb"\x1b\[[\d;]*38;2;", coloured.raw)


def test_a_suspended_hud_gives_the_screen_back_and_returns_to_it(terminal):
    screen = terminal()
    drawn(screen)
    screen.type("\x1a")
    screen.wait(lambda: screen.state() == "T")
    screen.read(0.2)
    assert bytes(screen.raw).rfind(LEFT) > bytes(screen.raw).rfind(ENTERED)
    assert termios.tcgetattr(screen.fd)[3] == screen.before[3]
    screen.screen.reset()
    screen.kill(signal.SIGCONT)
    screen.wait(lambda: bytes(screen.raw).rfind(ENTERED) > bytes(screen.raw).rfind(LEFT))
    drawn(screen)
    screen.wait(lambda: "quit" in screen.screen.display[-1])  # every row is painted, not what changed
    screen.type(" ")
    screen.wait(lambda: "PAUSED" in screen.screen.display[0])
    assert bytes(screen.raw).count(ENTERED) == 2
    screen.type("q")
    assert screen.wait(screen.ended) == (0,)


def test_a_lost_terminal_ends_it(terminal):
    screen = terminal()
    drawn(screen)
    assert screen.hang_up() == 129


def test_a_crash_restores_the_terminal_shows_no_traceback_and_is_kept(terminal, tmp_path):
    screen = terminal("--crash-file", str(tmp_path / "crash"))
    drawn(screen)
    assert screen.wait(screen.ended) == (1,)
    assert_restored(screen)
    assert "boom" in (tmp_path / "crash").read_text()


def test_no_size_and_no_layout_breaks_it_in_a_real_terminal(terminal):
    screen = terminal()
    drawn(screen)
    rng = random.Random(4)
    for step in range(60):
        small_or_large = [(40, 10), (300, 80), (rng.randint(40, 300), rng.randint(10, 80))]
        screen.resize(*rng.choice(small_or_large))
        screen.kill(signal.SIGWINCH)
        screen.type(
            rng.choice(["=", "]", "[", "m", "s", "z", "\r", "\x1b3", "\x1b5", "0", "5", "6", "\t", "j"])
        )
        screen.read(0.05, parse=False)
        assert screen.code is None, step
    screen.resize(160, 45)
    screen.kill(signal.SIGWINCH)
    screen.type("\x1b1")
    screen.wait(lambda: "quit" in screen.screen.display[44] or "layout 1" in screen.screen.display[44])
    screen.type("q")
    assert screen.wait(screen.ended) == (0,)
    assert_restored(screen)


def test_how_it_was_left_is_how_it_comes_back(terminal, tmp_path):
    first = terminal("--kept-in", str(tmp_path))
    drawn(first)
    first.type("\x1b3")
    first.wait(lambda: "5 DEPTH" in first.text())
    first.type("]")
    first.wait(lambda: "5 min" in first.text())
    first.kill(signal.SIGTERM)
    assert first.wait(first.ended) == (143,)
    again = terminal("--kept-in", str(tmp_path))
    again.wait(lambda: "5 DEPTH" in again.text() and "5 min" in again.text())
    again.type("q")
    assert again.wait(again.ended) == (0,)
    assert_restored(again)


def test_the_window_is_named_while_it_runs_and_has_its_own_title_back_afterwards(terminal):
    hud = terminal()
    hud.wait(lambda: b"\x1b]2;" in hud.raw)
    assert hud.raw.count(b"\x1b[22;2t") == 1
    named = hud.raw.rpartition(b"\x1b]2;")[2].partition(b"\x07")[0].decode()
    assert named.endswith("— Kairos")
    assert " · sim" in named
    hud.type("q")
    hud.wait(hud.ended)
    assert hud.raw.count(b"\x1b[23;2t") == 1
    assert hud.raw.rindex(b"\x1b[23;2t") > hud.raw.rindex(b"\x1b]2;")


def test_a_copy_reaches_the_terminal_whole_between_two_frames(terminal):
    hud = terminal(environ={"TMUX": "", "STY": ""})
    hud.wait(lambda: "MATRIX" in hud.text())
    hud.type("y")
    hud.wait(lambda: re.search(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", hud.raw))
    body = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", hud.raw)[0]
    assert json.loads(base64.b64decode(body))["feed"] == "sim"
    hud.wait(lambda: "copied the" in hud.text())


def test_a_terminal_that_takes_nothing_for_a_while_is_not_flooded_and_told_so(terminal):
    hud = terminal()
    drawn(hud)
    time.sleep(2.5)  # nobody reads: what is drawn meanwhile would be a megabyte
    at = len(hud.raw)
    hud.wait(lambda: "⇣ link" in hud.text())
    first = hud.raw[at:].find("⇣ link".encode())
    assert 0 <= first < 150_000  # three frames; a queue of thirty would be half a megabyte
    hud.type("q")
    assert hud.wait(hud.ended) == (0,)
    assert_restored(hud)
