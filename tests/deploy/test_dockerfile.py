"""The image: two stages, everything by hash, bytecode inside, nothing left that installs something else."""

import re
from fnmatch import fnmatch

from tests.deploy.dockerfile import Instruction, read_stages
from tests.deploy.words import ROOT, check_words

TEXT = (ROOT / "Dockerfile").read_text()
BEFORE, BUILD, FINAL = read_stages(TEXT)


def of(stage: list[Instruction], name: str) -> list[Instruction]:
    return [each for each in stage if each.name == name]


def only(name: str) -> Instruction:
    (found,) = of(FINAL, name)
    return found


def commands(stage: list[Instruction]) -> list[str]:
    return [part.strip() for each in of(stage, "RUN") for part in each.rest.split("&&")]


def test_both_stages_stand_on_the_base_that_is_asked_for() -> None:
    (base,) = BEFORE

    assert base == Instruction("ARG", "BASE=python:3.13-slim")
    assert BUILD[0] == Instruction("FROM", "${BASE} AS build")
    assert FINAL[0] == Instruction("FROM", "${BASE}")


def test_what_comes_from_an_index_is_a_wheel_with_a_known_hash() -> None:
    installs = [line for line in commands(BUILD) if " install " in line]
    from_index = [line for line in installs if "--no-deps" not in line]

    assert len(installs) == 3
    assert len(from_index) == 2
    assert all("--require-hashes" in line and "--only-binary :all:" in line for line in from_index)
    assert [line.split()[-1] for line in installs if line not in from_index] == ["/dist/*.whl"]
    assert not of(BUILD, "ADD") + of(FINAL, "ADD")


def test_bytecode_is_made_and_kept() -> None:
    assert "PYTHONDONTWRITEBYTECODE" not in TEXT
    assert "--no-compile" not in TEXT
    assert "*.pyc" not in TEXT


def test_what_is_copied_is_there_and_not_ignored() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    sources = [word for each in of(BUILD, "COPY") for word in each.words[:-1]]

    assert len(sources) >= 6
    for source in sources:
        assert (ROOT / source).exists(), source
        assert any(fnmatch(source, pattern) for pattern in kept), source
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"
    assert [each.rest for each in of(FINAL, "COPY")] == ["--from=build /opt/kairos /opt/kairos"]


def test_it_runs_as_a_number_that_is_not_root_and_owns_its_folders() -> None:
    user = only("USER").rest
    environment = dict(each.split("=", 1) for each in only("ENV").words)
    owned = next(line for line in commands(FINAL) if line.startswith("chown")).split()
    closed = next(line for line in commands(FINAL) if line.startswith("chmod")).split()

    assert re.fullmatch(r"[1-9][0-9]{3,}:[1-9][0-9]{3,}", user)
    assert user in owned
    assert owned[3:] == closed[3:]
    assert closed[2] == "700"
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "HOME"):
        assert any(environment[name].startswith(folder) for folder in owned[3:]), name


def test_no_installer_and_no_shell_is_left() -> None:
    (removal,) = [line for line in commands(FINAL) if line.startswith("rm ")]
    gone = removal.split()

    assert {"/bin/sh", "/bin/bash", "/bin/dash", "/usr/bin/apt*", "/usr/local/bin/pip*"} <= set(gone)
    assert commands(FINAL)[-1] == removal
    assert any(line.endswith("pip uninstall -q -y pip") for line in commands(BUILD))


def test_it_is_stopped_by_the_signal_that_hands_over() -> None:
    assert only("STOPSIGNAL").rest == "SIGTERM"


def test_what_it_runs_is_a_command_of_ours() -> None:
    health = only("HEALTHCHECK").rest.partition("CMD ")
    words = Instruction("CMD", health[2]).words

    assert only("ENTRYPOINT").words == ["kairos"]
    assert only("CMD").words == ["--help"]
    assert words[0] == "kairos"
    assert check_words(words[1:]) == "doctor"
    assert {"--interval", "--timeout", "--start-period"} <= {each.split("=")[0] for each in health[0].split()}
