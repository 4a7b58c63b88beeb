"""What an image installs is locked by hash, agrees with pyproject.toml, and names no place to get it from."""

import re
import tomllib
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tests.deploy.words import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = ("redis", "web", "metrics")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
LOCKS = ("requirements.lock", "build.lock")


def locked(name: str) -> Iterator[tuple[Requirement, list[str]]]:
    """Each package of a lock file, and its hashes."""
    text = (ROOT / "deploy" / name).read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            requirement, *hashes = re.split(r"\s+(?=--hash)", line.strip())
            yield Requirement(requirement), hashes


def versions(name: str) -> dict[str, str]:
    return {
        canonicalize_name(package.name): str(next(iter(package.specifier)).version)
        for package, _ in locked(name)
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_one_version_and_hashes(lock: str) -> None:
    packages = list(locked(lock))

    assert len(packages) >= 5
    for package, hashes in packages:
        assert [each.operator for each in package.specifier] == ["=="], package
        assert hashes, package
        assert all(_HASH.fullmatch(each) for each in hashes), package
    assert len({package.name for package, _ in packages}) == len(packages)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_no_place(lock: str) -> None:
    text = (ROOT / "deploy" / lock).read_text()

    places = re.findall(
        r"://|--index|--extra-index|--find-links|--trusted-host| @ |^\s*-[ef] ", text, re.MULTILINE
    )

    assert places == []


def test_the_lock_keeps_the_bounds_of_the_project() -> None:
    asked = [
        *PROJECT["project"]["dependencies"],
        *(each for extra in EXTRAS for each in PROJECT["project"]["optional-dependencies"][extra]),
    ]
    found = versions("requirements.lock")
    outside = [
        each
        for each in map(Requirement, asked)
        if not each.specifier.contains(found.get(canonicalize_name(each.name), "0"), prereleases=True)
    ]

    assert len(asked) >= 12
    assert outside == []


def test_the_lock_of_the_builder_holds_the_build_requirement() -> None:
    found = versions("build.lock")

    for each in map(Requirement, PROJECT["build-system"]["requires"]):
        assert each.specifier.contains(found[canonicalize_name(each.name)])


def test_what_is_locked_is_what_a_fleet_needs_and_not_the_tests() -> None:
    names = versions("requirements.lock").keys()

    assert {"ccxt", "pyzmq", "textual", "redis", "python-socketio", "prometheus-client"} <= names
    assert not {"pytest", "mypy", "ruff", "duckdb", "moto", "pip", "setuptools"} & names
