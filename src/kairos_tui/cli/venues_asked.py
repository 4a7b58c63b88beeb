"""venues_asked: `kairos venues --ask`. What venues answer over REST, as two tables or as one JSON array.

Before it: venues. Behind it: runtime's survey.
"""

import json
from time import time_ns
from typing import Any

from kairos_tui.cli.say import say, say_rows
from kairos_tui.cli.venues_known import bps
from kairos_tui.errors import NoVenueReachable
from kairos_tui.market import FeedKind, Fees, Instrument, Symbol
from kairos_tui.runtime.survey import Answer, Survey, ask_venues
from kairos_tui.settings import Loaded

_VENUE_TITLES = ("VENUE", "CLASS", "CLOCK", "REST")
_SYMBOL_TITLES = (
    "VENUE",
    "SYMBOL",
    "MARKET",
    "KIND",
    "TAKER FEE",
    "READ",
    "CHARGED IN",
    "LOT",
    "PRICE STEP",
    "MIN SIZE",
    "MIN COST",
    "COIN, OR WHY NOT",
)


def say_asked(loaded: Loaded, symbols: tuple[Symbol, ...], *, sim: bool, as_json: bool) -> None:
    """Ask and print. Raises NoVenueReachable, behind the rows with the reasons, when none answered."""
    surveys = ask_venues(loaded.settings, symbols, sim=sim)
    feed: FeedKind = "sim" if sim or loaded.settings.is_simulated else "live"
    rows = [_row(loaded, survey, feed) for survey in surveys]
    if as_json:
        say(json.dumps(rows, indent=2))
    else:
        _say_tables(rows)
    if all(survey.problem for survey in surveys):
        raise NoVenueReachable("none of the venues answered over REST")


def _row(loaded: Loaded, survey: Survey, feed: FeedKind) -> dict[str, Any]:
    """One venue; the keys are those of `--json`."""
    fee_from = loaded.origins.get(f"venue.{survey.venue}.taker_bps", "ccxt")
    return {
        "venue": survey.venue,
        "ccxt_class": loaded.settings.ccxt_class(survey.venue),
        "feed": feed,
        "answered": survey.problem is None,
        "problem": survey.problem,
        "took_ms": round(survey.took_us / 1_000),
        "markets": survey.markets,
        "clock_offset_us": survey.clock_offset_us,
        "clock_uncertainty_us": survey.clock_uncertainty_us,
        "clock_problem": survey.clock_problem,
        "symbols": [_symbol_row(answer, fee_from) for answer in survey.answers],
    }


def _symbol_row(answer: Answer, fee_from: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "symbol": answer.symbol,
        "listed": answer.listed,
        "problem": answer.problem,
        "nearest": list(answer.nearest),
    }
    if answer.listing is not None:
        row |= _fee_of(answer.listing.fees) | {"fee_from": fee_from, "charged_from": answer.charged_from}
        row |= _market_of(answer.listing.instrument)
    return row


def _fee_of(fees: Fees) -> dict[str, Any]:
    return {
        "taker_bps": bps(fees.taker),
        "fee_source": fees.source,
        "fee_as_of_us": fees.as_of_us,
        "fee_age_us": max(0, time_ns() // 1_000 - fees.as_of_us),
        "charged_in": fees.charged,
    }


def _market_of(instrument: Instrument) -> dict[str, Any]:
    """What the venue does not state is null."""
    return {
        "market_id": instrument.market_id,
        "active": instrument.active,
        "kind": instrument.kind,
        "contract_size": instrument.contract_size,
        "multiplier": instrument.multiplier,
        "lot": instrument.lot or None,
        "price_step": instrument.price_step or None,
        "min_size": instrument.min_size or None,
        "min_cost": instrument.min_cost or None,
        "max_size": instrument.max_size,
        "coin_name": instrument.name,
        "networks": instrument.networks,
        "confirmed": instrument.confirmed,
    }


def _say_tables(rows: list[dict[str, Any]]) -> None:
    say_rows([_VENUE_TITLES, *map(_venue_cells, rows)])
    cells = [_symbol_cells(row["venue"], at) for row in rows for at in row["symbols"]]
    if cells:
        say("")
        say_rows([_SYMBOL_TITLES, *cells])


def _venue_cells(row: dict[str, Any]) -> tuple[str, ...]:
    plural = "market" if row["markets"] == 1 else "markets"
    sim = "sim: " if row["feed"] == "sim" else ""
    rest = f"{sim}{row['markets']} {plural} in {row['took_ms'] / 1_000:.1f} s"
    return row["venue"], row["ccxt_class"], _clock(row), rest if row["answered"] else f"no: {row['problem']}"


def _clock(row: dict[str, Any]) -> str:
    if row["clock_offset_us"] is None:
        return row["clock_problem"] or "not asked"
    return f"{round(row['clock_offset_us'] / 1_000):+} ± {row['clock_uncertainty_us'] / 1_000:.0f} ms"


def _symbol_cells(venue: str, at: dict[str, Any]) -> tuple[str, ...]:
    if "kind" not in at:
        near = f" (nearest: {', '.join(at['nearest'])})" if at["nearest"] else ""
        return venue, at["symbol"], *["-"] * (len(_SYMBOL_TITLES) - 3), f"{at['problem']}{near}"
    return (
        venue,
        at["symbol"],
        at["market_id"],
        _kind(at),
        f"{at['fee_source']} {at['taker_bps']:g} bps",
        f"{at['fee_age_us'] / 1e6:.1f} s ago",
        f"{at['charged_in']} ({at['charged_from']})",
        *(_plain(at[name]) for name in ("lot", "price_step", "min_size", "min_cost")),
        _coin(at),
    )


def _kind(at: dict[str, Any]) -> str:
    size = "" if at["kind"] == "spot" else f", contract of {_plain(at['contract_size'])}"
    counted = "" if at["multiplier"] == 1.0 else f", counted by {_plain(at['multiplier'])}"
    return f"{at['kind']}{size}{counted}"


def _coin(at: dict[str, Any]) -> str:
    """What the venue says of the coin, and what keeps the market from being used."""
    said = [at["coin_name"], *(f"{network} {address}" for network, address in at["networks"].items())]
    said += ["not active" if not at["active"] else None, "confirmed" if at["confirmed"] else None]
    return ", ".join(word for word in said if word) or "-"


def _plain(number: float | None) -> str:
    """Steps as people write them: 0.00001, not 1e-05."""
    return "-" if number is None else f"{number:.12f}".rstrip("0").rstrip(".")
