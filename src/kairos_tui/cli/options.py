"""options: the flags that several commands share, and how their text is read. None means "not given"."""

import re
from typing import Annotated

import typer

from kairos_tui.errors import SettingsInvalid

VenuesOption = Annotated[
    list[str] | None,
    typer.Option("--venues", metavar="A,B", help="Which exchanges: ccxt.pro ids or [venue.NAME] tables."),
]
SeedOption = Annotated[
    int | None, typer.Option("--seed", help="Of the simulated market: same seed, same market. Default 1.")
]
MoodOption = Annotated[
    str | None,
    typer.Option("--mood", metavar="lively|calm", help="Of the simulated market. Default lively."),
]
ThemeOption = Annotated[
    str | None, typer.Option("--theme", metavar="NAME|PATH", help="Colours of the HUD. Default neon.")
]
ColoursOption = Annotated[
    str | None,
    typer.Option(
        "--colours",
        "--colors",
        metavar="truecolor|256|16|none",
        help="How many the HUD has. Default: as the terminal says.",
    ),
]
GlyphsOption = Annotated[
    str | None,
    typer.Option(
        "--glyphs", metavar="unicode|ascii", help="What the HUD draws with. Default: as the locale says."
    ),
]
MotionOption = Annotated[
    bool, typer.Option("--reduced-motion", help="Nothing in the HUD flashes, fades or slides.")
]
ConfigOption = Annotated[
    str | None,
    typer.Option("--config", metavar="FILE|none", help="Read this file in place of the usual two, or none."),
]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="URL", help="An engine, tcp://HOST:PORT; or the Redis of a sink, redis://HOST."
    ),
]
MinNetOption = Annotated[
    float | None,
    typer.Option("--min-net-bps", metavar="BPS", help="Open a signal at this net edge. Default 2."),
]
MaxNotionalOption = Annotated[
    float | None,
    typer.Option("--max-notional", metavar="AMOUNT", help="The most a signal is sized for. Default 10000."),
]
QuotesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--quotes",
        metavar="A,B",
        help="Quote currencies an asset like BTC is watched in, converted live. Default USDT,USD,USDC.",
    ),
]
SimOption = Annotated[
    bool, typer.Option("--sim", help="Watch the built-in simulated exchanges; needs no network.")
]
NoJournalOption = Annotated[
    bool, typer.Option("--no-journal", help="Keep no signals in the state directory.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No status line on stderr.")]
VerboseOption = Annotated[
    int, typer.Option("--verbose", "-v", count=True, show_default=False, help="Log more, to the log file.")
]
DebugOption = Annotated[bool, typer.Option("--debug", help="Log everything, to the log file.")]
ReactionOption = Annotated[
    str | None,
    typer.Option(
        "--reaction",
        metavar="TIME",
        help="How long you take to act: what capture_p speaks of. Default 100ms.",
    ),
]
LinesOption = Annotated[bool, typer.Option("--json", help="JSON lines on stdout, also on a terminal.")]
TeeOption = Annotated[bool, typer.Option("--tee", help="The HUD on stderr and JSON lines on stdout.")]
PlainOption = Annotated[bool, typer.Option("--plain", help="One sentence per event, no colours.")]
NoHudOption = Annotated[bool, typer.Option("--no-hud", help="Never draw the HUD.")]
ForOption = Annotated[
    str | None, typer.Option("--for", metavar="TIME", help="Stop after 30s, 2m, 500ms, 1h.")
]
CountOption = Annotated[int | None, typer.Option("--count", help="Stop after this many signal lines.")]
OnceOption = Annotated[bool, typer.Option("--once", help="Stop after the first: --count 1.")]
FpsOption = Annotated[int | None, typer.Option("--fps", help="Frames per second of the HUD. Default 30.")]
NoMouseOption = Annotated[
    bool, typer.Option("--no-mouse", help="Leave clicks to the terminal: it selects and pastes.")
]
MirrorOption = Annotated[
    str | None,
    typer.Option("--mirror", metavar="[HOST:PORT]", help="Show it in browsers too. Default 127.0.0.1:4321."),
]
MetricsOption = Annotated[
    str | None, typer.Option("--metrics", metavar="HOST:PORT", help="Serve Prometheus metrics there.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_DURATION = re.compile(r"(?P<count>[0-9]+(?:\.[0-9]+)?)(?P<unit>ms|s|m|h)?")
_UNIT_S = {"ms": 0.001, "s": 1.0, None: 1.0, "m": 60.0, "h": 3_600.0}
_LONGEST_S = 30 * 24 * 3_600.0


def split_names(given: list[str] | None) -> tuple[str, ...] | None:
    """`["a,b", "c"]` -> ("a", "b", "c"); an option may be repeated or hold commas."""
    if not given:
        return None
    return tuple(name.strip() for part in given for name in part.split(",") if name.strip())


def read_duration_ms(option: str, text: str | None) -> int | None:
    """The same in whole milliseconds, one at least. Raises SettingsInvalid."""
    duration_s = read_duration_s(option, text)
    return None if duration_s is None else max(1, round(duration_s * 1_000))


def read_duration_s(option: str, text: str | None) -> float | None:
    """`30s`, `2m`, `500ms`, `1h`, or a number of seconds. Raises SettingsInvalid."""
    if text is None:
        return None
    match = _DURATION.fullmatch(text.strip())
    duration_s = float(match["count"]) * _UNIT_S[match["unit"]] if match else 0.0
    if not 0.0 < duration_s <= _LONGEST_S:
        raise SettingsInvalid(f"{option}: {text!r} is not a duration like 30s, 2m, 500ms or 1h")
    return duration_s
