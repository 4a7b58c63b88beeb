"""From Redis: what another machine's Kairos keeps in a Redis, on its way back in. The door to redis_reader.

Before it: redis_sink's stream and board. After it: runtime's sources and tap.
"""

import re

from kairos_tui.errors import ExtraMissing, SettingsInvalid
from kairos_tui.sinks.nearest import nearest
from kairos_tui.sinks.redis_place import RedisPlace, place_of
from kairos_tui.sinks.stream_words import StreamReader
from kairos_tui.sinks.to_redis import NEEDS_EXTRA
from kairos_tui.sinks.urls import read_url

_ID = re.compile(r"[0-9]{1,20}(-[0-9]{1,20})?")
_SCHEMES = ("redis", "rediss")


def read_from(text: str) -> RedisPlace:
    """What `--from` means. Raises SettingsInvalid with the nearest valid name."""
    scheme = text.partition(":")[0].strip().casefold()
    if scheme not in _SCHEMES or ":" not in text:
        near = nearest(scheme, _SCHEMES) or " (as in redis://127.0.0.1:6379)"
        raise SettingsInvalid(f"--from: no reading from {scheme[:40]!r}{near}")
    return place_of(read_url(text))


def check_since(text: str) -> str:
    """`new`, `start` or an entry's id. Raises SettingsInvalid."""
    if text in ("new", "start") or _ID.fullmatch(text):
        return text
    near = nearest(text, ("new", "start")) or " (new, start, or an id like 1795342351123-42)"
    raise SettingsInvalid(f"--since: no {text[:40]!r}{near}")


def open_reader(place: RedisPlace, *, since: str = "new", lines: bool, board: bool) -> StreamReader:
    """A reader at work. Raises ExtraMissing."""
    try:
        from kairos_tui.sinks.redis_reader import RedisReader
    except ImportError as error:
        raise ExtraMissing(NEEDS_EXTRA) from error
    return RedisReader(place, since=since, lines=lines, board=board)
