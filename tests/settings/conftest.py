"""A home and a folder of one's own, and a loader that reads only them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pytest

from kairos_tui.settings import Loaded, load_settings


class Place:
    """A user's home and working folder under a temporary one."""

    def __init__(self, root: Path) -> None:
        self.cwd = root / "work"
        self.home = root / "home"
        self.cwd.mkdir()
        (self.home / "kairos").mkdir(parents=True)

    def write_user_file(self, text: str) -> Path:
        path = self.home / "kairos" / "config.toml"
        path.write_text(text)
        return path

    def write_folder_file(self, text: str | bytes) -> Path:
        path = self.cwd / "kairos.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def load(
        self,
        *,
        flags: Mapping[str, object] | None = None,
        env: Mapping[str, str] | None = None,
        config: str | None = None,
    ) -> Loaded:
        choice: Path | Literal["none"] | None = Path(config) if config else None
        if config == "none":
            choice = "none"
        return load_settings(
            flags=flags or {},
            env={"XDG_CONFIG_HOME": str(self.home), **(env or {})},
            cwd=self.cwd,
            config=choice,
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)
