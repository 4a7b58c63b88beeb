"""The promise: the installed `kairos` answers --version and --help without loading what they do not need,
ends quietly when its reader leaves, and shows something on a terminal at once."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

HEAVY = {"ccxt", "textual", "rich", "zmq", "aiohttp", "msgspec", "orjson", "asyncio"}


def roots_loaded(*words: str) -> set[str]:
    """Which packages a command line loads, in an interpreter of its own."""
    program = (
        "import sys\nfrom kairos_tui.__main__ import main\n"
        f"code = main({list(words)!r})\n"
        "print(code, *sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    code, *modules = ran.stderr.split()
    assert code == "0"
    return {module.split(".")[0] for module in modules}


def test_version_loads_nothing_at_all_of_others() -> None:
    loaded = roots_loaded("--version")

    assert not loaded & {*HEAVY, "typer", "tomllib", "inspect"}


@pytest.mark.parametrize(
    "words", [("--help",), ("watch", "--help"), ("config", "--help"), ("config", "path")]
)
def test_help_loads_typer_and_no_room(words: tuple[str, ...]) -> None:
    allowed = {"msgspec"} if words == ("config", "path") else set()

    assert not roots_loaded(*words) & (HEAVY - allowed)


def test_the_answer_of_version(installed) -> None:
    ran = installed.run("--version")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("kairos 0.")


def test_a_refusal_from_outside(installed) -> None:
    ran = installed.run("watch", "BTC/USDT", "--theem", "x")

    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "kairos: error: no option --theem (did you mean --theme?)\n"


@pytest.mark.parametrize(
    "words", [("--version",), ("--help",), ("venues", "--all"), ("config", "show")], ids=" ".join
)
def test_a_reader_that_left_is_no_error(installed, words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [installed.path, *words], stdout=writing, stderr=subprocess.PIPE, env=installed.env, cwd=installed.cwd
    )
    os.close(writing)

    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize("words", [("--version",), ("config", "show"), ("--help",)], ids=" ".join)
def test_a_stdout_that_was_closed_is_no_error(installed, words: tuple[str, ...]) -> None:
    ran = subprocess.run(
        ["/bin/sh", "-c", '"$0" "$@" >&-', installed.path, *words],
        stderr=subprocess.PIPE,
        env=installed.env,
        cwd=installed.cwd,
    )

    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
def test_a_full_disk_is_one_line(installed) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [installed.path, "config", "show"], stdout=full, stderr=subprocess.PIPE, env=installed.env
        )

    assert (ran.returncode, ran.stderr) == (1, b"kairos: error: no space left where the output goes\n")


def test_a_terminal_that_is_not_utf8_gets_escapes(installed) -> None:
    installed.env |= {"PYTHONIOENCODING": "ascii", "KAIROS_THEME": "\u00e9clat"}

    ran = installed.run("config", "show")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert 'theme = "\\xe9clat"' in ran.stdout


def on_a_terminal(installed, *words: str, term: str = "xterm-256color") -> tuple[int, bytes]:
    """Exit code of a command with all three streams on a terminal, and everything it wrote there."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [installed.path, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=installed.env | {"TERM": term},
        cwd=installed.cwd,
    ) as process:
        os.close(theirs)
        written = bytearray()
        while chunk := read_or_end(ours):
            written += chunk
        code = process.wait(timeout=20)
    os.close(ours)
    return code, bytes(written)


def read_or_end(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""  # Linux's way to say that the other side closed


def test_stderr_in_a_file_takes_what_is_said_and_leaves_the_hud(installed) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    before = termios.tcgetattr(theirs)
    said = installed.cwd / "said"
    with (
        said.open("wb") as file,
        subprocess.Popen(
            [installed.path, "watch", "BTC/USDT", "--sim"],
            stdin=theirs,
            stdout=theirs,
            stderr=file,
            env=installed.env | {"TERM": "xterm-256color"},
            cwd=installed.cwd,
            start_new_session=True,
        ) as process,
    ):
        written = bytearray()
        while b"VENUES" not in written and (chunk := read_or_end(ours)):
            written += chunk
        os.write(ours, b"q")
        while process.poll() is None:
            if select.select([ours], [], [], 0.1)[0]:
                written += read_or_end(ours)
    after = termios.tcgetattr(theirs)
    os.close(theirs)
    os.close(ours)

    log = (installed.cwd / "s" / "kairos" / "kairos.log").read_text()
    assert "role ended" not in log  # it was left
    assert "line down" not in log
    assert written.startswith(SPLASH)
    assert b"VENUES" in written
    assert b"\x1b[?1049l" in written
    assert (process.returncode, said.read_bytes(), after) == (0, b"", before)


SPLASH = b"\r\x1b[2K KAIROS  BTC/USDT  sim  warming up"


def test_watch_paints_a_splash_and_a_refusal_takes_its_place(installed) -> None:
    code, written = on_a_terminal(installed, "watch", "btc/usdt", "--sim", "--fps", "0")

    assert code == 2
    assert written == SPLASH + b"\r\x1b[2Kkairos: error: --fps 0: must be a whole number from 1 to 60\r\n"


@pytest.mark.parametrize("words", [("--json",), ("--plain",), ("--no-hud",)], ids=" ".join)
def test_no_splash_where_no_hud_will_be(installed, words: tuple[str, ...]) -> None:
    _, written = on_a_terminal(installed, "watch", "btc/usdt", "--fps", "0", *words)

    assert b"\x1b" not in written


def test_no_splash_on_a_terminal_that_knows_no_escapes(installed) -> None:
    _, written = on_a_terminal(installed, "watch", "btc/usdt", "--fps", "0", term="dumb")

    assert b"\x1b" not in written
