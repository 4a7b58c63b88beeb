"""fleet_options: the flags that the roles of a fleet share, and what is read out of them."""

from typing import Annotated, Literal

import typer

from kairos_tui.errors import SettingsInvalid

KeysOption = Annotated[
    str | None,
    typer.Option(
        "--keys", metavar="DIR", help="Folder of the fleet's key files. Default: curve, beside config.toml."
    ),
]
FleetOption = Annotated[
    str | None,
    typer.Option(
        "--fleet",
        metavar="URL",
        help="Where several engines and their roles find each other: redis://HOST:PORT.",
    ),
]
NameOption = Annotated[
    str | None,
    typer.Option("--name", metavar="NAME", help="What it is called in the fleet. Default: as its machine."),
]
HealthOption = Annotated[
    str | None,
    typer.Option("--health", metavar="HOST:PORT", help="Serve /healthz and /readyz there."),
]
LogFormatOption = Annotated[
    Literal["text", "json"] | None,
    typer.Option("--log-format", metavar="text|json", help="How the log is written. Default text."),
]
LogToOption = Annotated[
    str | None,
    typer.Option("--log-to", metavar="FILE|stderr", help="Where the log goes. Default: the log file."),
]
SimulatedOption = Annotated[
    bool,
    typer.Option(
        "--sim",
        help="The config points at a `kairos sim`: all that is shown says sim.",
    ),
]
SilentOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on stderr.")]


def station_flags(
    *, fleet: str | None, name: str | None, keys: str | None, health: str | None, log_format: str | None
) -> dict[str, object]:
    """What every role of a fleet is told beside its work, by the keys of the settings."""
    return {"fleet": fleet, "name": name, "curve": keys, "health": health, "log_format": log_format}


def refuse_two_sources(address: str | None, fleet: object) -> None:
    """Raises SettingsInvalid where both flags were given. An address wins over a configured fleet."""
    if address is not None and fleet is not None:
        raise SettingsInvalid("--from and --fleet: keep one")
