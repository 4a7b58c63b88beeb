"""Key table: the keymap in force as rows for a person and as Markdown for the README.

Before it: actions, keymap. After it: `kairos keys`.
"""

from typing import NamedTuple

from kairos_tui.hud.actions import ACTIONS, GROUPS
from kairos_tui.hud.keymap import Keymap


class KeyRow(NamedTuple):
    """One action: its keys as a config file takes them, what it does, its id, and who gave the keys.

    One without a key has what is typed for it, `:span`.
    """

    group: str
    keys: str
    does: str
    action: str
    origin: str


def key_rows(keymap: Keymap) -> list[KeyRow]:
    """Every action, group by group."""
    rows = []
    for group in GROUPS:
        for action in (action for action in ACTIONS if action.group == group):
            bound = keymap.bound[action.id]
            shown = " ".join(bound.keys) or f":{action.id}"
            rows.append(KeyRow(group, shown, action.help, action.id, bound.origin))
    return rows


def key_markdown(keymap: Keymap) -> str:
    """A table with a row for each group."""
    lines = ["| | keys |", "|---|---|"]
    for group in GROUPS:
        mine = [action for action in ACTIONS if action.group == group and keymap.keys_of(action.id)]
        does = [f"{_marked(keymap.keys_of(action.id))} {action.help}" for action in mine]
        lines += [f"| {group} | {' · '.join(does)} |"] if does else []
    return "\n".join(lines)


def _marked(keys: tuple[str, ...]) -> str:
    return " ".join("`` ` ``" if key == "`" else f"`{key}`" for key in keys).replace("|", "\\|")
