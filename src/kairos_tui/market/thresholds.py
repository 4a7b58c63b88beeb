"""Thresholds: what makes a signal, and after how long it is asked whether it could have been caught.

Before it: the user's settings. After it: the engine, which obeys them; boards and lines, which show them.
"""

from math import inf

from msgspec import Struct
from msgspec.structs import replace

LONGEST_UNHEARD_MS = 2_000
"""A feed vouches for its streams several times a second; one that has not for so long may be gone."""


class Thresholds(Struct, frozen=True, array_like=True, gc=False):
    """What makes a signal. bps of net return on outlay; ages in ms; max_notional in the route's quote.

    `max_age_ms` None leaves it to what each stream has learned of itself: its feed says when it is stale.
    A conversion more than `depeg_bps` from 1 suspends its routes; parked proceeds lose `haircut_bps`.
    `reaction_ms` is how long the user takes to reach both venues: what capture_p speaks of.
    """

    min_net_bps: float = 2.0
    close_net_bps: float = 0.5
    dwell_ms: int = 0
    max_notional: float = 10_000.0
    max_age_ms: int | None = None
    max_asynchrony_ms: int = 500
    depeg_bps: float = 50.0
    haircut_bps: float = 2.0
    reaction_ms: int = 100

    def opening_at(self, net_bps: float | None) -> "Thresholds":
        """The same with signals opening at another net; as it is for None, or below where they close."""
        if net_bps is None or not self.close_net_bps <= net_bps < inf:
            return self
        return replace(self, min_net_bps=net_bps)

    @property
    def age_limit_ms(self) -> int:
        """How old the last proof of life may be: the user's limit, or the longest a sound feed is unheard."""
        return LONGEST_UNHEARD_MS if self.max_age_ms is None else self.max_age_ms
