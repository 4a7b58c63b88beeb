"""engine: Tick -> Signal, pure and synchronous; time is an argument and no clock is read here.

tick_check -> quote_board (slots, source_change, top_prices; quarantines: firewall, ties) -> gates ->
conversions (pegs, peg_gate) -> detector (SEAM; cross_venue, convert_routes) -> chain (ladder) -> sizing
(ladder_walk, orders, exact) -> pricing -> signal_gate (watchlist, restless), endings (route_slots, repricing)
-> engine (agenda, top_change, mask), which ties them. board_painter (route_view, words), tick_rates, stages:
what displays read; known: what others are told.
grading: births, prior (stratum) -> lifetimes; markouts -> grades. paper (paper_book, paper_ledger,
paper_asks, paper_course, paper_worth, paper_account) follows what opens.
"""

from kairos_tui.engine.detector import Detector
from kairos_tui.engine.engine import Engine
from kairos_tui.engine.known import Told
from kairos_tui.engine.paper import Paper
from kairos_tui.engine.stages import NAMES as STAGES_COUNTED
from kairos_tui.engine.stages import LatencyFigures, Stages

__all__ = ["STAGES_COUNTED", "Detector", "Engine", "LatencyFigures", "Paper", "Stages", "Told"]
