"""A webhook gets each line by POST, signed, once by its id; retried when that may help, else refused."""

import asyncio
import base64
import email.utils
import socket
import time
from pathlib import Path

import pytest
from aiohttp import web
from tests.sinks.hook import KEY, SECRET, hook_on, is_signed
from tests.sinks.told import lines

from kairos_tui.errors import SettingsInvalid, SinkDown, SinkRefused
from kairos_tui.sinks import Sink, open_sink, read_url
from kairos_tui.sinks.to_webhook import WebhookSink, retry_after_s
from kairos_tui.sinks.webhook_signing import key_of, read_secret, signature


def sink_at(url: str, *, batch: int = 1, timeout_s: float = 5.0) -> WebhookSink:
    return WebhookSink(url, key=KEY, batch=batch, timeout_s=timeout_s)


async def emit(url: str, count: int = 1, **options) -> None:
    async with sink_at(url, **options) as sink:
        await sink.emit(lines(count))


async def test_one_request_per_line_each_signed_with_a_body_that_is_the_line() -> None:
    async with hook_on() as hook:
        await emit(hook.url(), 2)

    assert [body["seq"] for body in hook.bodies] == [1, 2]
    assert all(is_signed(*request) for request in hook.requests)
    headers, _ = hook.requests[0]
    assert headers["content-type"] == "application/json"
    assert abs(int(headers["webhook-timestamp"]) - time.time_ns() / 1e9) < 60


async def test_a_batch_is_one_request_with_an_array() -> None:
    async with hook_on() as hook:
        await emit(hook.url(), 3, batch=3)

    assert [line["seq"] for line in hook.bodies[0]] == [1, 2, 3]
    assert is_signed(*hook.requests[0])


async def test_the_id_is_the_same_on_every_retry_and_another_for_every_line() -> None:
    told = lines(2)
    async with hook_on() as hook:
        hook.answers = [web.Response(status=503)]
        async with sink_at(hook.url()) as sink:
            with pytest.raises(SinkDown):
                await sink.emit(told)
            await sink.emit(told)

    failed, first, second = hook.ids
    assert failed == first != second


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_what_may_be_better_later_is_tried_again(status: int) -> None:
    async with hook_on() as hook:
        hook.answers = [web.Response(status=204), web.Response(status=status)]
        with pytest.raises(SinkDown, match=f"it answers {status}") as trouble:
            await emit(hook.url(), 3)

    assert trouble.value.taken == 1


async def test_a_server_may_say_when() -> None:
    async with hook_on() as hook:
        hook.answers = [web.Response(status=429, headers={"Retry-After": "7"})]
        with pytest.raises(SinkDown) as trouble:
            await emit(hook.url())

    assert trouble.value.wait_s == 7


@pytest.mark.parametrize(
    ("text", "wait_s"), [("120", 120), ("", 0), ("soon", 0), ("-1", 0), ("9" * 30, 999_999_999)]
)
def test_retry_after_in_seconds(text: str, wait_s: float) -> None:
    assert retry_after_s(text) == wait_s


def test_retry_after_as_a_date() -> None:
    until = email.utils.formatdate(time.time_ns() / 1e9 + 60, usegmt=True)

    assert 55 < retry_after_s(until) <= 60
    assert retry_after_s("Wed, 21 Oct 2015 07:28:00 GMT") == 0


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413])
async def test_what_will_never_be_taken_is_refused_and_only_that_line(status: int) -> None:
    async with hook_on() as hook:
        hook.answers = [web.Response(status=204), web.Response(status=status)]
        with pytest.raises(SinkRefused, match=f"it answers {status}") as refusal:
            await emit(hook.url(), 3)

    assert (refusal.value.taken, refusal.value.lost) == (1, 1)


async def test_no_redirect_is_followed() -> None:
    async with hook_on() as hook:
        hook.answers = [web.Response(status=307, headers={"Location": hook.url("/elsewhere")})]
        with pytest.raises(SinkRefused, match="redirects are not followed"):
            await emit(hook.url())

    assert len(hook.requests) == 1


async def test_a_long_answer_is_not_read_to_its_end() -> None:
    async with hook_on() as hook:
        hook.answers = [web.Response(status=200, body=b"x" * (8 << 20))]
        async with asyncio.timeout(5):
            await emit(hook.url(), 2)

    assert len(hook.requests) == 2


async def test_a_port_that_refuses_is_said_in_words(closed_port: int) -> None:
    with pytest.raises(SinkDown, match=r"^connection refused$"):
        await emit(f"http://127.0.0.1:{closed_port}/hook")


async def test_a_server_that_never_answers_has_its_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(SinkDown, match=r"no answer within 0.2 s"):
            await emit(f"http://127.0.0.1:{port}/hook", timeout_s=0.2)


async def test_a_server_that_hangs_up_is_down() -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    with pytest.raises(SinkDown, match=r"it closed the connection|connection reset by peer"):
        await emit(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook")
    server.close()


async def test_plain_http_behind_an_https_url_is_said_in_words() -> None:
    async with hook_on() as hook:
        with pytest.raises(SinkDown, match="it speaks no TLS"):
            await emit(hook.url().replace("http:", "https:"))


def test_a_signature_of_the_specification() -> None:
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "secret")
    body = b'{"test": 2432232314}'

    signed = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_secret_comes_from_a_variable() -> None:
    url = read_url("https://h/x?secret_env=HOOK")

    assert read_secret(url, {"HOOK": SECRET}) == KEY
    with pytest.raises(SettingsInvalid, match="secret_env=HOOK: the variable is not set"):
        read_secret(url, {})


def test_the_secret_comes_from_a_file_that_is_ours_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(f"{SECRET}\n")
    url = read_url(f"https://h/x?secret_file={path}")
    path.chmod(0o640)
    with pytest.raises(SettingsInvalid, match=f"others may read it: chmod 600 {path}"):
        read_secret(url, {})
    path.chmod(0o600)

    assert read_secret(url, {}) == KEY


@pytest.mark.parametrize("secret", ["hunter2", "whsec_hunter2!", "whsec_aHVudGVyMg==", "whsec_"])
def test_what_is_no_secret_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(
        SettingsInvalid, match="secret_env=A: must hold whsec_ and 16 to 256 bytes"
    ) as refusal:
        key_of(secret, "secret_env=A")

    assert "hunter2" not in str(refusal.value)
    assert base64.b64encode(b"hunter2").decode() not in str(refusal.value)


@pytest.mark.parametrize("path", ["nowhere", "."])
def test_a_secret_file_that_cannot_be_read_is_one_line(tmp_path: Path, path: str) -> None:
    with pytest.raises(SettingsInvalid, match=r"no such file|is a directory|not a file"):
        open_sink(read_url(f"https://h/x?secret_file={tmp_path / path}"))


def test_without_a_secret_nothing_is_signed() -> None:
    sink: Sink = open_sink(read_url("https://h/x"))

    assert isinstance(sink, WebhookSink)
    assert sink._key is None
