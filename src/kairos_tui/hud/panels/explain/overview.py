"""The header's figures: is it alive, how much comes, what was lost, how fast, and what the HUD itself costs.

Before it: explained, gauges. After it: subjects.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.panels.explain.aftermath import of_run
from kairos_tui.hud.panels.explain.explained import Explained
from kairos_tui.hud.panels.explain.place import of_replay
from kairos_tui.hud.view_state import View
from kairos_tui.market import Rates


def header(view: View) -> tuple[Explained, ...]:
    """Every figure of the header, from left to right; those of the engine only once it has spoken."""
    calm = view.live.calm
    engine = _engine(view, calm.rates) if calm is not None else ()
    first = (*of_replay(view), _venues(view))
    return (*first, *of_run(view), *engine, *_own(view), _clock(view))


def _venues(view: View) -> Explained:
    live, of = view.live_venues()
    feed = {"live": "live exchanges", "sim": "simulated exchanges", "replay": "a recording"}
    return Explained(
        "VENUES",
        view.feed,
        f"{live}/{of}",
        f"Venues whose book of this symbol may be traded on now, of those watched, on {feed[view.feed]}. The"
        " others are in no sum and in no route.",
        age=f"the board that is shown, {numbers.span(view.silence_us)} old; silent from 1 s on",
        source="every feed's own word, and the engine's gates",
    )


def _engine(view: View, rates: Rates) -> tuple[Explained, ...]:
    left = rates.offered - rates.used - rates.conflated - rates.rejected - rates.lost - rates.standby
    ledger = f"{rates.offered:,} offered = {rates.used:,} used + {rates.conflated:,} conflated"
    standby = f" + {rates.standby:,} standing by" if rates.standby else ""
    ledger += f" + {rates.rejected:,} rejected + {rates.lost:,} lost{standby} + {max(0, left):,} in flight"
    return (
        Explained(
            "T/S",
            "engine",
            f"{numbers.compact(rates.ticks_per_s)} t/s",
            "Ticks a second that the engine took in, of all venues and symbols.",
            "ticks of the last seconds ÷ those seconds",
            unit="ticks a second",
            source=ledger,
        ),
        Explained(
            "SIGNALS",
            "engine",
            f"{view.signals:,}",
            "Signals that opened in this run, restarts of the engine included. None is ever sampled away.",
            source="the engine's own count",
        ),
        Explained(
            "LOST, DROP",
            "engine",
            f"lost {rates.lost:,} drop {rates.dropped:,}",
            "Ticks that never reached the engine, by their numbers; and messages that a reader was too slow"
            " for. Both are told wherever they matter.",
            "lost = ticks offered by the feeds − everything accounted for",
            source=ledger,
        ),
        Explained(
            "TICK TO DECISION",
            "engine",
            f"{numbers.latency(rates.latency_p50_us)} p99 {numbers.latency(rates.latency_p99_us)}",
            "From reading a message off its socket until the engine decides on it: the median, then the"
            " slowest of a hundred. ◆ under 2 ms, ◇ to 3 ms, ▲ over 3 ms. PERF has it stage by stage.",
            "decided − received, over the last few seconds",
            source="stamps of each tick, by one monotonic clock; what the exchange took is not in it",
        ),
    )


def _own(view: View) -> tuple[Explained, ...]:
    gauges = view.gauges
    slow = f" The terminal takes {gauges.out_kb_s:.0f} kB/s and is behind: frames are left out, none is late."
    return (
        Explained(
            "FPS",
            "this HUD",
            f"{gauges.fps:.0f} fps",
            "Frames drawn in the last second. Nothing is drawn when nothing has changed."
            + (slow if gauges.skipping else ""),
            unit="frames a second",
            source=f"{gauges.skipped:,} frames since start were left out for a slow terminal",
        ),
        Explained(
            "FRAME",
            "this HUD",
            f"{gauges.frame_ms:.1f} ms",
            "Processor time of this process for each frame drawn, all its other work included.",
            "processor time of the last second ÷ frames of it",
            unit="ms of one core",
            source="this process's own clock of processor time",
        ),
        Explained(
            "LAG",
            "this HUD",
            f"{gauges.lag_p99_ms:.0f} ms",
            "How late this process's event loop ran what was due: the slowest of a hundred. A key waits so"
            " long at worst.",
            "the moment a timer fired − the moment it was due, over 20 s",
            unit="ms",
            source="a timer of its own",
        ),
    )


def _clock(view: View) -> Explained:
    return Explained(
        "CLOCK",
        "this machine",
        f"{numbers.clock_s(view.now_us)}Z",
        "The wall clock, UTC. No age, lifetime or latency is computed with it: those use the"
        " monotonic clock.",
        source="the operating system",
    )
