"""Farewell: letting go of a socket whose peer may be gone, and of futures that nobody waits for."""

import asyncio
from typing import Any

from aiohttp import ClientError

CLOSE_WITHIN_S = 1.0


async def hang_up(client: Any) -> None:  # noqa: ANN401  ccxt is untyped
    """Say goodbye, and be gone within a second either way."""
    try:
        async with asyncio.timeout(CLOSE_WITHIN_S):
            await client.aiohttp_close()
    except (TimeoutError, ClientError, OSError):
        pass  # the peer does not answer
    finally:
        _let_go(client.connection)


def _let_go(connection: Any) -> None:  # noqa: ANN401  aiohttp keeps the response to itself
    """After a reset aiohttp calls its socket closed without giving the transport back."""
    response = getattr(connection, "_response", None)
    if response is not None:
        response.close()


def retrieve(future: "asyncio.Future[Any]") -> None:
    """Nobody may be waiting for it any more; unretrieved exceptions are noise on stderr."""
    if not future.cancelled():
        future.exception()
