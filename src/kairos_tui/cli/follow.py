"""follow: `kairos hud` and `kairos mirror`: flags -> a FollowPlan -> runtime's follow."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import typer

from kairos_tui.cli.fleet_options import FleetOption, KeysOption, refuse_two_sources
from kairos_tui.cli.options import (
    ColoursOption,
    ConfigOption,
    FromOption,
    GlyphsOption,
    MetricsOption,
    MotionOption,
    NoMouseOption,
    ThemeOption,
    VerboseOption,
    read_duration_s,
)
from kairos_tui.cli.view_options import (
    CommonOption,
    FigureOption,
    FilterOption,
    LayoutOption,
    MuteOption,
    SortOption,
    SpanOption,
    view_flags,
)

ConnectOption = Annotated[
    str | None,
    typer.Option(
        "--connect-timeout", metavar="TIME", help="Exit 3 when nothing is there by then. Default 20s."
    ),
]


def hud(
    address: FromOption = None,
    fleet: FleetOption = None,
    keys: KeysOption = None,
    theme: ThemeOption = None,
    colours: ColoursOption = None,
    glyphs: GlyphsOption = None,
    reduced_motion: MotionOption = False,
    fps: Annotated[int | None, typer.Option(help="Frames per second. Default 30.")] = None,
    no_mouse: NoMouseOption = False,
    layout: LayoutOption = None,
    figure: FigureOption = None,
    sort: SortOption = None,
    span: SpanOption = None,
    filter_text: FilterOption = None,
    mute: MuteOption = None,
    common: CommonOption = False,
    connect_timeout: ConnectOption = None,
    config: ConfigOption = None,
    verbose: VerboseOption = 0,
) -> int:
    """Draw the HUD of a Kairos that runs elsewhere.

    There: kairos engine, or kairos watch BTC/USDT --sink redis://HOST"""
    look = {"theme": theme, "colours": colours, "glyphs": glyphs, "reduced_motion": reduced_motion or None}
    flags = {**look, "fps": fps, "mouse": False if no_mouse else None, "fleet": fleet, "curve": keys}
    view = view_flags(layout, figure, sort, span, filter_text, mute, common=common)
    how = {"connect_timeout": connect_timeout, "config": config}
    return _follow("hud", address, flags, **how, verbose=verbose, view=view)


def mirror(
    at: Annotated[
        str | None, typer.Argument(metavar="[HOST:PORT]", help="Where to serve. Default 127.0.0.1:4321.")
    ] = None,
    address: FromOption = None,
    fleet: FleetOption = None,
    keys: KeysOption = None,
    metrics: MetricsOption = None,
    connect_timeout: ConnectOption = None,
    config: ConfigOption = None,
    verbose: VerboseOption = 0,
) -> int:
    """Show a Kairos that runs elsewhere in browsers.

    There: kairos engine, or kairos watch BTC/USDT --sink redis://HOST"""
    flags = {"mirror": at, "metrics": metrics, "fleet": fleet, "curve": keys}
    return _follow("mirror", address, flags, connect_timeout=connect_timeout, config=config, verbose=verbose)


def _follow(
    shows: Literal["hud", "mirror"],
    address: str | None,
    flags: Mapping[str, object],
    *,
    connect_timeout: str | None,
    config: str | None,
    verbose: int,
    view: Mapping[str, Any] | None = None,
) -> int:
    import logging
    import os

    from msgspec.structs import replace

    from kairos_tui.cli.here import load_here
    from kairos_tui.cli.names_known import check_keys, check_theme_name
    from kairos_tui.runtime.fleet_keys import source_of
    from kairos_tui.runtime.follow import FollowPlan, follow
    from kairos_tui.runtime.in_force import in_force
    from kairos_tui.settings import MIRROR_AT

    within = {"connect_timeout_s": read_duration_s("--connect-timeout", connect_timeout)}
    loaded = load_here({**flags, **within}, config=config)
    check_theme_name(loaded.settings.theme, loaded.origins["theme"])
    check_keys(loaded)
    settings = loaded.settings
    if shows == "mirror" and not settings.mirror:
        settings = replace(settings, mirror=MIRROR_AT)
    level = logging.INFO if verbose else logging.WARNING
    own = in_force(loaded, os.environ, decides=False, view=view)
    refuse_two_sources(address, flags.get("fleet"))
    source, ring = source_of(address, settings, shows)
    return follow(
        FollowPlan(address=source, shows=shows, settings=settings, ring=ring, log_level=level, in_force=own)
    )
