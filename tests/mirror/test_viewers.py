"""A viewer sees everything at once, then what changes; what one of them does concerns no other."""

import asyncio
from typing import Any

import pytest
import socketio
from tests.mirror.stage import SYMBOLS, board, mirror, signal_line, until, until_board, venue_line

from kairos_tui.market import RoleView
from kairos_tui.mirror import Themes


async def test_whoever_comes_sees_the_whole_board_at_once() -> None:
    async with mirror() as served:
        served.source.play(venue_line(2), signal_line(3), board(1))
        async with served.viewer() as viewer:
            seen = await viewer.event("snapshot")
            if not seen["symbols"]:
                seen = await viewer.event("batch")

    assert [each["symbol"] for each in seen["symbols"]] == list(SYMBOLS)
    row = seen["symbols"][0]["venues"][0]
    assert (row["venue"], row["bid"], row["latency_us"], row["state"]) == ("binance", 67_111.1, 410, "live")
    assert len(seen["symbols"][0]["routes"]) == 20
    assert seen["symbols"][0]["best"]["net_bps"] == -11.5
    assert [line["id"] for line in seen["signals"]] == ["k7f3-1"]
    assert [line["venue"] for line in seen["venue_lines"]] == ["kraken"]


async def test_a_snapshot_brings_the_themes_the_version_and_the_trail_of_the_best_edge() -> None:
    async with mirror() as served:
        served.source.play(board(0), board(10, net_bps=-20.0))
        await until_board(served)
        async with served.viewer() as viewer:
            seen = await viewer.event("snapshot")

    assert seen["themes"] == {"neon": {"primary": "#00f0ff"}}
    assert (seen["theme"], seen["version"], seen["run"], seen["feed"]) == ("neon", "0.1.0", "k7f3", "sim")
    assert [point[1] for point in seen["trail"]["BTC/USDT"]][-1] == -10.0


async def test_whoever_looks_on_gets_themes_that_became_others() -> None:
    async with mirror() as served, served.viewer() as viewer:
        await viewer.event("snapshot")
        served.wardrobe = Themes({"mine": {"primary": "#112233"}}, "mine")
        seen = await viewer.event("snapshot")
        async with served.viewer() as another:
            first = await another.event("snapshot")

    assert (seen["themes"], seen["theme"]) == ({"mine": {"primary": "#112233"}}, "mine")
    assert first["themes"] == seen["themes"]


async def test_before_the_first_board_a_viewer_gets_an_empty_one() -> None:
    async with mirror() as served, served.viewer() as viewer:
        seen = await viewer.event("snapshot")

        assert (seen["symbols"], seen["rates"], seen["run"]) == ([], None, "k7f3")


async def test_a_change_is_sent_at_once_and_what_follows_is_gathered() -> None:
    async with mirror() as served, served.viewer() as viewer:
        await viewer.event("snapshot")
        began = asyncio.get_running_loop().time()
        served.source.play(board(1))
        await viewer.event("batch")
        first_s = asyncio.get_running_loop().time() - began
        for number in range(2, 22):
            served.source.play(board(number), signal_line(number, f"k7f3-{number}"))
            await asyncio.sleep(0.01)
        batches: list[Any] = []
        while not batches or "symbols" not in batches[-1] or batches[-1]["symbols"][0]["signals"] < 21:
            batches.append(await viewer.event("batch"))

    assert first_s < 0.08
    assert 2 <= len([batch for batch in batches if "symbols" in batch]) <= 5
    assert len(batches) <= 16
    told = [line["id"] for batch in batches for line in batch["signals"]]
    assert told == [f"k7f3-{number}" for number in range(2, 22)]
    assert [batch["n"] for batch in batches] == sorted({batch["n"] for batch in batches})


async def test_a_signal_does_not_wait_for_the_next_board() -> None:
    async with mirror() as served, served.viewer() as viewer:
        await viewer.event("snapshot")
        served.source.play(board(1))
        assert (await viewer.event("batch"))["symbols"]
        served.source.play(board(2), signal_line(2))
        began = asyncio.get_running_loop().time()
        short = await viewer.event("batch")
        short_s = asyncio.get_running_loop().time() - began
        whole = await viewer.event("batch")

    assert "symbols" not in short
    assert [line["id"] for line in short["signals"]] == ["k7f3-1"]
    assert short_s < 0.08
    assert (whole["symbols"][0]["signals"], whole["signals"]) == (2, [])


async def test_the_official_client_is_served_too() -> None:
    seen: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    async with mirror() as served:
        client = socketio.AsyncClient(reconnection=False)
        client.on("snapshot", seen.put)
        client.on("batch", seen.put)
        await client.connect(served.url(), transports=["websocket"])
        served.source.play(board(3))
        async with asyncio.timeout(5):
            while not (await seen.get())["symbols"]:
                pass
        await client.disconnect()


async def test_a_focus_is_this_viewers_alone_and_spares_it_the_other_symbols_rows() -> None:
    async with mirror() as served:
        served.source.play(board(1))
        await until_board(served)
        async with served.viewer() as one, served.viewer() as other:
            await one.event("snapshot")
            await other.event("snapshot")
            await one.say("focus", {"symbol": "ETH/USDT"})
            focused = await one.event("snapshot")
            served.source.play(board(2))
            focused_batch, whole_batch = await one.event("batch"), await other.event("batch")

    for seen in (focused, focused_batch):
        btc, eth = seen["symbols"]
        assert (btc["brief"], btc["venues"], btc["routes"]) == (True, [], [])
        assert btc["best"] is not None
        assert (eth["brief"], len(eth["venues"])) == (False, 5)
    assert [each["brief"] for each in whole_batch["symbols"]] == [False, False]


async def test_a_pause_holds_this_viewers_picture_until_it_goes_on() -> None:
    async with mirror() as served:
        served.source.play(board(1))
        await until_board(served)
        async with served.viewer() as one, served.viewer() as other:
            await one.event("snapshot")
            await one.say("pause", {"on": True})
            await one.event("health")  # still told how the mirror is
            await other.event("snapshot")
            served.source.play(board(7), signal_line(2))
            await other.event("batch")
            with pytest.raises(TimeoutError):
                await one.event("batch", "snapshot", within_s=0.3)
            await one.say("pause", {"on": False})
            caught_up = await one.event("snapshot", "batch")

    assert caught_up["symbols"][0]["signals"] == 7
    assert [line["id"] for line in caught_up["signals"]] == ["k7f3-1"]


async def test_a_snapshot_keeps_the_newest_line_of_a_signal_and_every_open_one() -> None:
    async with mirror() as served:
        served.source.play(signal_line(2, "stands"))
        for number in range(300):
            served.source.play(signal_line(3 + 2 * number, f"s{number}"))
            served.source.play(signal_line(4 + 2 * number, f"s{number}", "close"))
        served.source.play(board(1))
        await until_board(served)
        async with served.viewer() as viewer:
            lines = (await viewer.event("snapshot"))["signals"]

    assert len(lines) == 200
    assert (lines[0]["id"], lines[0]["event"]) == ("stands", "open")
    assert (lines[-1]["id"], lines[-1]["event"]) == ("s299", "close")


async def test_the_token_that_the_mirror_says_of_itself_is_not_shown_on_the_page() -> None:
    role = RoleView(
        "mirror", "running", 2, 0, "http://10.0.0.7:4321/?token=open-sesame, and more", 0.5, 9_000
    )
    async with mirror() as served:
        served.source.play(board(1, roles=(role,)))
        await until_board(served)
        async with served.viewer() as viewer:
            seen = await viewer.event("snapshot")

    assert [each["reason"] for each in seen["roles"]] == ["http://10.0.0.7:4321/, and more"]
    assert set(seen["roles"][0]) == {"name", "state", "pid", "restarts", "reason"}


async def test_at_the_end_everybody_is_told_why() -> None:
    async with mirror() as served, served.viewer() as viewer:
        await viewer.event("snapshot")
        served.stopping.set()

        assert await viewer.closing() == (1001, "the run is over")
    assert served.source.closed


async def test_the_process_beats_while_it_serves() -> None:
    async with mirror() as served:
        await until(lambda: served.beats >= 2)


async def test_a_source_that_fails_ends_the_mirror_with_its_reason() -> None:
    async def play() -> None:
        async with mirror() as served:
            served.source.play(RuntimeError("the wire broke"))
            await asyncio.sleep(5)

    with pytest.raises(ExceptionGroup) as failed:
        await play()

    assert failed.group_contains(RuntimeError, match="the wire broke")
