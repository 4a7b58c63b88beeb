"""sim: exchanges on loopback that speak the real wire protocols. Shares no code with feeds.

dice -> paths, dislocations, quote_times, ladder -> market (one seeded market, pure in time)
listings (what each venue trades) -> one dialect per venue, binance to bitget, with its tables
fault_orders, fault_script -> faults (what is in force) -> tampering, spoiling, bans (what it does)
frames, sessions, streams, hub, rest -> server (one venue on one port) -> exchanges (SimExchanges)
the same -> virtual (one venue on a virtual clock); truth says whether a book was ever the true one
load: a venue that speaks as often as it is told to, for benches
Importing this package loads no web server; `kairos_tui.sim.exchanges` does.
"""

from kairos_tui.sim.listings import sim_venues
from kairos_tui.sim.plan import Origin, SimPlan

__all__ = ["Origin", "SimPlan", "sim_venues"]
