"""splash: one line on the terminal before anything heavy loads, wiped by the HUD or by an error line.

Before it: __main__. Standard library only, and little of it: it must be on screen within 150 ms of exec.
"""

import os
from collections.abc import Sequence

from kairos_tui.cli.output import OutputFlags, choose_output, look_around, screen_fd

_WIPE = b"\r\x1b[2K"
_painted = False


def paint_splash(words: Sequence[str]) -> bool:
    """Say what starts, if these words of `kairos watch` lead to a HUD on this terminal. True: they do."""
    global _painted
    if {"--help", "-q", "--quiet"} & set(words):
        return False
    here = look_around()
    flags = OutputFlags("--json" in words, "--tee" in words, "--plain" in words, "--no-hud" in words)
    if choose_output(**here._asdict(), flags=flags) not in ("hud", "tee"):
        return False
    _write(_WIPE + splash_line(words, here.columns).encode())
    _painted = True
    return True


def splash_line(words: Sequence[str], columns: int) -> str:
    """` KAIROS  BTC/USDT  sim  warming up`: in ASCII, whatever the locale; cut to the terminal."""
    symbols = " ".join(
        word.upper() for word in words if "/" in word and word.isprintable() and word[0] != "-"
    )
    feed = "sim" if "--sim" in words else "live"
    return f" KAIROS  {symbols}  {feed}  warming up"[: columns - 1]


def wipe_splash() -> None:
    """Take the line back, so that something else may stand there. Harmless when there is none."""
    global _painted
    if _painted:
        _write(_WIPE)
        _painted = False


def _write(text: bytes) -> None:
    try:
        os.write(screen_fd(), text)
    except OSError:
        return  # the terminal is gone: nobody misses a splash
