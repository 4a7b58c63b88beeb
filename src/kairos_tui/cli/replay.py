"""replay: `kairos replay`: flags -> a ReplayRequest -> runtime. What can be wrong is said before it starts.

Before it: app. After it: runtime.
"""

import re
from typing import Annotated

import typer

from kairos_tui.cli.options import (
    ColoursOption,
    ConfigOption,
    CountOption,
    DebugOption,
    FpsOption,
    GlyphsOption,
    LinesOption,
    MetricsOption,
    MirrorOption,
    MotionOption,
    NoHudOption,
    NoMouseOption,
    OnceOption,
    PlainOption,
    QuietOption,
    ReactionOption,
    TeeOption,
    ThemeOption,
    VenuesOption,
    VerboseOption,
    read_duration_ms,
    split_names,
)
from kairos_tui.cli.output import OutputFlags
from kairos_tui.cli.paper_options import PaperLatencyOption, PaperOption, PaperStockOption, paper_flags
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
from kairos_tui.cli.watch import count_of, emitted_of, output_of
from kairos_tui.errors import SettingsInvalid

_SPEED = re.compile(r"(?P<times>[0-9]{1,4}(?:\.[0-9]{1,3})?)x?")
_FASTEST = 1_000.0


def replay(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A recording, like btc.kz.")],
    speed: Annotated[
        str | None,
        typer.Option(metavar="1x|10x|max", help="Default 1x with the HUD, max for lines alone."),
    ] = None,
    begin: Annotated[
        str | None,
        typer.Option("--from", metavar="TIME", help="Begin at 14:03:22, +30s, 41%, or -1m from the end."),
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="End there.")] = None,
    run: Annotated[
        str | None, typer.Option(metavar="ID", help="Which run, where several are in it. Default the newest.")
    ] = None,
    venues: VenuesOption = None,
    min_net_bps: Annotated[
        float | None, typer.Option(metavar="BPS", help="Other than recorded: a back-test.")
    ] = None,
    max_notional: Annotated[
        float | None, typer.Option(metavar="AMOUNT", help="Other than recorded: a back-test.")
    ] = None,
    reaction: ReactionOption = None,
    paper: PaperOption = False,
    paper_latency: PaperLatencyOption = None,
    paper_stock: PaperStockOption = None,
    as_json: LinesOption = False,
    tee: TeeOption = False,
    plain: PlainOption = False,
    no_hud: NoHudOption = False,
    emit: Annotated[
        list[str] | None, typer.Option(metavar="A,B", help="Line types. Default signal,venue.")
    ] = None,
    count: CountOption = None,
    once: OnceOption = False,
    theme: ThemeOption = None,
    colours: ColoursOption = None,
    glyphs: GlyphsOption = None,
    reduced_motion: MotionOption = False,
    fps: FpsOption = None,
    no_mouse: NoMouseOption = False,
    layout: LayoutOption = None,
    figure: FigureOption = None,
    sort: SortOption = None,
    span: SpanOption = None,
    filter_text: FilterOption = None,
    mute: MuteOption = None,
    common: CommonOption = False,
    sink: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="Signals also go there, as replay. Repeatable."),
    ] = None,
    mirror: MirrorOption = None,
    metrics: MetricsOption = None,
    config: ConfigOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
    debug: DebugOption = False,
) -> int:
    """Show a recording again, as it was: same engine, same HUD, same lines.

    Nothing is reached over a network. Every line and screen says replay."""
    import logging
    import os

    output = output_of(OutputFlags(as_json, tee, plain, no_hud))
    flags = {
        "min_net_bps": min_net_bps,
        "max_notional": max_notional,
        "reaction_ms": read_duration_ms("--reaction", reaction),
        "theme": theme,
        "colours": colours,
        "glyphs": glyphs,
        "reduced_motion": reduced_motion or None,
        "fps": fps,
        "mouse": False if no_mouse else None,
        "sinks": tuple(sink) if sink else None,
        "mirror": mirror,
        "metrics": metrics,
        **paper_flags(paper=paper, latency=paper_latency, stock=paper_stock),
    }
    times = read_speed(speed)
    signals = count_of(count, once=once)
    emitted = emitted_of(split_names(emit)) if emit else None
    view = view_flags(layout, figure, sort, span, filter_text, mute, common=common)

    from kairos_tui.cli.extras import check_extras
    from kairos_tui.cli.here import load_here
    from kairos_tui.cli.names_known import check_keys, check_sinks, check_theme_name
    from kairos_tui.cli.paper_check import check_followed, emitted_by

    loaded = load_here(flags, config=config)
    check_theme_name(loaded.settings.theme, loaded.origins["theme"])
    check_sinks(loaded.settings.sinks, loaded.origins["sinks"])
    check_keys(loaded)
    check_extras(loaded)
    check_followed(loaded, emitted)

    from kairos_tui.market import Venue
    from kairos_tui.runtime.in_force import in_force
    from kairos_tui.runtime.replay import replay as run_replay
    from kairos_tui.runtime.replay_request import ReplayRequest

    names = split_names(venues)
    return run_replay(
        ReplayRequest(
            path=path,
            settings=loaded.settings,
            output=output,
            run=run,
            speed=times,
            begin=begin,
            end=end,
            venues=tuple(map(Venue, names)) if names else None,
            min_net_bps=min_net_bps,
            max_notional=max_notional,
            reaction_ms=loaded.settings.reaction_ms if reaction else None,
            emit=emitted or emitted_by(loaded.settings),
            count=signals,
            quiet=quiet,
            log_level=logging.DEBUG if debug else logging.INFO if verbose else logging.WARNING,
            config=config,
            in_force=in_force(loaded, os.environ, decides=False, view=view),
        )
    )


def read_speed(text: str | None) -> float | None:
    """`4x`, `0.5`, or `max`, which is 0. Raises SettingsInvalid."""
    if text is None:
        return None
    if text == "max":
        return 0.0
    match = _SPEED.fullmatch(text)
    times = float(match["times"]) if match else 0.0
    if not 0.0 < times <= _FASTEST:
        raise SettingsInvalid(f"--speed: {text[:20]!r} is not 1x, 4x, 0.5x, up to {_FASTEST:g}x, or max")
    return times
