# mypy: disable-error-code="no-untyped-call,union-attr,operator"
"""The palette finds every action by any of its words, over a HUD that goes on; enter does what is chosen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.hud.keyed import row_text, typed

from kairos_tui.hud.actions import ACTIONS
from kairos_tui.hud.commands import found, read_command
from kairos_tui.hud.fuzzy import distance
from kairos_tui.hud.line_editor import line_of
from kairos_tui.hud.moves import move
from kairos_tui.hud.scene import Scene

words = st.text(alphabet="abcdeéz", min_size=1, max_size=6)
texts_ = st.lists(words, min_size=1, max_size=5).map(" ".join)


@given(texts_, st.data())
def test_letters_of_a_text_in_their_order_find_it_and_others_do_not(text, data):
    letters = sorted(data.draw(st.lists(st.integers(0, len(text) - 1), min_size=1, unique=True)))
    typed_letters = "".join(text[place] for place in letters)
    assert distance(typed_letters.upper(), text) is not None
    assert distance(typed_letters + " q", text) is None


@given(texts_)
def test_a_word_that_begins_so_is_nearer_than_one_that_holds_it_than_scattered_letters(text):
    word = text.split()[-1]
    begun, inside = distance(word, text), distance(word, text.replace(" ", "").rjust(40, "x"))
    assert begun <= inside
    assert inside < distance(word, "x" + "x".join(word)) or len(word) == 1


def test_every_action_and_every_known_word_is_found_by_its_name_and_can_be_done(stage):
    acted = stage()
    acted.run(3)
    every = found(acted.view, "")
    assert {action.id for action in ACTIONS} - {"palette"} <= {choice.text.strip() for choice in every}
    assert {"theme ember", "symbol BTC/USDT", "zoom matrix"} <= {choice.text for choice in every}
    for choice in every:
        assert choice in found(acted.view, choice.label.replace("_", " "))
        assert not isinstance(read_command(choice.text), str)
    assert found(acted.view, "freeze")[0].text == "freeze"
    assert found(acted.view, "ember")[0].text == "theme ember"
    assert found(acted.view, "qqqq") == ()


@pytest.mark.parametrize("size", [(160, 45), (80, 24), (40, 10), (30, 8), (20, 3)], ids=str)
@pytest.mark.parametrize("text", ["", "the", "qqqq"])
def test_it_is_opaque_and_the_screen_stays_whole_at_every_size(text, size, stage, texts):
    acted = stage()
    acted.run(3)
    move(acted.view, "palette")
    acted.view.prompt = replace(acted.view.prompt, line=line_of(text), stem=text)
    scene = Scene()
    scene.paint(acted.view, *size)
    lines = texts(scene.rows)
    assert [len(line) for line in lines] == [size[0]] * size[1]
    assert "nothing is called so" in "\n".join(lines) or text != "qqqq" or size[0] < 30


async def test_what_is_chosen_is_done_and_the_hud_goes_on_below(stage):
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.run(3)
        await pilot.press("ctrl+p")
        assert "ACTIONS" in "".join(row_text(app, y) for y in range(45))
        below = row_text(app, 4)
        acted.run(60)
        assert row_text(app, 4) != below
        await typed(pilot, "emb")
        await pilot.press("enter")
        assert (app.view.prompt, app.view.wardrobe.worn.title) == (None, "ember")
        await pilot.press("ctrl+p")
        await typed(pilot, "wear a theme")
        second = found(app.view, "wear a theme")[1].text
        await pilot.press("down", "down", "up", "enter")
        assert second == f"theme {app.view.wardrobe.worn.title}"
        await pilot.press("ctrl+p")
        await typed(pilot, "qqqq")
        await pilot.press("enter", "escape")
        assert app.view.prompt is None
