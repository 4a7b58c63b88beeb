"""SinkUrl: one `--sink` URL, read and checked. And how any URL is shown: without what is secret in it.

Before it: urls. After it: the sinks themselves, the courier's owner, error lines.
"""

import re

from msgspec import Struct

from kairos_tui.sinks.schemes import SCHEMES
from kairos_tui.sinks.url_keys import Value

_USER = re.compile(r"//[^/?#\s]*@")
_WEB_PATH = re.compile(r"^(https?://[^/?#]*/[^/?#]*/)[^?#]+", re.IGNORECASE)
OUR_KEYS = frozenset(key for row in SCHEMES.values() for key in row.all_keys())
_PAIR = re.compile(r"([?&])([^=&?#]+)=([^&#]*)")


class SinkUrl(Struct, frozen=True):
    """`target` is what stands between scheme and query; `values` has every key, defaults filled in.

    Of a third party's scheme, `values` also has the keys that are its own, as text.
    """

    scheme: str
    target: str
    values: dict[str, Value]

    @property
    def emit(self) -> frozenset[str]:
        """Which types of line it wants: signal, venue, quote, fill, markout. Gap lines always come."""
        return frozenset(self.words("emit"))

    @property
    def events(self) -> frozenset[str]:
        """Which events of a signal it wants: open, update, close."""
        return frozenset(self.words("events"))

    @property
    def life(self) -> bool:
        """Whether it wants hello, heartbeat and bye."""
        return bool(self.values["life"])

    @property
    def queue(self) -> int:
        """How many lines may wait for it."""
        return self.whole("queue")

    def whole(self, key: str) -> int:
        """A whole number."""
        value = self.values[key]
        assert isinstance(value, int)
        return value

    def number(self, key: str) -> float:
        """A number."""
        value = self.values[key]
        assert isinstance(value, int | float)
        return float(value)

    def text(self, key: str) -> str:
        """A name or a path; empty when it was not given and has no default."""
        value = self.values.get(key, "")
        assert isinstance(value, str)
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """Words of a list."""
        value = self.values[key]
        assert isinstance(value, tuple)
        return value


def without_secrets(text: str) -> str:
    """A sink's URL as it may be shown: no user, no password, of a webhook neither its path nor its keys.

    Chat services' webhooks carry their secret in the path.
    """
    if text.casefold().startswith("exec:"):
        return text
    shown = _WEB_PATH.sub(r"\1***", _USER.sub("//***@", text))
    return _PAIR.sub(lambda pair: pair[0] if pair[2] in OUR_KEYS else f"{pair[1]}{pair[2]}=***", shown)
