"""view_command: settings -> the words of the command that shows the same, for the HUD to hand out.

Before it: launcher, follow. After it: the HUD's plan. Symbols and theme are the HUD's to add. No secrets.
"""

import re
from collections.abc import Sequence

from kairos_tui.settings import Settings

_USUAL = Settings()
_USER = re.compile(r"//[^/?#]*@")


def watch_words(settings: Settings, *, sim: bool, config: str | None) -> tuple[str, ...]:
    """`kairos watch` with every flag that changes the view and is not as usual."""
    words = ["kairos", "watch"]
    words += ["--sim"] if sim else []
    words += ["--config", config] if config else []
    for name in ("venues", "quotes", "min_net_bps", "max_notional", "seed", "mood"):
        words += _flag(settings, name)
    return (*words, *_paper(settings), *_look(settings))


def replay_words(path: str, settings: Settings, options: Sequence[str]) -> tuple[str, ...]:
    """`kairos replay` of the same recording, with the same changes."""
    return ("kairos", "replay", path, *options, *_look(settings))


def follow_words(address: str, settings: Settings) -> tuple[str, ...]:
    """`kairos hud` on the same source. A user and a password in its address are left out."""
    return ("kairos", "hud", "--from", _USER.sub("//", address), *_look(settings))


def _paper(settings: Settings) -> list[str]:
    if not settings.paper:
        return []
    latency = f"{settings.paper_latency_ms}ms"
    words = [] if settings.paper_latency_ms == _USUAL.paper_latency_ms else ["--paper-latency", latency]
    return ["--paper", *words, *_flag(settings, "paper_stock")]


def _look(settings: Settings) -> list[str]:
    words = [word for name in ("fps", "colours", "glyphs") for word in _flag(settings, name)]
    return [*words, "--reduced-motion"] if settings.reduced_motion else words


def _flag(settings: Settings, name: str) -> list[str]:
    """The flag of a knob that is not as usual, with its value."""
    value = getattr(settings, name)
    return [] if value == getattr(_USUAL, name) else [f"--{name.replace('_', '-')}", _said(value)]


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:.12g}" if isinstance(value, float) else str(value)
