"""The `kairos` command. Answers --version and paints a splash before anything heavy is imported."""

import sys
from collections.abc import Sequence

import kairos_tui


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if words[:1] == ["watch"]:
            from kairos_tui.cli.splash import paint_splash

            paint_splash(words[1:])
        if words == ["--version"]:
            return _print_version()
        from kairos_tui.cli.entry import run_command

        return run_command(words)
    except KeyboardInterrupt:
        from kairos_tui.cli.splash import wipe_splash

        wipe_splash()
        return 130


def _print_version() -> int:
    try:
        sys.stdout.write(f"kairos {kairos_tui.__version__}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = None  # the reader left: nothing is owed, and Python shall not complain at exit
    return 0


if __name__ == "__main__":
    sys.exit(main())
