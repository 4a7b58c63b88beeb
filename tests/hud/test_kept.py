# mypy: disable-error-code="no-untyped-call,arg-type,union-attr"
"""How the HUD was left is how it comes back, for the same symbols; and nothing in that file ends it."""

import stat

import msgspec
import pytest
from msgspec.structs import replace

from kairos_tui.hud.cards import Card
from kairos_tui.hud.first_view import FirstView
from kairos_tui.hud.heights import Wish
from kairos_tui.hud.kept import Keeper, kept_path
from kairos_tui.hud.layout import arrange
from kairos_tui.hud.layouts import LAYOUTS, PANELS
from kairos_tui.hud.look import Look
from kairos_tui.hud.moves import move
from kairos_tui.hud.plan import Knob
from kairos_tui.hud.theme import MONO
from kairos_tui.hud.view_state import View


@pytest.fixture
def left(stage, tmp_path):
    """A stage whose HUD keeps its state, acted upon and left."""
    acted = stage()
    acted.plan = replace(acted.plan, kept_in=tmp_path)
    acted.view = View(acted.plan)
    acted._set_time()
    acted.lively()
    for key in ("layout_3", "figure_next", "sort_next", "sort_reverse", "span_longer", "panel_feed", "pin"):
        move(acted.view, key)
    acted.view.wardrobe.worn = next(theme for theme in acted.plan.themes if theme.title == "clarity")
    Keeper(acted.plan).save(acted.view)
    return acted


def come_back(plan):
    view, keeper = View(plan), Keeper(plan)
    keeper.restore(view)
    return view, keeper


def file_of(plan):
    return kept_path(plan.kept_in, plan.symbols)


def test_layout_figure_order_span_focus_theme_and_pins_come_back(left) -> None:
    view, keeper = come_back(left.plan)

    assert keeper.trouble == ""
    assert LAYOUTS[view.look.layout].name == "depth"
    assert (view.look.figure, view.look.order, view.look.reversed, view.look.span_s) == (
        "gross",
        "edge",
        True,
        300,
    )
    assert (view.focus, view.wardrobe.worn.title) == ("feed", "clarity")
    (card,) = view.live.deck.entries
    before = left.view.live.deck.entries[0]
    assert isinstance(card, Card)
    assert card.pinned
    assert (card.key, card.signal) == (before.key, before.signal)
    assert card.life == "unseen"  # it stood when the HUD was left: what became of it nobody saw


def test_a_view_that_is_asked_for_begins_as_it_says_and_not_as_it_was_left(left) -> None:
    asked = replace(left.plan, first=FirstView(figure="age", filter="net>8", mute=("okx",)))
    view, _ = come_back(asked)
    assert view.look == Look(figure="age", muted=("okx",))
    assert view.filter.text == "net>8"
    assert view.wardrobe.worn.title == "clarity"
    assert [card.pinned for card in view.live.deck.entries] == [True]

    flag = (Knob("theme", '"neon"', "--theme"),)
    assert come_back(replace(asked, settings=flag))[0].wardrobe.worn.title == "neon"


def test_a_view_can_be_asked_for_where_nothing_is_kept(stage) -> None:
    view, _ = come_back(replace(stage().plan, kept_in=None, first=FirstView(layout="grid", sort="-edge")))
    assert (LAYOUTS[view.look.layout].name, view.look.order, view.look.reversed) == ("grid", "edge", True)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_layout_that_is_asked_for_shows_its_panels_wherever_the_focus_was_left(layout, left) -> None:
    for focus in PANELS:
        left.view.focus = focus
        Keeper(left.plan).save(left.view)
        view, _ = come_back(replace(left.plan, first=FirstView(layout=layout.name)))
        wish = Wish(venues=5, focus=view.focus, layout=view.look.layout, markets=3)
        wide, narrow = ({place.slot for place in arrange(wish, *size)} for size in ((160, 45), (80, 24)))
        assert wide == {"header", "hints", *layout.left, *layout.right}, focus
        assert narrow >= {*layout.narrow}, focus
        if focus in wide & {*layout.narrow}:
            assert view.focus == focus


def test_a_view_that_is_asked_for_is_there_for_a_hud_that_is_started_again_at_once(left) -> None:
    asked, _ = come_back(replace(left.plan, first=FirstView(layout="health", filter="net>8", mute=("okx",))))
    again, _ = come_back(left.plan)
    assert again.look == asked.look
    assert (again.focus, again.filter.text) == (asked.focus, "net>8")
    assert [card.pinned for card in again.live.deck.entries] == [True]


def test_a_theme_that_is_asked_for_anew_wins(left) -> None:
    ember = next(theme for theme in left.plan.themes if theme.title == "ember")
    view, _ = come_back(replace(left.plan, theme=ember))
    assert view.wardrobe.worn.title == "ember"


def test_without_colours_the_theme_that_was_chosen_with_them_is_not_forgotten(left) -> None:
    plain, keeper = come_back(replace(left.plan, theme=MONO, themes=(), wanted=left.plan.wanted))
    assert plain.wardrobe.worn is MONO
    move(plain, "span_longer")
    keeper.save(plain)
    view, _ = come_back(left.plan)
    assert (view.wardrobe.worn.title, view.look.span_s) == ("clarity", 900)


def test_a_theme_that_is_only_tried_on_is_not_kept(left) -> None:
    view, keeper = come_back(left.plan)
    move(view, "theme_picker")
    move(view, "cursor_down")
    keeper.save(view)
    again, _ = come_back(left.plan)
    assert again.wardrobe.worn.title == "clarity" != view.wardrobe.worn.title


def test_other_symbols_and_another_feed_s_pins_are_apart(left) -> None:
    view, _ = come_back(replace(left.plan, symbols=("ETH/USDT",)))
    assert view.look.layout == 0
    live, keeper = come_back(replace(left.plan, feed="live"))
    assert LAYOUTS[live.look.layout].name == "depth"
    assert live.live.deck.entries == []
    move(live, "figure_next")
    keeper.save(live)
    again, _ = come_back(left.plan)
    assert len(again.live.deck.entries) == 1


def test_symbols_make_one_file_in_any_order_and_none_leaves_the_folder(tmp_path) -> None:
    assert kept_path(tmp_path, ["A/B", "C/D"]) == kept_path(tmp_path, ["C/D", "A/B"])
    for hostile in ("../../etc/passwd", "\x1b]0;x\x07", "a" * 4000, "\ud800", ""):
        path = kept_path(tmp_path, [hostile])
        assert path.parent == tmp_path / "hud"
        assert len(path.name) < 80


def test_it_is_written_whole_for_this_user_alone_and_only_when_something_changed(left) -> None:
    path = file_of(left.plan)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    view, keeper = come_back(left.plan)
    keeper.save(view)
    path.unlink()
    keeper.save(view)
    assert not path.exists()
    move(view, "span_longer")
    keeper.save(view)
    assert msgspec.json.decode(path.read_bytes())["span_s"] == 900


BROKEN = {
    "cut short": lambda text: text[: len(text) // 2],
    "not json": lambda _: b"\x00\xff\x1b[2J",
    "another shape": lambda _: b"[1, 2]",
    "an unknown layout": lambda text: text.replace(b'"layout": 2', b'"layout": 99'),
    "an unknown span": lambda text: text.replace(b'"span_s": 300', b'"span_s": 7'),
    "an unknown panel": lambda text: text.replace(b'"focus": "feed"', b'"focus": "moon"'),
    "an unknown name": lambda text: text.replace(b'"focus"', b'"focsu"'),
    "a pin of no time": lambda text: text.replace(b'"opened_us": 1', b'"opened_us": 9999999999999'),
    "very long": lambda _: b" " * (2 << 20),
}


@pytest.mark.parametrize("how", BROKEN)
async def test_a_broken_file_is_one_line_and_the_defaults(how, left) -> None:
    path = file_of(left.plan)
    text = path.read_bytes()
    path.write_bytes(BROKEN[how](text))
    assert path.read_bytes() != text
    app = left.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        left.run(3)
        assert (app.view.look.layout, app.view.focus) == (0, "matrix")
        hint = "".join(text for text, _ in app.canvas.scene.rows[-1])
        assert str(path)[:60] in hint
        assert not set(hint) & set("\x00\x1b\n")
    assert come_back(left.plan)[1].trouble == ""  # it was written anew


def test_a_folder_that_cannot_be_written_is_told_once(left) -> None:
    path = file_of(left.plan)
    view, keeper = come_back(left.plan)
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("a file where the folder should be")
    view.look.span_s = 900
    keeper.save(view)
    assert "cannot be kept" in view.message[0]
    view.message, view.look.span_s = None, 30
    keeper.save(view)
    assert view.message is None


async def test_the_app_keeps_what_was_changed_when_it_is_left(left) -> None:
    app = left.new_app()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        assert app.view.wardrobe.worn.title == "clarity"
        await pilot.press("alt+5", "q")
    view, _ = come_back(left.plan)
    assert LAYOUTS[view.look.layout].name == "health"
