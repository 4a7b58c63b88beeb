"""The `kairos` command. Answers --version, paints a splash and begins the HUD before anything heavy loads."""

import os
import sys
from collections.abc import Sequence

import kairos_tui


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _fill_closed_streams()
    if words == ["--version"]:
        return _print_version()
    try:
        return _watch(words) if words[:1] == ["watch"] else _run(words)
    except KeyboardInterrupt:
        from kairos_tui.cli.splash import wipe_splash

        wipe_splash()
        return 130


def _watch(words: list[str]) -> int:
    from kairos_tui.cli.splash import paint_splash

    if not paint_splash(words[1:]):
        return _run(words)
    from kairos_tui.runtime.fresh_process import begin_hud_ahead, drop_ahead

    try:
        begin_hud_ahead()
        return _run(words)
    finally:
        drop_ahead()


def _run(words: list[str]) -> int:
    from kairos_tui.cli.entry import run_command

    return run_command(words)


def _fill_closed_streams() -> None:
    """`kairos >&-`: what is opened next must not become our stdout by accident."""
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, open(descriptor, "r" if descriptor == 0 else "w", closefd=False))  # noqa: SIM115  open until the end


def _print_version() -> int:
    try:
        sys.stdout.write(f"kairos {kairos_tui.__version__}\n")
        sys.stdout.flush()
    except OSError as error:
        sys.stdout = None  # Python's last flush shall not complain once more
        return 0 if isinstance(error, BrokenPipeError) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
