"""curve: the keys without which no TCP socket of ours is opened: made, read, and refused where others can.

Before it: the roles, which say where keys lie, and `kairos curve new`. After it: sockets and porter.
"""

import os
import re
import tomllib
from pathlib import Path
from typing import NoReturn

import zmq
from msgspec import Struct

from kairos_tui.errors import SettingsInvalid
from kairos_tui.market import KeyRing

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
_Z85 = re.compile(r"[0-9A-Za-z.:+=^!/*?&<>()\[\]{}@%$#-]{40}")
_MOST_BYTES = 4_096
_KEY_TEXT = """# The key {name!r} of Kairos. It stays on its machine, and nobody else may read it.
public = "{public}"
secret = "{secret}"
"""
_PUB_TEXT = """# The public half of the key {name!r} of Kairos: for the keys folder of whoever lets it in.
public = "{public}"
"""


class KeyPair(Struct, frozen=True):
    """Both halves of a key, 40 characters of Z85 each. Its text shows the public one."""

    public: str
    secret: str

    def __repr__(self) -> str:
        return f"KeyPair(public={self.public!r}, secret=***)"


def make_keys(folder: Path, names: tuple[str, ...]) -> tuple[Path, ...]:
    """Write `NAME.key` (0600) and `NAME.pub` (0644) for each; the files in that order.

    Nothing is ever overwritten: where one is there already, none is written. Raises SettingsInvalid.
    """
    files = tuple(folder / f"{name}.{kind}" for name in dict.fromkeys(names) for kind in ("key", "pub"))
    for name in names:
        if not _NAME.fullmatch(name):
            raise SettingsInvalid(f"{name!r} is no name of a key: 64 letters, digits and _ . @ - at most")
    for path in files:
        if os.path.lexists(path):
            _refuse_to_overwrite(path)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_folder(folder)
        for key, pub in zip(files[::2], files[1::2], strict=True):
            public, secret = (half.decode() for half in zmq.curve_keypair())
            _write_new(key, _KEY_TEXT.format(name=key.stem, public=public, secret=secret), 0o600)
            _write_new(pub, _PUB_TEXT.format(name=key.stem, public=public), 0o644)
    except OSError as error:
        raise SettingsInvalid(f"{error.filename or folder}: cannot be written: {error.strerror}") from error
    return files


def public_key(path: Path) -> str:
    """The public key in a `.pub` or a `.key`. Raises SettingsInvalid."""
    return _read(path)["public"]


def load_pair(path: Path) -> KeyPair:
    """The own key. Raises SettingsInvalid where it is missing, malformed, or not ours alone to read."""
    pair = _read(path, is_secret=True)
    if "secret" not in pair or zmq.curve_public(pair["secret"].encode()).decode() != pair["public"]:
        raise SettingsInvalid(f"{path}: is no whole key: `kairos curve new` makes one")
    return KeyPair(pair["public"], pair["secret"])


def check_ring(ring: KeyRing, *, binds: bool) -> None:
    """Whether a TCP socket can be opened with it. Raises SettingsInvalid: which file, why, what to do."""
    if not ring.own:
        raise SettingsInvalid("a tcp:// address needs a key of one's own: `kairos curve new` makes it")
    own = Path(ring.own)
    load_pair(own)
    _check_folder(own.parent)
    if not binds:
        return
    if not ring.allowed:
        raise SettingsInvalid("to serve a tcp:// address takes a folder with the .pub files of who may come")
    _check_folder(Path(ring.allowed))
    for path in Path(ring.allowed).glob("*.pub"):
        public_key(path)


def allowed_keys(folder: Path) -> dict[str, str]:
    """Public key -> name, of every `.pub` in the folder that can be read; one that cannot lets nobody in."""
    found = {}
    for path in folder.glob("*.pub"):
        try:
            found[public_key(path)] = path.stem
        except SettingsInvalid:
            continue
    return found


def _read(path: Path, *, is_secret: bool = False) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            seen = os.fstat(file.fileno())
            if is_secret and seen.st_mode & 0o077:
                raise SettingsInvalid(f"{path}: others can use it (mode {_mode(seen)}): chmod 600 {path}")
            if is_secret and seen.st_uid not in (os.geteuid(), 0):
                raise SettingsInvalid(f"{path}: belongs to another user: a key is its user's alone")
            text = file.read(_MOST_BYTES)
    except FileNotFoundError as error:
        raise SettingsInvalid(f"{path}: no such file: `kairos curve new {path.stem}` makes it") from error
    except OSError as error:
        raise SettingsInvalid(f"{path}: cannot be read: {error.strerror}") from error
    return _parse(text, path)


def _parse(text: bytes, path: Path) -> dict[str, str]:
    """Says nothing of what stands in the file: it may be a secret."""
    try:
        keys = tomllib.loads(text.decode())
    except ValueError:
        keys = {}
    if "public" not in keys or not all(isinstance(key, str) and _Z85.fullmatch(key) for key in keys.values()):
        raise SettingsInvalid(f"{path}: is no key file: `kairos curve new` makes them") from None
    return keys


def _check_folder(folder: Path) -> None:
    """Who may write in it could put in a key of his own."""
    try:
        seen = folder.stat()
        next(folder.iterdir(), None)
    except OSError as error:
        raise SettingsInvalid(f"{folder}: the folder of keys cannot be read: {error.strerror}") from error
    if seen.st_uid not in (os.geteuid(), 0):
        raise SettingsInvalid(f"{folder}: belongs to another user: keys lie in a folder of one's own")
    if seen.st_mode & 0o022:
        raise SettingsInvalid(f"{folder}: others can put keys there (mode {_mode(seen)}): chmod 700 {folder}")


def _mode(seen: os.stat_result) -> str:
    return f"{seen.st_mode & 0o777:04o}"


def _write_new(path: Path, text: str, mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    except FileExistsError:
        _refuse_to_overwrite(path)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, mode)  # whatever the umask
        file.write(text)


def _refuse_to_overwrite(path: Path) -> NoReturn:
    raise SettingsInvalid(f"{path} is there already, and a key is never overwritten: choose another name")
