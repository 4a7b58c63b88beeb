"""A feed says why it cannot reach a venue, comes up when it can, and goes down without a trace."""

import asyncio
import gc
import logging
import socket
import subprocess
import sys
from time import monotonic_ns

import pytest
from tests.feeds.wire import Wire

from kairos_tui.feeds.connections import Connections
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.market import FeedState


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def test_a_venue_that_refuses_connections_is_down_with_its_address_and_next_try(
    recorder, plan_for, running, kit
):
    port = free_port()
    async with running(plan_for(f"127.0.0.1:{port}"), recorder):
        await kit.until(lambda: recorder.states(None).count("down") >= 3)
    last = recorder.last(None)
    assert last.reason == f"connection refused at 127.0.0.1:{port}"
    assert last.retry_ns is not None
    assert recorder.states(None)[0] == FeedState.CONNECTING


async def test_an_outage_is_as_old_as_its_first_failure(venue, recorder, plan_for, running, kit):
    venue.rest["/api/v5/public/instruments"] = ["what"]
    async with running(plan_for(venue.here), recorder):
        await kit.until(lambda: recorder.states(None).count("down") >= 3)
        venue.rest["/api/v5/public/instruments"] = kit.okx_markets("BTC/USDT")
        await kit.until(recorder.is_live)
    told = [status for status in recorder.statuses if status.symbol is None]
    down = [status for status in told if status.state == "down"]
    assert len({status.since_ns for status in down}) == 1
    assert len({status.retry_ns for status in down}) == len(down)
    assert told[0].since_ns < down[0].since_ns < told[-1].since_ns
    assert told[-1].state == "connecting"


async def test_a_name_that_does_not_resolve_says_so(recorder, plan_for, running, kit):
    async with running(plan_for("venue.invalid:80"), recorder):
        await kit.until(lambda: "down" in recorder.states(None))
    assert recorder.last(None).reason.startswith("no network: name not resolved")


async def test_a_venue_that_never_answers_times_out(recorder, plan_for, running, kit):
    async def hold(reader, writer):
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with running(plan_for(f"127.0.0.1:{port}", connect_timeout_s=1.0), recorder):
        await kit.until(lambda: "down" in recorder.states(None))
    server.close()
    await server.wait_closed()
    assert recorder.last(None).reason == "timed out after 1 s"


async def test_what_a_venue_says_is_logged_as_one_short_line(venue, recorder, plan_for, running, kit, caplog):
    venue.on_message = lambda ours, _: ours.send(
        kit.text({"event": "error", "code": "60018", "msg": "\x1b[31mBTC-USDT\nforged line" + "x" * 9000})
    )
    caplog.set_level(logging.WARNING)
    async with running(plan_for(venue.here), recorder):
        await kit.until(lambda: "quarantined" in recorder.states())
    told = [record.getMessage() for record in caplog.records if record.name.startswith("kairos")]
    told += [status.reason for status in recorder.statuses if status.reason]
    assert any("forged line" in text for text in told)
    assert all(text.isprintable() and len(text) < 300 for text in told)


def test_a_line_that_is_dropped_with_the_venues_words_logs_them_on_one_line(recorder, caplog):
    async def drop() -> None:
        async with asyncio.TaskGroup() as tasks:
            lines = Connections("okx", Outbox(recorder), timeout_s=1.0)
            lines.open(tasks)
            lines.on_lost(Wire(), "broken\r\nERROR forged \x1b]0;title\x07" + "x" * 9000, dialling=True)

    caplog.set_level(logging.WARNING)
    asyncio.run(drop())
    (record,) = caplog.records
    assert "broken ERROR forged" in record.getMessage()
    assert record.getMessage().isprintable()
    assert len(record.getMessage()) < 300


async def test_markets_that_are_not_markets_are_a_reason_not_a_crash(venue, recorder, plan_for, running, kit):
    venue.rest["/api/v5/public/instruments"] = ["what", {"is": "this"}]
    async with running(plan_for(venue.here), recorder):
        await kit.until(lambda: recorder.states(None).count("down") >= 2)
        venue.rest["/api/v5/public/instruments"] = kit.okx_markets("BTC/USDT")
        await kit.until(recorder.is_live)
    assert recorder.last(None).state == "connecting"


NO_TABLES = {
    "html": b"<html><body>Moved</body></html>",
    "empty": b"",
    "null": b"null",
    "a number": b"42",
    "garbage": bytes(range(255, 0, -1)) * 50,
    "deep nesting": b"[" * 100_000,
    "an empty list": b"[]",
    "an empty table": b"{}",
}


def page(body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
    return b"%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)


@pytest.mark.parametrize("ccxt_class", ["okx", "gate", "kraken", "binance", "coinbase"])
@pytest.mark.parametrize("body", NO_TABLES.values(), ids=NO_TABLES)
async def test_a_page_that_is_no_table_of_markets_is_a_venue_that_is_down_and_tried_again(
    venue, recorder, plan_for, running, kit, ccxt_class, body
):
    venue.rest = {"/": page(body)}
    async with running(plan_for(venue.here, ccxt_class=ccxt_class), recorder):
        await kit.until(lambda: "down" in recorder.states(None))
    last = recorder.last(None)
    assert last.retry_ns is not None
    assert last.reason in {
        "answered without a single market",
        "answered what is no table of markets",
        f"answered {body.decode('latin-1')} in place of its markets",
    }
    assert recorder.statuses[-1].symbol is None
    assert all(status.listed for status in recorder.statuses)


async def test_a_venue_whose_markets_come_after_a_page_of_html_comes_up(
    venue, recorder, plan_for, running, kit
):
    table, venue.rest = venue.rest, {"/": page(b"<html>")}
    async with running(plan_for(venue.here), recorder):
        await kit.until(lambda: "down" in recorder.states(None))
        venue.rest = table
        await kit.until(recorder.is_live)
    assert recorder.last(None).state == "connecting"


@pytest.mark.parametrize("lot", ["1e400", "NaN", "1e300", "-3"])
async def test_a_market_with_a_lot_of_nonsense_is_quarantined_and_the_others_run(
    venue, recorder, plan_for, running, kit, lot
):
    table = kit.okx_markets("BTC/USDT", "ETH/USDT")
    table["data"][0]["lotSz"] = lot
    venue.rest["/api/v5/public/instruments"] = table
    async with running(plan_for(venue.here, "BTC/USDT", "ETH/USDT"), recorder):
        await kit.until(lambda: recorder.is_live("ETH/USDT"))
    last = recorder.last("BTC/USDT")
    assert last.state == "quarantined"
    assert str(last.reason).startswith("its lot ")
    assert [listing.instrument.symbol for listing in recorder.listings] == ["ETH/USDT"]


async def test_a_market_that_nobody_foresaw_takes_its_venue_down_not_the_process(
    venue, recorder, plan_for, running, kit
):
    def forget_ids(feed):
        taken = feed._exchange.set_markets

        def set_markets(*given):
            found = taken(*given)
            for market in found.values():
                market.pop("id", None)
            return found

        feed._exchange.set_markets = set_markets
        return taken

    async with running(plan_for(venue.here), recorder) as feed:
        taken = forget_ids(feed)
        await kit.until(lambda: recorder.states(None).count("down") >= 2)
        assert recorder.last(None).reason == "answered what is no table of markets"
        feed._exchange.set_markets = taken
        await kit.until(recorder.is_live)


async def test_a_refused_handshake_names_its_status_and_its_wait_is_capped(
    venue, recorder, plan_for, running, kit
):
    venue.refuse_with = (
        b"HTTP/1.1 429 Too Many\r\nRetry-After: inf\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    async with running(plan_for(venue.here), recorder):
        await kit.until(lambda: "down" in recorder.states())
        last = recorder.last()
    assert last.reason == "handshake refused: HTTP 429"
    assert 500e9 < last.retry_ns - monotonic_ns() <= 600e9


async def test_a_websocket_that_cannot_be_reached_is_retried_and_comes_up(
    venue, recorder, plan_for, running, kit
):
    venue.refuse_with = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    async with running(plan_for(venue.here), recorder):
        await kit.until(lambda: recorder.states().count("down") >= 2)
        venue.refuse_with = None
        await kit.until(recorder.is_live)
    assert recorder.ticks[0].generation >= 3


async def test_a_symbol_the_venue_does_not_list_is_down_with_its_nearest_names(
    venue, recorder, plan_for, running, kit
):
    async with running(plan_for(venue.here, "BTC/XYZ", "ETH/USDT"), recorder):
        await kit.until(lambda: recorder.is_live("ETH/USDT"))
    last = recorder.last("BTC/XYZ")
    assert (last.state, last.listed, last.reason) == ("down", False, "does not list BTC/XYZ")
    assert set(last.nearest) == {"BTC/USDT", "BTC/USDC"}
    assert [listing.instrument.symbol for listing in recorder.listings] == ["ETH/USDT"]


async def test_the_fee_is_the_configured_one_when_there_is_one(venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here, taker_bps=7.5), recorder):
        await kit.until(lambda: recorder.listings)
    fees = recorder.listings[0].fees
    assert (fees.taker, fees.source) == (pytest.approx(0.00075), "config")


@pytest.mark.parametrize("moment", ["before anything", "while dialling", "live", "in backoff"])
async def test_it_goes_down_clean_at_any_moment(moment, venue, recorder, plan_for, running, kit, caplog):
    place = f"127.0.0.1:{free_port()}" if moment == "in backoff" else venue.here
    if moment == "while dialling":
        venue.refuse_with = b""
    caplog.set_level(logging.WARNING)
    async with running(plan_for(place), recorder):
        if moment == "live":
            await kit.until(recorder.is_live)
        elif moment == "while dialling":
            await kit.until(lambda: venue.dials)
        elif moment == "in backoff":
            await kit.until(lambda: "down" in recorder.states(None))
    told = len(recorder.statuses)
    gc.collect()
    await asyncio.sleep(0.05)
    gc.collect()
    assert len(recorder.statuses) == told
    assert [record for record in caplog.records if not record.name.startswith("kairos")] == []
    assert asyncio.all_tasks() - {asyncio.current_task()} == set()


def test_the_venues_are_known_without_importing_ccxt():
    script = (
        "import sys; from kairos_tui.feeds import known_venues; ids = known_venues();"
        "assert {'binance', 'kraken', 'okx'} <= set(ids) and list(ids) == sorted(ids), ids;"
        "assert not {'ccxt', 'aiohttp'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=20)
