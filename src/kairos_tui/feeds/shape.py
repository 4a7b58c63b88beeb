"""Shape: what a venue's book messages look like, learnt from them; says when one suddenly looks otherwise.

Before it: decoded JSON that made ccxt publish a book. After it: containment. ccxt reads a list that has
become a word as an empty list, so such a message would lose its levels in silence.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

MOST_PLACES = 512
"""Places learnt per venue: one that keys by price or symbol would grow without end."""

TOLERATED_FLIPS = 5
"""A field that changes its kind this often is not broken but made so."""


class _Place(Struct):
    """An object (its keys), a list (its first element) or, with kind None, a scalar."""

    kind: type | None
    inside: "dict[str, _Place]"
    flips: int = 0


class Shape:
    """One venue's; it outlives connections."""

    def __init__(self) -> None:
        self._root: dict[str, _Place] = {}
        self._places = 0

    def odd_place(self, message: object) -> str | None:
        """Where the message is of another kind than ever before, or None. Learns what is new."""
        return self._odd(self._root, "message", message)

    def _odd(self, known: dict[str, _Place], name: str, value: Any) -> str | None:  # noqa: ANN401  JSON
        place = None if value is None else known.get(name) or self._learn(known, name, value)
        if place is None:
            return None
        if place.kind is not _kind(value):
            place.flips += 1
            return name if place.flips <= TOLERATED_FLIPS else None
        inside = place.inside
        for key, part in _parts(value):
            at = inside.get(key)
            if at is not None and at.kind is None and not isinstance(part, dict | list):
                continue  # a scalar where one has always been: most of a message
            if (odd := self._odd(inside, key, part)) is not None:
                return f"{name}.{odd}"
        return None

    def _learn(self, known: dict[str, _Place], name: str, value: Any) -> _Place | None:  # noqa: ANN401  JSON
        if self._places >= MOST_PLACES:
            return None
        self._places += 1
        return known.setdefault(name, _Place(_kind(value), {}))


def _kind(value: object) -> type | None:
    return type(value) if isinstance(value, dict | list) else None


def _parts(value: Any) -> Iterable[tuple[str, Any]]:  # noqa: ANN401  JSON
    if isinstance(value, dict):
        return value.items()
    return [("0", value[0])] if isinstance(value, list) and value else ()
