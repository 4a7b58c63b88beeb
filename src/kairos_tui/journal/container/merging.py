"""Merging: several series of entries -> one, in the order of time. Before it: Series. After it: Recording.

One series keeps its order even where its instants do not; of equals the first series goes first.
"""

from collections.abc import Iterable, Iterator, Sequence
from heapq import heapify, heappop, heapreplace
from itertools import chain

from kairos_tui.journal.container.entry import Entry


def merge(series: Sequence[Iterator[list[Entry]]]) -> Iterator[Entry]:
    """Lists of entries, as blocks hold them, to entries one by one."""
    if len(series) == 1:
        return chain.from_iterable(series[0])
    return _merge([chain.from_iterable(each) for each in series])


def _merge(series: Sequence[Iterable[Entry]]) -> Iterator[Entry]:
    heads = []
    for place, each in enumerate(series):
        entries = iter(each)
        first = next(entries, None)
        if first is not None:
            heads.append((first.at_ns, place, first, entries))
    heapify(heads)
    while heads:
        at_ns, place, entry, entries = heads[0]
        yield entry
        after = next(entries, None)
        if after is None:
            heappop(heads)
        else:
            heapreplace(heads, (max(at_ns, after.at_ns), place, after, entries))
