"""A third party's sink works once its package is installed: nothing of Kairos is changed for it."""

import json
import socket
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from tests.scenarios.driver import Kairos

EXAMPLE = Path(__file__).parents[1] / "sinks" / "example_plugin"


def wheel_of(folder: Path, into: Path) -> Path:
    """The wheel that a build backend would make of a package of one module."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    name, version = project["name"].replace("-", "_"), project["version"]
    info = f"{name}-{version}.dist-info"
    doors = "".join(f"{key} = {value}\n" for key, value in project["entry-points"]["kairos.sinks"].items())
    files = {
        f"{name}.py": (folder / f"{name}.py").read_text(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[kairos.sinks]\n{doors}",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
    wheel = into / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return wheel


@pytest.fixture
def with_plugin(kairos: Kairos, tmp_path: Path) -> Kairos:
    target = tmp_path / "installed"
    install = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index"]
    wheel = wheel_of(EXAMPLE, tmp_path)
    subprocess.run([*install, "--no-deps", "--target", str(target), str(wheel)], check=True)
    kairos.env["PYTHONPATH"] = str(target)
    return kairos


def test_its_scheme_carries_the_lines(with_plugin: Kairos) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(20)
        port = receiver.getsockname()[1]
        with_plugin.start(
            "watch", "BTC/USDT", "--sim", "--json", "--sink", f"udp://127.0.0.1:{port}?prefix=k"
        )
        first, second = receiver.recv(65_536), receiver.recv(65_536)

    assert first[:1] == second[:1] == b"k"
    assert [json.loads(line[1:])["type"] for line in (first, second)] == ["hello", "venue"]


def test_what_it_refuses_is_one_line_and_the_rest_runs(with_plugin: Kairos) -> None:
    watching = with_plugin.start("watch", "BTC/USDT", "--sim", "--json", "--sink", "udp://nowhere")
    watching.read_until(lambda line: line["type"] == "venue")
    assert watching.process.stderr is not None

    said = watching.process.stderr.readline()
    assert said == b"kairos: sink1:udp: udp: names no host and port, as in udp://127.0.0.1:9999\n"


def test_its_scheme_is_offered_as_the_nearest(with_plugin: Kairos) -> None:
    said = with_plugin.run("watch", "BTC/USDT", "--sink", "udpp://127.0.0.1:1")

    assert said.returncode == 2
    assert (
        said.stderr
        == "kairos: error: --sink: 'udpp://127.0.0.1:1': no sink takes udpp: (did you mean udp:?)\n"
    )
