"""bench_e2e_naive: the stack that everybody writes first, to measure ours against.

`await watch_*` loops -> JSON dicts over zmq.asyncio -> an engine that prices every pair of venues again on
each tick, in a dict of dicts -> JSON over zmq.asyncio. Gates, sizes, books, proofs: none.
Before it: bench_e2e_stage, which starts one process for each role with its orders on the command line.
"""

import asyncio
import itertools
import signal
import sys
from typing import Any

import msgspec
from msgspec import Struct

from kairos_tui.runtime.child import die_with_parent

_TOLD_EVERY = 100


class NaiveIngest(Struct, frozen=True, tag="ingest"):
    """One venue's watch loop."""

    venue: str
    symbols: list[str]
    origin: tuple[str, str]
    ticks: str


class NaiveEngine(Struct, frozen=True, tag="engine"):
    """Opens a signal above one edge, closes it below the other, in bps."""

    ticks: str
    signals: str
    open_bps: float
    close_bps: float


Order = NaiveIngest | NaiveEngine


async def ingest(order: NaiveIngest) -> None:
    """Every ticker that comes, on to the engine."""
    from kairos_tui.feeds.bench_watch import watch_forever
    from kairos_tui.feeds.origins import Origins
    from kairos_tui.wire.bench_json import JsonEnd

    end = JsonEnd("PUSH", order.ticks)

    async def told(ticker: dict[str, Any]) -> None:
        await end.send({**ticker, "venue": order.venue, "info": None})

    await watch_forever(order.symbols, Origins(*order.origin), told)


async def engine(order: NaiveEngine) -> None:
    """Every pair of venues anew on each tick."""
    from kairos_tui.wire.bench_json import JsonEnd

    ticks, signals = JsonEnd("PULL", order.ticks), JsonEnd("PUB", order.signals)
    books: dict[str, dict[str, dict[str, Any]]] = {}
    standing: set[tuple[str, str, str]] = set()
    for seen in itertools.count(1):
        tick = await ticks.receive()
        venues = books.setdefault(tick["symbol"], {})
        venues[tick["venue"]] = tick
        for buy, sell in itertools.permutations(venues, 2):
            net_bps = (venues[sell]["bid"] / venues[buy]["ask"] - 1) * 10_000
            route = (tick["symbol"], buy, sell)
            if (net_bps >= order.open_bps) != (route in standing) and not (
                route in standing and net_bps >= order.close_bps
            ):
                standing ^= {route}
                await signals.send({"route": route, "net_bps": net_bps, "price": venues[sell]["bid"]})
        if seen % _TOLD_EVERY == 0:
            await signals.send({"seen": seen})


def main() -> None:
    """Enter one of the processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(signal.SIGKILL)
    order = msgspec.json.decode(sys.argv[1], type=Order)
    asyncio.run(ingest(order) if isinstance(order, NaiveIngest) else engine(order))


if __name__ == "__main__":
    main()
