"""Mark: our book around a REST request, held against the answer while the market moves on.

Before it: CheckRota's choice, and every top that Stream has from the request until the feed has surely caught
up with the answer. After it: a verdict. One that differs counts once a second one confirms it.

Why a true book never differs: among all tops seen is the one the answer shows. So a level that is the same in
all of them is in the answer, and a level of the answer, inside what we show, is in one of them.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import isclose
from typing import Literal

from msgspec import Struct

from kairos_tui.feeds.door import Top
from kairos_tui.market import Level

SETTLE_NS = 500_000_000
"""Keep the mark this long after the answer: the stream may be slower than REST by less."""

ENOUGH = 4
"""Levels that must have stood still and been found for a book to agree, or all it has if it has fewer."""

MOST_TOPS = 1_000
SAME = 1e-9

BookSide = Literal["bid", "ask"]
Side = tuple[Level, ...]


class Answer(StrEnum):
    """What a cross-check says of a book."""

    AGREES = "agrees"
    DIFFERS = "differs"
    CANNOT_SAY = "cannot say"


class Difference(Struct, frozen=True):
    """A level that is not what the exchange says: the size here and there, 0.0 for no such level."""

    side: BookSide
    price: float
    ours: float
    theirs: float

    def __str__(self) -> str:
        ours, theirs = (f"{size:.12g}" if size else "none" for size in (self.ours, self.theirs))
        return f"{self.side} {self.price:.12g}: {ours} here, {theirs} at the exchange"


class Verdict(Struct, frozen=True):
    """`reason` is one short sentence for people; None when the book agrees."""

    answer: Answer
    reason: str | None = None
    differences: tuple[Difference, ...] = ()


class Mark:
    """Made with the top at the request; then `see` every later one; then `judge`.

    A nonce is the exchange's update id for all of the book, or None where stream and REST count differently
    or the best came from another channel. Sizes are in the same units. Drop the mark when the book is lost.
    """

    def __init__(self, top: Top, nonce: int | None = None) -> None:
        self._tops = [top]
        self._nonces = [nonce]
        self._is_full = False

    def see(self, top: Top, nonce: int | None = None) -> None:
        """The book after another message."""
        self._is_full = len(self._tops) >= MOST_TOPS
        if not self._is_full:
            self._tops.append(top)
            self._nonces.append(nonce)

    def judge(self, snapshot: Top, nonce: int | None = None) -> Verdict:
        """`snapshot` is the exchange's answer as the door lets it in, as deep as it came."""
        if self._is_full:
            return _cannot_say("too many updates during the request")
        if nonce is not None and nonce in self._nonces:
            return self._judge_equal(snapshot, nonce)
        known = [seen for seen in self._nonces if seen is not None]
        if nonce is not None and known and not known[0] <= nonce <= known[-1]:
            return _cannot_say("the answer is from another time than the book")
        return self._judge_moving(snapshot)

    def _judge_equal(self, snapshot: Top, nonce: int) -> Verdict:
        """The same update id: the same book, as far as both reach."""
        last = len(self._nonces) - 1 - self._nonces[::-1].index(nonce)
        ours = self._tops[last]
        found = _unequal("bid", ours[0], snapshot[0]) + _unequal("ask", ours[1], snapshot[1])
        return _differs(found) if found else Verdict(Answer.AGREES)

    def _judge_moving(self, snapshot: Top) -> Verdict:
        bids = _Ours("bid", [bids for bids, _ in self._tops])
        asks = _Ours("ask", [asks for _, asks in self._tops])
        found = bids.differences(snapshot[0]) + asks.differences(snapshot[1])
        if found:
            return _differs(found)
        if bids.is_enough(snapshot[0]) and asks.is_enough(snapshot[1]):
            return Verdict(Answer.AGREES)
        return _cannot_say("the book moved too much during the request")


class _Ours:
    """One side of all tops seen: what stood still in it, and what was ever there."""

    def __init__(self, side: BookSide, seen: Sequence[Side]) -> None:
        self._side: BookSide = side
        self._sign = -1.0 if side == "bid" else 1.0
        self._first = seen[0]
        self._still = set(seen[0]).intersection(*seen[1:])
        self._ever = {price for levels in seen for price, _ in levels}

    def differences(self, theirs: Side) -> tuple[Difference, ...]:
        sizes = dict(theirs)
        wrong = [
            Difference(self._side, price, size, sizes.get(price, 0.0))
            for price, size in self._reached_by(theirs)
            if not isclose(size, sizes.get(price, 0.0), rel_tol=SAME)
        ]
        missing = [Difference(self._side, price, 0.0, size) for price, size in theirs if self._lacks(price)]
        return (*wrong, *missing)

    def is_enough(self, theirs: Side) -> bool:
        """Did enough of the levels that the answer reaches stand still?"""
        reached = [level for level in self._first if self._is_reached(level, theirs)]
        return len(self._reached_by(theirs)) >= max(1, min(ENOUGH, len(reached)))

    def _reached_by(self, theirs: Side) -> list[Level]:
        return sorted(
            (level for level in self._still if self._is_reached(level, theirs)),
            key=lambda level: self._sign * level[0],
        )

    def _is_reached(self, level: Level, theirs: Side) -> bool:
        return bool(theirs) and self._sign * level[0] <= self._sign * theirs[-1][0]

    def _lacks(self, price: float) -> bool:
        """Was there never a level at this price, though those on either side of it stood still?

        Beside levels that move, an order may come and go between two messages of the stream. To miss one
        for longer makes a book look poorer than it is, which invents no profit.
        """
        if price in self._ever:
            return False
        worse = next(
            (at for at, level in enumerate(self._first) if self._sign * (level[0] - price) > 0), None
        )
        if worse is None:
            return False
        return self._still.issuperset(self._first[max(0, worse - 1) : worse + 1])


def confirms(second: Verdict, first: Verdict) -> bool:
    """Do two checks in a row find the same price wrong? Flickering orders do not do that twice."""
    places = {(one.side, one.price) for one in first.differences}
    return any((one.side, one.price) in places for one in second.differences)


def _unequal(side: BookSide, ours: Side, theirs: Side) -> tuple[Difference, ...]:
    if not ours or not theirs:
        return ()
    sign = -1.0 if side == "bid" else 1.0
    end = min(sign * ours[-1][0], sign * theirs[-1][0])
    here, there = dict(ours), dict(theirs)
    prices = sorted((price for price in here | there if sign * price <= end), key=lambda price: sign * price)
    return tuple(
        Difference(side, price, here.get(price, 0.0), there.get(price, 0.0))
        for price in prices
        if not isclose(here.get(price, 0.0), there.get(price, 0.0), rel_tol=SAME)
    )


def _differs(found: tuple[Difference, ...]) -> Verdict:
    others = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return Verdict(Answer.DIFFERS, f"{found[0]}{others}", found)


def _cannot_say(why: str) -> Verdict:
    return Verdict(Answer.CANNOT_SAY, why)
