"""Dialects: which protocol each simulated venue speaks. After them all; before exchanges and virtual."""

from collections.abc import Callable

from kairos_tui.sim.binance import Binance
from kairos_tui.sim.bitget import Bitget
from kairos_tui.sim.bybit import Bybit
from kairos_tui.sim.coinbase import Coinbase
from kairos_tui.sim.dialect import Dialect
from kairos_tui.sim.gate import Gate
from kairos_tui.sim.hub import Hub
from kairos_tui.sim.kraken import Kraken
from kairos_tui.sim.kucoin import Kucoin
from kairos_tui.sim.okx import Okx

DIALECTS: dict[str, Callable[[Hub], Dialect]] = {
    "binance": Binance,
    "coinbase": Coinbase,
    "kraken": Kraken,
    "okx": Okx,
    "bybit": Bybit,
    "kucoin": Kucoin,
    "gate": Gate,
    "bitget": Bitget,
}
