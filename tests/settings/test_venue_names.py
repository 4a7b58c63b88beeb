"""The promise: every venue comes down to a ccxt.pro id that exists, or is refused with the nearest and the
place where it stands."""

import pytest

from kairos_tui.errors import SettingsInvalid
from kairos_tui.settings import validate_venues

KNOWN = ("binance", "bybit", "coinbase", "kraken", "okx")


def refusal(loaded) -> str:
    with pytest.raises(SettingsInvalid) as caught:
        validate_venues(loaded.settings, KNOWN, origins=loaded.origins)
    return str(caught.value)


def test_the_defaults_exist(place) -> None:
    validate_venues(place.load().settings, KNOWN)


def test_an_unknown_venue_is_refused_with_the_nearest(place) -> None:
    loaded = place.load(flags={"venues": ("okx", "binnace")})

    assert refusal(loaded) == "--venues: no venue 'binnace' (did you mean binance?)"


def test_a_name_like_no_other_is_told_where_the_list_is(place) -> None:
    loaded = place.load(flags={"venues": ("zzz",)})

    assert refusal(loaded) == "--venues: no venue 'zzz' (`kairos venues --all` lists them)"


def test_a_table_with_an_unknown_class_is_refused_with_its_line(place) -> None:
    path = place.write_folder_file('fps = 3\n[venue.eu]\nclass = "krakne"\n')

    assert refusal(place.load()).startswith(
        f"{path}:3: class 'krakne' of [venue.eu] is not a ccxt.pro id (did you"
    )


def test_a_misspelt_table_is_refused_though_no_venue_uses_it(place) -> None:
    path = place.write_folder_file("[venue.krakn]\ntaker_bps = 3\n")

    assert refusal(place.load()) == f"{path}:2: no venue 'krakn' (did you mean kraken?)"


def test_a_table_with_a_known_class_may_have_any_name(place) -> None:
    place.write_folder_file('venues = ["main", "okx"]\n[venue.main]\nclass = "kraken"\n')

    validate_venues(place.load().settings, KNOWN)
