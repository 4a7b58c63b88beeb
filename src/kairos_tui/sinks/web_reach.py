"""Web reach: whether a server can be reached at all, and what went wrong in words a person can act on.

Used by to_webhook. Nothing of a URL but its host gets into these words.
"""

import asyncio
import os
import socket

import aiohttp

from kairos_tui.errors import SinkDown


async def reach(host: str, port: int, within_s: float) -> None:
    """Connect once and hang up. Raises SinkDown."""
    try:
        async with asyncio.timeout(within_s):
            _, writer = await asyncio.open_connection(host, port)
    except OSError as error:
        raise SinkDown(said_of(error, within_s)) from error
    writer.close()


def said_of(error: aiohttp.ClientError | OSError, within_s: float) -> str:
    """One phrase."""
    match error:
        case TimeoutError():
            said = f"no answer within {within_s:g} s"
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
            said = "its certificate is not trusted, or it speaks no TLS"
        case socket.gaierror() | aiohttp.ClientConnectorDNSError():
            said = "its host has no address (DNS)"
        case OSError(errno=int() as number) if number > 0:
            said = os.strerror(number).lower()
        case _:
            said = "it closed the connection"
    return said
