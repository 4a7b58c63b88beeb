"""report: what became of a journal's signals -> a scorecard -> text, JSON, a page with charts.

scoring adds up (run_scored, routes_scored, marks_scored, lives, stream_times, tally) -> scorecard ->
scorecard_text (routes_text, text_bars), scorecard_page (page_charts, charts_svg, page_style).
"""

from kairos_tui.journal.report.scorecard import Scorecard
from kairos_tui.journal.report.scorecard_page import scorecard_page
from kairos_tui.journal.report.scorecard_text import scorecard_lines
from kairos_tui.journal.report.scoring import score

__all__ = ["Scorecard", "score", "scorecard_lines", "scorecard_page"]
