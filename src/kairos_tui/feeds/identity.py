"""Identity: what a venue says of a coin beside its ticker: a name, and its contract address per network.

Before it: ccxt's currency entry, which few venues fill without a key. After it: listings, and the engine.
What is not surely a name or an address is left out: no evidence is better than false evidence.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

ADDRESS_KEYS = ("contractAddress", "addr", "ctAddr", "contract_address", "contract")
"""kucoin and bitget, gate, okx, and others."""

ADDRESS = re.compile(r"0x[0-9a-fA-F]{40,64}(?:::\w+)*|[1-9A-HJ-NP-Za-km-z]{32,44}|[\w-]{48}")
"""Hexadecimal with or without a module, base58, or TON's. Whole: some venues show the last letters only."""

NOBODY = re.compile(r"0x(?:0+|[eE]+)|1{32,44}")
"""What stands for a network's own coin."""

NETWORKS = {
    "ETH": "ERC20",
    "BSC": "BEP20",
    "TRX": "TRC20",
    "SPL": "SOL",
    "SOLANA": "SOL",
    "POLYGON": "MATIC",
    "POL": "MATIC",
    "OPTIMISM": "OP",
    "ARBITRUMONE": "ARBITRUM",
    "ARBONE": "ARBITRUM",
    "C-CHAIN": "AVAXC",
    "BASEEVM": "BASE",
}
"""Where ccxt's classes call one network by several names: the one that most of them use."""

LONGEST_NAME = 64


def evidence_of(currency: Mapping[str, Any] | None) -> tuple[str | None, dict[str, str]]:
    """(name, network -> contract address, lower case) of ccxt's entry for a coin; (None, {}) without one."""
    if not isinstance(currency, Mapping):
        return None, {}
    networks = currency.get("networks")
    return _name_in(currency), dict(_addresses_in(networks if isinstance(networks, Mapping) else {}))


def _name_in(currency: Mapping[str, Any]) -> str | None:
    """kraken, and others for some coins, repeat the ticker: that says nothing."""
    info = currency.get("info")
    altname = info.get("altname") if isinstance(info, Mapping) else None
    tickers = {str(ticker).lower() for ticker in (currency.get("code"), currency.get("id"), altname)}
    name = currency.get("name")
    if not isinstance(name, str) or not name.isprintable() or not 0 < len(name.strip()) <= LONGEST_NAME:
        return None
    return None if name.strip().lower() in tickers else name.strip()


def _addresses_in(networks: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for code, network in networks.items():
        info = network.get("info") if isinstance(network, Mapping) else None
        address = _address_in(info) if isinstance(info, Mapping) else None
        if address is not None:
            known = str(code).upper()
            yield NETWORKS.get(known, known), address


def _address_in(info: Mapping[str, Any]) -> str | None:
    said = (info.get(key) for key in ADDRESS_KEYS)
    address = next((text.strip() for text in said if isinstance(text, str) and text.strip()), "")
    if ADDRESS.fullmatch(address) is None or NOBODY.fullmatch(address) is not None:
        return None
    return address.lower()
