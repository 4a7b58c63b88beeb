"""The promise: the file `config init` writes is valid as it is, explains every key, and loads back to the
defaults when its keys are uncommented; `config show` loads back to what it shows."""

import re
import tomllib

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.settings import Settings, VenueTable, default_toml, load_settings, settings_toml


def keys_of(section: type) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(section)}


def test_the_file_as_written_changes_nothing(place) -> None:
    place.write_user_file(default_toml())

    assert place.load().settings == Settings()


def test_uncommented_it_loads_back_to_the_defaults(place) -> None:
    top, _, table = re.sub(r"(?m)^#(?=[\w\[])", "", default_toml()).partition("[venue.kraken]")
    place.write_folder_file(top)

    assert place.load().settings == Settings()
    assert set(tomllib.loads(top)) == keys_of(Settings) - {"venue"}
    assert set(tomllib.loads(table)) == keys_of(VenueTable)


def test_the_venue_table_of_the_file_is_a_valid_example(place) -> None:
    place.write_folder_file(re.sub(r"(?m)^#(?=[\w\[])", "", default_toml()))

    assert place.load().settings.venue["kraken"].ccxt_class == "kraken"


def test_every_key_has_a_sentence() -> None:
    for line in re.findall(r"(?m)^# (.*)\n#\w+ = ", default_toml()):
        assert len(line.split()) >= 4
    assert len(re.findall(r"(?m)^# .*\n#\w+ = ", default_toml())) == len(
        keys_of(Settings) - {"venue", "keys"}
    )


@given(
    theme=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30),
    notional=st.floats(1, 1e9),
    taker_bps=st.floats(-100, 1000),
)
def test_what_is_shown_loads_back(tmp_path_factory, theme: str, notional: float, taker_bps: float) -> None:
    table = VenueTable(
        taker_bps=taker_bps, symbols={"BTC/USD": "XBT/USD"}, origin_rest="http://h:1", origin_ws="ws://h:1"
    )
    settings = Settings(theme=theme, max_notional=notional, venue={"kraken.eu": table})
    path = tmp_path_factory.getbasetemp() / "shown.toml"
    path.write_text(settings_toml(settings, {"theme": "a\nfile:3"}), encoding="utf-8")

    assert load_settings(flags={}, env={}, cwd=path.parent, config=path).settings == settings
