"""painting: whether text on this stdout may have colours. Used by explain and report."""

import os

from kairos_tui.journal.paint import Paint


def paint_here() -> Paint:
    """Colours on a terminal that knows them and wants them; never in a pipe."""
    return Paint(on=os.isatty(1) and os.environ.get("TERM", "") != "dumb" and not os.environ.get("NO_COLOR"))
