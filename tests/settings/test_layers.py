"""The promise: flags win over variables, variables over ./kairos.toml, that over the user's file, that over
defaults; where each value came from is remembered."""

import pytest

from kairos_tui.errors import SettingsInvalid
from kairos_tui.market import Thresholds, Venue
from kairos_tui.settings import Settings, VenueTable


def test_without_files_variables_and_flags_the_defaults_hold(place) -> None:
    loaded = place.load()

    assert loaded.settings == Settings()
    assert loaded.files == ()
    assert set(loaded.origins.values()) == {"default"}


def test_default_thresholds_are_those_of_the_market() -> None:
    assert Settings().thresholds == Thresholds()


def test_each_layer_hides_the_weaker_ones(place) -> None:
    user = place.write_user_file('theme = "user"\nfps = 11\nseed = 11\ndwell_ms = 11\n')
    folder = place.write_folder_file("fps = 22\nseed = 22\ndwell_ms = 22\n")

    loaded = place.load(env={"KAIROS_SEED": "33", "KAIROS_DWELL_MS": "33"}, flags={"dwell_ms": 44})

    at = loaded.settings
    assert (at.theme, at.fps, at.seed, at.dwell_ms, at.mood) == ("user", 22, 33, 44, "lively")
    assert loaded.files == (user, folder)
    assert loaded.origins["theme"] == f"{user}:1"
    assert loaded.origins["fps"] == f"{folder}:1"
    assert loaded.origins["seed"] == "KAIROS_SEED"
    assert loaded.origins["dwell_ms"] == "--dwell-ms"
    assert loaded.origins["mood"] == "default"


def test_a_flag_of_none_was_not_given(place) -> None:
    assert place.load(flags={"fps": None}).origins["fps"] == "default"


def test_a_flag_is_called_by_its_own_name(place) -> None:
    assert place.load(flags={"connect_timeout_s": 3.0}).origins["connect_timeout_s"] == "--connect-timeout"


def test_venue_tables_of_two_files_are_merged_key_by_key(place) -> None:
    place.write_user_file('[venue.kraken]\ntaker_bps = 26\nclass = "kraken"\n')
    folder = place.write_folder_file("\n[venue.kraken]\ntaker_bps = 16.0\n")

    loaded = place.load()

    assert loaded.settings.venue == {"kraken": VenueTable(ccxt_class="kraken", taker_bps=16.0)}
    assert loaded.origins["venue.kraken.taker_bps"] == f"{folder}:3"


def test_a_table_gives_another_name_to_a_ccxt_class(place) -> None:
    place.write_folder_file('venues = ["kraken-eu", "okx"]\n[venue.kraken-eu]\nclass = "kraken"\n')

    settings = place.load().settings

    assert [settings.ccxt_class(venue) for venue in settings.venues] == ["kraken", "okx"]
    assert settings.venue_table("okx") == VenueTable()


def test_config_names_one_file_in_place_of_both(place) -> None:
    place.write_user_file("fps = 11\n")
    place.write_folder_file("seed = 22\n")
    (place.cwd / "other.toml").write_text("dwell_ms = 5\n")

    loaded = place.load(config="other.toml")

    assert (loaded.settings.fps, loaded.settings.seed, loaded.settings.dwell_ms) == (30, 1, 5)
    assert loaded == place.load(env={"KAIROS_CONFIG": "other.toml"})


def test_config_none_reads_no_file(place) -> None:
    place.write_folder_file("this is no toml")

    assert place.load(config="none").settings == Settings()
    assert place.load(env={"KAIROS_CONFIG": "none"}).settings == Settings()


def test_variables_hold_lists_numbers_and_words(place) -> None:
    env = {
        "KAIROS_VENUES": "okx, kraken",
        "KAIROS_MIN_NET_BPS": "3.5",
        "KAIROS_MOOD": "calm",
        "KAIROS_FPS": "",
    }

    settings = place.load(env=env).settings

    assert settings.venues == ("okx", "kraken")
    assert (settings.min_net_bps, settings.mood, settings.fps) == (3.5, "calm", 30)


def test_variables_that_kubernetes_makes_for_a_service_named_kairos_are_left_alone(place) -> None:
    env = {"KAIROS_SERVICE_HOST": "10.0.0.1", "KAIROS_PORT_80_TCP": "tcp://10.0.0.1:80"}

    assert place.load(env=env).settings == Settings()


def test_a_name_said_twice_counts_once(place) -> None:
    assert place.load(flags={"venues": ("okx", "okx", "bybit")}).settings.venues == ("okx", "bybit")


def test_negative_zero_is_zero(place) -> None:
    place.write_folder_file("close_net_bps = -0.0")

    assert str(place.load().settings.close_net_bps) == "0.0"


def test_a_lower_opening_edge_takes_the_closing_edge_down_with_it(place) -> None:
    place.write_folder_file("min_net_bps = 3.0\nclose_net_bps = 1.0\n")

    loaded = place.load(flags={"min_net_bps": 0.2})

    assert (loaded.settings.min_net_bps, loaded.settings.close_net_bps) == (0.2, 0.2)
    assert loaded.origins["close_net_bps"] == "--min-net-bps (not above min_net_bps)"


def test_a_closing_edge_above_the_opening_edge_beside_it_is_refused(place) -> None:
    path = place.write_folder_file("min_net_bps = 1.0\nclose_net_bps = 3.0\n")

    with pytest.raises(SettingsInvalid, match=f"^{path}:2: close_net_bps = 3 is above min_net_bps = 1"):
        place.load()


@pytest.mark.parametrize(
    ("text", "sinks"),
    [
        ("file:x", ("file:x",)),
        ("file:x?emit=signal,venue, exec:./a.sh b,c", ("file:x?emit=signal,venue", "exec:./a.sh b,c")),
        (
            "redis://:a,b@h/0,https://h/x?events=open,close",
            ("redis://:a,b@h/0", "https://h/x?events=open,close"),
        ),
    ],
)
def test_commas_cut_a_variable_of_sinks_only_before_another_url(place, text, sinks) -> None:
    loaded = place.load(env={"KAIROS_SINKS": text})

    assert loaded.settings.sinks == sinks


def test_the_flag_of_a_sink_is_called_by_its_own_name(place) -> None:
    assert place.load(flags={"sinks": ("file:x",)}).origins["sinks"] == "--sink"


def test_a_wrong_type_shows_no_password(place) -> None:
    place.write_folder_file('sinks = "redis://me:hunter2@h/0"\n')

    with pytest.raises(SettingsInvalid, match=r"redis://\*\*\*@h/0': must be a list") as refusal:
        place.load()

    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("table", "simulated"),
    [
        ({}, False),
        ({"origin_rest": "http://127.0.0.1:8701", "origin_ws": "ws://127.0.0.1:8701"}, True),
        ({"origin_rest": "http://[::1]:8701", "origin_ws": "ws://[::1]:8701"}, True),
        ({"origin_rest": "http://localhost:8701", "origin_ws": "ws://localhost:8701"}, True),
        ({"origin_rest": "https://proxy.example", "origin_ws": "wss://proxy.example"}, False),
        ({"origin_rest": "http://127.0.0.1:1", "origin_ws": "ws://127.0.0.1:1", "simulated": False}, False),
        ({"simulated": True}, True),
    ],
)
def test_a_venue_on_loopback_is_simulated_unless_its_table_says_otherwise(table, simulated: bool) -> None:
    tables = {"okx": VenueTable(**table)}
    assert Settings(venues=(Venue("kraken"), Venue("okx")), venue=tables).is_simulated is simulated
    assert not Settings(venues=(Venue("kraken"),), venue=tables).is_simulated
