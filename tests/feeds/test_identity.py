"""What a venue says of a coin beside its ticker, in the shapes in which ccxt hands it on."""

import pytest

from kairos_tui.feeds.identity import evidence_of

TETHER = "0xdAC17F958D2ee523a2206206994597C13D831ec7"
ON_BSC = "0x55d398326f99059fF775485246999027B3197955"
ON_TRON = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
ON_SUI = "0x06864a6f921804860930db6ddbe2e16acdf8504495ea7481637a1c8b9a8fe54b::cetus::CETUS"

KUCOIN = {
    "id": "USDT",
    "code": "USDT",
    "name": "Tether",
    "info": {"currency": "USDT", "fullName": "Tether"},
    "networks": {
        "ERC20": {"id": "eth", "info": {"chainId": "eth", "contractAddress": TETHER}},
        "TRC20": {"id": "trx", "info": {"chainId": "trx", "contractAddress": ON_TRON}},
        "BTC": {"id": "btc", "info": {"chainId": "btc", "contractAddress": ""}},
    },
}
GATE = {
    "id": "USDT",
    "code": "USDT",
    "name": "Tether",
    "info": {"currency": "USDT"},
    "networks": {
        "ERC20": {"id": "ETH", "info": {"name": "ETH", "addr": TETHER}},
        "BEP20": {"id": "BSC", "info": {"name": "BSC", "addr": ON_BSC}},
    },
}
BITGET = {
    "id": "USDT",
    "code": "USDT",
    "name": None,
    "info": {"coin": "USDT"},
    "networks": {
        "ERC20": {"info": {"chain": "ERC20", "contractAddress": TETHER.lower()}},
        "BSC": {"info": {"chain": "BEP20", "contractAddress": ON_BSC}},
        "ETH": {"info": {"chain": "ETH", "contractAddress": None}},
    },
}
OKX = {
    "id": "USDT",
    "code": "USDT",
    "name": "Tether",
    "info": [{"ccy": "USDT", "chain": "USDT-ERC20"}],
    "networks": {
        "ERC20": {"info": {"chain": "USDT-ERC20", "ctAddr": "831ec7"}},
        "TRC20": {"info": {"chain": "USDT-TRC20", "ctAddr": ON_TRON}},
    },
}
KRAKEN = {
    "id": "XXBT",
    "code": "BTC",
    "name": "XBT",
    "info": {"altname": "XBT", "aclass": "currency"},
    "networks": {},
}


@pytest.mark.parametrize(
    ("currency", "name", "networks"),
    [
        (KUCOIN, "Tether", {"ERC20": TETHER.lower(), "TRC20": ON_TRON.lower()}),
        (GATE, "Tether", {"ERC20": TETHER.lower(), "BEP20": ON_BSC.lower()}),
        (BITGET, None, {"ERC20": TETHER.lower(), "BEP20": ON_BSC.lower()}),
        (OKX, "Tether", {"TRC20": ON_TRON.lower()}),
        (KRAKEN, None, {}),
    ],
    ids=["kucoin", "gate", "bitget", "okx", "kraken"],
)
def test_each_venue_says_it_in_its_own_shape(currency, name, networks):
    assert evidence_of(currency) == (name, networks)


@pytest.mark.parametrize(
    "currency", [None, {}, [], {"name": 7, "networks": []}, {"networks": {"ERC20": None}}]
)
def test_what_is_not_said_is_no_evidence(currency):
    assert evidence_of(currency) == (None, {})


@pytest.mark.parametrize(
    "address",
    [
        "",
        "native",
        "0x" + "0" * 40,
        "0x" + "e" * 40,
        "0x" + "Ee" * 20,
        "1" * 32,
        "abcdef",
        "0x12",
        7,
        None,
        "no address",
    ],
)
def test_what_is_no_address_is_no_evidence(address):
    networks = {"ERC20": {"info": {"contractAddress": address}}}
    assert evidence_of({"code": "X", "networks": networks}) == (None, {})


def test_an_address_with_a_module_is_one():
    networks = {"SUI": {"info": {"contractAddress": ON_SUI}}}
    assert evidence_of({"code": "CETUS", "networks": networks})[1] == {"SUI": ON_SUI.lower()}


@pytest.mark.parametrize("name", ["BTC", "btc", " ", "", "Bit\x1b[2Jcoin", "B" * 65])
def test_a_name_that_is_a_ticker_or_unprintable_says_nothing(name):
    assert evidence_of({"code": "BTC", "id": "BTC", "name": name}) == (None, {})
