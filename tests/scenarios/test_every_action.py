"""Every action of the registry, by each of its keys, in tmux: it does or says something; the HUD lives."""

import re
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator

import pytest
from tests.scenarios.driver import KAIROS, Kairos

from kairos_tui.hud import ACTIONS

NAMES = {
    "enter": "Enter", "escape": "Escape", "tab": "Tab", "shift+tab": "BTab", "space": "Space", "home": "Home",
    "end": "End", "pageup": "PageUp", "pagedown": "PageDown", "left": "Left", "right": "Right", "up": "Up",
    "down": "Down", "backspace": "BSpace", "delete": "DC",
}  # fmt: skip
"""Keys as tmux calls them."""
LAST = {"suspend", "quit"}
"""They take the HUD away, so that they are tried when all others have been."""
FIRST = {
    "back": "z", "panel_left": "4", "panel_right": "2", "panel_below": "1", "panel_above": "3",
    "newest": "1G", "page_up": "1G", "cursor_up": "1G", "cursor_left": "1G",
    "oldest": "1g", "page_down": "1g", "cursor_down": "1g", "cursor_right": "1g", "panel_matrix": "1",
    "row_first": "1G", "row_middle": "1G", "row_last": "1g",
}  # fmt: skip
"""What is pressed before an action that has nothing to do with the matrix in focus."""
AT_REST_S = 0.1
ESCAPE_S = 0.15
"""Escape and a letter right behind it are alt and that letter."""
WITHIN_S = 30.0


def tmux_name(key: str) -> str:
    """`ctrl+p` -> `C-p`, `shift+left` -> `S-Left`, `?` -> `?`."""
    if key in NAMES:
        return NAMES[key]
    if "+" in key and len(key) > 1:
        held, _, base = key.rpartition("+")
        marks = "".join({"ctrl": "C-", "alt": "M-", "shift": "S-"}[each] for each in held.split("+"))
        return marks + NAMES.get(base, base if len(base) == 1 else base.upper())
    return key.upper() if re.fullmatch(r"f\d+", key) else key


class Tmux:
    """A shell in a tmux server of its own."""

    def __init__(self, kairos: Kairos) -> None:
        # Never a name used before: that server may still be leaving, and would take this shell with it.
        self._tmux = ["tmux", "-L", f"kairos-{uuid.uuid4().hex[:12]}", "-f", "/dev/null"]
        env = kairos.env | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PS1": "$ "}
        shell = ["bash", "--norc", "--noprofile", "-i"]
        self.run("new", "-d", "-x", "160", "-y", "45", *shell, env=env, cwd=kairos.home)
        self.run("set", "-g", "escape-time", "0")

    def run(self, *words: str, env: dict[str, str] | None = None, cwd: object = None) -> str:
        done = subprocess.run(
            [*self._tmux, *words], env=env, cwd=str(cwd) if cwd else None, capture_output=True, text=True
        )
        assert done.returncode == 0, f"tmux {words}: {done.stderr}"
        return done.stdout

    def press(self, *keys: str) -> None:
        for key in keys:
            self.run("send-keys", *(("-l", "--", key) if len(key) == 1 else (tmux_name(key),)))

    def type(self, text: str) -> None:
        self.run("send-keys", "-l", "--", text)

    def screen(self) -> str:
        """All rows but the header, in which the market goes on, with their colours."""
        return self.run("capture-pane", "-p", "-e").partition("\n")[2]

    def text(self) -> str:
        return self.run("capture-pane", "-p")

    def wait(self, condition: Callable[[str], bool]) -> str:
        until_s = time.monotonic() + WITHIN_S
        while not condition(text := self.text()):
            assert time.monotonic() < until_s, text
            time.sleep(0.05)
        return text

    def at_rest(self) -> str:
        """The screen once it has stopped to change."""
        until_s = time.monotonic() + WITHIN_S
        before = self.screen()
        while True:
            time.sleep(AT_REST_S)
            now = self.screen()
            if now == before:
                return now
            assert time.monotonic() < until_s, now
            before = now

    def changes(self, before: str) -> bool:
        until_s = time.monotonic() + WITHIN_S
        while self.screen() == before:
            if time.monotonic() > until_s:
                return False
            time.sleep(0.03)
        return True


@pytest.fixture
def shell(kairos: Kairos) -> Iterator[Tmux]:
    if shutil.which("tmux") is None:
        pytest.skip("needs tmux (Debian: tmux)")
    opened = Tmux(kairos)
    yield opened
    opened.run("kill-server")


def to_the_matrix(shell: Tmux) -> None:
    """Whatever is open is closed, and the view stands still."""
    for _ in range(3):
        shell.press("escape")
        time.sleep(ESCAPE_S)
    shell.press("2")
    if "PAUSED" not in shell.text():
        shell.press("space")
        shell.wait(lambda text: "PAUSED" in text)


@pytest.mark.timeout(300)
def test_every_action_does_or_says_something_by_each_of_its_keys_and_the_hud_lives(shell: Tmux) -> None:
    shell.type(f"{KAIROS} watch BTC/USDT ETH/USDT --sim --no-mouse\n")
    shell.wait(lambda text: text.count("● LIVE") >= 5)
    assert shell.run("display", "-p", "#{mouse_any_flag}").strip() == "0"
    idle = []
    for action in ACTIONS:
        for key in action.keys or (None,):
            if action.id in LAST:
                continue
            to_the_matrix(shell)
            if key is None:
                shell.type(f":{action.id}")
            shell.press(*FIRST.get(action.id, ""))
            before = shell.at_rest()
            shell.press(key or "enter")
            if not shell.changes(before):
                idle.append((action.id, key))
    assert idle == []
    to_the_matrix(shell)
    shell.press("space")
    shell.wait(lambda text: "PAUSED" not in text and "5/5 venues" in text)


@pytest.mark.timeout(150)
def test_it_is_suspended_taken_up_again_and_quit_by_key_and_by_command(shell: Tmux) -> None:
    for leave in ("q", ":quit\n"):
        shell.type(f"{KAIROS} watch BTC/USDT --sim\n")
        shell.wait(lambda text: text.count("● LIVE") >= 5)
        shell.press("ctrl+z")
        shell.wait(lambda text: "Stopped" in text)
        shell.type("fg\n")
        shell.wait(lambda text: text.count("● LIVE") >= 5)
        shell.type(leave)
        shell.wait(lambda _: shell.run("display", "-p", "#{alternate_on}").strip() == "0")
        shell.type("echo left with $?\n")
        shell.wait(lambda text: "left with 0" in text)
        shell.type("clear\n")
