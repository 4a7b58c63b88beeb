"""ReplayPlan: what is played, from where to where, with which settings changed. Headers -> an engine's plan.

Before it: cli, through replay. After it: player. Pure.
"""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from kairos_tui.journal import Header
from kairos_tui.market import PaperTerms, Shard, Symbol, Thresholds, Venue
from kairos_tui.runtime.engine_plan import EnginePlan
from kairos_tui.settings import Settings


class ReplayPlan(msgspec.Struct, frozen=True):
    """`speed` 0 = as fast as it goes. `from_ns`, `to_ns` on the recording's monotonic clock; None: its ends.

    What is not None of the rest replaces the recording's own: a back-test. `paper`: signals are followed.
    """

    path: str
    run: str | None = None
    speed: float = 1.0
    from_ns: int | None = None
    to_ns: int | None = None
    venues: tuple[Venue, ...] | None = None
    min_net_bps: float | None = None
    max_notional: float | None = None
    reaction_ms: int | None = None
    paper: PaperTerms | None = None


def thresholds_of(plan: ReplayPlan, recorded: Thresholds) -> Thresholds:
    """As recorded but for what is changed; a signal never closes above the level it opens at."""
    opens = recorded.min_net_bps if plan.min_net_bps is None else plan.min_net_bps
    return replace(
        recorded,
        min_net_bps=opens,
        close_net_bps=min(recorded.close_net_bps, opens),
        max_notional=recorded.max_notional if plan.max_notional is None else plan.max_notional,
        reaction_ms=recorded.reaction_ms if plan.reaction_ms is None else plan.reaction_ms,
    )


def venues_of(plan: ReplayPlan, header: Header) -> tuple[Venue, ...]:
    """Those recorded, or fewer."""
    return header.venues if plan.venues is None else plan.venues


def changes(plan: ReplayPlan, header: Header) -> tuple[str, ...]:
    """What differs from the recording, `min_net_bps 2 -> 0`; nothing: it is no back-test."""
    before, after = header.thresholds, thresholds_of(plan, header.thresholds)
    said = [
        f"{name} {getattr(before, name):g} -> {getattr(after, name):g}"
        for name in ("min_net_bps", "close_net_bps", "max_notional", "reaction_ms")
        if getattr(before, name) != getattr(after, name)
    ]
    venues = venues_of(plan, header)
    return (*said, f"venues {','.join(venues)}") if venues != header.venues else tuple(said)


def symbols_of(headers: Sequence[Header]) -> tuple[Symbol, ...]:
    """Everything that was priced in a run, whichever of its engines did."""
    return tuple(dict.fromkeys(symbol for header in headers for symbol in header.symbols))


def recorded_settings(settings: Settings, plan: ReplayPlan, headers: Sequence[Header]) -> Settings:
    """These settings of looks and outlets, and what was recorded, or is changed, of all that decides."""
    first = headers[0]
    there = thresholds_of(plan, first.thresholds)
    return replace(
        settings,
        venues=venues_of(plan, first),
        venue={},
        engines=1,
        record="",
        journal=False,
        min_net_bps=there.min_net_bps,
        close_net_bps=there.close_net_bps,
        dwell_ms=there.dwell_ms,
        max_notional=there.max_notional,
        max_age_ms=there.max_age_ms or 0,
        max_asynchrony_ms=there.max_asynchrony_ms,
        depeg_bps=there.depeg_bps,
        haircut_bps=there.haircut_bps,
        reaction_ms=there.reaction_ms,
    )


def engine_plan(plan: ReplayPlan, headers: Sequence[Header], *, epoch: int) -> EnginePlan:
    """One engine that does what these of one run did together: it speaks for every stream."""
    first, symbols = headers[0], symbols_of(headers)
    needed = dict.fromkeys(symbol for header in headers for symbol in header.conversions)
    conversions = tuple(symbol for symbol in needed if symbol not in symbols)
    return EnginePlan(
        run=first.run,
        epoch=epoch,
        feed="replay",
        ticks="",
        signals="",
        shard=Shard(symbols=symbols, conversions=conversions),
        venues=venues_of(plan, first),
        thresholds=thresholds_of(plan, first.thresholds),
        boards_per_s=1,
        mood=first.mood,
        seed=first.seed,
        paper=plan.paper,
        obeys_open_at=plan.min_net_bps is None,
    )


class Life(msgspec.Struct, frozen=True):
    """From when on what is recorded is of this engine, or of these engines together.

    `anew`: it had nothing but what came since. Else recording was taken up again, with a checkpoint.
    """

    from_ns: int
    headers: tuple[Header, ...]
    anew: bool = True


def lives(headers: Sequence[Header]) -> list[Life]:
    """In order of time. An engine that was restarted began anew; of several the others went on."""
    ordered = sorted(headers, key=lambda header: (header.started_ns, header.engine))
    if len({header.engine for header in ordered}) > 1:
        starts = dict.fromkeys(header.started_ns for header in ordered)
        return [Life(at_ns, tuple(ordered), anew=not place) for place, at_ns in enumerate(starts)]
    found: list[Life] = []
    for header in ordered:
        before = found[-1].headers[0] if found else None
        if before is None or before.started_ns != header.started_ns:
            found.append(Life(header.started_ns, (header,), before is None or before.epoch != header.epoch))
    return found
