"""Acknowledging: `a` and `A`: signals that have been seen: their cards glow no more, and they ring no more.

Before it: cards, view_state. After it: moves. Nothing is written down: another start knows nothing of it.
"""

from kairos_tui.hud.cards import Card
from kairos_tui.hud.view_state import View


def acknowledge(view: View) -> None:
    """The card under the cursor, or that is inspected; else the newest that is not yet."""
    deck = view.tape.deck
    keys = [entry.key for entry in deck.entries if isinstance(entry, Card)]
    fresh = [key for key in keys if key not in deck.acked]
    meant = view.inspected.card if view.inspected is not None else view.card
    if meant in keys:
        view.say(f"{meant} acknowledged {'already' if meant in deck.acked else ''}".rstrip(), for_s=2.0)
        deck.acknowledge(meant)
    elif fresh:
        view.say(f"{fresh[0]} acknowledged", for_s=2.0)
        deck.acknowledge(fresh[0])
    else:
        view.say("every signal is acknowledged" if keys else "no signal to acknowledge yet")


def acknowledge_all(view: View) -> None:
    """Every card there is, and what came in above the cursor is no news any more."""
    deck = view.tape.deck
    fresh = [entry.key for entry in deck.entries if isinstance(entry, Card) and entry.key not in deck.acked]
    deck.acknowledge(*fresh)
    view.seen = deck.arrived
    count = f"{len(fresh)} signal{'' if len(fresh) == 1 else 's'} acknowledged"
    view.say(count if fresh else "nothing to acknowledge: no signal is new", for_s=2.0)
