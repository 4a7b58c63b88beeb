"""Filters: `net>8 venue:okx !gemini size>0.1` -> what must hold of a route or a signal. Pure.

Before it: nobody. After it: matching, which has the facts of routes and signals. Every term must hold, `!`
turns one round, a comma offers several words. What has not the figure that is asked for never matches.
"""

import re
from difflib import get_close_matches
from typing import Final

from msgspec import Struct

_BPS: Final = {"": 1.0, "bps": 1.0}
_AMOUNT: Final = {"": 1.0, "k": 1e3, "m": 1e6}
_TIME: Final = {"": 1.0, "s": 1.0, "ms": 1e-3, "m": 60.0}
FIGURES: Final[dict[str, dict[str, float]]] = {
    "net": _BPS, "gross": _BPS, "size": _AMOUNT, "profit": _AMOUNT, "notional": _AMOUNT,
    "age": _TIME, "lasted": _TIME,
}  # fmt: skip
"""What can be compared, in bps, in base or quote, in seconds; and the units that may follow the number."""
WORDS: Final = ("venue", "buy", "sell", "symbol", "quote", "state", "id")
"""What can be asked for by a part of it."""
STATES: Final = ("live", "fading", "closed", "unseen")
"""What has become of a signal; `unseen` of one whose end was missed."""

_TERM: Final = re.compile(r"(?P<no>!?)(?P<name>[^\s<>=:!]*)(?:\s*(?P<sign>>=|<=|[><=:])\s*(?P<value>\S*))?")
_NUMBER: Final = re.compile(r"(?P<number>[-+−]?(?:\d+\.?\d*|\.\d+))(?P<unit>[a-z]*)")
_FIGURE_SIGNS: Final = (">", ">=", "<", "<=")
_NEAR: Final = 0.5
_MOST_QUOTED: Final = 20


class Facts(Struct, frozen=True):
    """What is known of one thing: figures by name (None: not known), words by name, in lower case."""

    figures: dict[str, float | None] = {}
    words: dict[str, str] = {}


class Term(Struct, frozen=True):
    """One condition. `sign` is empty for a bare word, `:` for one of a field; else `number` is compared."""

    name: str
    sign: str = ""
    number: float = 0.0
    words: tuple[str, ...] = ()
    negated: bool = False


class Filter(Struct, frozen=True):
    """The conditions, and the text they were written in."""

    text: str
    terms: tuple[Term, ...]


class Malformed(Struct, frozen=True):
    """What is wrong with a filter, and from which character on, counted from 0."""

    what: str
    at: int


def parse_filter(text: str) -> Filter | Malformed:
    """The filter of a text; a blank one has no conditions."""
    terms: list[Term] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = _TERM.match(text, at)
        assert found is not None  # every part of it may be empty
        term = _term(found)
        if isinstance(term, Malformed):
            return term
        terms.append(term)
        at = found.end()
    return Filter(text.strip(), tuple(terms))


def holds(sieve: Filter, facts: Facts) -> bool:
    """Whether every condition holds of it."""
    return all(_holds(term, facts) for term in sieve.terms)


def _holds(term: Term, facts: Facts) -> bool:
    if term.sign in _FIGURE_SIGNS:
        figure = facts.figures.get(term.name)
        return figure is not None and _compares(figure, term) is not term.negated
    if term.sign:
        said = facts.words.get(term.name, "")
        return any(word in said for word in term.words) is not term.negated
    return any(term.name in said for said in facts.words.values()) is not term.negated


def _compares(figure: float, term: Term) -> bool:
    if term.sign[0] == ">":
        return figure >= term.number if len(term.sign) == 2 else figure > term.number
    return figure <= term.number if len(term.sign) == 2 else figure < term.number


def _term(found: re.Match[str]) -> Term | Malformed:
    name, sign, negated = found["name"].casefold(), found["sign"], bool(found["no"])
    if not name:
        what = f"a field has to stand before {sign}" if sign else "a word or a field has to follow !"
        return Malformed(what, found.start("sign") if sign else found.start())
    if not sign:
        return Term(name, negated=negated)
    if name in FIGURES or name in WORDS:
        return (_compared if name in FIGURES else _worded)(found, name, sign, negated)
    return Malformed(f"{_quoted(name)} is no field{_nearest(name)}", found.start("name"))


def _compared(found: re.Match[str], name: str, sign: str, negated: bool) -> Term | Malformed:
    if sign not in _FIGURE_SIGNS:
        return Malformed(f"{name} is compared by < <= > >=, not by {sign}", found.start("sign"))
    value = found["value"].casefold()
    number = _NUMBER.fullmatch(value)
    if number is None:
        what = f"{_quoted(value)} is no number" if value else f"a number has to follow {name}{sign}"
        return Malformed(what, found.start("value"))
    units = FIGURES[name]
    if number["unit"] not in units:
        known = ", ".join(unit for unit in units if unit)
        return Malformed(f"{name} is not in {_quoted(number['unit'])} but in {known}", found.start("value"))
    size = float(number["number"].replace("−", "-")) * units[number["unit"]]
    return Term(name, sign, size, negated=negated)


def _worded(found: re.Match[str], name: str, sign: str, negated: bool) -> Term | Malformed:
    if sign != ":":
        return Malformed(f"{name} is asked for by :, not by {sign}", found.start("sign"))
    words = tuple(word for word in found["value"].casefold().split(",") if word)
    if not words:
        what = f"; {', '.join(STATES)}" if name == "state" else ""
        return Malformed(f"a word has to follow {name}:{what}", found.start("value"))
    for word in words:
        if name == "state" and not any(word in state for state in STATES):
            return Malformed(f"{_quoted(word)} is no state; {', '.join(STATES)}", found.start("value"))
    return Term(name, sign, words=words, negated=negated)


def _nearest(name: str) -> str:
    known = (*FIGURES, *WORDS)
    close = get_close_matches(name, known, n=1, cutoff=_NEAR)
    return f"; did you mean {close[0]}?" if close else f"; {' '.join(known)}"


def _quoted(text: str) -> str:
    return f"'{text if len(text) <= _MOST_QUOTED else text[: _MOST_QUOTED - 1] + '…'}'"
