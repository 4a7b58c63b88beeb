"""Key editor: `:keys`: every action with its keys; enter and a key give it that key, delete its own again.

Before it: keymap, key_file, prompt. After it: prompting, which gives it the keys while its list is open.
A key that another action has is taken over only when it is pressed twice.
"""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from kairos_tui.errors import SettingsInvalid
from kairos_tui.hud.actions import ACTIONS, BY_ID
from kairos_tui.hud.fuzzy import distance
from kairos_tui.hud.key_file import read_keys, write_keys
from kairos_tui.hud.key_names import SAME_KEY, label
from kairos_tui.hud.keymap import ALWAYS_QUITS, Keymap, build_keymap
from kairos_tui.hud.prompt import Choice, Prompt
from kairos_tui.hud.view_state import View

_GIVEN: Final = ("default", "preset ")


def key_choices(view: View, text: str) -> tuple[Choice, ...]:
    """Every action that the text finds, nearest first, with its keys."""
    keymap = view.plan.keymap
    apart = [(distance(text, f"{action.id} {action.help}".replace("_", " ")), action) for action in ACTIONS]
    near = sorted(((far, action) for far, action in apart if far is not None), key=lambda pair: pair[0])
    return tuple(
        Choice(action.id, action.id, action.help, " ".join(keymap.labels(action.id))) for _, action in near
    )


def begin(view: View, prompt: Prompt, action_id: str) -> None:
    """The next key is for that action."""
    if view.plan.keys_path is None:
        view.prompt = replace(prompt, said="there is no folder for keys of your own")
        return
    view.prompt = replace(prompt, binding=action_id, said=f"press the key for {action_id}; esc: none")


def take_binding(view: View, prompt: Prompt, key: str) -> None:
    """The key that was pressed for the action that is bound."""
    action_id = prompt.binding
    if key == "escape":
        view.prompt = replace(prompt, binding="", taking="", said="")
        return
    if key == ALWAYS_QUITS or key in SAME_KEY:
        view.prompt = replace(prompt, said=f"{label(key)} always quits: press another")
        return
    holder = view.plan.keymap.action_of(key)
    if holder == action_id:
        view.prompt = replace(prompt, binding="", taking="", said=f"{label(key)} is {action_id}'s already")
    elif holder is not None and prompt.taking != key:
        view.prompt = replace(prompt, taking=key, said=f"{label(key)} is {holder}'s: once more takes it over")
    else:
        changed: dict[str, tuple[str, ...]] = {action_id: (key,)}
        if holder is not None:
            changed[holder] = tuple(each for each in view.plan.keymap.keys_of(holder) if each != key)
        said = f"{label(key)} is {action_id} now" + (f", no longer {holder}" if holder is not None else "")
        _change(view, prompt, changed, said)


def give_back(view: View, prompt: Prompt, action_id: str) -> None:
    """The action has the keys again that it had without this file."""
    path = view.plan.keys_path
    try:
        known = read_keys(path) if path is not None else {}
    except ValueError as error:
        view.prompt = replace(prompt, said=str(error))
        return
    if action_id not in known:
        view.prompt = replace(prompt, said=f"{action_id} has no key that was chosen here")
        return
    _change(view, prompt, {action_id: None}, f"{action_id} has its usual keys again")


def _change(view: View, prompt: Prompt, changed: Mapping[str, tuple[str, ...] | None], said: str) -> None:
    """Write it down, then obey it; or neither, and say why."""
    path = view.plan.keys_path
    assert path is not None
    prompt = replace(prompt, binding="", taking="")
    try:
        own = {**read_keys(path), **{name: keys for name, keys in changed.items() if keys is not None}}
        own = {
            name: keys for name, keys in own.items() if name in BY_ID and changed.get(name, ()) is not None
        }
        keymap = _rebuilt(
            view.plan.keymap, own, gone=[name for name, keys in changed.items() if keys is None]
        )
        write_keys(path, own)
    except (SettingsInvalid, ValueError) as error:
        view.prompt = replace(prompt, said=str(error))
    except OSError as error:
        view.prompt = replace(prompt, said=f"not kept: {path}: {error.strerror or error}")
    else:
        view.plan = replace(view.plan, keymap=keymap)
        view.prompt = replace(prompt, said=said)


def _rebuilt(keymap: Keymap, own: Mapping[str, tuple[str, ...]], gone: list[str]) -> Keymap:
    """The preset, the user's keys of other files, and over them what was chosen here."""
    elsewhere = {
        name: bound.keys
        for name, bound in keymap.bound.items()
        if not bound.origin.startswith(_GIVEN) and name not in own and name not in gone
    }
    return replace(build_keymap(keymap.preset, {**elsewhere, **own}), spelled=keymap.spelled)
