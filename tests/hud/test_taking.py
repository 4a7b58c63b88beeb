# mypy: disable-error-code="no-untyped-call,no-untyped-def,union-attr"
"""Copies and exports: the contract's lines, new files only, nothing in them that a program acts on."""

import base64
import csv
import json
import re
import subprocess

import jsonschema
import pytest
from msgspec.structs import replace

from kairos_tui.hud import clipboard
from kairos_tui.hud.chosen import chosen
from kairos_tui.hud.export import lines, stem_of, write_new
from kairos_tui.hud.filters import parse_filter
from kairos_tui.hud.layouts import PANELS
from kairos_tui.hud.moves import move
from kairos_tui.hud.tables import table
from kairos_tui.hud.taking import command_of
from kairos_tui.market import FeedState, RouteView, Signal, Venue
from kairos_tui.sinks import schema

VALID = jsonschema.Draft202012Validator(schema())
SHOWN = ("--theme", "neon", "--layout", "desk")
COPIED = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


@pytest.fixture
def live(stage):
    acted = stage()
    acted.lively()
    return acted


@pytest.fixture
def quiet(stage):
    acted = stage()
    acted.no_edge()
    return acted


def copied(written):
    return [base64.b64decode(found).decode() for one in written for found in COPIED.findall(one)]


async def keys(acted, monkeypatch, *pressed, environ=()):
    """What the terminal is given by these keys, and what the viewer is told."""
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ:
        monkeypatch.setenv(name, value)
    view, app = acted.view, acted.new_app()
    app.view = app.canvas.view = view
    written: list[str] = []
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        app.write = written.append
        await pilot.press(*pressed)
        await app.workers.wait_for_complete()
        await pilot.pause()
    return written, view.message[0] if view.message else ""


async def test_y_copies_the_standing_signal_as_the_contract_has_it(live, monkeypatch):
    written, said = await keys(live, monkeypatch, "y")
    (text,) = copied(written)
    line = json.loads(text)
    VALID.validate(line)
    assert (line["type"], line["run"], line["seq"], line["feed"]) == ("signal", "k7f3", 1, "sim")
    assert line["legs"][0]["levels"]
    assert re.fullmatch(r"copied the signal as JSON, \d\.\d kB, to the clipboard \(OSC 52\)", said)


async def test_y_copies_the_route_where_no_signal_stands(quiet, monkeypatch):
    written, said = await keys(quiet, monkeypatch, "y")
    line = json.loads(copied(written)[0])
    VALID.validate(line)
    assert (line["type"], line["open_id"], line["blocked"]) == ("route", None, None)
    costs = line["buy_cost_bps"] + line["sell_cost_bps"]
    assert line["net_top_bps"] == pytest.approx(line["gross_bps"] + costs)
    assert said.startswith("copied the route as JSON")


async def test_a_silent_engine_gives_no_route_away(stage, monkeypatch):
    acted = stage()
    acted.silent()
    written, said = await keys(acted, monkeypatch, "y")
    assert copied(written) == []
    assert said == "nothing to copy: the engine is silent"


async def test_before_the_first_board_there_is_nothing_to_copy(stage, monkeypatch):
    written, said = await keys(stage(), monkeypatch, "y")
    assert (copied(written), said) == ([], "nothing to copy yet: no signal, and no route")


async def test_capital_y_copies_a_command_that_a_shell_reads_whole(live, monkeypatch):
    written, _ = await keys(live, monkeypatch, "t", "Y")
    assert copied(written) == ["kairos watch BTC/USDT --sim --theme ember --layout desk"]


async def test_capital_y_tells_how_the_panels_are_set_and_quotes_the_filter(live, monkeypatch):
    live.view.filter = parse_filter("net>-8 !gemini")
    live.view.look.muted = (Venue("okx"),)
    written, _ = await keys(live, monkeypatch, "m", "s", "I", "]", "=", "Y")
    look = "--layout markets --figure gross --sort=-edge --span 5m --mute okx --filter 'net>-8 !gemini'"
    assert copied(written) == [f"kairos watch BTC/USDT --sim --theme neon {look}"]


def test_the_command_begins_with_the_shown_symbol_and_a_follower_has_none(live):
    view = live.view
    view.plan = replace(view.plan, symbols=("ETH/USDT", "BTC/USDT"), command=("kairos", "watch", "--sim"))
    assert command_of(view) == ["kairos", "watch", "BTC/USDT", "ETH/USDT", "--sim", *SHOWN]
    view.plan = replace(view.plan, remote=True, command=("kairos", "hud", "--from", "redis://h"))
    assert command_of(view) == ["kairos", "hud", "--from", "redis://h", *SHOWN]


def test_a_simulator_elsewhere_that_the_config_names_is_not_replaced_by_one_of_its_own(live):
    view = live.view
    view.plan = replace(view.plan, command=("kairos", "watch", "--config", "sim.toml"))
    assert command_of(view)[3:6] == ["--sim", "--config", "sim.toml"]
    view.live.board = replace(view.board, mood=None)
    assert command_of(view)[3:5] == ["--config", "sim.toml"]


def test_what_is_chosen_is_what_is_inspected_else_what_the_cursor_is_on(live):
    view = live.view
    assert isinstance(chosen(view), Signal)
    move(view, "panel_feed")
    move(view, "cursor_down")
    move(view, "cursor_down")
    assert chosen(view).id == view.card
    move(view, "panel_matrix")
    view.cell = (0, 1)
    found = chosen(view)
    assert isinstance(found, RouteView)
    assert (found.buy_venue, found.sell_venue) == (view.venues[0].venue, view.venues[1].venue)
    move(view, "inspect")
    view.cell = (1, 0)
    assert chosen(view) == found


def test_too_much_for_a_clipboard_is_said_with_the_limit_and_what_else_to_do():
    written: list[str] = []
    said = clipboard.copy("x" * (clipboard.MOST_BYTES + 1), "the signal", written.append, {})
    assert written == []
    assert "75.0 kB are more than the 75.0 kB a clipboard takes; an export" in said


def test_inside_tmux_its_buffer_and_terminal_are_filled_whatever_set_clipboard_is(tmp_path, monkeypatch):
    tmux = ["tmux", "-S", str(tmp_path / "s"), "-f", "/dev/null"]
    try:
        subprocess.run([*tmux, "new-session", "-d", "sleep 60"], check=True)
    except FileNotFoundError:
        pytest.skip("needs tmux (Debian: tmux)")
    try:
        monkeypatch.setenv("TMUX", f"{tmp_path / 's'},1,0")
        written: list[str] = []
        said = clipboard.copy('{"a":"é"}', "the signal", written.append, {"TMUX": "yes"})
        shown = subprocess.run([*tmux, "show-buffer"], check=True, capture_output=True).stdout
        assert (shown.decode(), written) == ('{"a":"é"}', [])
        assert "to tmux" in said
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)


def test_gnu_screen_is_said_to_keep_its_clipboard():
    written: list[str] = []
    assert "an export goes to a file" in clipboard.copy("x", "the route", written.append, {"STY": "1.pts"})
    assert written == []


async def test_e_writes_a_picture_a_table_and_lines_that_say_where_they_are(live, monkeypatch, tmp_path):
    live.plan = replace(live.plan, exports=str(tmp_path / "exports"))
    _, said = await keys(live, monkeypatch, "t", "e")
    stem = said.removeprefix(f"wrote {tmp_path}/exports/").removesuffix(".{svg,csv,jsonl}")
    assert re.fullmatch(r"BTC-USDT-\d{8}T\d{6}Z", stem)
    svg, table_file, json_lines = (tmp_path / "exports" / f"{stem}.{end}" for end in ("svg", "csv", "jsonl"))
    assert svg.read_text().startswith("<svg")
    assert "theme&#160;ember" not in svg.read_text()  # what was said just before
    assert "BINANCE" in svg.read_text()
    assert len(list(csv.DictReader(table_file.read_text().splitlines()))) == 20
    told = [json.loads(line) for line in json_lines.read_text().splitlines()]
    for line in told:
        VALID.validate(line)
    assert [line["seq"] for line in told] == list(range(1, len(told) + 1))
    assert {line["type"] for line in told} == {"route", "signal"}


async def test_a_folder_that_cannot_be_written_is_one_line(live, monkeypatch, tmp_path):
    (tmp_path / "exports").write_text("a file")
    live.plan = replace(live.plan, exports=str(tmp_path / "exports"))
    _, said = await keys(live, monkeypatch, "e")
    assert said == f"not exported: File exists: {tmp_path}/exports"


def test_no_file_is_written_over(tmp_path):
    texts = {"csv": "a", "jsonl": "b"}
    assert write_new(tmp_path, "x", texts) == f"{tmp_path}/x.{{csv,jsonl}}"
    (tmp_path / "x-2.jsonl").symlink_to(tmp_path / "elsewhere")
    assert write_new(tmp_path, "x", {"csv": "c", "jsonl": "d"}) == f"{tmp_path}/x-3.{{csv,jsonl}}"
    assert (tmp_path / "x.csv").read_text() == "a"
    assert not (tmp_path / "elsewhere").exists()


PANEL_KEYS = {
    "venues": "venue", "matrix": "buy_venue", "edge": "buy_venue", "feed": "id", "timeline": "incident",
    "depth": "side", "markets": "usable_venues",
}  # fmt: skip


def test_every_panel_has_a_table():
    assert set(PANEL_KEYS) == set(PANELS)


@pytest.mark.parametrize(("panel", "first"), PANEL_KEYS.items())
def test_the_table_is_of_the_panel_in_focus_and_says_its_feed_and_time(live, panel, first):
    live.sicken("okx", FeedState.STALE, "no update for 2.4 s")
    for state in (FeedState.LIVE, FeedState.STALE):
        live.give(live.market.status("okx", state, None))
    live.view.focus = panel
    rows = list(csv.reader(table(live.view).splitlines()))
    assert rows[0][:2] == ["feed", "ts_us"]
    assert first in rows[0]
    assert len(rows) > 1
    assert {row[0] for row in rows[1:]} == {"sim"}
    assert {row[1] for row in rows[1:]} == {str(live.view.board.at_us)}


def test_hostile_text_is_no_formula_no_escape_and_no_path(live):
    view = live.view
    board = view.board
    hostile = '=HYPERLINK("x")\x1b[2J\x9b\u202e,"'
    one = board.symbols[0]
    venue = replace(one.venues[0], reason=hostile)
    shown = replace(one, symbol="../../etc/\x1bx", venues=(venue, *one.venues[1:]))
    view.live.board = replace(board, symbols=(shown,))
    move(view, "panel_venues")
    text = table(view)
    assert all(each.isprintable() or each == "\n" for each in text)
    assert "'=HYPERLINK" in next(csv.DictReader(text.splitlines()))["reason"]
    assert re.fullmatch(r"etc-x-\d{8}T\d{6}Z", stem_of(view))
    told = lines(view, live.commands)
    assert told.isascii()
    assert all(json.loads(line) for line in told.splitlines())
