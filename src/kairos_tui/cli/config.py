"""config: where settings come from, what they are, and a file to start with."""

import os
from pathlib import Path
from typing import Annotated

import typer

from kairos_tui.cli.options import ConfigOption
from kairos_tui.cli.say import say, say_error
from kairos_tui.errors import SettingsInvalid

config_app = typer.Typer(
    help="Find, write, show and check the configuration.", rich_markup_mode=None, suggest_commands=False
)


@config_app.callback(invoke_without_command=True)
def _without_command(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@config_app.command()
def path() -> None:
    """Print where your own config file is, or would be."""
    say(str(_user_path()))


@config_app.command()
def init(
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write your config file, for your eyes alone: every key with its meaning and default."""
    from kairos_tui.settings import default_toml

    target = _user_path()
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        how = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL)
        with os.fdopen(os.open(target, how, 0o600), "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)  # one that was there keeps its mode
            file.write(default_toml())
    except FileExistsError as error:
        raise SettingsInvalid(f"{target} is there already: --force replaces it") from error
    except OSError as error:
        raise SettingsInvalid(f"{target}: cannot be written: {error.strerror}") from error
    say(str(target))


@config_app.command()
def show(
    origin: Annotated[bool, typer.Option("--origin", help="Say where each value came from.")] = False,
    config: ConfigOption = None,
) -> None:
    """Print the settings in force, as TOML; what is secret in them is shown as ***."""
    from kairos_tui.cli.here import load_here
    from kairos_tui.runtime.in_force import without_secrets
    from kairos_tui.settings import settings_toml

    loaded = load_here(config=config)
    say(settings_toml(without_secrets(loaded.settings), loaded.origins if origin else None).rstrip("\n"))


@config_app.command()
def validate(
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="This file; without it, those in force.")
    ] = None,
) -> None:
    """Check the configuration; one line and exit 2 when something is wrong."""
    from kairos_tui.cli.here import load_here
    from kairos_tui.cli.names_known import check_names
    from kairos_tui.runtime import facts

    loaded = load_here(config=file)
    check_names(loaded, sim=False)
    for clash in facts.key_clashes(loaded.settings, loaded.origins):
        say_error(f"note: {clash}")
    for read in loaded.files:
        say(f"ok  {read}")
    if not loaded.files:
        say_error(f"no config file is read: defaults hold; `kairos config init` writes {_user_path()}")


def _user_path() -> Path:
    from kairos_tui.cli.here import working_dir
    from kairos_tui.settings import config_paths

    return config_paths(os.environ, working_dir())[0]
