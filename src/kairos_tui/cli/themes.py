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
        str | None, typer.Argument(metavar="[NAME|PATH]", help="One theme; without it, all of them.")
    ] = None,
) -> int:
    """Say what is wrong with a theme; exit 2 when something is."""
    from kairos_tui.cli.names_known import check_theme_name
    from kairos_tui.runtime import facts

    if theme is not None:
        check_theme_name(theme, "themes check")
    wanted = [theme] if theme is not None else [name for name, _, _ in facts.theme_list()]
    problems = [(name, problem) for name in wanted for problem in facts.theme_check(name)]
    for name, problem in problems:
        say_error(f"theme {name}: {problem}")
    for name in wanted:
        if name not in {faulty for faulty, _ in problems}:
            say(f"ok  {name}")
    return 2 if problems else 0
