"""FaultOrder: what can be made wrong with a venue, for how long and how often; which orders make sense.

Before it: POST /_sim/fault, a fault script, or a test. After it: faults (who carries it out), tampering.
"""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Literal, get_args

import msgspec
from msgspec import Struct

from kairos_tui.sim.listings import listings_of

FaultKind = Literal[
    # what is published
    "lost",
    "duplicate",
    "reorder",
    "corrupt",
    "bad_checksum",
    "ghost_level",
    "broken_json",
    "garbage",
    "wrong_shape",
    "silence",
    "lag",
    "stale_snapshot",
    # the venue's clock and its patience
    "clock_skew",
    "ban",
    # connections
    "disconnect",
    "close",
    "close_race",
    "rst",
    "refuse",
    "heal",
]
FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)

MESSAGE_KINDS = frozenset(
    {"lost", "duplicate", "reorder", "corrupt", "bad_checksum", "ghost_level"}
    | {"broken_json", "garbage", "wrong_shape", "disconnect", "close_race"}
)
"""Faults that strike single messages: each of them, a share of them, or the next one only."""

SAMPLED_KINDS = MESSAGE_KINDS | {"stale_snapshot"}
"""Faults that a `rate` makes sense for."""

MARKET_KINDS = SAMPLED_KINDS | {"silence", "lag"}
"""Faults that can be confined to one market."""

WITH_CHECKSUM = frozenset({"kraken", "bitget"})
LONGEST_S = 86_400.0
_CLOSING = frozenset({"close", "close_race", "disconnect"})
_BAN_CODES = (418, 429)
_MS: dict[str, tuple[int, int]] = {
    "lag": (1, 60_000),
    "stale_snapshot": (1, 600_000),
    "clock_skew": (-86_400_000, 86_400_000),
    "ban": (1_000, 86_400_000),
}


class FaultOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """One fault of one venue.

    `duration_s` 0 means: the next message only (faults of single messages without a `rate`), else until
    healed. `market` is a unified symbol; without one, every market. `rate` is the share of messages that
    are struck, 0 < rate <= 1. `code` is a close code (1001) or, of a ban, an HTTP status (429).
    `ms`: how late (lag), how old (stale_snapshot, 5000), how far off (clock_skew), how long each ban lasts.
    `after`: requests a minute that are answered before a ban begins.
    """

    kind: FaultKind
    duration_s: float = 0.0
    code: int | None = None
    market: str = ""
    rate: float | None = None
    ms: int | None = None
    after: int = 0

    @property
    def is_once(self) -> bool:
        lasts = self.duration_s > 0.0 or self.rate is not None
        return self.kind in SAMPLED_KINDS and not lasts


class ScriptedFault(Struct, frozen=True):
    """An order and when it is carried out, in nanoseconds since the market began."""

    at_ns: int
    venue: str
    order: FaultOrder


def order_from_json(body: bytes, venue: str) -> FaultOrder | str:
    """An order, or why it is none."""
    try:
        order = msgspec.json.decode(body, type=FaultOrder)
    except msgspec.MsgspecError as error:
        return f"{error}; kinds: {', '.join(FAULT_KINDS)}"
    return problem_with(order, venue) or order


def problem_with(order: FaultOrder, venue: str) -> str | None:
    """Why the venue cannot be given this order, in one sentence."""
    return next(filter(None, (check(order, venue) for check in _CHECKS)), None)


def meant(wrong: str, valid: Iterable[str]) -> str:
    """` (did you mean reorder?)`, or nothing when no valid name is near; case does not count."""
    by_folded = {name.casefold(): name for name in valid}
    near = get_close_matches(wrong.casefold()[:200], by_folded, n=1, cutoff=0.6)
    return f" (did you mean {by_folded[near[0]]}?)" if near else ""


def _duration(order: FaultOrder, _venue: str) -> str | None:
    if not 0.0 <= order.duration_s <= LONGEST_S:
        return f"duration_s must be 0 to {LONGEST_S:g}"
    if order.kind == "refuse" and order.duration_s == 0.0:
        return "refuse needs duration_s: nobody could order the end of it"
    return None


def _rate(order: FaultOrder, _venue: str) -> str | None:
    if order.rate is None:
        return None
    if order.kind not in SAMPLED_KINDS:
        return f"{order.kind} takes no rate: it strikes no single messages"
    return None if 0.0 < order.rate <= 1.0 else f"rate must be above 0 and at most 1, not {order.rate:g}"


def _market(order: FaultOrder, venue: str) -> str | None:
    if not order.market:
        return None
    if order.kind not in MARKET_KINDS:
        return f"{order.kind} takes no market: it is the whole venue's"
    symbols = {listed.symbol for listed in listings_of(venue).values()}
    if order.market in symbols:
        return None
    return f"{venue} lists no {order.market!r}{meant(order.market, symbols)}"


def _ms(order: FaultOrder, _venue: str) -> str | None:
    bounds = _MS.get(order.kind)
    if order.ms is None:
        return f"{order.kind} needs ms" if order.kind in ("lag", "clock_skew") else None
    if bounds is None:
        return f"{order.kind} takes no ms"
    least, most = bounds
    return None if least <= order.ms <= most else f"{order.kind}: ms must be {least} to {most}"


def _code(order: FaultOrder, _venue: str) -> str | None:
    if order.code is None:
        return None
    if order.kind == "ban":
        return None if order.code in _BAN_CODES else "ban: code must be 418 or 429"
    if order.kind in _CLOSING:
        return None if 1000 <= order.code <= 4999 else f"{order.kind}: code must be 1000 to 4999"
    return f"{order.kind} takes no code"


def _after(order: FaultOrder, _venue: str) -> str | None:
    if order.after and order.kind != "ban":
        return f"{order.kind} takes no after: it is a ban's"
    return None if 0 <= order.after <= 1_000_000 else "after must be 0 to 1000000"


def _checksum(order: FaultOrder, venue: str) -> str | None:
    if order.kind != "bad_checksum" or venue in WITH_CHECKSUM:
        return None
    return f"bad_checksum: {venue} sends no checksum; {' and '.join(sorted(WITH_CHECKSUM))} do"


_CHECKS: tuple[Callable[[FaultOrder, str], str | None], ...] = (
    _duration,
    _rate,
    _market,
    _ms,
    _code,
    _after,
    _checksum,
)
