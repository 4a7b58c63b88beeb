"""The promise: stdout is data, stderr is for people, a terminal gets the HUD; flags that cannot be honoured
are refused, not bent."""

import pytest

from kairos_tui.cli.output import OutputFlags, choose_output, conflict

TTY, PIPE = True, False
NONE = OutputFlags()
JSON, TEE = OutputFlags(json=True), OutputFlags(tee=True)
PLAIN, NO_HUD = OutputFlags(plain=True), OutputFlags(no_hud=True)

TABLE = [
    # stdout stderr term columns flags -> output
    (TTY, TTY, "xterm", 80, NONE, "hud"),
    (PIPE, TTY, "xterm", 80, NONE, "json"),
    (PIPE, PIPE, "xterm", 80, NONE, "json"),
    (PIPE, TTY, "xterm", 80, TEE, "tee"),
    (PIPE, PIPE, "xterm", 80, TEE, "json"),
    (PIPE, TTY, "dumb", 80, TEE, "json"),
    (PIPE, TTY, "xterm", 39, TEE, "json"),
    (TTY, TTY, "dumb", 80, NONE, "plain"),
    (TTY, TTY, "xterm", 39, NONE, "plain"),
    (TTY, TTY, "xterm", 40, NONE, "hud"),
    (TTY, PIPE, "xterm", 80, NONE, "hud"),
    (TTY, PIPE, "dumb", 80, NONE, "plain"),
    (TTY, TTY, "xterm", 80, NO_HUD, "plain"),
    (PIPE, TTY, "xterm", 80, NO_HUD, "json"),
    (TTY, TTY, "xterm", 80, JSON, "json"),
    (TTY, TTY, "dumb", 80, JSON, "json"),
    (TTY, TTY, "xterm", 80, PLAIN, "plain"),
    (PIPE, PIPE, "xterm", 80, PLAIN, "plain"),
    (PIPE, TTY, "xterm", 80, OutputFlags(json=True, no_hud=True), "json"),
]


@pytest.mark.parametrize(("stdout_tty", "stderr_tty", "term", "columns", "flags", "output"), TABLE)
def test_what_goes_where(stdout_tty, stderr_tty, term, columns, flags, output) -> None:
    chosen = choose_output(
        stdout_tty=stdout_tty, stderr_tty=stderr_tty, term=term, columns=columns, flags=flags
    )

    assert chosen == output


@pytest.mark.parametrize(
    ("flags", "stdout_tty", "named"),
    [
        (OutputFlags(json=True, tee=True), PIPE, ("--json", "--tee")),
        (OutputFlags(json=True, plain=True), TTY, ("--json", "--plain")),
        (OutputFlags(tee=True, plain=True), PIPE, ("--tee", "--plain")),
        (OutputFlags(tee=True, no_hud=True), PIPE, ("--tee", "--no-hud")),
        (TEE, TTY, ("--tee", "pipe or a file")),
    ],
)
def test_flags_that_contradict_are_named(flags, stdout_tty, named) -> None:
    said = conflict(flags, stdout_tty=stdout_tty)

    assert said is not None
    assert all(part in said for part in named)


@pytest.mark.parametrize("flags", [NONE, JSON, TEE, PLAIN, NO_HUD, OutputFlags(json=True, no_hud=True)])
def test_flags_that_agree_pass(flags) -> None:
    assert conflict(flags, stdout_tty=PIPE) is None
