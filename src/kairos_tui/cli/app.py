"""app: the table of commands. A command that is not here does not exist.

Before it: entry. Behind it: one module per command.
"""

from typing import Annotated

import typer

import kairos_tui
from kairos_tui.cli.bench import bench_app
from kairos_tui.cli.config import config_app
from kairos_tui.cli.curve import curve_app
from kairos_tui.cli.doctor import doctor
from kairos_tui.cli.dump import dump
from kairos_tui.cli.engine import engine
from kairos_tui.cli.explain import explain
from kairos_tui.cli.export import export
from kairos_tui.cli.follow import hud, mirror
from kairos_tui.cli.glance import glance
from kairos_tui.cli.ingest import ingest
from kairos_tui.cli.keys import keys
from kairos_tui.cli.record import record
from kairos_tui.cli.replay import replay
from kairos_tui.cli.report import report
from kairos_tui.cli.schema import schema
from kairos_tui.cli.sim import sim
from kairos_tui.cli.tap import tap
from kairos_tui.cli.themes import themes_app
from kairos_tui.cli.venues import venues
from kairos_tui.cli.watch import watch

_HELP = """Cross-exchange crypto spreads, live in the terminal.

Start with: kairos watch BTC/USDT --sim"""


def build_app() -> typer.Typer:
    """Every command of `kairos`."""
    app = typer.Typer(
        name="kairos",
        help=_HELP,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        suggest_commands=False,
    )
    app.callback(invoke_without_command=True)(_without_command)
    app.command()(watch)
    app.command()(record)
    app.command()(replay)
    app.command()(sim)
    app.command()(glance)
    app.command()(tap)
    app.command()(ingest)
    app.command()(engine)
    app.command()(hud)
    app.command()(mirror)
    app.command()(explain)
    app.command()(report)
    app.command()(export)
    app.command()(venues)
    app.command()(doctor)
    app.command()(dump)
    app.add_typer(bench_app, name="bench")
    app.add_typer(config_app, name="config")
    app.add_typer(curve_app, name="curve")
    app.add_typer(themes_app, name="themes")
    app.command()(keys)
    app.command()(schema)
    return app


def _without_command(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    if version:
        typer.echo(f"kairos {kairos_tui.__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
