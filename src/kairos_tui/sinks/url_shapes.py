"""URL shapes: what must stand between a sink's scheme and its `?`. One function per kind of sink.

Before it: urls. Each returns what is wrong with a target, or None; none touches the world.
"""

import shlex
from urllib.parse import SplitResult, urlsplit


def file_problem(target: str) -> str | None:
    """`PATH` or `///abs/path`."""
    if target.startswith("//") and not target.startswith(("///", "//localhost/")):
        return "file: names a path on this machine, as in file:lines.jsonl or file:///var/log/lines.jsonl"
    return None if target.strip("/ ") else "names no file, as in file:lines.jsonl"


def web_problem(target: str) -> str | None:
    """`//host[:port]/path`, without a user."""
    parts = split(f"http:{target}")
    if parts is None or not parts.hostname:
        return "names no host, as in https://example.org/hook"
    if "@" in parts.netloc:
        return "may not hold a user or password: sign with secret_env=NAME or secret_file=PATH"
    if parts.fragment:
        return "may not hold a # part: no server would see it"
    return None


def command_problem(target: str) -> str | None:
    """A command with arguments, quoted as in a shell."""
    try:
        words = shlex.split(target)
    except ValueError as error:
        return f"cannot be read as a command: {str(error).lower()}"
    return None if words and words[0] else "names no command, as in exec:./alert.sh"


def redis_problem(target: str) -> str | None:
    """`//[user:password@]host[:port][/number]`."""
    parts = split(f"redis:{target}")
    if parts is None or not parts.hostname or parts.fragment:
        return "names no host, as in redis://127.0.0.1:6379/0; in a password, # / ? and @ are %23 %2F %3F %40"
    database = parts.path.strip("/")
    if database and not (database.isascii() and database.isdigit() and len(database) <= 5):
        return f"database {database[:20]!r} must be a number, as in redis://127.0.0.1:6379/0"
    return None


def any_target(_target: str) -> str | None:
    """What third parties make of it is theirs to check."""
    return None


def split(text: str) -> SplitResult | None:
    """The parts of a URL; None when it has none, or its port is no port."""
    try:
        parts = urlsplit(text)
        has_port = parts.port != 0
    except ValueError:
        return None
    return parts if has_port else None
