"""watch: flags -> a WatchPlan -> runtime's launcher. What can be wrong is said before it starts."""

from typing import Annotated

import typer

from kairos_tui.cli.options import (
    ColoursOption,
    ConfigOption,
    CountOption,
    DebugOption,
    ForOption,
    FpsOption,
    GlyphsOption,
    LinesOption,
    MaxNotionalOption,
    MetricsOption,
    MinNetOption,
    MirrorOption,
    MoodOption,
    MotionOption,
    NoHudOption,
    NoJournalOption,
    NoMouseOption,
    OnceOption,
    PlainOption,
    QuietOption,
    QuotesOption,
    ReactionOption,
    SeedOption,
    SimOption,
    TeeOption,
    ThemeOption,
    VenuesOption,
    VerboseOption,
    read_duration_ms,
    read_duration_s,
    split_names,
)
from kairos_tui.cli.output import Output, OutputFlags, choose_output, conflict, look_around
from kairos_tui.cli.paper_options import PaperLatencyOption, PaperOption, PaperStockOption, paper_flags
from kairos_tui.cli.start_watch import start_watch
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
from kairos_tui.errors import SettingsInvalid

EMITTED = ("signal", "quote", "venue", "fill", "markout")
"""The line types that can be asked for; hello, gap, heartbeat and bye always come."""

_MOST_COUNTED = 2**53 - 1


def watch(
    symbols: Annotated[
        list[str],
        typer.Argument(metavar="SYMBOL...", help="Markets, like BTC/USDT; BTC is BTC in every quote."),
    ],
    venues: VenuesOption = None,
    min_net_bps: MinNetOption = None,
    max_notional: MaxNotionalOption = None,
    reaction: ReactionOption = None,
    quotes: QuotesOption = None,
    sim: SimOption = False,
    seed: SeedOption = None,
    mood: MoodOption = None,
    as_json: LinesOption = False,
    tee: TeeOption = False,
    plain: PlainOption = False,
    no_hud: NoHudOption = False,
    emit: Annotated[
        list[str] | None,
        typer.Option(
            metavar="A,B",
            help="Line types: signal, quote, venue, fill, markout. Default signal,venue; fill with --paper.",
        ),
    ] = None,
    for_time: ForOption = None,
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
    connect_timeout: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Pipes exit 3 when no venue answers by then. Default 20s."),
    ] = None,
    sink: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL", help="Signals also go there: file:, redis://, https://, exec:. Repeatable."
        ),
    ] = None,
    mirror: MirrorOption = None,
    metrics: MetricsOption = None,
    paper: PaperOption = False,
    paper_latency: PaperLatencyOption = None,
    paper_stock: PaperStockOption = None,
    record: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Record all that comes into this new folder, like btc.kz."),
    ] = None,
    no_journal: NoJournalOption = False,
    config: ConfigOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
    debug: DebugOption = False,
) -> int:
    """Watch markets across exchanges.

    A terminal gets the HUD, a pipe or a file gets JSON lines. Options may come in any order."""
    output = output_of(OutputFlags(as_json, tee, plain, no_hud))
    flags = {
        "venues": split_names(venues),
        "quotes": split_names(quotes),
        "min_net_bps": min_net_bps,
        "max_notional": max_notional,
        "reaction_ms": read_duration_ms("--reaction", reaction),
        "seed": seed,
        "mood": mood,
        "theme": theme,
        "colours": colours,
        "glyphs": glyphs,
        "reduced_motion": reduced_motion or None,
        "fps": fps,
        "mouse": False if no_mouse else None,
        "sinks": tuple(sink) if sink else None,
        "mirror": mirror,
        "metrics": metrics,
        "record": record,
        "journal": False if no_journal else None,
        "connect_timeout_s": read_duration_s("--connect-timeout", connect_timeout),
        **paper_flags(paper=paper, latency=paper_latency, stock=paper_stock),
    }
    for_s = read_duration_s("--for", for_time)
    signals = count_of(count, once=once)
    emitted = emitted_of(split_names(emit)) if emit else None
    view = view_flags(layout, figure, sort, span, filter_text, mute, common=common)

    return start_watch(
        symbols,
        flags,
        sim=sim,
        config=config,
        output=output,
        emit=emitted,
        for_s=for_s,
        count=signals,
        view=view,
        quiet=quiet,
        verbose=verbose,
        debug=debug,
    )


def output_of(flags: OutputFlags) -> Output:
    """Where it goes. Raises SettingsInvalid for flags that contradict each other."""
    surroundings = look_around()
    problem = conflict(flags, stdout_tty=surroundings.stdout_tty)
    if problem:
        raise SettingsInvalid(problem)
    return choose_output(**surroundings._asdict(), flags=flags)


def count_of(count: int | None, *, once: bool) -> int | None:
    """How many signal lines end it. Raises SettingsInvalid."""
    if once and count not in (None, 1):
        raise SettingsInvalid(f"--once is --count 1, and --count {count} says otherwise: keep one")
    if count is not None and not 1 <= count <= _MOST_COUNTED:
        raise SettingsInvalid(f"--count: {count} must be a whole number from 1")
    return 1 if once else count


def emitted_of(names: tuple[str, ...] | None) -> frozenset[str]:
    """Which types of line are wanted. Raises SettingsInvalid."""
    from kairos_tui.settings import nearest, quoted

    for name in names or ():
        if name not in EMITTED:
            near = nearest(name, EMITTED) or f" (there are {', '.join(EMITTED)})"
            raise SettingsInvalid(f"--emit: no line type {quoted(name)}{near}")
    return frozenset(names or ("signal", "venue"))
