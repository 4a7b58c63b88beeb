"""nearest: the valid name somebody probably meant, as the tail of an error line. Used by urls, url_keys."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(wrong: str, valid: Iterable[str], *, cutoff: float = 0.6) -> str:
    """` (did you mean file?)`, or nothing when no valid name is close."""
    close = get_close_matches(wrong.casefold()[:60], list(valid), n=1, cutoff=cutoff)
    return f" (did you mean {close[0]}?)" if close else ""
