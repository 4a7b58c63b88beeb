"""LogEvent: what a log record says, taken apart: the event, and its fields by name.

Before it: `log.warning("line down venue=%s reason=%s", ...)`. After it: log_sparing (by event), json_log.
"""

import logging
import re
from typing import Final, NamedTuple

Value = str | int | float | bool | None

_CONVERSION: Final = re.compile(
    r"(?:(?P<name>[A-Za-z_]\w*)=)?%(?:%|[-+ #0]*[0-9*]*(?:\.[0-9*]+)?(?P<kind>[a-zA-Z]))"
)
_SECRETS: Final = re.compile(r"(?<=//)[^/?#\s'\"@]*@|(?<=[?&]token=)[^\s&'\")]+", re.IGNORECASE)
_LONGEST_EVENT: Final = 120
_LONGEST_VALUE: Final = 1_000


class LogEvent(NamedTuple):
    """`text` is the constant part of the message; `about` the venue, else the role, that it speaks of."""

    text: str
    fields: tuple[tuple[str, Value], ...]

    @property
    def about(self) -> str:
        """Empty where it speaks of neither."""
        known = dict(self.fields)
        return str(known.get("venue") or known.get("role") or "")


def read_event(record: logging.LogRecord) -> LogEvent:
    """Never fails: a message that does not fit its arguments is an event as it stands."""
    made = getattr(record, "kairos_event", None)
    if isinstance(made, LogEvent):
        return made
    pattern = str(record.msg)
    args = record.args if isinstance(record.args, tuple) else ()
    found = [each for each in _CONVERSION.finditer(pattern) if each["kind"]]
    if not args or len(found) != len(args):
        return LogEvent(_cut(_whole(record), _LONGEST_EVENT), ())
    text = pattern[: found[0].start()].strip(" :=,") or record.name.rpartition(".")[2]
    names = [each["name"] or f"detail{number or ''}" for number, each in enumerate(found)]
    return LogEvent(
        _cut(text.replace("%%", "%"), _LONGEST_EVENT), tuple(zip(names, map(_plain, args), strict=True))
    )


def whole_message(record: logging.LogRecord) -> str:
    """The message as one line for people, without secrets, and with nothing a terminal would obey."""
    return visible(without_secrets(_whole(record)))


def visible(text: str) -> str:
    """Controls, bidi, zero-width and lone surrogates become escapes; so no text forges a line."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text
    )


def without_secrets(text: str) -> str:
    """Passwords of URLs and tokens of the mirror are not for logs."""
    return _SECRETS.sub(lambda found: "***@" if found[0].endswith("@") else "***", text)


def _whole(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # the arguments do not fit
        return str(record.msg)


def _plain(value: object) -> Value:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 1 << 53:
        return int(value)
    if isinstance(value, float) and abs(value) < float("inf"):
        return float(value)
    return _cut(without_secrets(str(value)), _LONGEST_VALUE)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 3] + "..."
