"""Placement: which cores each role may use, from how many there are and how many workers want one. Pure.

Before it: cores, which asks the machine. After it: cast and spawn, which hold the roles to it. On two cores
nothing is pinned: whoever is awake needs what is free. From four on the engine has a core of its own: no
HUD's frame and no sink's retry stands between a tick and its decision. With cores enough each worker has
one too.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from msgspec import Struct

from kairos_tui.market import numbers_of

LEAST_CORES: Final = 4
_LEFT_FOR_OTHERS: Final = 2
"""HUD and JSON lines, beside sinks and the mirror."""

Cores = tuple[int, ...]
"""Processors as the kernel numbers them, lowest first; empty = any."""


class Placement(Struct, frozen=True):
    """`ingest` are taken in turn by the workers; `others` hold everything else, the launcher included."""

    engines: tuple[Cores, ...] = ((),)
    ingest: tuple[Cores, ...] = ((),)
    others: Cores = ()

    def of_worker(self, number: int) -> Cores:
        """What the worker of that number, from 0, may use."""
        return self.ingest[number % len(self.ingest)]

    def of_engine(self, number: int) -> Cores:
        """What the engine of that number, from 0, may use."""
        return self.engines[number % len(self.engines)]

    def said(self) -> str:
        """`engine on 3, workers on 0-2, others on 0-2`."""
        if self == ANYWHERE:
            return "no process is pinned"
        engines, workers = (", ".join(map(numbers_of, cores)) for cores in (self.engines, self.ingest))
        name = "engine" if len(self.engines) == 1 else "engines"
        return f"{name} on {engines}, workers on {workers}, others on {numbers_of(self.others)}"


ANYWHERE: Final = Placement()
"""No role is held to any core."""


def place(cores: Sequence[Cores], workers: int, engines: int = 1) -> Placement:
    """Of these usable cores, each given as the processors it shows to the kernel: one, or two that share it.

    The last are the engines', for the first ones are where interrupts go. Workers have one each if two are
    left for the others; else they share with them what is not the engines'. So that three are left for all
    of those, engines share too where they are many.
    """
    if len(cores) < LEAST_CORES:
        return ANYWHERE
    own = min(engines, len(cores) - LEAST_CORES + 1)
    ordered = sorted(cores)
    rest, pricing = ordered[:-own], tuple(reversed(ordered[-own:]))
    shared = len(rest) - workers
    if not workers or shared < _LEFT_FOR_OTHERS:
        return Placement(pricing, (_all_of(rest),), _all_of(rest))
    return Placement(pricing, tuple(reversed(rest[shared:])), _all_of(rest[:shared]))


def _all_of(cores: Sequence[Cores]) -> Cores:
    return tuple(sorted(chain.from_iterable(cores)))
