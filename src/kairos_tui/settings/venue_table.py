"""VenueTable: a `[venue.NAME]` table. Read by: check (bounds), default_toml (sentences), runtime (values)."""

from typing import Annotated

from msgspec import Meta, Struct, field

from kairos_tui.market import FeeCharged
from kairos_tui.settings.addresses import is_loopback


class VenueTable(Struct, frozen=True, kw_only=True):
    """One `[venue.NAME]` table: how this venue differs from what ccxt says of it."""

    ccxt_class: Annotated[
        str | None,
        Meta(description="ccxt.pro id, when the table's name is not one (two accounts)"),
    ] = field(default=None, name="class")
    origin_rest: Annotated[
        str | None,
        Meta(description="scheme://host:port in place of every REST URL's own; paths are kept"),
    ] = None
    origin_ws: Annotated[
        str | None, Meta(description="the same for every WebSocket URL; neither without the other")
    ] = None
    simulated: Annotated[
        bool | None,
        Meta(description="all says sim; when omitted: whether its origin is on this machine's loopback"),
    ] = None
    taker_bps: Annotated[
        Annotated[float, Meta(ge=-100.0, le=1_000.0)] | None,
        Meta(description="overrides the taker fee; every signal shows where a fee came from"),
    ] = None
    fee_currency: Annotated[
        FeeCharged | None,
        Meta(description="what the fee is charged in: quote, base, received (what you buy with it) or token"),
    ] = None
    symbols: Annotated[
        dict[str, str], Meta(description="unified symbol -> this venue's own unified symbol")
    ] = {}
    confirmed: Annotated[
        tuple[str, ...],
        Meta(description="symbols whose coin here you know to be the same as elsewhere"),
    ] = ()
    paper_stock: Annotated[
        Annotated[str, Meta(max_length=4_096)] | None,
        Meta(description="what paper begins with here, in place of the general stock"),
    ] = None

    @property
    def is_simulated(self) -> bool:
        """Whether it is a simulated exchange, as is said here, or as its origin tells."""
        if self.simulated is not None:
            return self.simulated
        return self.origin_rest is not None and is_loopback(self.origin_rest)
