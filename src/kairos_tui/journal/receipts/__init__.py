"""receipts: a signal's levels walked again in decimals, and what was published beside what they come to.

stated -> leg_receipt, checks -> receipt -> receipt_text; explain finds the signal, explained_text tells it.
Nothing here shares arithmetic with the engine: else a receipt would prove nothing.
"""

from kairos_tui.journal.receipts.explain import Event, Explained, explain
from kairos_tui.journal.receipts.explained_text import explained_lines, explained_object

__all__ = ["Event", "Explained", "explain", "explained_lines", "explained_object"]
