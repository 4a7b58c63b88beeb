"""Prompt: the line that is being typed, and what it is for. While there is one, keys go to it.

Before it: line_editor. After it: view_state, which has it; prompting, which gives it keys; panels draw it.
"""

from typing import Final, Literal

from msgspec import Struct

from kairos_tui.hud.line_editor import Line

MOST_TYPED: Final = 50
"""Lines that are remembered, to be typed again."""
Purpose = Literal["command", "palette", "filter", "keys", "settings"]


class Prompt(Struct, frozen=True):
    """What is typed. `stem` is what choices are looked for with, `chosen` which of them is (-1: none yet).

    `said` is what is wrong with the line as it stands, `before` what stood when typing began: escape
    brings it back. `past` counts lines back to one that was typed before: 0 is the new one.
    `binding` is the action that the next key is for, `taking` the key that would be taken from another.
    """

    purpose: Purpose
    line: Line = Line()
    stem: str = ""
    chosen: int = -1
    said: str = ""
    before: str = ""
    past: int = 0
    binding: str = ""
    taking: str = ""


class Choice(Struct, frozen=True):
    """One of the things the line may become: the whole line, how it is listed, and what it does.

    `more` is a sentence about it, said below the list while it is the chosen one.
    """

    text: str
    label: str
    detail: str = ""
    keys: str = ""
    more: str = ""


class Jump(Struct, frozen=True):
    """The letters of a jump so far, and the cards and incidents that have letters: those that come meanwhile
    have none."""

    path: str = ""
    cards: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
