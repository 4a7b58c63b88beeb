# mypy: disable-error-code="no-untyped-call,arg-type,union-attr"
"""The edge has its plot at every size: where there is little room the verdict yields to it, not it."""

import pytest

from kairos_tui.hud.heights import Wish
from kairos_tui.hud.layout import arrange
from kairos_tui.hud.layouts import LAYOUTS
from kairos_tui.hud.moves import move

PLACES = {layout.name: place for place, layout in enumerate(LAYOUTS)}


def edge_of(text):
    """The rows of the screen from the panel's title to its foot."""
    lines = text.split("\n")
    first = next(at for at, line in enumerate(lines) if "3 EDGE" in line)
    return lines[first : next(at for at in range(first, len(lines)) if lines[at].startswith("╰")) + 1]


def is_plotted(rows):
    body = "\n".join(rows[1:-1])
    return any("⠀" < each <= "⣿" for each in body) and "┄┄┄" in body and "now" in body


@pytest.mark.parametrize("venues", [2, 5, 8])
@pytest.mark.parametrize("layout", ["routes", "chart"])
def test_layouts_that_name_the_edge_plot_it_on_80x24(layout, venues, stage, screen) -> None:
    wish = Wish(venues=venues, focus="matrix" if layout == "routes" else "edge", layout=PLACES[layout])
    rows = {place.slot: place.height for place in arrange(wish, 80, 24)}
    assert rows["edge"] >= 7
    assert rows["feed"] >= 4
    acted = stage()
    acted.lively()
    acted.view.look.layout = PLACES[layout]
    acted.view.focus = wish.focus
    assert is_plotted(edge_of(screen(acted, 80, 24)))


@pytest.mark.parametrize("layout", [layout.name for layout in LAYOUTS])
def test_the_edge_is_plotted_on_80x24_wherever_it_is_called_to(layout, stage, screen) -> None:
    acted = stage()
    acted.lively()
    acted.view.look.layout = PLACES[layout]
    move(acted.view, "panel_edge")
    rows = edge_of(screen(acted, 80, 24))
    assert is_plotted(rows), "\n".join(rows)
    assert "◆ EDGE" in rows[1]
    wish = Wish(venues=8, focus="edge", layout=PLACES[layout], markets=9)
    assert {place.slot: place.height for place in arrange(wish, 80, 24)}["edge"] >= 7


@pytest.mark.parametrize(("size", "said"), [((60, 15), "net +10.3 bps"), ((40, 10), "+10.3")])
def test_zoomed_on_a_small_screen_it_is_a_plot_below_the_verdict_in_one_row(
    size, said, stage, screen
) -> None:
    acted = stage()
    acted.lively()
    move(acted.view, "panel_edge")
    move(acted.view, "zoom")
    rows = edge_of(screen(acted, *size))
    assert is_plotted(rows), "\n".join(rows)
    assert "BINANCE → OKX" in rows[1]
    assert said in rows[1]


def test_the_distance_is_said_as_far_as_there_is_room_for_it(stage, screen) -> None:
    acted = stage()
    acted.no_edge()
    move(acted.view, "panel_edge")
    wide = edge_of(screen(acted, 160, 45))[1]
    assert "to profit, " in wide
    assert "to signal" in wide
    narrow = edge_of(screen(acted, 80, 24))[1]
    assert "to profit  " in narrow
    assert "…" not in narrow


def test_its_foot_counts_the_signals_of_its_own_symbol(stage, screen) -> None:
    acted = stage()
    acted.several()  # two signals are open, both of ETH
    move(acted.view, "panel_edge")
    for symbol, said in (("BTC", "no signal yet"), ("ETH", "2 signals open"), ("SOL", "no signal yet")):
        text = screen(acted, 80, 24)
        assert f"▌{symbol}/USDT▐" in text
        assert said in edge_of(text)[-1]
        move(acted.view, "symbol_next")
    move(acted.view, "panel_feed")
    assert "2 signals open" in screen(acted, 80, 24)
