# mypy: disable-error-code="no-untyped-call,arg-type,union-attr"
"""A number is explained: what is written there as its formula, typed into a calculator, gives that number."""

import re

import pytest
from msgspec.structs import replace
from tests.hud.keyed import row_text

from kairos_tui.hud.graded import overall_row
from kairos_tui.hud.layouts import PANELS
from kairos_tui.hud.look import FIGURES, Explaining, Target
from kairos_tui.hud.moves import move
from kairos_tui.hud.panels.explain.subjects import meant, subjects
from kairos_tui.hud.scene import Scene
from kairos_tui.market import PaperResult, PaperView, RecordingView

SIZES = [(160, 45), (120, 30), (80, 24), (60, 15), (40, 10), (20, 3)]


def reckoned(here):
    """(what the formula comes to, what is said that it comes to), in the unit of the latter."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", here.replace("−", "-").replace("×", "*").replace("÷", "/"))
    formula, _, said = plain.rpartition(" = ")
    figure, unit = re.match(r"([+-]?[\d.]+) ?(.*)", said).groups()
    is_ratio = unit == "bps" and formula.rstrip().endswith("- 1")
    return eval(formula) * (1e4 if is_ratio else 1), float(figure)


def checked(told):
    if told.here and "decode" not in told.here and "filled" not in told.here:
        value, said = reckoned(told.here)
        assert value == pytest.approx(said, abs=0.025 if "bps" in told.here else abs(said) * 1e-6 + 1e-9), (
            told
        )
    return bool(told.here)


@pytest.mark.parametrize("figure", FIGURES)
def test_every_cell_of_the_matrix_is_what_its_formula_gives(figure, stage, texts) -> None:
    acted = stage()
    acted.lively()
    view = acted.view
    view.look.figure, view.explaining = figure, Explaining()
    shown = 0
    for row in range(5):
        for column in range(5):
            view.cell = (row, column)
            (told,) = subjects(view)
            shown += checked(told)
            assert told.what
            assert told.name == (figure.upper() if row != column else "CELL")
    assert shown == (0 if figure == "age" else 20)


def test_a_fee_that_is_taken_of_the_base_has_its_own_formula(stage) -> None:
    acted = stage()
    acted.market.states |= {"binance": {"charged": "received"}, "okx": {"charged": "base"}}
    acted.run(3)
    acted.view.explaining, acted.view.cell = Explaining(), (0, 3)
    (told,) = subjects(acted.view)
    assert re.fullmatch(
        r"[\d,.]+ ÷ \(1 \+ 0.001\) ÷ \([\d,.]+ ÷ \(1 − 0.001\)\) − 1 = [+−][\d.]+ bps", told.here
    )


@pytest.mark.parametrize(
    "act", ["lively", "sick", "believed", "connecting", "silent", "several", "graded", "replay"]
)
def test_every_number_of_every_panel_in_every_state_is_explained(act, stage) -> None:
    acted = stage()
    getattr(acted, act)()
    for panel, header in (*((panel, False) for panel in PANELS), (PANELS[0], True)):
        move(acted.view, f"panel_{panel}")
        acted.view.explaining = Explaining(header)
        for told in subjects(acted.view):
            assert told.name
            assert told.what.endswith((".", ")"))
            checked(told)


def test_what_is_inspected_is_explained_step_by_step(stage) -> None:
    acted = stage()
    acted.lively()
    acted.view.explaining = Explaining()
    acted.view.inspected = Target("binance", "okx")
    names = [told.name for told in subjects(acted.view)]
    assert names[:2] == ["GROSS", "DEPTH"]
    assert {"BUY FEE", "SELL FEE", "NET", "NEEDS", "THRESHOLD"} < set(names)
    assert sum(checked(told) for told in subjects(acted.view)) >= 2
    acted.view.inspected = Target("okx")
    assert "LATENCY" in [told.name for told in subjects(acted.view)]


def test_a_cell_without_a_number_says_why(stage) -> None:
    acted = stage()
    acted.sick()
    acted.view.explaining = Explaining()
    for column, (glyph, why) in {1: ("··", "coinbase is stale"), 2: ("××", "kraken is down")}.items():
        acted.view.cell = (0, column)
        (told,) = subjects(acted.view)
        assert (told.name, told.value) == ("NO NUMBER", glyph)
        assert why in told.what
        assert told.here == ""


async def test_f1_explains_the_number_at_the_cursor_then_the_header_s_and_closes(stage) -> None:
    acted = stage()
    app = acted.new_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.pause()
        acted.lively()
        await pilot.press("f1")
        shown = "\n".join(row_text(app, y) for y in range(45))
        assert "F1 EXPLAIN  BINANCE → OKX" in shown
        assert "here      67,584.61 × (1 − 0.001) ÷ (67,379.91 × (1 + 0.001)) − 1 = +10.34 bps" in shown
        await pilot.press("down")
        assert "F1 EXPLAIN  COINBASE → OKX" in "\n".join(row_text(app, y) for y in range(45))
        await pilot.press("1", "right", "right", "right", "down")
        assert (meant(app.view)[0].name, app.view.venue) == ("ASK", "coinbase")
        await pilot.press("left", "left", "left", "left")
        assert meant(app.view)[0].name == "FEE"
        await pilot.press("f1", "right")
        assert (app.view.explaining.header, meant(app.view)[0].name) == (True, "T/S")
        await pilot.press("f1")
        assert app.view.explaining is None
        await pilot.press("f1", "escape")
        assert app.view.explaining is None


def test_the_screen_stays_whole_while_a_number_is_explained(stage, texts) -> None:
    acted = stage()
    acted.lively()
    view, scene = acted.view, Scene()
    for panel in PANELS:
        move(view, f"panel_{panel}")
        for size, zoomed in [(size, zoomed) for size in SIZES for zoomed in (False, True)]:
            view.zoomed, view.explaining = zoomed, Explaining()
            scene.paint(view, *size)
            lines = texts(scene.rows)
            assert [len(line) for line in lines] == [size[0]] * size[1]
            assert "EXPLAIN" in "".join(lines) or size[1] < 5


def test_the_explained_column_is_marked_in_the_heading(stage) -> None:
    acted = stage()
    acted.lively()
    move(acted.view, "panel_venues")
    move(acted.view, "explain")
    marked = []
    for _ in subjects(acted.view):
        scene = Scene()
        scene.paint(acted.view, 160, 45)
        marked.append("".join(text for text, ink in scene.rows[2] if ink == "focus+b").strip())
        move(acted.view, "cursor_right")
    figures = ["SPRD", "MID 60 s", "LATENCY", "T/S", "AGE", "PF", "FEE"]
    assert marked == ["STATE", "BID", "SIZE", "ASK", "SIZE", *figures]


def test_capture_paper_and_recording_are_explained_where_they_are_known(stage) -> None:
    acted = stage()
    acted.lively()
    acted.view.explaining = Explaining()
    move(acted.view, "panel_feed")
    assert "CAPTURE" not in [told.name for told in subjects(acted.view)]
    card = acted.view.tape.deck.entries[0]
    result = PaperResult(card.signal.id, "filled", 1.24, (2, 2))
    paper = PaperView(
        150, followed=7, filled=4, missed=2, in_flight=1, profits=(("USDT", 12.4),), recent=(result,)
    )
    recorded = RecordingView("/tmp/btc.kz", 12_400_000, 90_000, 3, None)
    acted.dress = lambda board: replace(board, paper=paper, recording=recorded)
    acted.run(1)
    acted.give(replace(card.signal, capture_p=0.78, capture_n=41, at_ns=acted.now_ns))
    told = {each.name: each for each in subjects(acted.view)}
    assert (told["CAPTURE"].value, "41 lifetimes" in told["CAPTURE"].source) == ("78%", True)
    assert "S(age + reaction)" in told["CAPTURE"].formula
    assert told["PAPER"].value == "+1.24 USDT  filled 2/2"
    acted.give(replace(card.signal, capture_p=0.78, capture_n=9, is_prior=True, at_ns=acted.now_ns + 1))
    by_model = next(each for each in subjects(acted.view) if each.name == "CAPTURE")
    assert "S(age" not in by_model.formula
    assert "9 markouts" in by_model.source
    acted.view.explaining = Explaining(header=True)
    told = {each.name: each for each in subjects(acted.view)}
    assert told["PAPER"].value == "+12.40 USDT"
    words = re.sub(r"[a-z]+ ?", "", told["PAPER"].here)
    assert eval(words.replace("=", "==")) is True
    assert "3 found no room" in told["REC"].what


def test_grades_are_explained_where_they_stand(stage) -> None:
    acted = stage()
    acted.graded()
    view = acted.view
    view.explaining = Explaining()
    route = view.board.symbols[0].grades[0].route
    view.inspected = Target(buy=route.buy_venue, sell=route.sell_venue)
    told = {each.name: each for each in subjects(view)}
    assert told["HIT +100"].value == "87 %"  # as the inspector's row has it
    assert told["HIT +100"].here == "100 × 34 ÷ (34 + 5) = 87.179487 %"
    assert "2 more could not be priced" in told["HIT +100"].what
    assert told["MEDIAN KEPT"].value == "+4.1 bps"
    assert (told["STILL OPEN"].value, "31 of the latest" in told["STILL OPEN"].what) == ("62 %", True)
    view.inspected = None
    move(view, "panel_feed")
    view.card = next(card.key for card in view.tape.deck.entries if len(view.tape.marked.of(card.key)) == 6)
    told = {each.name: each for each in subjects(view)}
    assert told["AFTER"].value == "50✓ 100✓ 250✓ 500✗ 1s✗ 2s·"
    assert "okx down: HTTP 503" in told["AFTER"].what
    assert told["HIT"].value in "".join(text for text, _ in overall_row(view, brief=False))
    assert told["BRIER"].value == "0.20"
    assert all(checked(each) for each in (told["HIT"], told["BRIER"]))


def test_a_route_that_was_never_graded_has_no_grade_to_explain(stage) -> None:
    acted = stage()
    acted.lively()
    for panel in PANELS:
        move(acted.view, f"panel_{panel}")
        acted.view.explaining = Explaining()
        assert not [told for told in subjects(acted.view) if told.name.startswith(("HIT", "BRIER", "AFTER"))]


def test_where_in_a_replay_we_are_is_explained(stage) -> None:
    acted = stage()
    acted.replay(changed=("min_net_bps 2 → 1",))
    acted.view.explaining = Explaining(header=True)
    told = {each.name: each for each in subjects(acted.view)}
    assert list(told)[:4] == ["REPLAY", "POSITION", "SPEED", "BACK-TEST"]
    assert told["POSITION"].value == f"{int(acted.view.board.replay.share * 100)} %"
    assert checked(told["POSITION"])
    assert (told["SPEED"].value, told["REPLAY"].of) == ("x4", "btc.kz")
    assert "min_net_bps 2 → 1" in told["BACK-TEST"].what
    acted = stage()
    acted.lively()
    acted.view.explaining = Explaining(header=True)
    assert "POSITION" not in [each.name for each in subjects(acted.view)]
