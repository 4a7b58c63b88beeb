"""At a door on TCP who has an allowed key is served, and who has none is told that it is the key."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.wire.curve_site import ANY_PORT, Site

from kairos_tui.wire import Door, DoorLink, Hello, Welcome, public_key, read_tcp

Until = Callable[[Callable[[], object]], None]
WELCOME = Welcome("k7f3", 3, 7, "sim", 2, "0.5.0", ())
HUD = Hello("hud", "hud@desk", 2, "0.5.0")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def door(site: Site) -> Iterator[Door]:
    opened = Door(ANY_PORT, lambda: WELCOME, ring=site.serves)
    yield opened
    opened.close()


def test_an_allowed_key_is_welcome_and_learns_the_clock(site: Site, door: Door, until: Until) -> None:
    link = DoorLink(door.endpoint, HUD, ring=site.comes)
    until(link.clock)
    assert (link.welcome, link.trouble) == (WELCOME, None)
    assert [client.host for client in door.clients()] == ["127.0.0.1"]
    link.close()


def test_an_unknown_key_is_told_so_and_is_welcome_once_it_is_added(
    site: Site, door: Door, until: Until
) -> None:
    link = DoorLink(door.endpoint, HUD, ring=site.stranger)
    until(lambda: "does not know our key" in (link.trouble or ""))
    assert door.clients() == ()
    site.let_in()
    until(link.clock)
    assert link.welcome == WELCOME
    link.close()


def test_a_door_with_another_key_than_asked_for_is_named(site: Site, door: Door, until: Until) -> None:
    wrong = public_key(site.theirs / "engine.pub")
    link = DoorLink(f"{read_tcp(door.endpoint).url}#{wrong}", HUD, ring=site.comes)
    until(lambda: f"has another key than {wrong}" in (link.trouble or ""))
    assert link.welcome is None
    link.close()
