"""The fleet in containers: its commands are ours, its boxes are closed, and only the mirror has a port."""

import re
import tomllib
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from tests.deploy.compose_file import read_compose, words_of
from tests.deploy.words import ROOT, check_words

from kairos_tui.settings import load_settings

SIM = read_compose(ROOT / "compose.yaml")
LIVE = read_compose(ROOT / "compose.yaml", ROOT / "compose.live.yaml", env={"REDIS_PASSWORD": "s3cret"})
FLEETS = {"sim": SIM, "live": LIVE}
ROLES = {"engine-a", "engine-b", "ingest-a", "ingest-b", "mirror", "hud", "tap"}

SERVICES = [
    pytest.param(service, id=f"{fleet} {name}")
    for fleet, project in FLEETS.items()
    for name, service in project["services"].items()
]
COMMANDS = [
    pytest.param(name, service, id=f"{fleet} {name}")
    for fleet, project in FLEETS.items()
    for name, service in project["services"].items()
    if service["image"] == "kairos"
]


def after(words: list[str], flag: str) -> str:
    return words[words.index(flag) + 1]


def test_the_fleets_are_whole() -> None:
    assert set(SIM["services"]) == ROLES | {"redis", "keys", "sim"}
    assert set(LIVE["services"]) == ROLES | {"redis", "keys"}


@pytest.mark.parametrize("fleet", FLEETS.values(), ids=FLEETS)
def test_the_image_is_built_once_and_never_taken_from_elsewhere(fleet: dict[str, Any]) -> None:
    ours = {name: each for name, each in fleet["services"].items() if each["image"] == "kairos"}

    assert set(fleet["services"]) - set(ours) == {"redis"}
    assert [name for name, each in ours.items() if "build" in each] == ["keys"]
    assert {each["pull_policy"] for each in ours.values()} == {"never"}


@pytest.mark.parametrize(("name", "service"), COMMANDS)
def test_every_command_is_one_of_ours(name: str, service: dict[str, Any]) -> None:
    expected = "curve new" if name == "keys" else name.partition("-")[0]

    assert check_words(words_of(service)) == expected


@pytest.mark.parametrize("fleet", FLEETS.values(), ids=FLEETS)
def test_every_variable_is_a_setting(fleet: dict[str, Any], tmp_path: Path) -> None:
    for name in ROLES:
        given = fleet["services"][name]["environment"]
        there = {"KAIROS_CONFIG": given["KAIROS_CONFIG"].replace("/etc/kairos", str(ROOT / "deploy"))}
        loaded = load_settings(flags={}, env=given | there, cwd=tmp_path, config=None)

        address, _, variable = loaded.settings.fleet.partition("?password_env=")
        assert address == "redis://fleet@redis/0"
        assert given[variable]
        assert loaded.settings.curve == "/keys"


@pytest.mark.parametrize(("name", "service"), COMMANDS)
def test_health_is_asked_where_it_is_served(name: str, service: dict[str, Any]) -> None:
    if name in ("keys", "hud", "tap"):
        assert service["healthcheck"] == {"disable": True}
        return
    if name == "sim":
        return
    words = words_of(service)
    image = re.search(r"http://(127\.0\.0\.1:[0-9]+)", (ROOT / "Dockerfile").read_text())
    assert image
    asked = image[1]
    if "healthcheck" in service:
        kind, command, *rest = service["healthcheck"]["test"]
        assert (kind, command, check_words(rest)) == ("CMD", "kairos", "doctor")
        asked = after(rest, "--live").removeprefix("http://")
    served = service["environment"]["KAIROS_HEALTH"]
    if "--health" in words:
        served = after(words, "--health")
    if name == "mirror":
        served = words[1].replace("0.0.0.0", "127.0.0.1")

    assert asked == served


@pytest.mark.parametrize("service", SERVICES)
def test_every_box_is_closed(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert not {"privileged", "cap_add", "devices", "pid", "ipc", "volumes_from", "extra_hosts"} & set(
        service
    )
    assert service.get("network_mode", "") in ("", "none", "service:sim")
    for volume in service.get("volumes", []):
        source, _, rest = volume.partition(":")
        assert source == "keys" or (rest.endswith(":ro") and not source.startswith("/")), volume
    assert "docker.sock" not in str(service)


@pytest.mark.parametrize("fleet", FLEETS.values(), ids=FLEETS)
def test_only_the_mirror_has_a_port_and_it_is_on_loopback(fleet: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in fleet["services"].items() if "ports" in service}

    assert published == {"mirror": ["127.0.0.1:4321:4321"]}


@pytest.mark.parametrize("fleet", FLEETS.values(), ids=FLEETS)
def test_what_is_named_is_there(fleet: dict[str, Any]) -> None:
    for service in fleet["services"].values():
        assert set(service.get("depends_on", ())) <= set(fleet["services"])
        assert set(service.get("networks", ())) <= set(fleet["networks"])
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in fleet["volumes"] or (ROOT / source).is_file(), volume


@pytest.mark.parametrize("fleet", FLEETS.values(), ids=FLEETS)
def test_who_waits_for_health_waits_for_one_who_has_it(fleet: dict[str, Any]) -> None:
    waited = [
        (other, how["condition"])
        for service in fleet["services"].values()
        for other, how in service.get("depends_on", {}).items()
    ]
    assert waited
    for other, condition in waited:
        ends = fleet["services"][other]["restart"] == "no"
        assert condition == ("service_completed_successfully" if ends else "service_healthy")
        assert not fleet["services"][other].get("healthcheck", {}).get("disable") or ends


@pytest.mark.parametrize("fleet", FLEETS.values(), ids=FLEETS)
def test_the_roles_agree_on_what_they_watch_and_on_being_simulated(fleet: dict[str, Any]) -> None:
    words = {name: words_of(service) for name, service in fleet["services"].items()}
    stations = [name for name in words if name.startswith(("engine-", "ingest-"))]
    symbols = {tuple(words[name][1 : _first_flag(words[name])]) for name in stations}

    assert len(stations) == 4
    assert len(symbols) == 1
    assert {"--sim" in words[name] for name in stations} == {fleet is SIM}
    assert [after(words[name], "--name") for name in stations] == stations
    for name in stations:
        if name.startswith("engine-"):
            address = fleet["services"][name]["networks"]["fleet"]["ipv4_address"]
            (known,) = fleet["networks"]["fleet"]["ipam"]["config"]
            assert after(words[name], "--advertise") == address
            assert ip_address(address) in ip_network(known["subnet"])


def _first_flag(words: list[str]) -> int:
    return next(place for place, word in enumerate(words) if word.startswith("--"))


def test_the_simulated_fleet_cannot_reach_the_internet() -> None:
    open_networks = {name for name, network in SIM["networks"].items() if not network.get("internal")}
    reached = {
        name for name, service in SIM["services"].items() if open_networks & set(service.get("networks", ()))
    }

    assert reached == {"mirror"}
    assert all("networks" in each or "network_mode" in each for each in SIM["services"].values())


def test_the_live_fleet_wants_a_password_and_reads_no_simulated_origins() -> None:
    with pytest.raises(KeyError, match="REDIS_PASSWORD"):
        read_compose(ROOT / "compose.yaml", ROOT / "compose.live.yaml")
    for name in ROLES:
        assert LIVE["services"][name]["environment"]["KAIROS_CONFIG"] == "none"
    assert ">s3cret" in LIVE["services"]["redis"]["command"]


def test_the_simulated_origins_are_those_that_the_simulator_serves() -> None:
    config = tomllib.loads((ROOT / "deploy" / "sim.toml").read_text())
    words = words_of(SIM["services"]["sim"])
    venues, first = after(words, "--venues").split(","), int(after(words, "--port"))
    ports = {venue: first + place for place, venue in enumerate(venues)}

    assert config["venues"] == venues
    for venue, port in ports.items():
        assert config["venue"][venue] == {
            "origin_rest": f"http://127.0.0.1:{port}",
            "origin_ws": f"ws://127.0.0.1:{port}",
        }
    assert f"'127.0.0.1', {max(ports.values())}" in str(SIM["services"]["sim"]["healthcheck"])
