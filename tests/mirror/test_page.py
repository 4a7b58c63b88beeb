"""The page in a real browser: it shows what was told and nothing else, and never what only looks alive.

Skipped, with the reason, where there is no Chromium.
"""

# mypy: disable-error-code="no-untyped-call,union-attr,arg-type"

import asyncio
import json
import random
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace
from tests.hud.play import Market
from tests.mirror.browser import open_page, path_of_chromium
from tests.mirror.page_stage import Show, mirror_of, playing

from kairos_tui.hud import numbers, theme_folders
from kairos_tui.market import Asset, FeedState, HorizonGrade, PaperView, RouteGrade, Symbol
from kairos_tui.runtime.mirror_themes import MirrorThemes

CHROMIUM = path_of_chromium()
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed here (apt-get install chromium)"),
    pytest.mark.timeout(60),
]

MOST_BYTES = 150_000
FIRST_PAINT_WITHIN_MS = 1_000
IDLE_SHARE = 0.10
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
async def watching(show, *, width=1600, height=900, new_themes=lambda: None):
    """A page that looks at `show`, without a complaint until its end."""
    async with mirror_of(show, new_themes=new_themes) as url, open_page(CHROMIUM) as page:
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
        await page.until(f"kairos.drawn === {board.at_us}")
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
        await page.until(f"kairos.drawn === {show.board.at_us}")
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
        await page.until(f"kairos.drawn === {show.board.at_us}")
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
            await page.until(f"kairos.drawn === {again.board.at_us}", 12)
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


async def test_a_theme_file_that_changes_is_worn_by_who_looks_on(tmp_path):
    own = 'inherits = "neon"\nname = "mine"\nprimary = "{}"\n'
    path, show = tmp_path / "mine.toml", Show()
    path.write_text(own.format("#112233"))
    themes = MirrorThemes("mine", (tmp_path, *theme_folders({"HOME": "/nowhere"})))
    colour = "getComputedStyle(document.documentElement).getPropertyValue('--primary')"
    first = iter((themes.themes,))  # the stage has themes of its own
    async with watching(show, new_themes=lambda: next(first, None) or themes.look()) as page:
        await page.until(
            "[...document.getElementById('theme').options].some((each) => each.value === 'mine')"
        )
        while await page.ask("document.getElementById('theme').value") != "mine":
            await page.press("t")
        assert await page.ask(colour) == "#112233"
        path.write_text(own.format("#445566"))
        await page.until(f"{colour} === '#445566'")
        path.unlink()
        await page.until("document.getElementById('theme').value !== 'mine'")


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


async def test_how_many_signals_still_paid_is_in_the_feeds_title_and_a_prior_says_so():
    show = Show()
    async with watching(show) as page:
        assert await page.ask(TEXT.format("feed-title")) == ""
        show.step(pull=EDGE)
        opened = next(iter(show.market.open.values()))
        told = replace(opened, event="update", capture_p=0.44, capture_n=12, is_prior=True)
        horizons = (HorizonGrade(50, 9, 0, 0), HorizonGrade(100, 7, 1, 2))
        grade = RouteGrade(opened.opportunity.route, 10, horizons, 100)
        board = show.board
        assert board is not None
        later = {"at_us": board.at_us + 1_000_000, "at_ns": board.at_ns + 1_000_000_000}
        show.tell(told, replace(board, symbols=(replace(board.symbols[0], grades=(grade,)),), **later))
        await page.until(f"{TEXT.format('feed-title')} === 'hit 88 % at 100 ms of 8'")
        await page.until(
            "[...document.querySelectorAll('.captured')].some((c) => c.textContent === 'prior 44 %')"
        )
        show.tell(replace(told, capture_p=0.71, capture_n=118, is_prior=False))
        said = "'chance 71 % of 118'"
        await page.until(f"[...document.querySelectorAll('.captured')].some((c) => c.textContent === {said})")


async def test_what_simulated_orders_earned_is_in_the_header_with_the_word_paper():
    show = Show()
    async with watching(show) as page:
        assert "PAPER" not in await page.ask(TEXT.format("flow"))
        earned, board = ((Asset("USDT"), -12.4),), show.board
        assert board is not None
        paper = PaperView(150, followed=9, filled=7, refused=1, in_flight=1, profits=earned)
        later = {"at_us": board.at_us + 1_000_000, "at_ns": board.at_ns + 1_000_000_000}
        show.tell(replace(board, paper=paper, **later))
        await page.until(f"{TEXT.format('flow')}.startsWith('PAPER −12.40 USDT 7/8 filled')")


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


async def test_figures_are_written_as_the_hud_writes_them():
    chance = random.Random(7)
    values = [0.0, 0.125, 0.375, -0.001, -0.05, 0.05, 2.5, 9_999.999, 99_999.5]
    values += [chance.uniform(-1, 1) * 10 ** chance.uniform(-4, 10) for _ in range(2_000)]
    async with watching(Show()) as page:
        shown = await page.ask(WRITTEN.format(json.dumps(values)))
    for value, said in zip(values, shown, strict=True):
        whole = abs(int(value))
        assert said == [
            numbers.size(abs(value)), numbers.signed_amount(value), numbers.bps(value), numbers.bps(value, 2),
            numbers.compact(abs(value)), numbers.price(abs(value), 2), numbers.price_places(value),
            numbers.age(whole), numbers.span(whole), numbers.latency(whole),
        ], value  # fmt: skip


WRITTEN = """import('/js/numbers.js').then((n) => {}.map((value) => {{
    const [size, whole] = [Math.abs(value), Math.abs(Math.trunc(value))];
    return [n.size(size), n.signedAmount(value), n.bps(value), n.bps(value, 2), n.compact(size),
        n.price(size, 2), n.pricePlaces(value), n.age(whole), n.span(whole), n.latency(whole)];
}}))"""


async def test_one_of_many_symbols_is_looked_at_with_one_key():
    show = Show(ManySymbols())
    async with watching(show) as page, playing(show):
        chosen = "document.querySelector('#overview [aria-pressed=true]')?.value"
        await page.until(f"{chosen} === 'BTC/USDT'")
        await page.press("#", code="Digit3", shift=True)
        await page.until(
            f"{chosen} === 'SOL/USDT' && {ROWS}.length === 5 && {TEXT.format('hero-net')} !== '··'"
        )
        await page.press("s")
        await page.until(
            f"{chosen} === 'XRP/USDT' && {ROWS}.length === 5 && {TEXT.format('hero-net')} !== '··'"
        )
        assert await page.ask("kairos.store.board.symbols.filter((one) => one.brief).length") == 5


class ManySymbols(Market):
    """Every board speaks of six symbols that move alike."""

    def step(self, at_ns):
        *events, board = super().step(at_ns)
        names = (f"{base}/USDT" for base in ("BTC", "ETH", "SOL", "XRP", "ADA", "DOT"))
        symbols = tuple(replace(board.symbols[0], symbol=Symbol(name)) for name in names)
        return [*events, replace(board, symbols=symbols)]


async def test_all_of_it_is_small_on_the_wire():
    show = Show()
    async with watching(show) as page:
        own = {url: size for url, size in page.loaded.items() if url.startswith("http")}
        assert any(url.endswith("uPlot.iife.min.js") for url in own)
        assert sum(own.values()) <= MOST_BYTES


@pytest.mark.bench
async def test_first_paint_and_what_an_idle_tab_costs():
    show = Show()
    async with watching(show) as page, playing(show):
        painted_ms = await page.ask("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        await asyncio.sleep(3)
        before, at_s = await spent_s(page), asyncio.get_running_loop().time()
        await asyncio.sleep(20)
        share = (await spent_s(page) - before) / (asyncio.get_running_loop().time() - at_s)
        print(f"\nfirst paint {painted_ms:.0f} ms, main thread {share:.1%} of a core at ten batches a second")
        assert painted_ms <= FIRST_PAINT_WITHIN_MS
        assert share <= IDLE_SHARE


async def spent_s(page):
    told = await page.say("Performance.getMetrics")
    return next(each["value"] for each in told["metrics"] if each["name"] == "TaskDuration")
