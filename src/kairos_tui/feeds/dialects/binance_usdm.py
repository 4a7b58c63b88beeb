"""Binance USD-M futures: as spot, but each update names in `pu` the one before it.

Ids jump, because they are counted across markets. Source: developers.binance.com, USD-M futures, "How to
manage a local order book correctly".
"""

from typing import Any, ClassVar

from msgspec import Struct, field
from msgspec.json import Decoder

from kairos_tui.feeds.dialects.binance import Binance
from kairos_tui.market import Level


class FuturesUpdate(Struct, frozen=True, gc=False):
    """`depthUpdate`."""

    market_id: str = field(name="s")
    first_id: int = field(name="U")
    update_id: int = field(name="u")
    previous_id: int = field(name="pu")
    timestamp_ms: int = field(name="E")
    bids: list[Level] = field(name="b")
    asks: list[Level] = field(name="a")

    def is_old(self, held: int, *, is_first: bool) -> bool:
        return self.update_id < held if is_first else self.update_id <= held

    def follows(self, held: int, *, is_first: bool) -> bool:
        return self.previous_id == held or (is_first and self.first_id <= held)

    def gap_after(self, held: int) -> str:
        return f"update after {self.previous_id} follows {held}"

    def rows_after(self, held: int) -> tuple[list[Level], list[Level]]:
        return self.bids, self.asks


class BinanceUsdm(Binance):
    """USD-M futures."""

    _updates: ClassVar[Decoder[Any]] = Decoder(FuturesUpdate, strict=False)
    _snapshot_method: ClassVar[str] = "fapiPublicGetDepth"
