"""The promise: whatever cannot be used is refused in one line that names file, line, key, what is valid, and
the nearest valid name; also when a stronger layer hides it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.errors import SettingsInvalid
from kairos_tui.settings import Settings, load_settings
from kairos_tui.settings.check import check
from kairos_tui.settings.toml_file import Given


def refusal(place, **how) -> str:
    with pytest.raises(SettingsInvalid) as caught:
        place.load(**how)
    message = str(caught.value)
    assert "\n" not in message
    return message


IN_FILE = [
    ("\nmin_net_bsp = 2", 2, "'min_net_bsp' is not a setting (did you mean min_net_bps?)"),
    ("# x\n\n[venues]\n", 3, "venues = {}: must be a list of names"),
    ("quux_zork = 1", 1, "'quux_zork' is not a setting"),
    (
        "[venue.kraken]\ntaker_bsp = 1",
        2,
        "'taker_bsp' is not a key of [venue.kraken] (did you mean taker_bps?)",
    ),
    ("venue = 3", 1, "venue must be a table like [venue.kraken]"),
    ("venue.kraken = 3", 1, "venue.kraken must be a table like [venue.kraken]"),
    ("[venue.'a b']\ntaker_bps = 1", 2, "'a b' cannot name a venue"),
    ("fps = 61", 1, "fps = 61: must be a whole number from 1 to 60"),
    ("fps = 2.5", 1, "fps = 2.5: must be a whole number from 1 to 60"),
    ("fps = true", 1, "fps = True: must be a whole number from 1 to 60"),
    ("max_notional = 0", 1, "max_notional = 0: must be a number from 1 to 1e+09"),
    ("min_net_bps = nan", 1, "min_net_bps = nan: must be a number from 0 to 10000"),
    ("min_net_bps = inf", 1, "min_net_bps = inf: must be a number from 0 to 10000"),
    ("min_net_bps = -0.1", 1, "min_net_bps = -0.1: must be a number from 0 to 10000"),
    ("close_net_bps = -1", 1, "close_net_bps = -1: must be a number from 0 to 10000"),
    ("min_net_bps = '2'", 1, "min_net_bps = '2': must be a number from 0 to 10000"),
    ("mood = 'livley'", 1, "mood = 'livley': must be one of calm, lively (did you mean lively?)"),
    ("alerts = 'bell'", 1, "alerts = 'bell': must be a list out of bell, notify, progress, title"),
    (
        "alerts = ['title', 'bel']",
        1,
        "must be a list out of bell, notify, progress, title (did you mean bell?)",
    ),
    ("alerts = [3]", 1, "alerts = [3]: must be a list out of bell, notify, progress, title"),
    ("theme = ''", 1, "theme = '': must be text"),
    ('theme = "\\u001b[2J"', 1, "theme = '\\x1b[2J': must be a theme's name or path"),
    ("venues = []", 1, "venues = []: must name between 1 and 64 venues"),
    ("venues = 'okx'", 1, "venues = 'okx': must be a list of names"),
    ("venues = ['ok x']", 1, "venues = ['ok x']: 'ok x' cannot name a venue"),
    ("quotes = ['usd/t']", 1, "quotes = ['usd/t']: 'usd/t' is not a quote currency (did you mean USDT?)"),
    ("venue.okx.origin_rest = 'ws://h:1'", 1, "must be http://host:port or https://host:port"),
    ("venue.okx.origin_rest = 'http://h:1/path'", 1, "must be http://host:port or https://host:port"),
    ("venue.okx.origin_rest = 'http://user:word@h'", 1, "must be http://host:port or https://host:port"),
    (
        "\n[venue.okx]\ntaker_bps = 1\norigin_rest = 'http://h:1'",
        4,
        "[venue.okx] has origin_rest and no origin_ws: half of its traffic would go to the real exchange",
    ),
    ("venue.okx.origin_ws = 'ws://h:1'", 1, "[venue.okx] has origin_ws and no origin_rest: half of its"),
    ("venue.okx.origin_ws = 'ws://h:99999'", 1, "must be ws://host:port or wss://host:port"),
    ("venue.okx.taker_bps = -101", 1, "venue.okx.taker_bps = -101: must be a number from -100 to 1000"),
    ("venue.okx.symbols = {'BTC/USDT' = 'x'}", 1, "'x' is not a symbol like BTC/USDT"),
    ("venue.okx.symbols = {'BTC/USDT' = 1}", 1, "must be a table of text"),
    ("venue.okx.symbols = {'BTC/USDT' = 'ETH/USDT'}", 1, "ETH/USDT is another base than BTC/USDT"),
    ("venue.okx.symbols = {'INCH/USDT' = '1INCH/USDT'}", 1, "1INCH/USDT is another base than INCH/USDT"),
    ("venue.okx.symbols = {'BTC/USDT' = 'BTC/USD'}", 1, "different money is converted, never mapped"),
    (
        "venue.okx.symbols = {'PEPE/USDT' = '1000PEPE/USDT', '1000PEPE/USDT' = '1000PEPE/USDT'}",
        1,
        "two symbols cannot be the same market",
    ),
    ("venue.okx.taker_bps = 20_000", 1, "venue.okx.taker_bps = 20000: must be a number from -100 to 1000"),
    (
        "venue.okx.fee_currency = 'BNB'",
        1,
        "venue.okx.fee_currency = 'BNB': must be one of base, quote, received, token",
    ),
    ("venue.okx.confirmed = ['NEIRO']", 1, "'NEIRO' is not a symbol like BTC/USDT"),
    ("quotes = ['USDX']", 1, "quotes = ['USDX']: 'USDX' is not a quote currency (did you mean USD"),
    ("fps = 1\nfps = 2", 2, "not TOML: Cannot overwrite a value"),
    ("fps = ", 1, "not TOML: Invalid value"),
    ("seed = " + "9" * 5_000, None, "not TOML: Exceeds the limit"),
]


@pytest.mark.parametrize(("text", "line", "message"), IN_FILE)
def test_a_bad_line_of_a_file_is_named_with_its_line(
    place, text: str, line: int | None, message: str
) -> None:
    path = place.write_folder_file(text)

    said = refusal(place)

    assert said.startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert message in said


def test_lines_are_counted_past_multi_line_strings_and_arrays(place) -> None:
    path = place.write_folder_file('theme = """\\\nfps = 99\\\n"""\nvenues = [\n "okx",\n]\nfps = 98\n')

    assert refusal(place).startswith(f"{path}:7: fps = 98")


def test_a_key_of_an_inline_table_is_named_with_the_line_of_its_table(place) -> None:
    path = place.write_folder_file("fps = 1\n[venue]\nokx = { taker_bps = 5000 }\n")

    assert refusal(place).startswith(f"{path}:3: venue.okx.taker_bps = 5000: must be")


def test_a_bad_variable_is_named(place) -> None:
    assert (
        refusal(place, env={"KAIROS_FPS": "fast"}) == "KAIROS_FPS='fast': must be a whole number from 1 to 60"
    )
    assert "nan" in refusal(place, env={"KAIROS_MIN_NET_BPS": "nan"})


def test_a_misspelt_variable_is_refused_with_the_nearest(place) -> None:
    assert refusal(place, env={"KAIROS_THEEM": "x"}).endswith("(did you mean KAIROS_THEME?)")


def test_a_bad_flag_is_named(place) -> None:
    assert refusal(place, flags={"fps": 0}) == "--fps 0: must be a whole number from 1 to 60"
    assert refusal(place, flags={"connect_timeout_s": 0.0}).startswith("--connect-timeout 0.0: must be")
    assert refusal(place, flags={"venues": ("",)}).startswith("--venues '': '' cannot name a venue")


def test_a_bad_value_that_a_flag_hides_is_refused_all_the_same(place) -> None:
    place.write_folder_file("fps = 0\n")

    assert "fps = 0" in refusal(place, flags={"fps": 30})


def test_a_missing_file_that_was_asked_for_is_refused(place) -> None:
    assert refusal(place, config="nowhere.toml") == "nowhere.toml: no such file"


def test_a_folder_in_place_of_a_file_is_refused(place) -> None:
    (place.cwd / "kairos.toml").mkdir()

    assert refusal(place).endswith("not a regular file")


def test_text_that_is_not_utf8_is_refused_with_its_line(place) -> None:
    path = place.write_folder_file(b"fps = 3\ntheme = '\xff'\n")

    assert refusal(place) == f"{path}:2: not UTF-8"


NAMES = {name for name in Settings.__struct_fields__ if name != "venue"}
NUMBERS = {
    "min_net_bps": (0.0, 10_000.0),
    "close_net_bps": (0.0, 10_000.0),
    "max_notional": (1.0, 1e9),
    "silence_s": (0.2, 60.0),
    "connect_timeout_s": (0.1, 3_600.0),
}


@given(st.sampled_from(sorted(NUMBERS)), st.floats())
def test_a_number_is_taken_exactly_when_it_is_finite_and_in_its_range(name: str, number: float) -> None:
    low, high = NUMBERS[name]
    item = Given((name,), number, "file:1")

    if math.isfinite(number) and low <= number <= high:
        assert check(item) == number
    else:
        with pytest.raises(SettingsInvalid, match=f"^file:1: {name} = "):
            check(item)


@given(
    st.dictionaries(
        st.text(min_size=1).filter(lambda name: name not in NAMES),
        st.none() | st.text() | st.floats() | st.lists(st.text()),
    )
)
def test_flags_that_are_no_setting_are_refused_in_words(tmp_path_factory, flags: dict[str, object]) -> None:
    nowhere = tmp_path_factory.getbasetemp()
    if any(value is not None for value in flags.values()):
        with pytest.raises(SettingsInvalid, match=r"^--"):
            load_settings(flags=flags, env={}, cwd=nowhere, config="none")
    else:
        assert load_settings(flags=flags, env={}, cwd=nowhere, config="none").settings == Settings()
