"""Fuzzy: how well what is typed finds a text; the lower, the better. Pure. After it: commands' palette."""

_INSIDE = 100
SCATTERED = 1_000
"""From here on the letters lie apart."""


def distance(typed: str, text: str) -> int | None:
    """None when some word of `typed` is not in it, even with letters between. Begun words are nearest."""
    folded = text.casefold()
    total = 0
    for word in typed.casefold().split():
        apart = _apart(word, folded)
        if apart is None:
            return None
        total += apart
    return total


def _apart(word: str, text: str) -> int | None:
    begun = f" {text}".find(f" {word}")
    if begun >= 0:
        return begun
    inside = text.find(word)
    return _INSIDE + inside if inside >= 0 else _scattered(word, text)


def _scattered(word: str, text: str) -> int | None:
    """How far apart its letters lie, in their order."""
    first = at = text.find(word[0])
    for letter in word:
        at = text.find(letter, at)
        if at < 0:
            return None
        at += 1
    return SCATTERED + at - first
