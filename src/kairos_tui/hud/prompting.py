"""Prompting: what keys do while a line is typed. Letters go into it, enter does what it says, escape leaves.

Before it: prompt, commands, worded. After it: app, which gives every key here first.
"""

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from kairos_tui.hud import commands
from kairos_tui.hud.actions import BY_ID
from kairos_tui.hud.deeds import Hands
from kairos_tui.hud.finding import filter_by
from kairos_tui.hud.jumping import take_letter
from kairos_tui.hud.key_editor import begin, give_back, key_choices, take_binding
from kairos_tui.hud.keymap import ALWAYS_QUITS
from kairos_tui.hud.line_editor import Line, edit, insert, line_of
from kairos_tui.hud.prompt import MOST_TYPED, Choice, Prompt, Purpose
from kairos_tui.hud.settings_list import setting_choices
from kairos_tui.hud.view_state import View
from kairos_tui.hud.worded import do_with_word

_STEPS: Final = {"tab": 1, "down": 1, "ctrl+n": 1, "shift+tab": -1, "up": -1, "ctrl+p": -1}


def take_key(hands: Hands, key: str) -> bool:
    """Give a key to the jump that is under way or the line that is typed; False: the keymap has it."""
    view, prompt = hands.view, hands.view.prompt
    view.message = None  # what was said has been read
    if take_letter(view, key):
        return True
    if prompt is None or (_leaves(view, key) and not (prompt.binding and key != ALWAYS_QUITS)):
        return False
    if not _is_editors(hands, prompt, key):
        _take(hands, prompt, key)
    view.version += 1
    return True


def _is_editors(hands: Hands, prompt: Prompt, key: str) -> bool:
    """Whether the editor of keys has taken it: the key to be bound, or what gives usual keys back."""
    if prompt.binding:
        take_binding(hands.view, prompt, key)
    elif prompt.purpose == "keys" and key == "delete":
        _with_chosen(hands, prompt, give_back)
    else:
        return False
    return True


def _take(hands: Hands, prompt: Prompt, key: str) -> None:
    view = hands.view
    if key == "escape":
        view.prompt = None
        _LEFT.get(prompt.purpose, _nothing)(view, prompt)
    elif key == "enter":
        _ENTERED[prompt.purpose](hands, prompt)
    elif key in ("up", "down") and _recalls(view, prompt, key):
        _recall(view, prompt, 1 if key == "up" else -1)
    elif key in _STEPS:
        _choose(view, prompt, _STEPS[key])
    else:
        _change(view, prompt, edit(prompt.line, key))


def take_text(hands: Hands, text: str) -> None:
    """Put pasted text into the line that is typed, if one is."""
    prompt = hands.view.prompt
    if prompt is not None:
        _change(hands.view, prompt, insert(prompt.line, text))
        hands.view.version += 1


def listed(view: View) -> tuple[Choice, ...]:
    """What the line that is typed may become."""
    prompt = view.prompt
    known = _CHOICES.get(prompt.purpose) if prompt is not None else None
    return known(view, prompt.stem) if known is not None and prompt is not None else ()


def _leaves(view: View, key: str) -> bool:
    """A key that is no letter and leaves the HUD does so from here too."""
    action_id = view.plan.keymap.action_of(key) if len(key) > 1 else None
    return action_id is not None and BY_ID[action_id].group == "Leave"


def _change(view: View, prompt: Prompt, line: Line | None) -> None:
    if line is None:
        return
    if line.text == prompt.line.text:
        view.prompt = replace(prompt, line=line)
    else:
        view.prompt = replace(prompt, line=line, stem=line.text, chosen=-1, said="", past=0)
        _CHANGED.get(prompt.purpose, _nothing)(view, view.prompt)


def _choose(view: View, prompt: Prompt, step: int) -> None:
    """Go to the next choice; the line becomes it."""
    known = listed(view)
    if not known:
        return
    if prompt.purpose in ("palette", "keys", "settings"):  # its first is chosen from the beginning
        view.prompt = replace(prompt, chosen=(max(0, prompt.chosen) + step) % len(known), said="")
        return
    place = (prompt.chosen + step if prompt.chosen >= 0 else min(0, step)) % len(known)
    view.prompt = replace(prompt, chosen=place, line=line_of(known[place].text), said="")
    if len(known) == 1:  # nothing is left to choose: what may follow is listed
        view.prompt = replace(view.prompt, stem=known[0].text, chosen=-1)


def _recalls(view: View, prompt: Prompt, key: str) -> bool:
    """Up on an empty line goes back to what was typed before; from there both ways lead through it."""
    if prompt.purpose != "command" or not view.typed:
        return False
    return prompt.past > 0 or (key == "up" and not prompt.line.text)


def _recall(view: View, prompt: Prompt, step: int) -> None:
    past = max(0, min(prompt.past + step, len(view.typed)))
    text = view.typed[-past] if past else ""
    view.prompt = replace(prompt, line=line_of(text), stem=text, chosen=-1, said="", past=past)


def _remember(view: View, text: str) -> None:
    """Each line once, the newest last."""
    view.typed = [*(each for each in view.typed if each != text), text][-MOST_TYPED:]


def _enter_command(hands: Hands, prompt: Prompt) -> None:
    text = prompt.line.text.strip()
    if text:
        _remember(hands.view, text)
        _do(hands, prompt, text)
    else:
        hands.view.prompt = None


def _enter_palette(hands: Hands, prompt: Prompt) -> None:
    known = listed(hands.view)
    if known:
        _do(hands, prompt, known[max(0, prompt.chosen)].text)


def _enter_keys(hands: Hands, prompt: Prompt) -> None:
    _with_chosen(hands, prompt, begin)


def _enter_settings(hands: Hands, prompt: Prompt) -> None:
    """Its line goes to the clipboard: where it is pasted to is the title's."""
    known = listed(hands.view)
    if known:
        hands.view.prompt = None
        hands.copy_text(known[max(0, prompt.chosen)].text, "the line of that setting")


def _with_chosen(hands: Hands, prompt: Prompt, do: Callable[[View, Prompt, str], None]) -> None:
    known = listed(hands.view)
    if known:
        do(hands.view, prompt, known[max(0, prompt.chosen)].text)


def _do(hands: Hands, prompt: Prompt, text: str) -> None:
    """What the command says; the line stays, with what is wrong, when it cannot be done."""
    command = commands.read_command(text)
    if isinstance(command, str):
        hands.view.prompt = replace(prompt, said=command)
        return
    hands.view.prompt = None  # before it is done: it may open a line of its own
    if not command.word:
        hands.perform(command.action.id)
        return
    said = do_with_word(hands, command.action, command.word)
    if said is not None:
        hands.view.prompt = replace(prompt, said=said)


def _filter(view: View, prompt: Prompt) -> None:
    """It filters while it is typed; a malformed one says so, and the one before it stays."""
    view.prompt = replace(prompt, said=filter_by(view, prompt.line.text) or "")


def _unfilter(view: View, prompt: Prompt) -> None:
    filter_by(view, prompt.before)


def _enter_filter(hands: Hands, prompt: Prompt) -> None:
    if not prompt.said:
        hands.view.prompt = None


def _nothing(view: View, prompt: Prompt) -> None:
    """This purpose has nothing to do then."""


_ENTERED: Final[dict[Purpose, Callable[[Hands, Prompt], None]]] = {
    "command": _enter_command,
    "palette": _enter_palette,
    "keys": _enter_keys,
    "settings": _enter_settings,
    "filter": _enter_filter,
}
_CHANGED: Final[dict[Purpose, Callable[[View, Prompt], None]]] = {"filter": _filter}
_LEFT: Final[dict[Purpose, Callable[[View, Prompt], None]]] = {"filter": _unfilter}
_CHOICES: Final[dict[Purpose, Callable[[View, str], tuple[Choice, ...]]]] = {
    "command": commands.choices,
    "palette": commands.found,
    "keys": key_choices,
    "settings": setting_choices,
}
