"""ExchangeWords: what ccxt quotes of an exchange -> what the exchange says there. Pure.

Before it: an exception of ccxt, `kraken {"error":["EQuery:Unknown asset pair"]}`. After it: reasons.
"""

import json
import re
from typing import Final

import ccxt

_LONGEST_READ: Final = 16_384
_DEEPEST: Final = 6
_MOST_CODE: Final = 16
_IDS: Final = frozenset(ccxt.exchanges)
_WORDS: Final = (
    "msg", "message", "retMsg", "ret_msg", "errorMessage", "error_message", "error", "errors", "reason",
    "description", "detail", "data", "label",
)  # fmt: skip
_CODES: Final = ("code", "retCode", "ret_code", "errorCode", "error_code")
_NO_CODES: Final = frozenset({"", "None"})
_NOTHING_SAID: Final = frozenset({"error", "failed", "failure", "fail", "ok", "success", "forbidden"})
"""What says no more than that there is an answer: another field may."""
_ASKED: Final = re.compile(r"(?:GET|POST|PUT|DELETE) \S+ (?=\d{3}\b)")
"""The request that was answered so: its status says more."""
_READ = json.JSONDecoder().raw_decode


def exchange_words(text: str) -> str:
    """Without the venue's own name, and of JSON the message in it and its code; what has none stays."""
    name, _, said = text.strip().partition(" ")
    said = said.strip() if name in _IDS and said.strip() else text.strip()
    place = re.search(r"[{\[]", said[:_LONGEST_READ])
    if place is None or len(said) > _LONGEST_READ:
        return said
    try:
        quoted, end = _READ(said, place.start())
    except (ValueError, RecursionError):
        return said
    message = _message(quoted)
    if not message or said[end:].strip():
        return said  # JSON within a sentence is a part of it
    before = _ASKED.sub("HTTP ", said[: place.start()]).strip(" :")
    return ": ".join(filter(None, (before, message)))


def _message(quoted: object, depth: int = 0) -> str:
    match quoted:
        case str():
            return quoted.strip()
        case list() if depth < _DEEPEST:
            return "; ".join(filter(None, (_message(each, depth + 1) for each in quoted)))
        case dict() if depth < _DEEPEST:
            words = (_message(quoted[name], depth + 1) for name in _WORDS if name in quoted)
            said = [word for word in words if word]
            telling = (word for word in said if word.casefold() not in _NOTHING_SAID)
            return _coded(next(telling, said[0] if said else ""), quoted)
        case _:
            return ""


def _coded(message: str, beside: dict[str, object]) -> str:
    """With the code that stands beside it, unless it says that itself."""
    code = next((str(beside[name]) for name in _CODES if name in beside), "")
    is_told = code.strip("0") not in _NO_CODES and len(code) <= _MOST_CODE and code not in message
    return f"{message} ({code})" if message and is_told else message
