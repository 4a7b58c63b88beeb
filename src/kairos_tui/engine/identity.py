"""Identity: what two venues' market tables say about being the same thing. Facts only, no price.

Before it: listings. After it: firewall. The same ticker is not the same coin: market-math pitfall 7.
"""

import re
from collections.abc import Iterable, Sequence
from math import inf

from kairos_tui.engine.block import Evidence
from kairos_tui.engine.pegs import is_pegged
from kairos_tui.market import Instrument, Venue

_COMMON_WORDS = frozenset({"a", "coin", "of", "on", "protocol", "network", "the", "token"})
_SAID_MOST = 40


def find_contradiction(market: Instrument, others: Sequence[Instrument]) -> tuple[Evidence, str] | None:
    """Why this market is not what the others of its symbol or coin are; None when nothing says so.

    The kind of contract is a fact that nobody can confirm away; contract addresses are evidence only.
    """
    contract = _contradict_contract(market, [other for other in others if other.symbol == market.symbol])
    if contract is not None:
        return Evidence.KIND, contract
    if market.confirmed or is_pegged(market.base):  # a bridged dollar has another address: its price tells
        return None
    for network in market.networks:
        different = _outvoted_by(market, network, others)
        if different:
            said = f"contract address on {printable(network)} differs from {', '.join(different)}"
            evidence = Evidence.TIE if _is_tie(market, network, others) else Evidence.ADDRESS
            return evidence, f"{said}; {how_to_confirm(market)}"
    return None


def contradict_name(market: Instrument, others: Iterable[Instrument]) -> str | None:
    """The two names when this one shares no telling word with any of the others'; None without evidence."""
    own = _telling_words(market)
    named = [other for other in others if _telling_words(other)]
    if not own or not named or any(own & _telling_words(other) for other in named):
        return None
    here, elsewhere = (f"'{printable(each.name or '')}'" for each in (market, named[0]))
    return f"called {here} here, {elsewhere} elsewhere; {how_to_confirm(market)}"


def how_to_confirm(market: Instrument) -> str:
    """What a user who knows better writes into the configuration."""
    return f'if it is the same coin: confirmed = ["{market.symbol}"] in [venue.{market.venue}]'


def printable(text: str) -> str:
    """A venue's word, short enough and harmless on a screen."""
    return "".join(sign for sign in text if sign.isprintable())[:_SAID_MOST]


def _contradict_contract(market: Instrument, others: Sequence[Instrument]) -> str | None:
    if not (0.0 < market.contract_size < inf and 0.0 < market.multiplier < inf):
        return "contract size unknown: nothing can be compared with it"
    different = [other for other in others if other.kind != market.kind]
    if not different or 2 * len(different) < len(others) + 1:
        return None
    kinds = " and ".join(dict.fromkeys(other.kind for other in different))
    venues = ", ".join(other.venue for other in different)
    return f"a {market.kind} market here, {kinds} on {venues}: never compared"


def _outvoted_by(market: Instrument, network: str, others: Sequence[Instrument]) -> list[Venue]:
    """The venues with another address there, unless more than half of all have this one."""
    addresses = _addresses(market, network, others)
    different = [venue for venue, address in addresses.items() if address != market.networks[network]]
    return different if 2 * len(different) >= len(addresses) + 1 else []


def _is_tie(market: Instrument, network: str, others: Sequence[Instrument]) -> bool:
    return len(_addresses(market, network, others)) == 1


def _addresses(market: Instrument, network: str, others: Sequence[Instrument]) -> dict[Venue, str]:
    """What other venues say."""
    known = {other.venue: other.networks[network] for other in others if network in other.networks}
    known.pop(market.venue, None)
    return known


def _telling_words(market: Instrument) -> set[str]:
    """Lower case, without the ticker itself and the words that any coin could bear."""
    words = set(re.findall(r"[^\W_]+", (market.name or "").lower()))
    return words - _COMMON_WORDS - {market.base.lower()}
