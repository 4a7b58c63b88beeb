"""Evidence: what a leg's distance from the others says it is, in a sentence that tells what to do about it.

Before it: outliers' distances. After it: firewall, which remembers and forgives.
"""

from collections.abc import Sequence

from kairos_tui.engine.block import Evidence
from kairos_tui.engine.identity import contradict_name, how_to_confirm
from kairos_tui.engine.outliers import LEAST_LIMIT, Distance
from kairos_tui.engine.slot import Slot

FAR_TICKS = 3
"""So many ticks in a row far off are no mishap."""

Finding = tuple[Evidence, str]


def find_evidence(slot: Slot, distance: Distance, others: Sequence[Slot], far_ticks: int) -> Finding | None:
    """Why this leg may not be compared with the `others`, at this distance from them; None when it may."""
    if distance.off <= LEAST_LIMIT:
        return None
    if distance.power_of_ten:
        return Evidence.UNITS, _say_units(slot, distance.power_of_ten, _name_short(others))
    return _find_other_coin(slot, distance, others, far_ticks) or _find_outlier(slot, distance, others)


def _find_other_coin(
    slot: Slot, distance: Distance, others: Sequence[Slot], far_ticks: int
) -> Finding | None:
    if slot.listing is None or slot.is_confirmed:
        return None
    market = slot.listing.instrument
    named = contradict_name(market, [other.listing.instrument for other in others if other.listing])
    if named is not None:
        return Evidence.NAME, named
    if far_ticks < FAR_TICKS:
        return None
    return Evidence.COIN, f"another coin? {_say_off(distance, others)}; {how_to_confirm(market)}"


def _find_outlier(slot: Slot, distance: Distance, others: Sequence[Slot]) -> Finding | None:
    if not distance.is_outlier:
        return None
    if len(others) > 1:
        return Evidence.PRICE, _say_off(distance, others)
    pair = " and ".join(sorted((slot.venue, others[0].venue)))
    return Evidence.PAIR, f"{pair} differ by {_percent(distance.off)}: no third venue to tell which"


def _say_off(distance: Distance, others: Sequence[Slot]) -> str:
    """`3.1 % above the median of 4 venues`."""
    where = others[0].venue if len(others) == 1 else f"the median of {len(others)} venues"
    return f"{_percent(abs(distance.ratio - 1.0))} {'above' if distance.ratio > 1.0 else 'below'} {where}"


def _say_units(slot: Slot, power: int, where: str) -> str:
    times = f"{10**power} x" if power > 0 else f"1/{10**-power} of"
    return f"other units: {times} {where}; name its market in [venue.{slot.venue}] symbols"


def _name_short(others: Sequence[Slot]) -> str:
    return others[0].venue if len(others) == 1 else "the median"


def _percent(share: float) -> str:
    return f"{share * 100.0:.1f} %"
