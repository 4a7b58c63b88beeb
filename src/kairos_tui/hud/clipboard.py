"""Clipboard: text -> the terminal's clipboard, and the sentence that says so. Off the loop: it may wait.

Before it: sequences. After it: taking. A terminal never answers whether it took a text, so none is claimed.
"""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import Final

from kairos_tui.hud.sequences import clipboard

MOST_BYTES: Final = 74_994
"""In base64 100,000 characters: what terminals commonly take in one piece."""
_TMUX_WITHIN_S: Final = 2.0


def copy(text: str, what: str, write: Callable[[str], object], environ: Mapping[str, str]) -> str:
    """Copy it; what to tell the viewer. `write` takes what is for the terminal.

    tmux ignores OSC 52 from within unless its `set-clipboard` is on, so it is asked itself: it tells its own
    terminal.
    """
    size = len(text.encode("utf-8", "backslashreplace"))
    if size > MOST_BYTES:
        most = _kb(MOST_BYTES)
        return f"{what}: {_kb(size)} are more than the {most} a clipboard takes; an export goes to a file"
    if environ.get("TMUX") and (taken := _by_tmux(text)):
        return f"copied {what}, {_kb(size)}, to {taken}"
    if environ.get("STY"):
        return f"{what}: GNU screen keeps the clipboard to itself; an export goes to a file"
    write(clipboard(text))
    return f"copied {what}, {_kb(size)}, to the clipboard (OSC 52)"


def _by_tmux(text: str) -> str:
    """Where tmux put it; empty where it could not."""
    tmux = shutil.which("tmux")
    if tmux is None:
        return ""
    for words, where in (
        (["load-buffer", "-w", "-"], "tmux and the clipboard"),
        (["load-buffer", "-"], "tmux (prefix ] pastes it)"),  # before tmux 3.2
    ):
        try:
            done = subprocess.run(  # noqa: S603  a fixed command; the text is its stdin
                [tmux, *words],
                input=text.encode("utf-8", "backslashreplace"),
                capture_output=True,
                timeout=_TMUX_WITHIN_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        if done.returncode == 0:
            return where
    return ""


def _kb(size: int) -> str:
    return f"{size / 1000:.1f} kB" if size >= 1000 else f"{size} bytes"
