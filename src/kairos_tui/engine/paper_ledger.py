"""PaperLedger: what each venue holds of each asset, exactly, and what is set aside for orders on their way.

Before it: market's words. After it: paper. Nothing is bought or sold here that the stock does not cover.
"""

from collections.abc import Mapping
from fractions import Fraction

from kairos_tui.engine.exact import exact, take_and_give
from kairos_tui.market import (
    Asset,
    Fees,
    Level,
    PaperOrder,
    PaperStock,
    PaperTerms,
    Side,
    Venue,
    split_symbol,
)

Place = tuple[Venue, Asset]
"""Where stock lies, and of what."""

_NONE = Fraction(0)


class PaperLedger:
    """Fractions of the decimals that books and fees are written in: sums come out to the last digit.

    A place on a venue without a stated stock is endowed when it is first needed.
    """

    def __init__(self, terms: PaperTerms) -> None:
        self._stated = {venue for venue, _ in terms.stock}
        self._began: dict[Place, Fraction] = {
            (venue, asset): exact(amount) for venue, amounts in terms.stock for asset, amount in amounts
        }
        self._held = dict(self._began)
        self._aside: dict[Place, Fraction] = {}

    def endow(self, place: Place, amount: float) -> None:
        """It begins with so much, unless its venue's stock was stated or it has begun."""
        if place[0] not in self._stated and place not in self._began:
            self._began[place] = self._held[place] = exact(amount)

    def spare(self, place: Place) -> Fraction:
        """What is held there and set aside for nothing."""
        return self._held.get(place, _NONE) - self._aside.get(place, _NONE)

    def set_aside(self, needs: Mapping[Place, Fraction]) -> Place | None:
        """All of it, or nothing and the first place where it is short."""
        for place, amount in needs.items():
            if amount > self.spare(place):
                return place
        for place, amount in needs.items():
            self._aside[place] = self._aside.get(place, _NONE) + amount
        return None

    def release(self, needs: Mapping[Place, Fraction]) -> None:
        """What was set aside may be used again."""
        for place, amount in needs.items():
            self._aside[place] -= amount

    def enter(self, order: PaperOrder) -> dict[Asset, Fraction]:
        """Book what it took and gave, fee included; the change of each of its two assets."""
        base, quote = split_symbol(order.symbol)
        based, quoted = moved_by(order.side, order.levels, order.fees)
        for asset, change in ((base, based), (quote, quoted)):
            place = (order.venue, asset)
            self._began.setdefault(place, _NONE)
            self._held[place] = self._held.get(place, _NONE) + change
        return {base: based, quote: quoted}

    def drift(self) -> dict[Asset, Fraction]:
        """Of each asset, all venues' stock now less at the start."""
        drift: dict[Asset, Fraction] = {}
        for place, held in self._held.items():
            drift[place[1]] = drift.get(place[1], _NONE) + held - self._began[place]
        return drift

    def stocks(self) -> tuple[PaperStock, ...]:
        """Every place that has begun."""
        return tuple(
            [
                PaperStock(venue, asset, float(began), float(self._held[venue, asset]))
                for (venue, asset), began in self._began.items()
            ]
        )


def moved_by(side: Side, levels: tuple[Level, ...], fees: Fees) -> tuple[Fraction, Fraction]:
    """The change in base and in quote when these levels are taken."""
    take, give = take_and_give(side, fees)
    size = sum((exact(size) for _, size in levels), _NONE)
    notional = sum((exact(price) * exact(size) for price, size in levels), _NONE)
    return (size * give, -notional * take) if side == "buy" else (-size * take, notional * give)
