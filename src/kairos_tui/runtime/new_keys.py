"""new_keys: what `kairos curve` does with the folder of keys: new ones, and which there are.

Before it: cli. After it: wire, which writes and reads key files.
"""

from pathlib import Path

from kairos_tui.errors import SettingsInvalid
from kairos_tui.runtime.fleet_keys import ENGINE_KEY, ROLES, key_folder
from kairos_tui.wire.curve import load_pair, make_keys, public_key


def new_keys(chosen: str, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Make a key for each name, or for each role where there is none; each file and where it goes.

    Raises SettingsInvalid; then nothing was overwritten.
    """
    return [(str(path), _goes_to(path)) for path in make_keys(key_folder(chosen), names or ROLES)]


def key_rows(chosen: str) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Of each key in the folder its name, public half and which halves are here; what is wrong with any."""
    rows, problems = [], []
    folder = key_folder(chosen)
    for name in sorted({path.stem for kind in ("key", "pub") for path in folder.glob(f"*.{kind}")}):
        try:
            rows.append(_row_of(folder / f"{name}.key", folder / f"{name}.pub"))
        except SettingsInvalid as error:
            problems.append(str(error))
    return rows, problems


def _row_of(key: Path, pub: Path) -> tuple[str, str, str]:
    public = load_pair(key).public if key.exists() else public_key(pub)
    if pub.exists() and public_key(pub) != public:
        raise SettingsInvalid(f"{pub}: is not the public half of {key}: copy it anew")
    return key.stem, public, " ".join(path.suffix for path in (key, pub) if path.exists())


def _goes_to(path: Path) -> str:
    if path.suffix == ".key":
        return f"secret; to the machine of {path.stem}"
    if path.stem == ENGINE_KEY:
        return "to every machine: they know the engine by it"
    return f"to the engine's machine: it lets {path.stem} in"
