"""A home and a folder of one's own, the command line in this process, and the installed `kairos`."""

import os
import subprocess
import sysconfig
from pathlib import Path
from typing import NamedTuple

import pytest

from kairos_tui.__main__ import main


class Said(NamedTuple):
    """What one command line did."""

    code: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """The one line of a refusal; fails when it was anything else."""
        assert self.code == 2
        assert self.out == ""
        assert self.err.startswith("kairos: error: ")
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1
        return self.err.removeprefix("kairos: error: ").rstrip("\n")


class CommandLine:
    """Runs command lines in a home where nothing is configured."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.cwd = root / "work"
        self.config_file = root / "config" / "kairos" / "config.toml"
        self.state = root / "state" / "kairos"
        self._capsys = capsys

    def __call__(self, *words: str) -> Said:
        self._capsys.readouterr()
        code = main(words)
        return Said(code, *self._capsys.readouterr())

    def write(self, text: str, *, name: str = "kairos.toml") -> Path:
        path = self.cwd / name
        path.write_text(text)
        return path


@pytest.fixture
def kairos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    for name in [name for name in os.environ if name.startswith("KAIROS_")]:
        monkeypatch.delenv(name)
    for variable, folder in (("XDG_CONFIG_HOME", "config"), ("XDG_STATE_HOME", "state"), ("HOME", "home")):
        monkeypatch.setenv(variable, str(tmp_path / folder))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return CommandLine(tmp_path, capsys)


class Installed:
    """The `kairos` that pip put beside this interpreter, in processes of its own."""

    path = Path(sysconfig.get_path("scripts")) / "kairos"

    def __init__(self, root: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KAIROS_")}
        self.env = kept | {"XDG_CONFIG_HOME": str(root / "c"), "XDG_STATE_HOME": str(root / "s")}
        self.cwd = root

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.path, *words], capture_output=True, text=True, env=self.env, cwd=self.cwd, timeout=25
        )


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return Installed(tmp_path)
