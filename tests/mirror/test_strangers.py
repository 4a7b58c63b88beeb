"""Nobody looks in who may not: other sites, other names for this machine, no token, no manners."""

import asyncio
import socket

import aiohttp
import pytest
from tests.mirror.stage import Watcher, board, mirror, raw, signal_line, until_board

UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n"
)


def request(path: str, **headers: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode()


def upgrade(**headers: str) -> bytes:
    return UPGRADE.format(headers="".join(f"{name}: {value}\r\n" for name, value in headers.items())).encode()


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:{port}", None, 101),
        ("localhost:{port}", None, 101),
        ("[::1]:{port}", None, 101),
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}", 101),
        ("localhost:{port}", "http://localhost:{port}", 101),
        ("127.0.0.1:{port}", "https://evil.example", 403),
        ("127.0.0.1:{port}", "null", 403),
        ("127.0.0.1:{port}", "http://127.0.0.1", 403),
        ("127.0.0.1:{port}", "http://127.0.0.1:1", 403),
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}.evil.example", 403),
        ("evil.example:{port}", "http://evil.example:{port}", 403),
        ("evil.example:{port}", None, 403),
        ("evil.example", None, 403),
        ("127.0.0.1:{port}.evil.example", None, 403),
        ("", None, 403),
    ],
)
async def test_only_our_own_names_and_origins_may_open_a_websocket(
    host: str, origin: str | None, status: int
) -> None:
    async with mirror() as served:
        headers = {"Host": host.format(port=served.port)}
        if origin is not None:
            headers["Origin"] = origin.format(port=served.port)
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(upgrade(**headers))
        first = await asyncio.wait_for(reader.readline(), 2)
        assert first.split()[1] == str(status).encode()
        if status != 101:
            await asyncio.wait_for(reader.read(), 1)  # ends: the transport is closed too
        writer.close()


@pytest.mark.parametrize("path", ["/", "/events", "/metrics", "/readyz", "/healthz"])
async def test_pages_of_other_sites_may_read_nothing_by_http_either(path: str) -> None:
    async with mirror() as served:
        host = f"127.0.0.1:{served.port}"
        by_origin = await raw(served.port, request(path, Host=host, Origin="https://evil.example"))
        by_fetch = await raw(served.port, request(path, Host=host, Sec_Fetch_Site="cross-site"))
        rebound = await raw(served.port, request(path, Host=f"evil.example:{served.port}"))

    for answer in (by_origin, by_fetch, rebound):
        assert answer.startswith(b"HTTP/1.1 403")
        assert b"Access-Control" not in answer


async def test_a_page_of_another_origin_may_look_when_the_configuration_says_so() -> None:
    async with mirror(origins=("https://wall.example",)) as served:
        headers = {"Origin": "https://wall.example", "Host": "wall.example"}
        async with served.viewer(headers=headers) as viewer:
            assert await viewer.event("snapshot")


@pytest.mark.parametrize("path", ["/", "/socket.io/?EIO=4&transport=websocket", "/events", "/metrics"])
async def test_without_the_token_nothing_is_shown(path: str) -> None:
    async with mirror(token="open sesame") as served:
        assert (await served.get(path))[0] == 401
        joint = "&" if "?" in path else "?"
        assert (await served.get(f"{path}{joint}token=open"))[0] == 401
        assert (await served.get(path, {"Authorization": "Bearer open"}))[0] == 401
        assert (await served.get(path, {"Cookie": f"kairos_{served.port}=open sesame"}))[0] == 401


async def test_a_refused_client_keeps_no_transport() -> None:
    async with mirror(token="open sesame") as served:
        began = asyncio.get_running_loop().time()
        answer = await raw(served.port, upgrade(Host=f"127.0.0.1:{served.port}"))

        assert answer.startswith(b"HTTP/1.1 401")
        assert asyncio.get_running_loop().time() - began < 1.0


async def test_the_token_comes_once_in_the_url_and_then_as_a_cookie_that_is_not_the_token() -> None:
    async with mirror(token="open sesame") as served:
        async with served.http.get(served.url("/?token=open%20sesame")) as first:
            said = first.headers["Set-Cookie"]
            text = await first.text()
        name, _, value = said.partition(";")[0].partition("=")
        async with served.socket(headers={"Cookie": f"{name}={value}"}) as ws:
            await Watcher(ws).join()

    assert "HttpOnly" in said
    assert "SameSite=Strict" in said
    assert "sesame" not in said
    assert 'http-equiv="refresh" content="0;url=/"' in text
    assert "sesame" not in text


async def test_curl_and_prometheus_bring_the_token_as_a_bearer() -> None:
    async with mirror(token="open sesame") as served:
        status, text = await served.get("/metrics", {"Authorization": "Bearer open sesame"})

    assert status == 200
    assert "kairos_up" in text


async def test_probes_need_no_token() -> None:
    async with mirror(token="open sesame") as served:
        served.source.play(board(1))
        await until_board(served)

        assert (await served.get("/healthz"))[0] == 200


async def test_a_token_of_any_bytes_is_refused_and_not_a_crash() -> None:
    async with mirror(token="open sesame") as served:
        host = f"127.0.0.1:{served.port}"
        for said in ("%00", "%FF%FE", "%F0%9F%92%A9", "a" * 4_000):
            answer = await raw(served.port, request(f"/?token={said}", Host=host, Connection="close"))
            assert answer.startswith(b"HTTP/1.1 401"), said


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
async def test_there_is_nothing_to_do_but_read(method: str) -> None:
    async with mirror() as served:
        for path in ("/", "/socket.io/?EIO=4&transport=polling", "/events", "/metrics"):
            async with served.http.request(method, served.url(path)) as response:
                assert response.status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/../seam.py",
        "/..%2fseam.py",
        "/%2e%2e/seam.py",
        "/js/../../seam.py",
        "/js%5c..%5c..%5cseam.py",
        "//etc/passwd",
        "/.git/config",
        "/page/index.html",
        "/js/",
        "/index.html%00.js",
    ],
)
async def test_a_path_that_is_no_file_of_the_page_does_not_exist(path: str) -> None:
    async with mirror() as served:
        answer = await raw(served.port, request(path, Host=f"127.0.0.1:{served.port}", Connection="close"))

    assert answer.split()[1] in (b"404", b"400")
    assert b"root:" not in answer
    assert b"SEAM" not in answer


async def test_every_answer_carries_the_headers_that_keep_a_page_from_being_misused() -> None:
    async with mirror() as served:
        for path in ("/", "/metrics", "/readyz", "/nothing", "/events"):
            async with served.http.get(served.url(path)) as response:
                policy = response.headers["Content-Security-Policy"]
                for part in (
                    "default-src 'none'",
                    "script-src 'self'",
                    "style-src 'self'",
                    "connect-src 'self'",
                    "frame-ancestors 'none'",
                ):
                    assert part in policy
                assert "unsafe" not in policy
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                assert response.headers["Referrer-Policy"] == "no-referrer"
                assert "Access-Control-Allow-Origin" not in response.headers
                assert response.headers["Server"] == "kairos"


async def test_polling_is_not_offered() -> None:
    async with mirror() as served:
        assert (await served.get("/socket.io/?EIO=4&transport=polling"))[0] == 400


MALFORMED = [
    "",
    "x",
    "9",
    "4",
    "44",
    "40/admin,",
    "40/,x",
    "40[",
    "41/admin,",
    '43/,1["a"]',
    '451-["a",{"_placeholder":true,"num":0}]',
    "452-[",
    "2probe",
    "5",
    "6",
    "1",
    "b" + "A" * 100,
    "4" + "0" * 500,
    "42" + "9" * 400,
]


@pytest.mark.parametrize("said", MALFORMED)
async def test_what_no_viewer_says_ends_the_conversation_and_nothing_else(said: str) -> None:
    async with mirror() as served, served.viewer() as good:
        async with served.viewer() as bad:
            await bad.ws.send_str(said)
            code, _ = await bad.closing()
        served.source.play(board(5))

        assert code in (1008, 1000, 1006)
        assert (await good.event("batch"))["symbols"]


@pytest.mark.parametrize(
    "said",
    [
        "42[",
        "42[]",
        '42["focus"]',
        '42["focus",{}]',
        '42["focus",{"symbol":"DOGE/USDT"}]',
        '42["focus",{"symbol":7}]',
        '42["focus",{"symbol":{"a":1}}]',
        '42["pause",{"on":"yes"}]',
        '42["pause",true]',
        '42["connect",{}]',
        '42["buy",{"symbol":"BTC/USDT"}]',
        "42" + "[" * 400,
        "42" + "[" * 60_000,
        '42["focus",{"symbol":"' + "x" * 60_000 + '"}]',
    ],
)
async def test_a_wish_we_do_not_know_changes_nothing(said: str) -> None:
    async with mirror() as served, served.viewer() as viewer:
        await viewer.event("snapshot")
        await viewer.ws.send_str(said)
        served.source.play(board(5))
        seen = await viewer.event("batch")

        assert [each["brief"] for each in seen["symbols"]] == [False, False]


async def test_a_message_over_64_kib_ends_the_connection() -> None:
    async with mirror() as served, served.viewer() as viewer:
        await viewer.ws.send_str("42" + "x" * 70_000)

        assert (await viewer.closing())[0] in (1009, 1006)


async def test_bytes_are_no_words() -> None:
    async with mirror() as served, served.viewer() as viewer:
        await viewer.ws.send_bytes(b"\x04" * 100)

        await viewer.closing()
        assert (await served.metric("kairos_mirror_viewers")) == 0


async def test_who_floods_is_sent_away_and_the_others_notice_nothing() -> None:
    async with mirror() as served, served.viewer() as good, served.viewer() as bad:
        await good.event("snapshot")
        for _ in range(400):
            await bad.ws.send_str('42["pause",{"on":true}]')
        code, why = await bad.closing()
        served.source.play(board(5))

        assert (await good.event("batch"))["symbols"]
        assert await served.metric('kairos_mirror_sent_away_total{reason="flood"}') == 1
    assert (code, why) in ((1008, "spoke too much"), (1006, None), (None, "cut"))


async def test_who_opens_a_socket_and_asks_for_nothing_is_closed_within_a_second() -> None:
    async with mirror() as served, served.socket() as ws:
        began = asyncio.get_running_loop().time()
        code, why = await Watcher(ws).closing()

        assert asyncio.get_running_loop().time() - began < 1.0
        assert (code, why) == (1008, "never asked for the board")


async def test_another_namespace_is_refused_and_its_transport_closed() -> None:
    async with mirror() as served, served.socket() as ws:
        await ws.send_str("40/admin,")

        assert (await Watcher(ws).closing())[0] == 1008


async def test_garbage_on_the_port_harms_nobody() -> None:
    async with mirror() as served:
        for garbage in (
            b"\x00" * 1_000,
            b"GET " + b"/" * 20_000,
            b"\x16\x03\x01\x02\x00",
            b"GET / HTTP/9.9\r\n\r\n",
        ):
            with socket.create_connection(("127.0.0.1", served.port)) as client:
                client.sendall(garbage)
        async with served.viewer() as viewer:
            assert await viewer.event("snapshot")


async def test_hostile_names_and_reasons_are_data_and_nothing_else() -> None:
    hostile = '</script><img src=x onerror=alert(1)>\x1b[31m\u202e"\\'
    async with mirror() as served:
        served.source.play(signal_line(2), board(1, symbols=(hostile,), venues=(hostile, "okx")))
        await until_board(served)
        async with served.viewer() as viewer:
            seen = await viewer.event("snapshot")
        status, text = await served.get("/metrics")

    assert seen["symbols"][0]["symbol"] == hostile
    assert seen["symbols"][0]["venues"][0]["venue"] == hostile
    assert status == 200
    assert all(line.startswith(("#", "kairos_")) for line in text.splitlines())


async def test_there_is_a_limit_to_how_many_may_look() -> None:
    async with mirror() as served:
        sockets = []
        for _ in range(256):
            sockets.append(await served.socket())
            await sockets[-1].send_str("40")
        try:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await served.socket()
        finally:
            for each in sockets:
                await each.close()

    assert refused.value.status == 503
