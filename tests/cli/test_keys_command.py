"""The promise: `kairos keys` says which keys are in force and who said so; a keymap that cannot be is one
line and exit 2, before anything starts."""

import pytest

COMMANDS = [
    ("keys",), ("keys", "--markdown"), ("config", "validate"), ("watch", "BTC/USDT", "--sim"),
    ("hud", "--from", "redis://127.0.0.1:1"),
]  # fmt: skip


def test_keys_shows_what_is_in_force_and_from_where(kairos) -> None:
    path = kairos.write('keymap = "vim"\n[keys]\nzoom = "f5"\n')

    rows = {line.split()[-2] if " preset " not in line else line.split()[-3]: line
            for line in kairos("keys").out.splitlines() if line.startswith("  ")}  # fmt: skip

    assert rows["zoom"].startswith("  f5 ")
    assert rows["zoom"].endswith(f"{path}:3")
    assert rows["back"].endswith("preset vim")
    assert rows["freeze"].endswith("default")


def test_what_has_no_key_shows_what_is_typed_for_it_and_never_a_key(kairos) -> None:
    kairos.write("[keys]\nzoom = []\n")

    rows = [line.split() for line in kairos("keys").out.splitlines() if line.startswith("  ")]

    assert [row[0] for row in rows if row[-2] in ("span", "zoom")] == [":zoom", ":span"]
    assert [row[-2] for row in rows if row[0] == "-"] == ["fps_fewer"]


def test_a_clash_with_the_preset_is_told_and_is_no_error(kairos) -> None:
    path = kairos.write('[keys]\nperf = "z"\n')

    for words in (("keys",), ("config", "validate")):
        said = kairos(*words)
        assert said.code == 0
        assert f"note: z is perf now ({path}:2), no longer zoom" in said.err


def test_markdown_is_a_table_of_the_keys_in_force(kairos) -> None:
    kairos.write('[keys]\nzoom = "f5"\n')

    table = kairos("keys", "--markdown").out
    assert table.startswith("| | keys |\n|---|---|\n| Move | ")
    assert "`f5` zoom the panel in focus" in table


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_an_unknown_action_is_named_with_the_nearest_and_where_it_stands(kairos, words) -> None:
    path = kairos.write('\n[keys]\nfreez = "f5"\n')

    assert kairos(*words).refusal == f"{path}:3: keys.freez: there is no such action (did you mean freeze?)"


def test_a_key_given_twice_names_both_places(kairos) -> None:
    path = kairos.write('[keys]\nfreeze = "f5"\nzoom = "f5"\n')

    assert kairos("keys").refusal == f"{path}:3: keys.zoom: f5 is keys.freeze already ({path}:2): keep one"
