"""Spoiling: one message's text made wrong in one way. Pure; the same bits spoil the same way.

Before it: the bytes that a dialect made. After it: tampering, which decides what is struck.
"""

import re
from collections.abc import Callable

import orjson

Spoil = Callable[[bytes, int], bytes]
"""A message's text and 64 random bits -> its spoilt text; the same text where there is nothing to spoil."""

GARBAGE = bytes(range(255, 0, -3))
_NUMBER = rb"\d+(?:\.\d+)?"
_NAMES = rb"price|qty|size|price_level|new_quantity|bid|ask|bid_qty|ask_qty|bidPx|bidSz|askPx|askSz|[bBaA]"
_FIGURES = re.compile(
    rb'\["(?P<first>' + _NUMBER + rb')","(?P<second>' + _NUMBER + rb')"'  # a level as an array
    rb'|"(?:' + _NAMES + rb'|best\w+)":"?(?P<named>' + _NUMBER + rb')"?(?=[,}])'
)
_REMOVALS = re.compile(
    rb'\["' + _NUMBER + rb'","0(?:\.0*)?"[^\[\]]*\]'
    rb'|\{[^{}]*"(?:qty|size|new_quantity)":"?0(?:\.0*)?"?(?=[,}])[^{}]*\}'
)
_CHECKSUM = re.compile(rb'"checksum":"?(-?\d+)')


def broken_json(text: bytes, _bits: int) -> bytes:
    """The message breaks off in the middle."""
    return text[: max(1, len(text) // 2)]


def wrong_shape(text: bytes, _bits: int) -> bytes:
    """Valid JSON of the right channel whose levels have become a word and whose prices are objects."""
    return orjson.dumps(_misshapen(orjson.loads(text)))


def corrupt(text: bytes, bits: int) -> bytes:
    """One digit of one price or size is another one. Never a zero, so that numbers stay numbers."""
    found = [match.span(group) for match in _FIGURES.finditer(text) for group in match.groupdict()]
    spans = [span for span in found if span[0] >= 0]
    if not spans:
        return text
    first, end = spans[bits % len(spans)]
    digits = [at for at in range(first, end) if text[at] != ord(".")]
    at = digits[(bits >> 20) % len(digits)]
    others = b"123456789".replace(text[at : at + 1], b"")
    return b"%b%c%b" % (text[:at], others[(bits >> 40) % len(others)], text[at + 1 :])


def ghost_level(text: bytes, bits: int) -> bytes:
    """The removal of one level is withheld; ids and everything else are as they should be."""
    found = [match.span() for match in _REMOVALS.finditer(text)]
    if not found:
        return text
    first, end = found[bits % len(found)]
    if text[end : end + 1] == b",":
        end += 1
    elif text[first - 1 : first] == b",":
        first -= 1
    return text[:first] + text[end:]


def bad_checksum(text: bytes, bits: int) -> bytes:
    """Another number of the same sign. A checksum of 0 stands for none and is left alone."""
    match = _CHECKSUM.search(text)
    if match is None or int(match[1]) == 0:
        return text
    right = abs(int(match[1]))
    wrong = (right + 1 + bits % 2**30) % 2**31 or 1
    sign = b"-" if match[1].startswith(b"-") else b""
    return b"%b%b%d%b" % (text[: match.start(1)], sign, wrong, text[match.end(1) :])


def _misshapen(value: object) -> object:
    if isinstance(value, dict):
        return {key: _misshapen(inner) for key, inner in value.items()}
    if isinstance(value, list):
        deeper = value and all(isinstance(inner, dict) for inner in value)
        return [_misshapen(inner) for inner in value] if deeper else "soup"
    is_price = isinstance(value, float) or (isinstance(value, str) and value.replace(".", "", 1).isdecimal())
    return {} if is_price else value
