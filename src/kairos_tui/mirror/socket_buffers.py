"""Socket buffers: a client that does not read may cost this machine little. Used by events and socket_io."""

import asyncio
import socket
from typing import Final

SEND_BUFFER_BYTES: Final = 64 * 1024


def keep_small(transport: asyncio.Transport) -> None:
    """Both the kernel's buffer and the transport's."""
    transport.set_write_buffer_limits(high=SEND_BUFFER_BYTES)
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
