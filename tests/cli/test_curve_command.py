"""The promise: `kairos curve new` writes each key once, says which file goes where, and shows no secret."""

import stat

import pytest

from kairos_tui.wire import public_key
from kairos_tui.wire.curve import load_pair

ROLES = ("engine", "hud", "ingest", "mirror", "tap")


def test_new_makes_a_key_for_each_role_and_says_where_each_file_goes(kairos) -> None:
    folder = kairos.config_file.parent / "curve"

    said = kairos("curve", "new")

    assert (said.code, said.err) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        f"{role}.{kind}" for role in ROLES for kind in ("key", "pub")
    )
    rows = dict(line.split("  ", 1) for line in said.out.splitlines())
    assert set(rows) == {str(path) for path in folder.iterdir()}
    assert rows[str(folder / "hud.key")].strip() == "secret; to the machine of hud"
    assert rows[str(folder / "hud.pub")].strip() == "to the engine's machine: it lets hud in"
    assert rows[str(folder / "engine.pub")].strip() == "to every machine: they know the engine by it"
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*.key")} == {0o600}


def test_new_twice_is_refused_by_name_and_nothing_is_overwritten(kairos) -> None:
    folder = kairos.cwd / "keys"
    kairos("curve", "new", "hud", "--keys", str(folder))
    before = {path: path.read_bytes() for path in folder.iterdir()}

    for words in (("hud",), ("tap", "hud"), ()):
        refusal = kairos("curve", "new", *words, "--keys", str(folder)).refusal
        assert (
            refusal
            == f"{folder}/hud.key is there already, and a key is never overwritten: choose another name"
        )

    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_name_that_cannot_be_one_is_refused_before_anything_is_made(kairos) -> None:
    assert "'../x' is no name of a key" in kairos("curve", "new", "ok", "../x", "--keys", "keys").refusal
    assert not (kairos.cwd / "keys").exists()


def test_no_secret_is_ever_printed(kairos) -> None:
    said = [kairos("curve", "new", "hud", "--keys", "keys"), kairos("curve", "list", "--keys", "keys")]
    secret = load_pair(kairos.cwd / "keys" / "hud.key").secret
    assert all(secret not in each.out + each.err for each in said)


def test_list_shows_each_key_and_which_halves_are_here(kairos) -> None:
    folder = kairos.cwd / "keys"
    kairos("curve", "new", "engine", "hud", "--keys", str(folder))
    (folder / "hud.key").unlink()

    said = kairos("curve", "list", "--keys", str(folder))

    assert (said.code, said.err) == (0, "")
    assert [line.split() for line in said.out.splitlines()] == [
        ["engine", public_key(folder / "engine.pub"), ".key", ".pub"],
        ["hud", public_key(folder / "hud.pub"), ".pub"],
    ]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda folder: (folder / "hud.key").chmod(0o644),
            "hud.key: others can use it (mode 0644): chmod 600",
        ),
        (lambda folder: (folder / "hud.pub").write_text("x"), "hud.pub: is no key file"),
        (
            lambda folder: (folder / "hud.pub").write_bytes((folder / "tap.pub").read_bytes()),
            "hud.pub: is not the public half of",
        ),
    ],
)
def test_list_names_what_is_unfit_and_exits_with_2(kairos, spoil, said) -> None:
    folder = kairos.cwd / "keys"
    kairos("curve", "new", "hud", "tap", "--keys", str(folder))
    spoil(folder)

    listed = kairos("curve", "list", "--keys", str(folder))

    assert listed.code == 2
    assert said in listed.err
    assert listed.out.startswith("tap ")
