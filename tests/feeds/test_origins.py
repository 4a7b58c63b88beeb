"""With origins set, every URL of every ccxt.pro class goes there, and nothing else is ever connected to."""

from collections.abc import Iterator
from typing import Any, cast

import aiohttp
import ccxt.pro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.feeds.origins import Origins
from kairos_tui.feeds.session import open_session
from kairos_tui.feeds.tapped_exchange import tapped
from kairos_tui.feeds.venue_ids import known_venues

OURS = Origins("http://127.0.0.1:8701", "ws://127.0.0.1:8702")


def strings(urls: object) -> Iterator[str]:
    if isinstance(urls, dict):
        for value in urls.values():
            yield from strings(value)
    elif isinstance(urls, list):
        for value in urls:
            yield from strings(value)
    elif isinstance(urls, str):
        yield urls


def test_every_url_of_every_class_is_moved_and_keeps_its_path():
    seen = 0
    for name in ccxt.pro.exchanges:
        plain = getattr(ccxt.pro, name)()
        moved = tapped(getattr(ccxt.pro, name), cast(Any, None), OURS, ())({})
        for before, after in zip(strings(plain.urls["api"]), strings(moved.urls["api"]), strict=True):
            kind = before.partition("://")[0]
            assert kind in {"http", "https", "ws", "wss"}, (name, before)
            origin = str(OURS.ws if kind.startswith("ws") else OURS.rest)
            assert after.startswith(origin), (name, after)
            rest = before.partition("://")[2]
            assert after.removeprefix(origin) == (rest[rest.index("/") :] if "/" in rest else ""), name
            seen += 1
        assert not moved.apiKey
        assert not moved.secret
    assert seen > 500
    assert len(ccxt.pro.exchanges) > 70


def test_the_list_of_venues_is_the_list_of_ccxts_own_classes():
    assert set(known_venues()) == set(ccxt.pro.exchanges)


def test_a_template_in_the_host_is_replaced_with_it():
    assert OURS.move("https://api.{hostname}/v5/{path}") == "http://127.0.0.1:8701/v5/{path}"
    assert OURS.move("wss://{hostname}") == "ws://127.0.0.1:8702"
    assert OURS.move("wss://h/?token=x") == "ws://127.0.0.1:8702/?token=x"


def test_without_origins_nothing_is_touched():
    assert Origins().move("https://api.okx.com/x") == "https://api.okx.com/x"
    assert Origins().allows("https", "anywhere", None)


@given(
    st.sampled_from(["http", "https", "ws", "wss"]),
    st.from_regex(r"[a-z.{}:0-9]{1,20}", fullmatch=True),
    st.text(),
)
def test_moving_twice_is_moving_once(scheme, host, rest):
    once = OURS.move(f"{scheme}://{host}/{rest}")
    assert OURS.move(once) == once
    assert once.endswith(f"/{rest}")


async def test_a_connection_to_anywhere_else_is_refused_and_names_where():
    async with open_session(OURS, ssl_context=True) as session:
        with pytest.raises(aiohttp.ClientConnectionError, match=r"https://www\.okx\.com is not an origin"):
            await session.get("https://www.okx.com/api")
        with pytest.raises(aiohttp.ClientConnectionError, match=r"127\.0\.0\.1:9 is not"):
            await session.get("http://127.0.0.1:9/")


async def test_a_redirect_is_refused(venue):
    venue.rest["/"] = b"HTTP/1.1 302 Found\r\nLocation: http://evil.example/x\r\nContent-Length: 0\r\n\r\n"
    async with open_session(Origins(), ssl_context=True) as session:
        with pytest.raises(aiohttp.ClientConnectionError, match=r"to http://evil\.example, refused"):
            await session.get(f"http://{venue.here}/")
