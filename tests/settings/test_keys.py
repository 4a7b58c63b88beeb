"""The promise: `[keys]` takes a key or a list by an action's id, layer over layer, and refuses all else."""

import tomllib

import pytest

from kairos_tui.errors import SettingsInvalid
from kairos_tui.settings import settings_toml


def test_keys_are_a_text_with_commas_or_a_list_and_a_comma_is_a_key(place) -> None:
    place.write_folder_file(
        '[keys]\nzoom = "f5, ctrl+r"\nhelp = ["?", "f1"]\nperf = ","\nfreeze = []\nback = ""\n'
    )

    assert place.load().settings.keys == {
        "zoom": ("f5", "ctrl+r"), "help": ("?", "f1"), "perf": (",",), "freeze": (), "back": (),
    }  # fmt: skip


def test_keys_of_two_files_are_merged_and_each_remembers_its_line(place) -> None:
    user = place.write_user_file('keymap = "k9s"\n[keys]\nzoom = "f5"\nperf = "f6"\n')
    folder = place.write_folder_file('[keys]\n\nzoom = "f7"\n')

    loaded = place.load()

    assert loaded.settings.keymap == "k9s"
    assert loaded.settings.keys == {"zoom": ("f7",), "perf": ("f6",)}
    assert (loaded.origins["keys.zoom"], loaded.origins["keys.perf"]) == (f"{folder}:3", f"{user}:4")


def test_a_variable_chooses_the_preset(place) -> None:
    assert place.load(env={"KAIROS_KEYMAP": "vim"}).settings.keymap == "vim"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("keys = 3\n", ":1: keys must be a table: [keys]"),
        ("[keys]\nzoom = 5\n", ':2: keys.zoom = 5: must be a key like "f5", or a list of keys'),
        ("[keys]\nzoom = [5]\n", ':2: keys.zoom = [5]: must be a key like "f5", or a list of keys'),
        ("[keys.zoom]\na = 1\n", ":1: keys.zoom = {'a': 1}: must be a key like \"f5\""),
        ('keymap = "vi"\n', ":1: keymap = 'vi': must be one of default, k9s, vim (did you mean vim?)"),
        ('kees = "vi"\n', ":1: 'kees' is not a setting (did you mean keys?)"),
    ],
)
def test_what_is_no_key_is_named_with_its_line(place, text: str, said: str) -> None:
    path = place.write_folder_file(text)

    with pytest.raises(SettingsInvalid) as refused:
        place.load()

    assert str(refused.value).startswith(f"{path}{said}")


def test_what_is_shown_loads_back(place) -> None:
    place.write_folder_file('[keys]\n"odd name" = "f5"\nzoom = ["z", "f5"]\n')
    shown = settings_toml(place.load().settings)

    assert tomllib.loads(shown)["keys"] == {"odd name": ["f5"], "zoom": ["z", "f5"]}
