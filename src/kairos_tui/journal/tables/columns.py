"""Columns: the tables of an export, their columns and types. Other people's queries rely on these names.

Before it: nobody. After it: rows, table_files, parquet. docs/journal-tables.md says the same for people.
"""

from typing import Literal

from msgspec import Struct

Kind = Literal["text", "whole", "number", "truth", "time", "levels"]
"""`time` is the ISO-8601 of the column that follows it, epoch us. `levels` are [price, size], best first."""


class Table(Struct, frozen=True):
    """A table by its name; its columns in order."""

    name: str
    columns: tuple[tuple[str, Kind], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Of its columns."""
        return tuple(name for name, _ in self.columns)


_WHEN: tuple[tuple[str, Kind], ...] = (("ts", "time"), ("ts_us", "whole"))

SIGNALS = Table(
    "signals",
    (
        ("run", "text"),
        ("seq", "whole"),
        *_WHEN,
        ("feed", "text"),
        ("id", "text"),
        ("event", "text"),
        ("kind", "text"),
        ("mode", "text"),
        ("asset", "text"),
        ("quote", "text"),
        ("route", "text"),
        ("buy_venue", "text"),
        ("buy_symbol", "text"),
        ("sell_venue", "text"),
        ("sell_symbol", "text"),
        ("size", "number"),
        ("notional", "number"),
        ("profit", "number"),
        ("gross_bps", "number"),
        ("fees_bps", "number"),
        ("net_bps", "number"),
        ("net_top_bps", "number"),
        ("peak_net_bps", "number"),
        ("duration_us", "whole"),
        ("reason", "text"),
        ("asynchrony_us", "whole"),
        ("haircut_bps", "number"),
        ("quote_risk", "truth"),
        ("residue", "number"),
        ("capture_p", "number"),
        ("capture_n", "whole"),
        ("capture_prior", "truth"),
        ("tick_to_signal_us", "whole"),
        ("wire_us", "whole"),
        ("engine_us", "whole"),
    ),
)

LEGS = Table(
    "legs",
    (
        ("run", "text"),
        ("seq", "whole"),
        *_WHEN,
        ("id", "text"),
        ("event", "text"),
        ("leg", "whole"),
        ("venue", "text"),
        ("symbol", "text"),
        ("side", "text"),
        ("price", "number"),
        ("vwap", "number"),
        ("fee_bps", "number"),
        ("fee_source", "text"),
        ("fee_charged", "text"),
        ("size", "number"),
        ("lot", "number"),
        ("age_us", "whole"),
        ("proof", "text"),
        ("levels", "levels"),
    ),
)

MARKOUTS = Table(
    "markouts",
    (
        ("run", "text"),
        ("seq", "whole"),
        *_WHEN,
        ("id", "text"),
        ("horizon_ms", "whole"),
        ("at_us", "whole"),
        ("route", "text"),
        ("size", "number"),
        ("net_bps", "number"),
        ("profit", "number"),
        ("captured", "truth"),
        ("note", "text"),
    ),
)

FILLS = Table(
    "fills",
    (
        ("run", "text"),
        ("seq", "whole"),
        *_WHEN,
        ("id", "text"),
        ("outcome", "text"),
        ("kind", "text"),
        ("mode", "text"),
        ("asset", "text"),
        ("quote", "text"),
        ("buy_venue", "text"),
        ("buy_symbol", "text"),
        ("sell_venue", "text"),
        ("sell_symbol", "text"),
        ("size", "number"),
        ("expected", "number"),
        ("profit", "number"),
        ("latency_us", "whole"),
        ("note", "text"),
    ),
)

VENUES = Table(
    "venues",
    (
        ("run", "text"),
        ("seq", "whole"),
        *_WHEN,
        ("venue", "text"),
        ("symbol", "text"),
        ("state", "text"),
        ("reason", "text"),
        ("since", "time"),
        ("since_us", "whole"),
    ),
)

TICKS = Table(
    "ticks",
    (
        ("run", "text"),
        ("feed", "text"),
        *_WHEN,
        ("arrived_us", "whole"),
        ("venue", "text"),
        ("symbol", "text"),
        ("bid", "number"),
        ("bid_size", "number"),
        ("ask", "number"),
        ("ask_size", "number"),
        ("timestamp_ms", "whole"),
        ("nonce", "whole"),
        ("generation", "whole"),
        ("proof", "text"),
        ("bids", "levels"),
        ("asks", "levels"),
    ),
)

TABLES = (SIGNALS, LEGS, MARKOUTS, FILLS, VENUES, TICKS)
