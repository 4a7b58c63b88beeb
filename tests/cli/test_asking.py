"""The promise: every command explains itself, and the lists they print are true and machine-readable."""

import json

import pytest
import typer

from kairos_tui.cli.app import build_app
from kairos_tui.settings import Settings

GROUPS = {
    "bench": {"bus", "decode", "hop", "engine", "e2e", "hud", "all"},
    "config": {"path", "init", "show", "validate"},
    "curve": {"new", "list"},
    "themes": {"list", "check"},
}
COMMANDS = {
    "watch", "glance", "hud", "mirror", "tap", "engine", "ingest", "sim", "venues", "doctor", "dump", "keys",
    "schema", "record", "replay", "explain", "report", "export", *GROUPS,
}  # fmt: skip
EVERY = [
    (),
    *((name,) for name in sorted(COMMANDS)),
    *((g, c) for g, cs in GROUPS.items() for c in sorted(cs)),
]


def test_exactly_the_commands_of_this_version_exist() -> None:
    app = typer.main.get_command(build_app())

    assert set(app.commands) == COMMANDS  # type: ignore[attr-defined]  # a group has commands
    for name, names in GROUPS.items():
        assert set(app.commands[name].commands) == names  # type: ignore[attr-defined]


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_has_help(kairos, words: tuple[str, ...]) -> None:
    said = kairos(*words, "--help")

    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"Usage: {' '.join(('kairos', *words))} ")
    assert "Traceback" not in said.out


@pytest.mark.parametrize("words", [(), ("bench",), ("config",), ("themes",)], ids=" ".join)
def test_a_group_alone_shows_its_help(kairos, words: tuple[str, ...]) -> None:
    assert kairos(*words) == kairos(*words, "--help")


def test_version_is_answered_anywhere_it_may_stand(kairos) -> None:
    assert kairos("--version").out == kairos("--version", "watch").out
    assert kairos("--version").out.startswith("kairos 0.")


def test_the_defaults_that_help_states_are_those_of_the_settings(kairos) -> None:
    text = " ".join(kairos("watch", "--help").out.split())
    at = Settings()

    assert f"at this net edge. Default {at.min_net_bps:g}." in text
    assert f"is sized for. Default {at.max_notional:g}." in text
    assert f"of the HUD. Default {at.theme}." in text
    assert f"per second of the HUD. Default {at.fps}." in text
    assert f"same market. Default {at.seed}." in text
    assert f"simulated market. Default {at.mood}." in text
    assert f"answers by then. Default {at.connect_timeout_s:g}s." in text


def test_themes_list_names_those_that_watch_takes(kairos) -> None:
    names = [line.split()[0] for line in kairos("themes", "list").out.splitlines()]

    assert {"neon", "ember", "clarity", "mono"} <= set(names)
    assert kairos("themes", "check").code == 0


def test_keys_lists_each_key_with_what_it_does(kairos) -> None:
    lines = kairos("keys").out.splitlines()

    assert any(line.split()[0] == "q" for line in lines if line.startswith("  "))
    assert all(len(line.split()) >= 2 for line in lines if line.startswith("  "))


def test_schema_is_json_schema_of_every_line_or_of_one(kairos) -> None:
    assert json.loads(kairos("schema").out)["$schema"].endswith("2020-12/schema")
    assert "net_bps" in kairos("schema", "signal").out
