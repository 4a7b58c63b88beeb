"""panels: (view, width, height) -> rows of (text, ink). Pure: no clock, no screen, nothing kept.

box draws the frame, axis the times below a plot, edge_plot that of the edge; header and hints are single
rows; venues, matrix, edge, feed, depth, timeline and markets are the numbered panels; inspect, explain, help
and outage dock where they are needed; perf (stages, processes) takes the whole screen; small serves screens
too small for panels.
"""

from collections.abc import Callable

from kairos_tui.hud.segments import Row
from kairos_tui.hud.view_state import View

Drawing = list[Row]
Draw = Callable[[View, int, int], Drawing]
