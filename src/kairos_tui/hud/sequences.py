"""Sequences: what is written to the terminal beside the picture: window title, bell, notification, clipboard.

Before it: nobody. After it: alerts, clipboard. Text in them is made inert first, so none can end its sequence
and begin another; tmux lets notifications through where its allow-passthrough is on.
"""

import base64
from collections.abc import Mapping
from typing import Final

from kairos_tui.hud.glyphs import safe

BELL: Final = "\x07"
KEEP_TITLE: Final = "\x1b[22;2t"
"""The terminal remembers its title ..."""
GIVE_TITLE_BACK: Final = "\x1b[23;2t"
"""... and takes it back."""
_MOST_TITLE: Final = 80
_MOST_SAID: Final = 200
_TAKES_777: Final = ("rxvt", "foot")


def title(text: str) -> str:
    """Name the window (OSC 2)."""
    return f"\x1b]2;{safe(text, _MOST_TITLE)}\x07"


def notification(text: str, environ: Mapping[str, str]) -> str:
    """A desktop notification: OSC 777 where the terminal is known to want that, OSC 9 elsewhere."""
    said = safe(text, _MOST_SAID).replace(";", ",")  # a field ends there; and `9;4;` would be a progress bar
    terminal = environ.get("TERM", "")
    wants_777 = terminal.startswith(_TAKES_777) or "VTE_VERSION" in environ
    whole = f"\x1b]777;notify;Kairos;{said}\x07" if wants_777 else f"\x1b]9;Kairos: {said}\x07"
    return _through_tmux(whole) if environ.get("TMUX") else whole


def progress(state: int, per_cent: int, environ: Mapping[str, str]) -> str:
    """The bar in the taskbar or the tab (OSC 9;4): 0 takes it away, 1 shows, 2 is an error, 4 is paused."""
    whole = f"\x1b]9;4;{state};{max(0, min(100, per_cent))}\x07"
    return _through_tmux(whole) if environ.get("TMUX") else whole


def clipboard(text: str) -> str:
    """Fill the terminal's clipboard (OSC 52): base64, so the text cannot be anything else."""
    return f"\x1b]52;c;{base64.b64encode(text.encode('utf-8', 'backslashreplace')).decode('ascii')}\x07"


def _through_tmux(sequence: str) -> str:
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
