"""Look: how the viewer has set the panels: which stand, in what order, over what time, showing which figure;
and what is inspected.

Plain data. After it: view_state carries one, moves change it, kept writes it down.
"""

from typing import Final, Literal, get_args

from msgspec import Struct

from kairos_tui.market import Venue

Figure = Literal["net", "gross", "size", "age"]
"""What a cell of the matrix shows."""
FIGURES: Final[tuple[Figure, ...]] = get_args(Figure)

Order = Literal["given", "edge", "bid", "ask", "spread", "ticks", "latency", "age"]
"""What the venues are ranked by; `given` is the order in which they were asked for."""
ORDERS: Final[tuple[Order, ...]] = get_args(Order)

SPANS_S: Final = (30, 60, 300, 900, 3600)
"""Seconds that the plot and the timeline look back."""


def span_label(span_s: int) -> str:
    """As it is typed: `30s`, `1m`, `5m`, `1h`."""
    if span_s < 60:
        return f"{span_s}s"
    return f"{span_s // 60}m" if span_s < 3600 else f"{span_s // 3600}h"


def span_words(span_s: int) -> str:
    """`30 s`, `60 s`, `5 min`, `1 h`."""
    if span_s < 120:
        return f"{span_s} s"
    return f"{span_s // 60} min" if span_s < 3600 else f"{span_s // 3600} h"


class Look(Struct):
    """`layout` counts layouts from 0; `reversed` turns the order round: worst first.
    `common` shows prices of all quotes in the first one. `muted` venues are seen, and no more.
    """

    layout: int = 0
    figure: Figure = "net"
    order: Order = "given"
    reversed: bool = False
    span_s: int = 60
    common: bool = False
    muted: tuple[Venue, ...] = ()


class Explaining(Struct, frozen=True):
    """Which number is explained, of the header or of the panel in focus; the count goes round."""

    header: bool = False
    place: int = 0


SAID_S: Final = 2.0
"""How long the name of what was turned to is said."""


class Glow(Struct, frozen=True):
    """Cells of the matrix, buy and sell, that glow: they changed while the view was frozen."""

    cells: frozenset[tuple[Venue, Venue]] = frozenset()
    since_ns: int = 0


NO_GLOW: Final = Glow()


class Target(Struct, frozen=True):
    """What the inspect panel speaks of: a route, a venue (`sell` None) or a card (`card`)."""

    buy: Venue | None = None
    sell: Venue | None = None
    card: str | None = None
