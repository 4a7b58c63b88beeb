"""curve: the keys by which Kairos on several machines knows its own: make them, list them."""

from typing import Annotated

import typer

from kairos_tui.cli.fleet_options import KeysOption
from kairos_tui.cli.say import say_error, say_rows

curve_app = typer.Typer(
    help="Make and list the keys for several machines.", rich_markup_mode=None, suggest_commands=False
)


@curve_app.callback(invoke_without_command=True)
def _without_command(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@curve_app.command()
def new(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME...]", help="Default: engine ingest hud mirror tap.", show_default=False
        ),
    ] = None,
    keys: KeysOption = None,
) -> None:
    """Write NAME.key, which is secret, and NAME.pub, which is not; nothing is overwritten.

    NAME.key goes to the machine of that role. engine.pub goes to all of them, and every other .pub to the
    engine's."""
    from kairos_tui.runtime.new_keys import new_keys

    say_rows(list(new_keys(keys or "", tuple(names or ()))))


@curve_app.command("list")
def list_keys(keys: KeysOption = None) -> int:
    """List the keys of the folder: name, public key, which halves are here; exit 2 when one is unfit."""
    from kairos_tui.runtime.new_keys import key_rows

    rows, problems = key_rows(keys or "")
    if rows:
        say_rows(list(rows))
    for problem in problems:
        say_error(problem)
    return 2 if problems else 0
