"""Keys are made once, for their user alone, and one that others could use is refused in one line."""

import os
import stat
from pathlib import Path

import pytest

from kairos_tui.errors import SettingsInvalid
from kairos_tui.wire import KeyRing, check_ring, make_keys, public_key
from kairos_tui.wire.curve import load_pair

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "config" / "curve"


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_key_is_its_users_alone_and_its_public_half_is_for_all(folder: Path) -> None:
    before = os.umask(0o002)
    try:
        key, pub, *_ = make_keys(folder, ("engine", "hud"))
    finally:
        os.umask(before)
    assert [mode_of(path) for path in (folder, key, pub)] == [0o700, 0o600, 0o644]
    assert sorted(path.name for path in folder.iterdir()) == [
        "engine.key",
        "engine.pub",
        "hud.key",
        "hud.pub",
    ]
    assert public_key(pub) == public_key(key) == load_pair(key).public
    assert load_pair(key).secret not in pub.read_text()
    assert public_key(folder / "hud.pub") != public_key(pub)


def test_a_key_is_never_overwritten_and_then_none_is_written(folder: Path) -> None:
    make_keys(folder, ("hud",))
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    for names in (("hud",), ("engine", "hud")):
        with pytest.raises(SettingsInvalid, match=r"hud\.key is there already"):
            make_keys(folder, names)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept


def test_anothers_public_key_of_that_name_is_not_overwritten_either(folder: Path) -> None:
    make_keys(folder, ("hud",))
    (folder / "hud.key").unlink()
    with pytest.raises(SettingsInvalid, match=r"hud\.pub is there already"):
        make_keys(folder, ("hud",))
    assert not (folder / "hud.key").exists()


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".x", "a b", "x" * 65, "a\n", "-x", "ä"])
def test_what_cannot_be_a_name_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(SettingsInvalid, match="is no name of a key"):
        make_keys(folder, (name,))
    assert not folder.exists()


def test_the_secret_is_in_no_text_of_the_pair(folder: Path) -> None:
    pair = load_pair(make_keys(folder, ("engine",))[0])
    assert pair.secret not in f"{pair!r} {pair} {[pair]}"
    assert pair.public in repr(pair)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610, 0o777])
def test_a_key_that_others_can_use_is_refused_with_its_mode_and_the_remedy(folder: Path, mode: int) -> None:
    key = make_keys(folder, ("engine",))[0]
    key.chmod(mode)
    with pytest.raises(SettingsInvalid) as refused:
        check_ring(KeyRing(str(key)), binds=False)
    assert str(refused.value) == f"{key}: others can use it (mode {mode:04o}): chmod 600 {key}"


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_folder_in_which_others_can_put_keys_is_refused(folder: Path, mode: int) -> None:
    key = make_keys(folder, ("engine",))[0]
    folder.chmod(mode)
    with pytest.raises(SettingsInvalid, match=rf"\(mode {mode:04o}\): chmod 700 {folder}"):
        check_ring(KeyRing(str(key)), binds=False)


@ROOT_ONLY
def test_a_key_or_a_folder_of_another_user_is_refused(folder: Path) -> None:
    key = make_keys(folder, ("engine",))[0]
    for foreign in (key, folder):
        os.chown(foreign, 12_345, -1)
        with pytest.raises(SettingsInvalid, match=rf"{foreign}: belongs to another user"):
            check_ring(KeyRing(str(key)), binds=False)
        os.chown(foreign, 0, -1)
    check_ring(KeyRing(str(key)), binds=False)


def test_what_is_missing_is_named_with_what_makes_it(folder: Path) -> None:
    key = make_keys(folder, ("engine",))[0]
    absent = folder / "hud.key"
    for ring, said in (
        (KeyRing(), "kairos curve new"),
        (KeyRing(str(absent)), f"{absent}: no such file: `kairos curve new hud` makes it"),
        (KeyRing(str(key)), "a folder with the .pub files"),
        (KeyRing(str(key), str(folder / "none")), "none: the folder of keys cannot be read"),
    ):
        with pytest.raises(SettingsInvalid) as refused:
            check_ring(ring, binds=True)
        assert said in str(refused.value)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [b"", b"secret", b"public = 1", b'public = "short"', b"\xff\xfe", b"public = [", b"x" * 10_000],
)
def test_a_file_that_holds_no_key_is_refused_and_nothing_of_it_is_said(folder: Path, text: bytes) -> None:
    key, pub = make_keys(folder, ("engine",))
    ring = KeyRing(str(key), str(folder))
    for path in (pub, key):
        path.write_bytes(text)
        with pytest.raises(SettingsInvalid) as refused:
            check_ring(ring, binds=True)
        assert str(refused.value) == f"{path}: is no key file: `kairos curve new` makes them"


def test_a_key_of_two_halves_that_do_not_belong_together_is_refused(folder: Path) -> None:
    key, _, other, _ = make_keys(folder, ("engine", "hud"))
    mixed = key.read_text().replace(public_key(key), public_key(other))
    key.write_text(mixed)
    with pytest.raises(SettingsInvalid, match="is no whole key"):
        check_ring(KeyRing(str(key)), binds=False)
    key.write_text(f'public = "{public_key(other)}"\n')
    with pytest.raises(SettingsInvalid, match="is no whole key"):
        check_ring(KeyRing(str(key)), binds=False)
