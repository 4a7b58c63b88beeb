"""Presets: which keys the keymaps `vim` and `k9s` give to actions, where they differ from the default.

Before it: actions. After it: keymap. A test holds that no preset has a key twice.
"""

from typing import Final, Literal

Preset = Literal["default", "vim", "k9s"]

PRESETS: Final[dict[Preset, dict[str, tuple[str, ...]]]] = {
    "default": {},
    "vim": {
        "panel_next": ("tab", "ctrl+w"),
        "quit": ("Q", "ctrl+q", "ctrl+c"),
        "symbol_next": (")", "ctrl+n"),
        "back": ("escape", "ctrl+o"),
    },
    "k9s": {
        "inspect": ("enter", "d"),
        "zoom": ("z", "ctrl+w"),
        "symbol_previous": ("(", "pageup"),
        "symbol_next": (")", "pagedown"),
        "quit": ("ctrl+c", "ctrl+q", "Q"),
    },
}
