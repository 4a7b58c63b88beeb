"""connections: redis's own, but that a name which is not answered does not hold them up.

Before it: store. After it: whereabouts, redis.
"""

import socket
from typing import Any

from redis import Connection, ConnectionPool, SSLConnection

from kairos_tui.fleet.place import FleetPlace
from kairos_tui.fleet.whereabouts import whereabouts

_LOOK_S = 0.15
"""For a look-up: what was known before has to do after that."""


class NamedConnection(Connection):
    """To the first address of the host that takes it."""

    def _connect(self) -> socket.socket:
        name, refusal = self.host, OSError("no address")
        try:
            for address in whereabouts(name, self.port).addresses(_LOOK_S):
                self.host = address
                try:
                    return self._connect_to_it()
                except OSError as error:
                    refusal = error
        finally:
            self.host = name
        raise refusal

    def _connect_to_it(self) -> socket.socket:
        made: socket.socket = super()._connect()  # type: ignore[no-untyped-call]
        return made


class NamedTlsConnection(SSLConnection, NamedConnection):
    """The certificate is that of the name."""


def pool_to(place: FleetPlace, options: dict[str, Any]) -> ConnectionPool:
    """`options` are redis's own."""
    kind = NamedTlsConnection if place.tls else NamedConnection
    return ConnectionPool(
        connection_class=kind,
        host=place.host,
        port=place.port,
        db=place.database,
        username=place.user,
        password=place.password,
        **options,
    )
