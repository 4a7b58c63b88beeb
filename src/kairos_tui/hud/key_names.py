"""Key names: how a key is written in a keymap, what a terminal's event is called, what people are shown.

A printable key is its character (`?`, `T`, `[`), others have a name (`space`, `enter`, `f12`), modifiers
stand before it by the alphabet: `ctrl+p`, `ctrl+shift+up`. Before it: nobody. After it: keymap, app.
"""

import string
import unicodedata
from typing import Final

_MODIFIERS: Final = {"ctrl": "^", "alt": "⌥", "shift": "⇧"}
_SPELLED: Final = {"ctrl": "^", "alt": "M-", "shift": "S-"}
_LABELS: Final = {
    "space": "␣", "enter": "⏎", "escape": "esc", "tab": "⇥", "backspace": "⌫", "delete": "del",
    "insert": "ins", "home": "home", "end": "end", "pageup": "pgup", "pagedown": "pgdn",
    "up": "↑", "down": "↓", "left": "←", "right": "→",
} | {f"f{number}": f"F{number}" for number in range(1, 25)}  # fmt: skip
_ALIASES: Final = {
    "esc": "escape", "return": "enter", "del": "delete", "ins": "insert", "control": "ctrl", "meta": "alt",
    "pgup": "pageup", "pgdn": "pagedown", "page_up": "pageup", "page_down": "pagedown",
}  # fmt: skip
_CHARACTERS: Final = {
    unicodedata.name(character).lower().replace(" ", "_").replace("-", "_"): character
    for character in string.punctuation
} | {
    "slash": "/", "backslash": "\\", "at": "@", "minus": "-", "plus": "+", "underscore": "_", "comma": ",",
    "dot": ".", "period": ".", "hash": "#", "pipe": "|", "dollar": "$", "caret": "^", "backtick": "`",
}  # fmt: skip
_OPTION: Final = {
    character: f"alt+{digit}"
    for digit, character in enumerate("\xba\xa1\u2122\xa3\xa2\u221e\xa7\xb6\u2022\xaa")
}
"""What Textual makes of alt and a digit: the characters that a Mac's option key types."""
SAME_KEY: Final = {
    "ctrl+h": "backspace", "ctrl+i": "tab", "ctrl+j": "enter", "ctrl+m": "enter", "ctrl+[": "escape",
}  # fmt: skip
"""What a terminal sends the same bytes for: such a key could not be told from the other."""


def read_key(text: str) -> str | None:
    """The name of a key as somebody wrote it, in any case and order; None when there is no such key."""
    text = text.strip(" ") or text
    if len(text) == 1:
        return _OPTION.get(text) or _plain(text)
    modifiers, base = _split(text)
    held = {_ALIASES.get(name.strip().lower(), name.strip().lower()) for name in modifiers}
    key = _plain(base.strip())
    if key is None or not held <= _MODIFIERS.keys():
        return None
    if len(key) == 1 and key.isalpha() and held:
        key = key.upper() if held == {"shift"} else key.lower()
        held -= {"shift"} if held == {"shift"} else set()
    return "+".join([*sorted(held), key])


def pressed(key: str, character: str | None) -> str:
    """The name of a terminal's key event; the same for keys that most terminals send the same bytes for."""
    if "+" not in key and character is not None and len(character) == 1 and character.isprintable():
        return _OPTION.get(character) or _plain(character) or key
    name = read_key(key) or key
    return SAME_KEY.get(name, name)


def label(key: str, *, spelled: bool = False) -> str:
    """The key as people read it: `⇥`, `^P`, `F12`; `spelled` in ASCII: `tab`, `M-x`, `S-up`."""
    modifiers, base = _split(key) if len(key) > 1 else ([], key)
    shown = _LABELS.get(base, base)
    if spelled and not shown.isascii():
        shown = base
    held = "".join(map((_SPELLED if spelled else _MODIFIERS).__getitem__, modifiers))
    return held + (shown.upper() if "ctrl" in modifiers else shown)


def _split(text: str) -> tuple[list[str], str]:
    """Modifiers and what they are held with; the last may be a plus itself."""
    if text.endswith("++"):
        return text[:-2].split("+"), "+"
    *modifiers, base = text.split("+")
    return modifiers, base


def _plain(base: str) -> str | None:
    if len(base) == 1:
        return "space" if base == " " else base if base.isprintable() else None
    name = _ALIASES.get(base.lower(), base.lower())
    return name if name in _LABELS else _CHARACTERS.get(name)
