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
        "page_down": ("ctrl+d", "ctrl+f", "pagedown"),
        "page_up": ("ctrl+u", "ctrl+b", "pageup"),
        "back": ("escape", "ctrl+o"),
    },
    "k9s": {
        "inspect": ("enter", "d"),
        "zoom": ("z", "ctrl+w"),
        "page_down": ("ctrl+f", "ctrl+d"),
        "page_up": ("ctrl+b", "ctrl+u"),
        "symbol_previous": ("(", "pageup"),
        "symbol_next": (")", "pagedown"),
        "quit": ("ctrl+c", "ctrl+q", "Q"),
    },
}
