"""The words of the containers' fleet as processes here, names and folders put to this machine."""

import re
import signal
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.deploy.compose_file import read_compose, words_of
from tests.deploy.words import ROOT
from tests.redis_server import BINARY, RedisServer
from tests.scenarios.driver import KAIROS, Kairos
from tests.scenarios.fleet_stage import free_ports, wait_for

SERVICES = read_compose(ROOT / "compose.yaml", env={"SYMBOLS": "BTC/USDT ETH/USDT"})["services"]
VENUES = 5


class Here:
    """Where the parts of the file are on this machine."""

    def __init__(self, kairos: Kairos, redis: RedisServer) -> None:
        self.kairos = kairos
        self.health: dict[str, int] = {}
        sim = free_ports(VENUES)
        text = (ROOT / "deploy" / "sim.toml").read_text()
        self._config = kairos.home / "sim.toml"
        self._config.write_text(re.sub(r":870(\d)", lambda found: f":{sim + int(found[1])}", text))
        self._put = {
            "/etc/kairos/sim.toml": str(self._config),
            "/keys": str(kairos.home / "keys"),
            "@redis/": f"@127.0.0.1:{redis.port}/",
            "8700": str(sim),
            "0.0.0.0:4321": f"127.0.0.1:{free_ports(1)}",
        }

    def words(self, name: str) -> list[str]:
        """A service's, with ports of its own; an engine is where it says that it is."""
        words = [self._placed(word) for word in words_of(SERVICES[name])]
        for flag, ports in (("--bind", 3), ("--health", 1)):
            if flag in words:
                words[words.index(flag) + 1] = f"127.0.0.1:{free_ports(ports)}"
        if "--advertise" in words:
            words[words.index("--advertise") + 1] = "127.0.0.1"
        return words

    def start(self, name: str) -> subprocess.Popen[bytes]:
        words, environment = self.words(name), SERVICES[name].get("environment", {})
        given = {key: self._placed(value) for key, value in environment.items()}
        health = words[words.index("--health") + 1] if "--health" in words else f"127.0.0.1:{free_ports(1)}"
        if "KAIROS_HEALTH" in given:
            given["KAIROS_HEALTH"] = health
            self.health[name] = int(health.rpartition(":")[2])
        with (self.kairos.home / f"{name}.out").open("wb") as out:
            process = subprocess.Popen(
                [KAIROS, *words],
                env=self.kairos.env | given,
                cwd=self.kairos.home,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.kairos.started.append(process)
        return process

    def said(self, name: str) -> str:
        return (self.kairos.home / f"{name}.out").read_text()

    def is_well(self, name: str) -> bool:
        """By what the image's health check asks."""
        asked = self.kairos.run("doctor", "--live", f"http://127.0.0.1:{self.health[name]}", "-q")
        return asked.returncode == 0

    def _placed(self, text: str) -> str:
        for there, here in self._put.items():
            text = text.replace(there, here)
        return text


@pytest.fixture
def here(kairos: Kairos, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    if BINARY is None:
        pytest.skip("redis-server is not installed (apt-get install redis-server)")
    folder: Path = tmp_path_factory.mktemp("redis")
    words: list[Any] = words_of(SERVICES["redis"])[1:]
    words[words.index("--dir") + 1] = str(folder)
    redis = RedisServer(folder, *words)
    yield Here(kairos, redis)
    redis.stop()


@pytest.mark.timeout(180)  # nine programs start; alone they take ten seconds
def test_the_words_of_the_file_make_a_fleet(here: Here) -> None:
    made = here.kairos.run(*here.words("keys"))
    assert made.returncode == 0, made.stderr
    here.start("sim")
    wait_for(lambda: here.said("sim").count("origin_ws") == VENUES, 60.0, "the simulator serves")
    roles = {name: here.start(name) for name in ("engine-a", "engine-b", "ingest-a", "ingest-b")}

    for name in roles:
        wait_for(partial(here.is_well, name), 120.0, f"{name} is well")
    here.start("tap")
    wait_for(
        lambda: {'"BTC/USDT"', '"ETH/USDT"'} <= symbols_quoted(here.said("tap")), 60.0, "both are quoted"
    )

    for process in roles.values():
        process.send_signal(signal.SIGTERM)
    assert {process.wait(timeout=10.0) for process in roles.values()} <= {0, 143}
    assert all("Traceback" not in here.said(name) for name in roles)


def symbols_quoted(lines: str) -> set[str]:
    return {
        found[1]
        for line in lines.splitlines()
        if '"type":"quote"' in line and '"feed":"sim"' in line
        if (found := re.search('"symbol":("[^"]+")', line))
    }
