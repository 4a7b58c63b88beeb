"""source_change: another feed's view of the same stream takes the place of the one that was heard so far.

Before it: the role, where one of two ingesters of a venue takes over. After it: slot.
"""

from kairos_tui.engine.slot import Slot


def change_source(slot: Slot) -> None:
    """What the first feed said of the stream is over. Its book stays until the next, which may be older."""
    slot.own_status = slot.venue_status = slot.status = None
    slot.alive_ns = slot.received_ns = slot.believed_from_ns = 0
    slot.unsettle()
    slot.judge_standing()
