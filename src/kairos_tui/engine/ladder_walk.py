"""The walk: how much to order on the first leg of a route so that it makes the most money. Market-math 3.

Ladders compose to a ladder, so taking the next unit while it earns is optimal. Before it: pricing, which
stands the legs' books in a row. After it: sizing, which makes orders of it that the venues accept.
"""

from collections.abc import Sequence
from math import inf

from kairos_tui.engine.exact import CLOSE_CALL, returns_more
from kairos_tui.engine.ladder import UNMARKED, Ladder, Mark


class _Place:
    """Where the walk stands on one ladder. `ratio`: ordered here for each unit ordered on the first leg."""

    __slots__ = ("gives", "ladder", "level", "price", "ratio", "rest", "takes", "unordered")

    def __init__(self, ladder: Ladder) -> None:
        self.ladder = ladder
        self.unordered = inf if ladder.market.max_size is None else ladder.market.max_size
        self.takes, self.gives = ladder.take, ladder.give
        self.level = -1
        self.ratio = 1.0
        self.climb()

    def climb(self) -> bool:
        """To the next level, or to what the venue's greatest order leaves of it; False at the end."""
        self.level += 1
        if self.level == len(self.ladder.levels) or self.unordered <= 0.0:
            return False
        self.price, size = self.ladder.levels[self.level]
        self.rest = min(size, self.unordered)
        self.unordered -= self.rest
        if self.ladder.side == "buy":
            self.takes = self.ladder.take * self.price
        else:
            self.gives = self.ladder.give * self.price
        return True


def find_best_order(ladders: Sequence[Ladder], *, max_notional: float, mark: Mark = UNMARKED) -> float:
    """In base of the first leg, which buys and whose price x size stays within `max_notional`; 0.0 = none.

    Each ladder takes what the one before it gives; the last gives what the first takes, after `mark`.
    """
    size, budget = 0.0, max_notional
    places = [_Place(ladder) for ladder in ladders]
    first, rate = places[0], mark.rate
    while _earns(places, rate, mark):
        taken, scarce = min([(place.rest / place.ratio, number) for number, place in enumerate(places)])
        if first.price * taken >= budget:
            return size + budget / first.price
        size += taken
        budget -= first.price * taken
        for place in places:
            place.rest -= taken * place.ratio
        places[scarce].rest = 0.0
        if [place for place in places if place.rest <= 0.0 and not place.climb()]:
            break
    return size


def _earns(places: Sequence[_Place], rate: float, mark: Mark) -> bool:
    """True when the next unit earns; leaves on each place how much of it one unit of the first needs."""
    paid, flow = places[0].takes, places[0].gives
    for place in places[1:]:
        place.ratio = flow / place.takes
        flow = place.ratio * place.gives
    margin = flow * rate - paid
    if abs(margin) > paid * CLOSE_CALL:
        return margin > 0.0
    return returns_more([place.ladder for place in places], [place.price for place in places], mark)
