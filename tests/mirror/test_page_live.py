"""The installed command with both: what the browser shows is what `--json` printed.

Skipped, with the reason, where there is no Chromium.
"""

# mypy: disable-error-code="no-untyped-call,no-untyped-def,arg-type"

import asyncio
import os
import re
import select
import signal
import time

import pytest
from tests.mirror.browser import open_page, path_of_chromium
from tests.mirror.test_page import CARDS, ROWS
from tests.scenarios.driver import make_trading_free

from kairos_tui.hud import numbers

CHROMIUM = path_of_chromium()
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed here (apt-get install chromium)"),
    pytest.mark.timeout(150),
]
VENUES = ("binance", "okx", "bybit")
URL_WITHIN_S = 45.0
PLACES = numbers.price_places(67_000.0)


def url_of(running):
    """The address that the command says on stderr."""
    said, stderr = "", running.process.stderr
    deadline_s = time.monotonic() + URL_WITHIN_S
    while not (found := re.search(r"http://127\.0\.0\.1:\d+/", said)):
        ready, _, _ = select.select([stderr], [], [], max(0.0, deadline_s - time.monotonic()))
        assert ready, f"no address within {URL_WITHIN_S} s, only: {said}"
        said += os.read(stderr.fileno(), 65_536).decode()
    return found[0]


async def test_the_browser_shows_what_json_printed(kairos):
    make_trading_free(kairos, *VENUES)
    words = ("--sim", "--seed", "7", "--json", "--emit", "signal,venue,quote", "--mirror", "127.0.0.1:0")
    running = kairos.start("watch", "BTC/USDT", *words)
    url = await asyncio.to_thread(url_of, running)
    async with open_page(CHROMIUM) as page:
        await page.go(url)
        await page.until(f"{ROWS}.length === {len(VENUES)}", 45)
        closed = await asyncio.to_thread(running.read_until, lambda line: line.get("event") == "close", 40.0)
        await page.until(f"document.querySelector('[data-id=\"{closed['id']}\"].closed')")
        await page.press("2")
        await page.press(" ")
        await page.until("document.getElementById('banner').textContent.includes('PAUSED')")
        cards = await page.ask(CARDS)
        ended = await page.ask("[...document.querySelectorAll('.card.closed')].map((c) => c.dataset.id)")
        rows = await page.ask(f"{ROWS}.map((row) => [...row.children].slice(0, 4).map((c) => c.textContent))")
        assert page.complaints == []
    await asyncio.to_thread(running.end, signal.SIGINT)
    signals = [line for line in running.lines if line["type"] == "signal"]
    closes = {line["id"]: line for line in signals if line["event"] == "close"}
    assert closed["id"] in ended
    for name in ended:
        told = figures_of(closes[name])
        assert {key: cards[name][key] for key in told} == told
    assert cards.keys() <= {line["id"] for line in signals}
    quotes = {pair_of(line) for line in running.lines if line["type"] == "quote"}
    for venue, _, bid, ask in rows:
        assert (venue, bid.split("×")[0], ask.split("×")[0]) in quotes


def figures_of(line):
    """A closed card's, as the contract's line has them."""
    return {
        "peak_net_bps": f"{numbers.bps(line['peak_net_bps'], 2)} bps",
        "net_bps": f"ended {numbers.bps(line['net_bps'], 2)}",
        "profit": f"{numbers.signed_amount(line['profit'])} {line['quote']}",
        "size": f"{numbers.size(line['size'])} {line['asset']}",
        "life": f"■ CLOSED {numbers.span(line['duration_us'])} · {line['reason'].replace('_', ' ')}",
    }


def pair_of(line):
    bid, ask = (numbers.price(line[side], PLACES) for side in ("bid", "ask"))
    return line["venue"].upper(), bid, ask
