"""The promise: an address is understood, or refused in one line that never shows the password."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.errors import SettingsInvalid
from kairos_tui.fleet import FleetPlace, fleet_place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("redis://10.0.0.5", FleetPlace(host="10.0.0.5")),
        (
            "redis://10.0.0.5:7000/3?name=desk",
            FleetPlace(host="10.0.0.5", port=7000, database=3, name="desk"),
        ),
        ("rediss://[::1]:7000", FleetPlace(host="::1", port=7000, tls=True)),
        ("redis://me:s%20e@h", FleetPlace(host="h", user="me", password="s e")),
        ("redis://h?password_env=PW", FleetPlace(host="h", password="from there")),
        ("redis://", FleetPlace(host="localhost")),
    ],
)
def test_what_an_address_says(text, place) -> None:
    assert fleet_place(text, {"PW": "from there"}) == place


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10.0.0.5", "is not an address like redis://"),
        ("http://h", "is not an address like redis://"),
        ("redis:h", "is not an address like redis://"),
        ("redis://h:0", "the port is a number from 1 to 65535"),
        ("redis://h:99999", "the port is a number from 1 to 65535"),
        ("redis://h/x", "the database is a number"),
        ("redis://h?nme=x", "has no key 'nme' (did you mean name?)"),
        ("redis://h?stream=x", "has no key 'stream' (there are name, password_env)"),
        ("redis://h?name=a&name=b", "name is given twice"),
        ("redis://h?name=a:b", "name='a:b' is none"),
        ("redis://h?name=", "name='' is none"),
        ("redis://h?password_env=NONE", "password_env=NONE: no such variable is set"),
        ("redis://h#x", "without a '#'"),
        ("redis://h\n", "is not one printable line"),
    ],
)
def test_what_is_wrong_is_said(text, words) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        fleet_place(text, {})

    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_password_is_never_shown() -> None:
    place = fleet_place("redis://me:hush@h:7000/2?name=desk")

    assert repr(place) == "FleetPlace(h:7000/2, desk)"
    with pytest.raises(SettingsInvalid) as caught:
        fleet_place("redis://me:hush@h?password_env=PW", {"PW": "x"})
    assert "hush" not in str(caught.value)
    assert "me:" not in str(caught.value)


@given(text=st.text(max_size=60), head=st.sampled_from(["", "redis://", "redis://h?", "rediss://me:hush@"]))
def test_any_text_is_a_place_or_one_line(text, head) -> None:
    try:
        said = repr(fleet_place(head + text, {}))
    except SettingsInvalid as error:
        said = str(error)
    assert said.isprintable()
    assert "hush" not in said
