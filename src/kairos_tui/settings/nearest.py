"""nearest: the valid name somebody probably meant, as the tail of an error line."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

_URL_USER = re.compile(r"//[^/?#\s]*@")


def nearest(wrong: str, valid: Iterable[str]) -> str:
    """` (did you mean theme?)`, or nothing when no valid name is close; case does not count."""
    by_folded = {name.casefold(): name for name in valid}
    close = get_close_matches(wrong.casefold()[:200], by_folded, n=1, cutoff=0.6)
    return f" (did you mean {by_folded[close[0]]}?)" if close else ""


def quoted(value: object) -> str:
    """A value as an error line shows it: short, on one line, without the user and password of a URL."""
    shown = _URL_USER.sub("//***@", repr(value))
    return shown if len(shown) <= 60 else shown[:57] + "..."
