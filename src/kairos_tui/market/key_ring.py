"""KeyRing: where a role's keys lie. Before it: settings. After it: wire, which opens what they are for."""

from typing import Final

from msgspec import Struct


class KeyRing(Struct, frozen=True):
    """Where keys lie: the path of the own `.key`, and the folder of the `.pub`s that may come.

    Empty is none: enough for `ipc://`. Who connects needs `own`; who binds needs `allowed` as well.
    """

    own: str = ""
    allowed: str = ""


NO_KEYS: Final = KeyRing()
