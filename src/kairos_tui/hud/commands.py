"""Commands: what is typed after `:`, and what the palette finds, made from the registry of actions.

Before it: actions, words. After it: prompting runs them, panels list what they may become.
"""

from typing import Final, NamedTuple

from kairos_tui.hud.actions import ACTIONS, BY_ID, Action
from kairos_tui.hud.fuzzy import SCATTERED, distance
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.key_names import label
from kairos_tui.hud.prompt import Choice
from kairos_tui.hud.view_state import View
from kairos_tui.hud.words import nearest, words

_MOST_NAMED: Final = 4
_MOST_QUOTED: Final = 24
_ALSO: Final = {"watch": "symbol"}
"""Other names of an action: of what is watched already, to watch it is to show it."""
_OF_THE_SHELL: Final = ("doctor", "replay", "report", "venues", "sim", "bench", "config")


class Command(NamedTuple):
    """An action and the word after it, empty when there is none."""

    action: Action
    word: str


def read_command(text: str) -> Command | str:
    """The command of a line; or, when there is none, a sentence that says why and names the nearest."""
    name, _, word = text.strip().partition(" ")
    action = _action_of(name.casefold().replace("-", "_"))
    if isinstance(action, str):
        return action
    if word and action.word is None:
        return f"{action.id} takes no word"
    return Command(action, word.strip())


def choices(view: View, text: str) -> tuple[Choice, ...]:
    """What the line may become: names of commands, or words of one.

    The command of that very name first, then those that take a word; else in the order of the registry.
    """
    name, spaced, word = text.lstrip().partition(" ")
    folded = name.casefold().replace("-", "_")
    if not spaced:
        begun = [action for action in ACTIONS if action.id.startswith(folded)]
        if folded:
            begun.sort(key=lambda action: (action.id != folded, action.word is None))
        return tuple(_named(view, action) for action in begun)
    action = _action_of(folded)
    if isinstance(action, str) or action.word is None:
        return ()
    wanted = word.strip().casefold()
    return tuple(
        Choice(f"{action.id} {known}", known)
        for known in words(view, action.word)
        if known.casefold().startswith(wanted)
    )


def found(view: View, text: str) -> tuple[Choice, ...]:
    """Every action that the text finds, nearest first, and every word one may be given, where it is known."""
    every = [_named(view, action) for action in ACTIONS if action.id != "palette"]
    every += [
        Choice(f"{action.id} {known}", f"{action.id} {known}", action.help)
        for action in ACTIONS
        if action.word is not None
        for known in words(view, action.word)
    ]
    apart = ((distance(text, f"{each.label} {each.detail}".replace("_", " ")), each) for each in every)
    near = sorted(((far, each) for far, each in apart if far is not None), key=lambda pair: pair[0])
    if near and near[0][0] < SCATTERED:  # letters far apart are for what no word finds
        near = [(far, each) for far, each in near if far < SCATTERED]
    return tuple(each for _, each in near)


def quoted(text: str) -> str:
    """What somebody typed, as a sentence about it shows it."""
    return f"'{safe(text, _MOST_QUOTED)}'"


def _action_of(name: str) -> Action | str:
    if name in BY_ID or name in _ALSO:
        return BY_ID[_ALSO.get(name, name)]
    begun = [action for action in ACTIONS if action.id.startswith(name)]
    if len(begun) == 1:
        return begun[0]
    if not begun:
        of_the_shell = f"{name} is a command of the shell: kairos {name}" if name in _OF_THE_SHELL else ""
        return of_the_shell or f"there is no command {quoted(name)}{nearest(name, BY_ID)}"
    shown = ", ".join(action.id for action in begun[:_MOST_NAMED])
    return f"{quoted(name)} may be {shown}{', …' if len(begun) > _MOST_NAMED else ''}"


def _named(view: View, action: Action) -> Choice:
    keys = " ".join(map(label, view.plan.keymap.keys_of(action.id)))
    more = f"{action.id} {{{action.word}}}" if action.word is not None else action.id
    return Choice(action.id + (" " if action.word is not None else ""), more, action.help, keys)
