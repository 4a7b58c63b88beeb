"""Class facts: what is known of a ccxt class before its venue was asked: proof, decoder, fee.

Before it: the table of dialects, and ccxt's own description of the class. After it: `kairos venues`. It loads
the plain classes of ccxt, in half the time of the streaming ones.
"""

from collections.abc import Mapping
from typing import Any, Literal

import ccxt
from msgspec import Struct

from kairos_tui.feeds.dialects.table import dialect_of
from kairos_tui.feeds.fees import SIDES, charged_in, class_fee, fees_of
from kairos_tui.feeds.venue_facts import FEE_SIDES, OLD_FEES
from kairos_tui.market import FeeCharged, Fees, Proof

ChargedFrom = Literal["config", "ccxt", "settlement", "venue", "assumed"]
"""Who says what a fee is charged in: the user; ccxt; a contract's settlement; the venue's own
documentation; nobody, so it is the quote."""

PROOFS = {
    "binance": Proof.SEQUENCE,
    "binanceus": Proof.SEQUENCE,
    "binanceusdm": Proof.SEQUENCE,
    "bitfinex": Proof.CHECKSUM,
    "bitget": Proof.CHECKSUM,
    "bitstamp": Proof.SNAPSHOT,
    "bybit": Proof.SEQUENCE,
    "coinbase": Proof.SEQUENCE,
    "gate": Proof.SEQUENCE,
    "kraken": Proof.CHECKSUM,
    "kucoin": Proof.SEQUENCE,
    "myokx": Proof.SEQUENCE,
    "okx": Proof.SEQUENCE,
    "okxus": Proof.SEQUENCE,
}
"""ccxt class -> the proof that its dialect gives a running book. A single book says its own."""


class ClassFacts(Struct, frozen=True):
    """`decoder` is None where ccxt decodes, which proves nothing; `fees` where ccxt has no fee of the class.

    `fee_read` is when: `now`, or the version of ccxt that states it; None without a fee.
    `charged` is what the fee is in, also of an unknown fee, and `charged_from` who says so.
    """

    proof: Proof
    decoder: str | None
    fees: Fees | None
    fee_read: str | None
    charged: FeeCharged
    charged_from: ChargedFrom


def class_facts(
    ccxt_class: str, *, taker_bps: float | None, fee_currency: FeeCharged | None, now_us: int
) -> ClassFacts:
    """Of a class that ccxt has; `taker_bps` and `fee_currency` are the user's overrides."""
    dialect = dialect_of(ccxt_class)
    own = _own_fee(getattr(ccxt, ccxt_class)())
    fee_side = FEE_SIDES.get(ccxt_class)
    fees = fees_of(
        own,
        taker_bps=taker_bps,
        default=own.get("taker"),
        now_us=now_us,
        charged=fee_currency,
        fee_side=fee_side,
    )
    return ClassFacts(
        proof=PROOFS.get(ccxt_class, Proof.UNPROVEN),
        decoder=None if dialect is None else type(dialect).__module__.rpartition(".")[2],
        fees=fees,
        fee_read=None if fees is None else _read(fees),
        charged=fee_currency or charged_in(own, fee_side),
        charged_from=charged_from(own, fee_currency, ccxt_class),
    )


def charged_from(market: Mapping[str, Any], fee_currency: FeeCharged | None, ccxt_class: str) -> ChargedFrom:
    """`market` is ccxt's, or the class's own entry for its fee, which ccxt copies into every market."""
    if fee_currency is not None:
        return "config"
    if market.get("contract"):
        return "settlement"
    if market.get("feeSide") in SIDES:
        return "ccxt"
    return "venue" if ccxt_class in FEE_SIDES else "assumed"


def _own_fee(exchange: ccxt.Exchange) -> dict[str, Any]:
    """Of spot, or of contracts where it has nothing else; without a taker where that would be wrong."""
    has = exchange.has
    is_contract = not has.get("spot") and bool(has.get("swap") or has.get("future"))
    own = {**class_fee(exchange.fees, contract=is_contract), "contract": is_contract}
    return own if exchange.id not in OLD_FEES else {**own, "taker": None}


def _read(fees: Fees) -> str:
    return "now" if fees.source == "config" else f"ccxt {ccxt.__version__}"
