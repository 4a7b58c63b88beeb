"""Multiples: a coin that a venue counts in thousands: 1000PEPE, 1MBABYDOGE, kPEPE. Used by listings.

Before it: two names of one market, the wanted one and, by the user's map, the venue's. After it: an
Instrument in the wanted units, by whose `multiplier` the books are brought to them.
"""

import re
from decimal import Decimal

from kairos_tui.market import Asset

COUNTED = re.compile(r"(?P<one>1)(?:(?P<zeros>0{2,7})(?=[A-Z])|M(?=[A-Z]{3}))|k(?=[A-Z])")


def multiple_of(base: Asset) -> tuple[Asset, float]:
    """The coin and how many of it one unit is: 1000PEPE -> (PEPE, 1000). 1INCH is one 1INCH."""
    counted = COUNTED.match(base)
    if counted is None:
        return base, 1.0
    zeros = 3 if not counted["one"] else len(counted["zeros"] or "000000")
    return Asset(base[counted.end() :]), 10.0**zeros


def multiplier_between(wanted: Asset, listed: Asset) -> float:
    """How many units of `wanted` one unit of `listed` is; 1.0 where they are not one coin counted twice.

    ccxt writes kPEPE as KPEPE, which only the wanted name tells from a coin that begins with a K.
    """
    coin, wanted_count = multiple_of(wanted)
    listed_coin, listed_count = multiple_of(listed)
    if listed_coin == f"K{coin}":
        listed_coin, listed_count = coin, 1_000.0
    if listed == wanted or listed_coin != coin:
        return 1.0
    return listed_count / wanted_count


def exact_product(value: float, factor: float) -> float:
    """The double nearest to the product of the decimals meant: 0.1 x 3 is 0.3."""
    return float(Decimal(repr(value)) * Decimal(repr(factor)))


def exact_quotient(value: float, divisor: float) -> float:
    """The same for a division."""
    return float(Decimal(repr(value)) / Decimal(repr(divisor)))
