"""The page in a real browser: it shows what was told and nothing else, and never what only looks alive.

Skipped, with the reason, where there is no Chromium.
"""

# mypy: disable-error-code="no-untyped-call,union-attr,arg-type"

import json
from contextlib import asynccontextmanager

import pytest
from tests.hud.play import Market
from tests.mirror.browser import open_page, path_of_chromium
from tests.mirror.page_stage import Show, mirror_of, playing

from kairos_tui.hud import numbers
from kairos_tui.market import FeedState, Symbol

CHROMIUM = path_of_chromium()
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed here (apt-get install chromium)"),
    pytest.mark.timeout(60),
]

MOST_BYTES = 150_000
FIRST_PAINT_WITHIN_MS = 1_000
ROWS = "[...document.querySelectorAll('#venue-rows tr')]"
TEXT = "document.getElementById('{}').textContent"
CARDS = """(() => {
    const cards = [...document.querySelectorAll('.card')];
    const figures = (card) => [...card.querySelectorAll('[data-f]')].map((f) => [f.dataset.f, f.textContent]);
    return Object.fromEntries(cards.map((card) => [card.dataset.id, Object.fromEntries(figures(card))]));
})()"""
CELLS = "[...document.querySelectorAll('#matrix-rows td')].map((c) => [c.kPair, c.firstChild.textContent])"
EDGE = {"okx": 60.0}


@asynccontextmanager
async def watching(show, *, width=1600, height=900):
    """A page that looks at `show`, without a complaint until its end."""
    async with mirror_of(show) as url, open_page(CHROMIUM) as page:
        await page.resize(width, height, phone=width < 500)
        await page.go(url)
        show.step()
        await page.until(f"{ROWS}.length > 0")
        yield page
        assert page.complaints == []


async def test_every_venue_is_shown_with_the_figures_it_was_told_with():
    show = Show()
    async with watching(show) as page:
        show.step()
        board = show.board
        await page.until(f"kairos.store.board.at_us === {board.at_us}")
        await page.until(f"{TEXT.format('clock')} !== '--:--:--' && {ROWS}[0].children[8].textContent !== ''")
        for place, venue in enumerate(board.symbols[0].venues):
            cells = await page.ask(
                f"{ROWS}[{place}] && [...{ROWS}[{place}].children].map((c) => c.textContent)"
            )
            places = numbers.price_places(67_000.0)
            assert cells[0] == venue.venue.upper()
            assert cells[1] == "● LIVE"
            assert cells[2] == f"{numbers.price(venue.bid, places)}× {numbers.size(venue.bid_size)}"
            assert cells[3] == f"{numbers.price(venue.ask, places)}× {numbers.size(venue.ask_size)}"
            assert cells[10] == f"{venue.taker * 1e4:.1f} {'c' if venue.fee_source == 'config' else 'm'}"


async def test_the_matrix_and_the_verdict_say_what_the_routes_say():
    show = Show()
    async with watching(show) as page:
        show.step(pull=EDGE)
        board = show.board.symbols[0]
        await page.until(f"kairos.store.board.at_us === {show.board.at_us}")
        net = numbers.bps(board.best.net_bps)
        await page.until(f"{TEXT.format('hero-net')} === {json.dumps(net)}")
        assert await page.ask(TEXT.format("hero-kind")) == "◆ EDGE"
        cells = await page.ask(CELLS)
        routes = {(each.buy_venue, each.sell_venue): each for each in board.routes}
        for pair, said in cells:
            route = routes.get(tuple(pair))
            assert said.lstrip("◆▲") == ("·" if route is None else numbers.bps(route.net_bps))


async def test_a_card_has_the_figures_of_its_line_and_still_after_a_reconnect():
    show = Show()
    async with watching(show) as page:
        for pull in (EDGE, EDGE, None, EDGE):
            show.step(pull=pull)
        await cards_equal_lines(page, show)
        before = await page.ask("kairos.link.drops")
        await page.ask("void kairos.drop()")
        show.step(pull=None)
        await page.until(f"kairos.link.drops > {before} && kairos.link.state === 'connected'")
        await page.until(f"kairos.store.board.at_us === {show.board.at_us}")
        await cards_equal_lines(page, show)


async def cards_equal_lines(page, show):
    newest = show.newest()
    assert newest
    first = next(reversed(newest))
    event = newest[first]["event"]
    await page.until(f"kairos.store.signals.get('{first}')?.event === '{event}'")
    card = f"document.querySelector('[data-id=\"{first}\"]')"
    await page.until(f"{card}?.classList.contains('closed') === {json.dumps(event == 'close')}")
    shown = await page.ask(CARDS)
    assert shown.keys() == newest.keys()
    for name, line in newest.items():
        card = shown[name]
        prefix = {"net_bps": "ended "} if line["event"] == "close" else {"peak_net_bps": "peak "}
        assert card["net_bps"].removesuffix(" bps") == prefix.get("net_bps", "") + numbers.bps(
            line["net_bps"], 2
        )
        peak = card["peak_net_bps"].removesuffix(" bps")
        assert peak == prefix.get("peak_net_bps", "") + numbers.bps(line["peak_net_bps"], 2)
        assert card["profit"] == f"{numbers.signed_amount(line['profit'])} {line['quote']}"
        assert card["size"] == f"{numbers.size(line['size'])} {line['asset']}"
        assert (
            card["costs"]
            == f"gross {numbers.bps(line['gross_bps'], 2)}  fees {numbers.bps(-line['fees_bps'], 2)}"
        )
        assert card["route"] == f"BUY {line['buy_venue'].upper()} ▸ SELL {line['sell_venue'].upper()}"


async def test_when_the_server_comes_back_the_page_does_too():
    show = Show()
    async with open_page(CHROMIUM) as page:
        async with mirror_of(show) as url:
            await page.go(url)
            show.step(pull=EDGE)
            await page.until(f"{ROWS}.length > 0")
        await page.until("kairos.link.state === 'reconnecting'")
        port = int(url.rstrip("/").rpartition(":")[2])
        again = Show(show.market)
        async with mirror_of(again, port):
            for pull in (None, EDGE):
                again.step(pull=pull)
            await page.until(f"kairos.store.board.at_us === {again.board.at_us}", 12)
            await cards_equal_lines(page, again)


async def test_numbers_grey_out_when_boards_stop_and_live_again_when_they_come():
    show = Show()
    async with watching(show) as page:
        banner = "document.getElementById('banner')"
        assert await page.ask(f"{banner}.hidden")
        await page.until(f"!{banner}.hidden && {banner}.textContent.includes('ENGINE silent')")
        assert await page.ask("document.getElementById('page').classList.contains('silent')")
        assert await page.ask(TEXT.format("hero-net")) == "··"
        cells = "[...document.querySelectorAll('#matrix-rows td:not(.self) b')]"
        assert await page.ask(f"{cells}.every((cell) => cell.textContent === '··')")
        assert await page.ask(f"{ROWS}.every((row) => row.children[1].textContent === '◌ SILENT')")
        show.step()
        await page.until(f"{banner}.hidden && {TEXT.format('hero-net')} !== '··'")


async def test_a_venue_that_is_down_has_no_figure_in_the_matrix_and_says_why():
    show = Show()
    down = {
        "usable": False,
        "state": FeedState.DOWN,
        "reason": "connection refused",
        "retry_in_us": 3_000_000,
    }
    show.market.states["kraken"] = down
    async with watching(show) as page, playing(show):
        row = f"{ROWS}[2]"
        await page.until(f"{row}.children[1].textContent === '✖ DOWN'")
        assert "connection refused · retry" in await page.ask(f"{row}.children[11].textContent")
        await page.until("document.querySelectorAll('#matrix-rows td.gone').length === 8")


async def test_the_theme_is_the_hud_s_own_and_is_kept():
    show = Show()
    async with watching(show) as page:
        colour = "getComputedStyle(document.documentElement).getPropertyValue('--primary')"
        names = await page.ask("[...document.getElementById('theme').options].map((option) => option.value)")
        assert {"neon", "ember", "clarity", "mono"} <= set(names)
        assert await page.ask(colour) == "#00f0ff"
        while await page.ask("document.getElementById('theme').value") != "ember":
            await page.press("t")
        assert await page.ask(colour) == "#ffb000"
        await page.say("Page.reload")
        await page.until(f"window.kairos && {ROWS}.length > 0 && {colour} === '#ffb000'")


async def test_the_keys_do_what_the_help_says():
    show = Show()
    async with watching(show) as page, playing(show, pull=EDGE):
        await page.until("document.querySelector('.card')")
        zoomed = "document.getElementById('board').dataset.zoom ?? null"
        for key, panel in zip("1234", ("venues", "matrix", "edge", "feed"), strict=True):
            await page.press(key)
            await page.until(f"document.getElementById('{panel}').dataset.focus === 'yes'")
        await page.press("Enter")
        await page.until("!document.getElementById('inspect').hidden")
        labels = await page.ask(
            "[...document.querySelectorAll('#inspect .bar .label')].map((l) => l.textContent)"
        )
        assert [label.removesuffix(" ◂") for label in labels] == [
            "gross",
            "depth",
            "buy fee",
            "sell fee",
            "net",
        ]
        assert "×" in await page.ask("document.querySelector('#inspect .levels').textContent")
        await page.press("Escape")
        await page.until("document.getElementById('inspect').hidden")
        await page.press("z")
        await page.until(f"{zoomed} === 'feed'")
        await page.press("z")
        await page.press("2")
        await page.press("m")
        await page.until(f"{TEXT.format('matrix-title')} === 'gross bps'")
        await page.press("?")
        await page.until("!document.getElementById('help').hidden")
        await page.press("Escape")
        await page.press("/")
        for letter in "okx":
            await page.press(letter)
        await page.until(f"{ROWS}.length === 1")
        await page.press("Escape")
        await page.until(f"{ROWS}.length === 5")


async def test_a_paused_view_stands_still_and_says_so():
    show = Show()
    async with watching(show) as page, playing(show):
        await page.press("2")
        await page.press(" ")
        await page.until("document.getElementById('banner').textContent.includes('PAUSED')")
        prices = f"JSON.stringify({ROWS}.map((row) => row.children[2].textContent))"
        before, at = await page.ask(prices), await page.ask("kairos.store.batches")
        await page.until(f"kairos.store.batches > {at} + 3")
        assert await page.ask(prices) == before
        await page.press(" ")
        await page.until(f"document.getElementById('banner').hidden && {prices} !== {json.dumps(before)}")


HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "javascript:alert(2)",
    "\u202ekrak\u0000\u001b[31m\u200b",
    "</script><script>alert(3)</script>",
    "__proto__",
)


async def test_names_from_outside_are_only_ever_text():
    market = Market(fees=dict.fromkeys(HOSTILE, 0.5), symbol=Symbol('"><svg onload=alert(4)>/USDT'))
    for name in HOSTILE[:2]:
        market.states[name] = {
            "reason": f"{name} \u202e {HOSTILE[3]}",
            "usable": False,
            "state": FeedState.STALE,
        }
    show = Show(market)
    async with watching(show) as page, playing(show, pull={HOSTILE[3]: 60.0}):
        await page.until("document.querySelector('.card')")
        show.tell(market.status(HOSTILE[0], FeedState.DOWN, HOSTILE[3]))
        await page.until("document.querySelectorAll('#incidents li').length > 0")
        await page.press("1")
        await page.press("Enter")
        await page.until("!document.getElementById('inspect').hidden")
        names = await page.ask(f"{ROWS}.map((row) => row.children[0].textContent)")
        assert names[0] == HOSTILE[0].upper()[:23] + "…"
        assert names[2].startswith("\\U202EKRAK\\X00\\X1B")
        assert not set("\u202e\u0000\u001b\u200b") & set(await page.ask("document.body.textContent"))
        assert await page.ask("document.querySelectorAll('img, svg[onload], body script').length") == 0
        assert await page.ask("Object.prototype.venue === undefined && ({}).kText === undefined")


@pytest.mark.parametrize("width", [320, 390, 768])
async def test_nothing_sticks_out_of_a_narrow_screen(width):
    show = Show()
    async with watching(show, width=width, height=844) as page, playing(show, pull=EDGE):
        await page.until("document.querySelector('.card')")
        assert await page.ask("document.documentElement.scrollWidth") <= width
        assert await page.ask("document.body.scrollWidth") <= width


async def test_all_of_it_is_small_and_there_at_once():
    show = Show()
    async with watching(show) as page:
        await page.until("performance.getEntriesByName('first-contentful-paint').length")
        assert sum(size for url, size in page.loaded.items() if url.startswith("http")) <= MOST_BYTES
        painted = await page.ask("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        assert painted <= FIRST_PAINT_WITHIN_MS
