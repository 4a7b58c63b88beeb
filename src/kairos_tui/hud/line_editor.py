"""Line editor: one line of text and the place of its cursor, and what each key makes of it. Pure.

Before it: nobody. After it: prompt. Keys are named as in key_names; a printable key is its character.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

MOST: Final = 200
"""Characters a line holds; what is typed beyond them is not taken."""


class Line(Struct, frozen=True):
    """The text, and before which of its characters the cursor stands."""

    text: str = ""
    place: int = 0

    @property
    def before(self) -> str:
        """What stands before the cursor."""
        return self.text[: self.place]

    @property
    def after(self) -> str:
        """What stands behind it."""
        return self.text[self.place :]


def line_of(text: str) -> Line:
    """A line with the cursor at its end."""
    return Line(text, len(text))


def insert(line: Line, text: str) -> Line:
    """The line with text put in at the cursor: the first line of it, without what cannot be drawn."""
    first = next(iter(text.splitlines()), "")
    taken = "".join(character for character in first if character.isprintable())[: MOST - len(line.text)]
    return Line(line.before + taken + line.after, line.place + len(taken))


def edit(line: Line, key: str) -> Line | None:
    """The line after a key; None when the key is none of an editor's."""
    if key == "space" or (len(key) == 1 and key.isprintable()):
        return insert(line, " " if key == "space" else key)
    change = _KEYS.get(key)
    return change(line) if change is not None else None


def _to(place: Callable[[Line], int]) -> Callable[[Line], Line]:
    """Move the cursor."""
    return lambda line: Line(line.text, max(0, min(place(line), len(line.text))))


def _rubbed(place: Callable[[Line], int]) -> Callable[[Line], Line]:
    """Take out what lies between the cursor and that place."""

    def rub(line: Line) -> Line:
        first, last = sorted((line.place, max(0, min(place(line), len(line.text)))))
        return Line(line.text[:first] + line.text[last:], first)

    return rub


def _word_before(line: Line) -> int:
    kept = line.before.rstrip()
    return len(kept.rpartition(" ")[0]) + 1 if " " in kept else 0


def _word_after(line: Line) -> int:
    rest = line.after.lstrip()
    return len(line.text) - len(rest.partition(" ")[2]) - (" " in rest)


_KEYS: Final[dict[str, Callable[[Line], Line]]] = {
    "left": _to(lambda line: line.place - 1),
    "ctrl+b": _to(lambda line: line.place - 1),
    "right": _to(lambda line: line.place + 1),
    "ctrl+f": _to(lambda line: line.place + 1),
    "home": _to(lambda _: 0),
    "ctrl+a": _to(lambda _: 0),
    "end": _to(lambda line: len(line.text)),
    "ctrl+e": _to(lambda line: len(line.text)),
    "ctrl+left": _to(_word_before),
    "alt+b": _to(_word_before),
    "ctrl+right": _to(_word_after),
    "alt+f": _to(_word_after),
    "backspace": _rubbed(lambda line: line.place - 1),
    "delete": _rubbed(lambda line: line.place + 1),
    "ctrl+d": _rubbed(lambda line: line.place + 1),
    "ctrl+w": _rubbed(_word_before),
    "alt+backspace": _rubbed(_word_before),
    "ctrl+u": _rubbed(lambda _: 0),
    "ctrl+k": _rubbed(lambda line: len(line.text)),
}
