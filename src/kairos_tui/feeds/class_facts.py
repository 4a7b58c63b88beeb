"""Class facts: what is known of a ccxt class before its venue was asked: proof, decoder, fee.

Before it: the table of dialects, and ccxt's own description of the class. After it: `kairos venues`. It loads
the plain classes of ccxt, in half the time of the streaming ones.
"""

from collections.abc import Mapping
from typing import Any, Literal

import ccxt
from msgspec import Struct

from kairos_tui.feeds.dialects.table import dialect_of
from kairos_tui.feeds.fees import SIDES, charged_in, fees_of
from kairos_tui.market import FeeCharged, Fees, Proof

ChargedFrom = Literal["config", "ccxt", "settlement", "assumed"]
"""Who says what a fee is charged in: the user; ccxt; a contract's settlement; nobody, so it is the quote."""

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

    `charged` is what the fee is in, also of an unknown fee, and `charged_from` who says so.
    """

    proof: Proof
    decoder: str | None
    fees: Fees | None
    charged: FeeCharged
    charged_from: ChargedFrom


def class_facts(
    ccxt_class: str, *, taker_bps: float | None, fee_currency: FeeCharged | None, now_us: int
) -> ClassFacts:
    """Of a class that ccxt has; `taker_bps` and `fee_currency` are the user's overrides."""
    dialect = dialect_of(ccxt_class)
    trading = getattr(ccxt, ccxt_class)().fees.get("trading") or {}
    default = trading.get("taker")
    return ClassFacts(
        proof=PROOFS.get(ccxt_class, Proof.UNPROVEN),
        decoder=None if dialect is None else type(dialect).__module__.rpartition(".")[2],
        fees=fees_of(trading, taker_bps=taker_bps, default=default, now_us=now_us, charged=fee_currency),
        charged=fee_currency or charged_in(trading),
        charged_from=charged_from(trading, fee_currency),
    )


def charged_from(market: Mapping[str, Any], fee_currency: FeeCharged | None) -> ChargedFrom:
    """`market` is ccxt's, or the class's own entry for trading, which ccxt copies into every market."""
    if fee_currency is not None:
        return "config"
    if market.get("contract"):
        return "settlement"
    return "ccxt" if market.get("feeSide") in SIDES else "assumed"
