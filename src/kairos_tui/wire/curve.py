"""curve: whose key a socket shows and which keys it lets in. Every TCP socket of ours is encrypted with them.

Before it: the roles, which say where keys lie. After it: sockets.
"""

from typing import Final

from msgspec import Struct


class KeyRing(Struct, frozen=True):
    """Where keys lie: the path of the own `.key`, and the folder of the `.pub`s that may come.

    Empty is none: enough for `ipc://`. Who connects needs `own`; who binds needs `allowed` as well.
    """

    own: str = ""
    allowed: str = ""


NO_KEYS: Final = KeyRing()
