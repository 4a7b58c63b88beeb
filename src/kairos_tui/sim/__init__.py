"""sim: exchanges on loopback that speak the real wire protocols. Shares no code with feeds.

dice -> paths, dislocations, quote_times, ladder -> market (one seeded market, pure in time)
listings (what each venue trades) -> binance, bybit, okx, kraken, coinbase (one dialect each)
frames, sessions, streams, hub, faults -> server (one venue on one port) -> exchanges (SimExchanges)
Importing this package loads no web server; `kairos_tui.sim.exchanges` does.
"""

from kairos_tui.sim.listings import sim_venues
from kairos_tui.sim.plan import Origin, SimPlan

__all__ = ["Origin", "SimPlan", "sim_venues"]
