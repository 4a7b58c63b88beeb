"""UdpSink: `udp://HOST:PORT?prefix=TEXT` sends each line as a datagram. An example."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from kairos_tui.errors import SettingsInvalid, SinkDown
from kairos_tui.sinks import SinkUrl, Told


def open_udp(url: SinkUrl) -> "UdpSink":
    """What the entry point names. Raise SettingsInvalid for what can never work."""
    parts = urlsplit(f"udp:{url.target}")
    if not parts.hostname or not parts.port:
        raise SettingsInvalid("udp: names no host and port, as in udp://127.0.0.1:9999")
    return UdpSink(parts.hostname, parts.port, prefix=url.text("prefix"))


class UdpSink:
    """It does not queue, count or retry: Kairos does."""

    def __init__(self, host: str, port: int, *, prefix: str) -> None:
        self._address = (host, port)
        self._prefix = prefix.encode()
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        try:
            self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                asyncio.DatagramProtocol, remote_addr=self._address
            )
        except OSError as error:
            raise SinkDown(str(error.strerror or error)) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transport:
            self._transport.close()

    async def emit(self, told: Sequence[Told]) -> None:
        """`line` is the struct, `body` its JSON with the newline."""
        assert self._transport is not None
        for each in told:
            self._transport.sendto(self._prefix + each.body)
