"""Command lines that start Kairos elsewhere, read as the installed command would read them; none is run."""

from pathlib import Path

import typer

from kairos_tui.cli.app import build_app
from kairos_tui.cli.bare_flags import with_defaults_of_bare_flags

ROOT = Path(__file__).parents[2]


def check_words(words: list[str]) -> str:
    """The command they mean. Raises click's usage errors for a command, flag or argument that is none."""
    group = typer.main.get_command(build_app())
    name, given = "", with_defaults_of_bare_flags(words)
    context = group.make_context("kairos", given)
    while isinstance(group, typer.core.TyperGroup):
        found, command, rest = group.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None
        assert found is not None
        name = f"{name} {found}".strip()
        context = command.make_context(found, rest, parent=context)
        group = command
    return name
