"""The table names a dialect for each verified class, and loads no other venue's module."""

import sys
from subprocess import run

import pytest

from kairos_tui.feeds.dialects.dialect import Market
from kairos_tui.feeds.dialects.table import VERIFIED, dialect_of
from kairos_tui.market import Symbol


@pytest.mark.parametrize("ccxt_class", sorted(VERIFIED))
def test_every_verified_class_has_a_dialect_of_its_own_for_each_connection(ccxt_class):
    dialect, other = dialect_of(ccxt_class), dialect_of(ccxt_class)
    assert dialect is not None
    assert dialect is not other
    dialect.open(Market(Symbol("BTC/USDT"), "BTCUSDT"), 10)
    assert dialect.take('{"event": "pong"}') in (None, ())


def test_other_classes_are_ccxt_s():
    assert dialect_of("gemini") is None


def test_a_worker_loads_only_its_own_venue():
    """In a process of its own, so that nothing is loaded before."""
    code = (
        "import sys; from kairos_tui.feeds.dialects.table import dialect_of; dialect_of('okx');"
        "print(*sorted(name.rpartition('.')[2] for name in sys.modules if '.dialects.' in name))"
    )
    loaded = run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "okx" in loaded
    assert not {"binance", "bybit", "kucoin", "gate", "kraken", "coinbase"} & set(loaded)
