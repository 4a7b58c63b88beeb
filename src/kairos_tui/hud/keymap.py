"""Keymap: the keys in force. A preset's, with the user's own `[keys]` laid over it, and what clashes.

Before it: actions, presets, key_names. After it: plan, panels, app; `kairos keys` shows it. No Textual.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from msgspec import Struct

from kairos_tui.errors import SettingsInvalid
from kairos_tui.hud.actions import ACTIONS, BY_ID
from kairos_tui.hud.key_names import SAME_KEY, label, read_key
from kairos_tui.hud.presets import PRESETS, Preset

ALWAYS_QUITS: Final = "ctrl+c"


class Bound(Struct, frozen=True):
    """The keys of one action, and who gave them: `default`, `preset vim`, or `kairos.toml:9`."""

    keys: tuple[str, ...]
    origin: str


class Keymap(Struct, frozen=True):
    """`bound` has every action, those without a key too; `clashes` says which keys went to whom, if any.

    With `spelled` keys are shown by name, `tab` in place of `⇥`: for terminals that have ASCII only.
    """

    preset: Preset
    bound: dict[str, Bound]
    actions: dict[str, str]
    clashes: tuple[str, ...] = ()
    spelled: bool = False

    def keys_of(self, action_id: str) -> tuple[str, ...]:
        """The keys of an action."""
        return self.bound[action_id].keys

    def action_of(self, key: str) -> str | None:
        """The action a key is bound to."""
        return self.actions.get(key)

    def shown(self, action_id: str) -> str:
        """Its first key as people read it; empty when it has none."""
        return next(iter(self.labels(action_id)), "")

    def labels(self, action_id: str) -> list[str]:
        """All its keys as people read them."""
        return [label(key, spelled=self.spelled) for key in self.keys_of(action_id)]


def build_keymap(
    preset: Preset = "default",
    own: Mapping[str, tuple[str, ...]] | None = None,
    origins: Mapping[str, str] | None = None,
) -> Keymap:
    """The preset with the user's own keys by action id over it; `origins` says where each of these stands.

    The user's keys win over a preset's, which is reported as a clash; Ctrl-C quits whatever is said. Raises
    SettingsInvalid for an unknown action or key, and for one key given twice.
    """
    given = {
        name: _checked(name, keys, (origins or {}).get(name, "[keys]")) for name, keys in (own or {}).items()
    }
    taken = _by_key(given)
    clashes: list[str] = []
    bound = dict(given)
    for action in ACTIONS:
        if action.id in given:
            continue
        keys, origin = PRESETS[preset].get(action.id), f"preset {preset}"
        wanted = Bound(action.keys, "default") if keys is None else Bound(keys, origin)
        kept = tuple(key for key in wanted.keys if key not in taken)
        clashes += [_clash(key, taken[key], given, action.id, kept) for key in wanted.keys if key in taken]
        bound[action.id] = Bound(kept, wanted.origin)
    quits = bound["quit"]
    if ALWAYS_QUITS not in quits.keys:
        bound["quit"] = Bound((*quits.keys, ALWAYS_QUITS), quits.origin)
    ordered = {action.id: bound[action.id] for action in ACTIONS}
    return Keymap(preset, ordered, _by_key(ordered), tuple(clashes))


def _checked(name: str, keys: tuple[str, ...], origin: str) -> Bound:
    if name not in BY_ID:
        close = get_close_matches(name.casefold()[:200], BY_ID, n=1, cutoff=0.6)
        near = f" (did you mean {close[0]}?)" if close else "; `kairos keys` lists them"
        raise SettingsInvalid(f"{origin}: keys.{name}: there is no such action{near}")
    read = []
    for text in keys:
        key = read_key(text)
        if key is None:
            raise SettingsInvalid(
                f"{origin}: keys.{name}: {_quoted(text)} is not a key like t, ?, f5, ctrl+t, shift+up"
            )
        if key in SAME_KEY:
            raise SettingsInvalid(
                f"{origin}: keys.{name}: terminals send {SAME_KEY[key]} for {key}: choose another"
            )
        if key == ALWAYS_QUITS and name != "quit":
            raise SettingsInvalid(f"{origin}: keys.{name}: ctrl+c always quits: choose another")
        read.append(key)
    return Bound(tuple(dict.fromkeys(read)), origin)


def _by_key(bound: Mapping[str, Bound]) -> dict[str, str]:
    """Which action each key means. Raises SettingsInvalid for a key with two meanings."""
    found: dict[str, str] = {}
    for name, mine in bound.items():
        for key in mine.keys:
            if key in found:
                other = bound[found[key]]
                raise SettingsInvalid(
                    f"{mine.origin}: keys.{name}: {key} is keys.{found[key]} already ({other.origin}):"
                    " keep one"
                )
            found[key] = name
    return found


def _clash(key: str, winner: str, given: Mapping[str, Bound], loser: str, kept: tuple[str, ...]) -> str:
    left = f"it keeps {', '.join(kept)}" if kept else "it has no key left: palette and `:` reach it"
    return f"{key} is {winner} now ({given[winner].origin}), no longer {loser}; {left}"


def _quoted(text: str) -> str:
    shown = repr(text)
    return shown if len(shown) <= 40 else shown[:37] + "..."


DEFAULT_KEYMAP: Final = build_keymap()
