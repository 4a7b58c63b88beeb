# mypy: disable-error-code="no-untyped-call,arg-type,attr-defined"
"""Layouts: each tiles every screen, the panel in focus is always on it, and no resize breaks a picture."""

import random

import pytest
from textual._xterm_parser import XTermParser
from wcwidth import wcswidth

from kairos_tui.hud.actions import BY_ID
from kairos_tui.hud.heights import Wish
from kairos_tui.hud.key_names import pressed, read_key
from kairos_tui.hud.layout import arrange, size_class
from kairos_tui.hud.layouts import LAYOUTS, PANELS
from kairos_tui.hud.look import FIGURES, ORDERS, SPANS_S
from kairos_tui.hud.moves import MOVES, move
from kairos_tui.hud.scene import Scene

ACTS = ["lively", "several", "connecting", "all_down", "sick", "believed", "silent", "no_edge"]


def slots(wish, width, height):
    return [place.slot for place in arrange(wish, width, height)]


@pytest.mark.parametrize("place", range(len(LAYOUTS)), ids=[layout.name for layout in LAYOUTS])
def test_every_layout_shows_its_panels_and_whatever_has_the_focus(place) -> None:
    for width, height in ((160, 45), (120, 30), (80, 24), (300, 80)):
        for focus in PANELS:
            shown = slots(Wish(venues=5, focus=focus, layout=place, markets=3), width, height)
            assert focus in shown, (width, height, focus)
            assert len(shown) == len(set(shown)), (width, height, shown)
    own = {*LAYOUTS[place].left, *LAYOUTS[place].right}
    whole = slots(Wish(venues=5, focus=LAYOUTS[place].left[0], layout=place, markets=3), 160, 45)
    assert set(whole) == own | {"header", "hints"}


def test_every_layout_has_its_key_and_its_name_there() -> None:
    named = {action_id: action.help for action_id, action in BY_ID.items() if action_id.startswith("layout_")}
    named.pop("layout_next")
    assert named == {f"layout_{at}": f"layout: {layout.name}" for at, layout in enumerate(LAYOUTS, 1)}


def test_every_panel_can_be_zoomed_at_every_size(stage, screen) -> None:
    acted = stage()
    acted.several()
    for panel in PANELS:
        move(acted.view, f"panel_{panel}")
        for width, height in ((160, 45), (80, 24), (60, 15), (40, 10)):
            acted.view.zoomed = True
            wish = Wish(venues=5, focus=panel, zoomed=True, markets=3)
            assert slots(wish, width, height) == ["header", panel, "hints"], (width, height)
            assert "╭─" in screen(acted, width, height)
        move(acted.view, "back")
        assert not acted.view.zoomed


def test_what_is_inspected_has_a_small_screen_to_itself_and_the_large_one_when_zoomed() -> None:
    for width, height in ((160, 45), (80, 24), (60, 15), (40, 10)):
        zoomed = Wish(venues=5, focus="matrix", zoomed=True, inspecting=12, more=9)
        assert slots(zoomed, width, height) == ["header", "inspect", "hints"]
    docked = slots(Wish(venues=5, focus="matrix", inspecting=12, more=9), 160, 45)
    assert docked == ["header", "venues", "matrix", "edge", "inspect", "feed", "hints"]
    assert size_class(60, 15) == "xs"


@pytest.mark.parametrize(("digit", "character"), [*enumerate("¡™£¢∞§¶•ª", 1)])
def test_alt_and_a_digit_is_known_in_what_textual_makes_of_it(digit, character) -> None:
    (event,) = XTermParser().feed(f"\x1b{digit}")
    assert pressed(event.key, event.character) == f"alt+{digit}"
    assert read_key(character) == f"alt+{digit}"


def test_turning_layouts_comes_round_and_keeps_the_focus_on_a_panel_that_stands(stage) -> None:
    view = stage().view
    begun = view.look.layout
    for _ in LAYOUTS:
        move(view, "layout_next")
        layout = LAYOUTS[view.look.layout]
        assert view.focus in (*layout.left, *layout.right)
    assert view.look.layout == begun
    move(view, "layout_3")
    assert LAYOUTS[view.look.layout].name == "depth"


async def test_a_layout_that_is_chosen_is_shown_on_a_narrow_screen_too_wherever_the_focus_was(stage) -> None:
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        acted.run(30)
        for focus in PANELS:
            for place, layout in enumerate(LAYOUTS):
                move(app.view, f"panel_{focus}")
                app.perform(f"layout_{place + 1}")
                assert {*layout.narrow} <= {each.slot for each in app.places}, (focus, layout.name)
                assert app.view.focus == (focus if focus in layout.narrow else layout.narrow[0])
    assert {len(layout.narrow) for layout in LAYOUTS} == {2, 3}


def test_no_venue_lacks_a_row_while_another_panel_has_blank_ones() -> None:
    def rows(**how):
        return {place.slot: place.height for place in arrange(Wish(**how), 80, 24)}

    for place, focus in ((2, "venues"), (2, "depth"), (4, "venues"), (4, "timeline")):
        assert rows(venues=8, focus=focus, layout=place)["venues"] == 10, (place, focus)
    quiet, told = rows(venues=7, focus="venues", told=1), rows(venues=7, focus="venues", told=5)
    assert (quiet["venues"], quiet["feed"]) == (9, 3)
    assert (told["venues"], told["feed"]) == (8, 4)  # two of the five signals are shown
    down = rows(venues=8, focus="venues", card=6, told=9)
    assert (down["venues"], down["matrix"], down["feed"]) == (10, 9, 3)
    for venues in range(2, 30):
        for place in range(len(LAYOUTS)):
            assert min(rows(venues=venues, focus="matrix", layout=place, told=venues % 4).values()) >= 1


def test_tab_walks_the_panels_of_the_layout_and_comes_round(stage) -> None:
    view = stage().view
    move(view, "layout_4")
    move(view, "panel_venues")  # not of this layout: it is shown all the same, and on the way
    walked = []
    for _ in range(6):
        move(view, "panel_next")
        walked.append(view.focus)
    assert walked == ["matrix", "edge", "depth", "feed", "timeline", "matrix"]


@pytest.mark.parametrize("act", ACTS)
def test_no_resize_between_40x10_and_300x80_breaks_any_layout(act, stage, texts) -> None:
    """1,000 steps over all acts, with keys pressed and time passing between them."""
    acted = stage()
    getattr(acted, act)()
    rng, scene = random.Random(act), Scene()
    keys = sorted(MOVES)
    for step in range(125):
        move(acted.view, rng.choice(keys))
        look = acted.view.look
        look.figure, look.order = rng.choice(FIGURES), rng.choice(ORDERS)
        look.span_s, look.layout = rng.choice(SPANS_S), rng.randrange(len(LAYOUTS))
        if step % 10 == 0:
            acted.run(1)
        width, height = rng.choice([(40, 10), (300, 80), (rng.randint(40, 300), rng.randint(10, 80))])
        scene.paint(acted.view, width, height)
        rows = texts(scene.rows)
        assert len(rows) == height
        assert {wcswidth(row) for row in rows} == {width}, (width, height, look)
