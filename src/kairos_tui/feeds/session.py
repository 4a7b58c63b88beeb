"""The session a feed's HTTP and WebSocket calls share: pinned to the configured origins, deaf to redirects.

Before it: ccxt, which would follow a redirect anywhere. After it: the network.
"""

import ssl
from types import SimpleNamespace
from typing import Any

import aiohttp
import certifi

from kairos_tui.feeds.origins import Origins
from kairos_tui.feeds.reasons import origin_of


class PinnedConnector(aiohttp.TCPConnector):
    """The last door before the network: with origins set, no connection is made to anywhere else."""

    def __init__(self, origins: Origins, ssl_context: ssl.SSLContext | bool) -> None:
        super().__init__(ssl=ssl_context, happy_eyeballs_delay=0.25)
        self._origins = origins

    async def connect(self, req: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  aiohttp's signature
        if not self._origins.allows(req.url.scheme, req.url.host, req.url.port):
            raise aiohttp.ClientConnectionError(
                f"{origin_of(str(req.url))} is not an origin this venue may use"
            )
        return await super().connect(req, *args, **kwargs)


def tls_context(origins: Origins) -> ssl.SSLContext | bool:
    """certifi's authorities, as ccxt uses; nothing where no URL is encrypted (it costs 20 ms and 2 MB)."""
    return True if origins.all_plain else ssl.create_default_context(cafile=certifi.where())


def open_session(origins: Origins, ssl_context: ssl.SSLContext | bool) -> aiohttp.ClientSession:
    """Must be called in the running loop, and closed by the caller."""
    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(_refuse_redirect)
    connector = PinnedConnector(origins, ssl_context)
    return aiohttp.ClientSession(connector=connector, trace_configs=[trace], trust_env=False)


async def _refuse_redirect(
    session: aiohttp.ClientSession, context: SimpleNamespace, redirect: aiohttp.TraceRequestRedirectParams
) -> None:
    redirect.response.close()
    target = redirect.response.headers.get("Location", "nowhere")
    raise aiohttp.ClientConnectionError(f"redirected to {origin_of(target)}, refused")
