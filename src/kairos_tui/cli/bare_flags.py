"""bare_flags: options that may stand without their value, which typer does not know. Read by entry."""

import re
from collections.abc import Sequence

_HOST_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]*):[0-9]{1,5}|[0-9]{1,5}")


def with_defaults_of_bare_flags(words: Sequence[str]) -> list[str]:
    """`--mirror` followed by no HOST:PORT becomes `--mirror=127.0.0.1:4321`; the rest stays as it is."""
    end = words.index("--") if "--" in words else len(words)
    given = []
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < end else ""
        bare = word == "--mirror" and place < end and not _HOST_PORT.fullmatch(following)
        given.append(f"--mirror={_usual_place()}" if bare else word)
    return given


def _usual_place() -> str:
    from kairos_tui.settings import MIRROR_AT  # not above: help and completion load no room

    return MIRROR_AT
