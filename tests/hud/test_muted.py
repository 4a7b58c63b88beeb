# mypy: disable-error-code="no-untyped-call,arg-type,union-attr,no-untyped-def"
"""`x`: a muted venue stays to be seen, dim; its routes are no best, ring no alert, light no card."""

import re

from msgspec.structs import replace

from kairos_tui.hud.alerts import Alerts, title_of
from kairos_tui.hud.first_view import FirstView
from kairos_tui.hud.glance import board_row
from kairos_tui.hud.kept import Keeper
from kairos_tui.hud.moves import move
from kairos_tui.hud.muted import is_mute
from kairos_tui.hud.panels import edge, feed, matrix, venues
from kairos_tui.hud.taking import command_of
from kairos_tui.hud.view_state import View
from kairos_tui.market import FeedState


def mute(acted, name):
    acted.view.focus, acted.view.venue = "venues", name
    move(acted.view, "mute")


def row_of(texts, drawn, name):
    return next(row for row in texts(drawn) if name in row)


def written(rows):
    """Inks in which something is written."""
    return {ink for row in rows for text, ink in row if text.strip()}


def test_the_best_is_the_best_of_the_others_and_comes_back(stage, screen):
    acted = stage()
    acted.run(300, {"okx": 36.0})
    assert "OKX" in acted.view.verdict().route
    mute(acted, "okx")
    assert "muted" in acted.view.message[0]
    for _ in range(2):  # at once, and with the boards to come
        assert acted.view.verdict().net_bps < 0.0
        assert "OKX" not in acted.view.verdict().route + acted.view.best_key[0]
        assert "OKX" not in "".join(text for text, _ in board_row(acted.view))
        acted.run(30, {"okx": 36.0})
    for size in ((160, 45), (100, 30), (40, 12)):
        assert not re.search("best (◆ )?OKX", screen(acted, *size))
    mute(acted, "okx")
    assert "no longer" in acted.view.message[0]
    acted.run(1, {"okx": 36.0})
    assert "OKX" in acted.view.verdict().route


def test_its_row_stays_dim_and_says_so(stage, texts):
    acted = stage()
    acted.run(60)
    mute(acted, "okx")
    acted.view.venue = "binance"
    drawn = venues.draw(acted.view, 120, 12)
    assert "● MUTED" in row_of(texts, drawn, "OKX")
    assert "● LIVE" in row_of(texts, drawn, "KRAKEN")
    assert "1 muted" in texts(drawn)[0]
    inks = written([row for row in drawn if any("OKX" in text for text, _ in row)])
    assert not inks & {"buy", "sell", "text", "text+b"}
    named = [
        row
        for row in matrix.draw(acted.view, 120, 12)
        if any(text.strip() == "OKX" and ink == "muted" for text, ink in row)
    ]
    cells = named[-1]
    assert "faint" in {ink for _, ink in cells}


def test_of_a_muted_venue_that_is_down_the_age_of_its_quote_is_told(stage, texts):
    acted = stage()
    acted.run(30)
    acted.sicken("okx", FeedState.DOWN, "closed (1006)", state_age_us=14_000_000, age_us=14_200_000)
    acted.run(1)
    row = row_of(texts, venues.draw(acted.view, 160, 12), "OKX")
    assert "DOWN 14s" in row
    assert "quote 14s old" not in row
    mute(acted, "okx")
    row = row_of(texts, venues.draw(acted.view, 160, 12), "OKX")
    assert "MUTED" in row
    assert "quote 14s old" in row


def test_its_signals_are_neither_lit_nor_told(stage, texts):
    acted = stage()
    acted.lively()
    standing = [card.signal for card in acted.view.live.deck.live()]
    assert standing
    assert title_of(acted.view).startswith("◆")
    alerts = Alerts(("bell",), {})
    alerts.on_signal(replace(standing[0], event="open"))
    mute(acted, standing[0].opportunity.route.sell_venue)

    def is_quiet(signal):
        return is_mute(acted.view, signal.opportunity)

    assert alerts.due("sim", acted.now_ns, is_quiet) == ""
    alerts.on_signal(replace(standing[0], event="open"))
    assert alerts.due("sim", acted.now_ns) != ""
    assert not title_of(acted.view).startswith("◆")
    for size, word in (((60, 12), "○"), ((90, 12), "○ MUTED"), ((60, 40), "○ MUTED")):
        drawn = feed.draw(acted.view, *size)
        assert word in "\n".join(texts(drawn))
        assert "● LIVE" not in "\n".join(texts(drawn))
        assert not written(drawn) & {"hot", "buy+b", "e1"}
    muted = sum(is_mute(acted.view, entry.signal.opportunity) for entry in acted.view.tape.deck.entries)
    assert muted > len(standing)
    assert f"SIGNALS  {muted} muted ─" in texts(feed.draw(acted.view, 60, 12))[0]
    assert f"SIGNALS  {muted} muted ─" in texts(feed.draw(acted.view, 46, 12))[0]
    acted.run(3, {"okx": 31.0})
    assert standing[0].id in {card.key for card in acted.view.live.deck.live()}


def test_beside_a_hit_rate_the_muted_are_counted_where_there_is_room(stage, texts):
    acted = stage()
    acted.graded()
    assert "muted" not in "".join(texts(feed.draw(acted.view, 80, 24)))
    mute(acted, "okx")
    for width, place in ((90, 0), (46, -1)):
        drawn = texts(feed.draw(acted.view, width, 24))
        assert re.search(r"hit \d+ % at 100 ms( of \d+)? ", drawn[0])
        assert re.search(r"[ ─]\d+ muted[ ─]", drawn[place])


def test_routes_into_another_quote_are_shown_as_muted_and_their_signals_stay_known(stage):
    acted, other = stage(), stage()
    acted.believed()
    other.believed()
    one = acted.view.symbol_board
    muted = next(each for each in one.converted if each.blocked is None).sell_venue
    mute(acted, muted)
    for _ in range(2):
        for each in acted.view.symbol_board.converted:
            touched = muted in (each.buy_venue, each.sell_venue, each.convert_venue)
            assert each.blocked is not None or not touched
        assert "muted" in [each.blocked for each in acted.view.symbol_board.converted]
        acted.run(30)
        other.run(30)
        live = {card.key for card in acted.view.live.deck.live()}
        assert live == {card.key for card in other.view.live.deck.live()}
    mute(acted, muted)
    assert "muted" not in [each.blocked for each in acted.view.symbol_board.converted]


def test_it_is_kept_with_the_symbols_and_what_no_venue_is_meant_says_so(stage, tmp_path):
    acted = stage()
    plan = replace(acted.plan, kept_in=tmp_path)
    acted.view.focus = "feed"
    move(acted.view, "mute")
    assert "no venue is under the cursor" in acted.view.message[0]
    acted.run(30)
    acted.view.focus, acted.view.cell = "matrix", (2, 3)
    move(acted.view, "mute")
    bought = acted.view.venues[2].venue
    Keeper(plan).save(acted.view)
    view, keeper = View(plan), Keeper(plan)
    keeper.restore(view)
    assert (keeper.trouble, view.look.muted) == ("", (bought,))


def test_a_frozen_view_is_muted_too_and_goes_on_so(stage):
    acted = stage()
    acted.run(300, {"okx": 36.0})
    move(acted.view, "freeze")
    mute(acted, "okx")
    assert "OKX" not in acted.view.verdict().route
    acted.run(30, {"okx": 36.0})
    move(acted.view, "freeze")
    assert "OKX" not in acted.view.verdict().route


def test_a_venue_that_was_muted_and_is_not_watched_is_not_told_and_stays_kept(stage, texts, tmp_path):
    acted = stage()
    acted.view.look.muted = ("gemini", "okx")
    acted.run(30)
    line = command_of(acted.view)
    assert line[line.index("--mute") + 1] == "okx"
    for name in ("binance", "coinbase", "kraken", "bybit"):
        acted.sicken(name, FeedState.DOWN, "closed (1006)")
    acted.run(30)
    assert "two live venues make a route · 1 muted" in "\n".join(texts(edge.draw(acted.view, 120, 12)))
    acted.view.look.muted = ("gemini",)
    assert "--mute" not in command_of(acted.view)
    assert "muted" not in "\n".join(texts(edge.draw(acted.view, 120, 12)))
    plan = replace(acted.plan, kept_in=tmp_path)
    Keeper(plan).save(acted.view)
    view = View(plan)
    Keeper(plan).restore(view)
    assert view.look.muted == ("gemini",)


async def test_a_venue_that_is_to_begin_muted_and_is_not_there_is_told_once(stage):
    acted = stage()
    acted.plan = replace(acted.plan, first=FirstView(mute=("okx", "okxx\x1b[2J")))
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.give(*acted.market.step(acted.now_ns))
        said = app.view.message[0]
        assert said.startswith("--mute: not watched here: okxx")
        assert "(there are binance, " in said
        assert said.isprintable()
        assert "okxx" in "".join(text for text, _ in app.canvas.scene.rows[-1])
        app.view.message = None
        acted.give(*acted.market.step(acted.now_ns))
        assert app.view.message is None


async def test_of_venues_that_are_there_nothing_is_told(stage):
    acted = stage()
    acted.plan = replace(acted.plan, first=FirstView(mute=("okx",)))
    app = acted.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        acted.give(*acted.market.step(acted.now_ns))
        assert app.view.message is None
