"""themes: which themes there are, and whether one can be drawn with."""

from typing import Annotated

import typer

from kairos_tui.cli.say import say, say_error, say_rows

themes_app = typer.Typer(help="List and check themes.", rich_markup_mode=None, suggest_commands=False)


@themes_app.callback(invoke_without_command=True)
def _without_command(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@themes_app.command("list")
def list_themes() -> None:
    """List the themes found, the one that wins first."""
    from kairos_tui.runtime import facts

    say_rows([(name, description, path) for name, path, description in facts.theme_list()])


@themes_app.command("check")
def check(
    theme: Annotated[
        str | None, typer.Argument(metavar="[NAME|FILE]", help="One theme; without it, all of them.")
    ] = None,
) -> int:
    """Say what is wrong with a theme, a line each; exit 2 when something is.

    Text needs a contrast of 4.5:1; colours that say opposite things must differ to every colour vision."""
    from kairos_tui.cli.names_known import check_theme_exists
    from kairos_tui.runtime import facts

    if theme is not None:
        check_theme_exists(theme, "themes check")
    found = facts.theme_findings(theme)
    for name, problems in found:
        for problem in problems:
            say_error(f"theme {name}: {problem}")
    for name, problems in found:
        if not problems:
            say(f"ok  {name}")
    return 2 if any(problems for _, problems in found) else 0
