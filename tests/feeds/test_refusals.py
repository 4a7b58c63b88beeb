"""What the venue refuses quarantines that symbol alone, says why, and is not asked for in a storm."""

import gc
from collections.abc import Callable
from time import monotonic_ns
from typing import Any

import pytest

from kairos_tui.errors import FeedRefused
from kairos_tui.feeds.ccxt_feed import CcxtFeed


def okx_refuses(kit: Any, symbol: str, error: dict[str, str]) -> Callable[..., None]:
    """Acks and answers every subscription but that of `symbol`."""

    def on_message(ours: Any, message: dict[str, Any]) -> None:
        if any(arg["instId"] == symbol for arg in message["args"]):
            ours.send(kit.text(error))
        else:
            kit.okx_subscribed(ours, message)

    return on_message


async def test_the_refused_symbol_is_quarantined_and_the_others_run_on(
    venue, recorder, plan_for, running, kit, caplog
):
    error = {"event": "error", "code": "60018", "msg": "channel:books,instId:ETH-USDT doesn't exist"}
    venue.on_message = okx_refuses(kit, "ETH-USDT", error)
    async with running(plan_for(venue.here, "BTC/USDT", "ETH/USDT"), recorder) as feed:
        await kit.until(lambda: recorder.is_live() and "quarantined" in recorder.states("ETH/USDT"))
        ours = venue.socket
        ours.send(kit.okx_book(ours, [(99.5, 3)]))
        await kit.until(lambda: len(recorder.ticks) == 2)
        asked = [message for message in ours.heard if message["args"][0]["instId"] == "ETH-USDT"]
        assert len(asked) == 1
        assert feed.counts().bad_frames == 0
    assert venue.dials == 1
    last = recorder.last("ETH/USDT")
    assert last.reason == "channel:books,instId:ETH-USDT doesn't exist (60018)"
    logged = next(text for text in caplog.messages if text.startswith("stream refused"))
    assert '"code": "60018"' in logged or '"code":"60018"' in logged
    assert last.retry_ns > monotonic_ns() + 200e9
    assert recorder.states("BTC/USDT") == ["connecting", "connecting", "live"]


async def test_a_refusal_that_names_nobody_is_for_the_one_that_waits(venue, recorder, plan_for, running, kit):
    venue.on_message = okx_refuses(
        kit, "ETH-USDT", {"event": "error", "code": "60012", "msg": "Illegal request"}
    )
    async with running(plan_for(venue.here, "BTC/USDT", "ETH/USDT"), recorder):
        await kit.until(lambda: recorder.is_live() and "quarantined" in recorder.states("ETH/USDT"))
        assert recorder.is_live("BTC/USDT")
    assert venue.dials == 1


async def test_a_name_inside_another_name_is_not_meant(venue, recorder, plan_for, running, kit):
    venue.rest["/api/v5/public/instruments"] = kit.okx_markets("BTC/USD", "BTC/USDT")
    error = {"event": "error", "code": "60018", "msg": "channel:books,instId:BTC-USDT doesn't exist"}
    venue.on_message = okx_refuses(kit, "BTC-USDT", error)
    async with running(plan_for(venue.here, "BTC/USD", "BTC/USDT"), recorder):
        await kit.until(lambda: recorder.is_live("BTC/USD") and "quarantined" in recorder.states("BTC/USDT"))
    assert "quarantined" not in recorder.states("BTC/USD")


@pytest.mark.parametrize(
    ("bids", "asks", "reason"),
    [
        ([("NaN", 1)], [], "not finite"),
        ([("Infinity", 1)], [], "not finite"),
        ([("1e400", 1)], [], "not finite"),
        ([("100.0", "-3")], [], "negative size"),
        ([], [("-5", "1")], "price not positive"),
    ],
)
async def test_a_number_that_cannot_be_true_is_refused_counted_and_costs_a_new_book(
    bids, asks, reason, venue, recorder, plan_for, running, kit
):
    async with running(plan_for(venue.here), recorder) as feed:
        await kit.until(recorder.is_live)
        ours = venue.socket
        fault = await kit.inject(recorder, lambda: ours.send(kit.okx_book(ours, bids, asks)))
        counts = feed.counts()
        assert (counts.refused, counts.bad_frames) == (1, 0)
    assert fault.reason == f"bad frame: {reason}"
    assert [tick.bids for tick in recorder.ticks] == [recorder.ticks[0].bids] * 2


async def test_a_crossed_book_is_withdrawn_at_once_and_taken_back_when_it_uncrosses(
    venue, recorder, plan_for, running, kit
):
    async with running(plan_for(venue.here), recorder):
        await kit.until(recorder.is_live)
        ours = venue.socket
        ours.send(kit.okx_book(ours, [(101.2, 1)]), kit.okx_book(ours, [(101.2, 0)]))
        await kit.until(lambda: recorder.since(0, "resync") and recorder.is_live())
    assert recorder.since(0, "resync").reason == "book refused: bid above ask"
    assert venue.dials == 1
    assert all(tick.bids[0][0] < tick.asks[0][0] for tick in recorder.ticks)


async def test_a_book_that_stays_crossed_costs_a_reconnect(venue, recorder, plan_for, running, kit):
    async with running(plan_for(venue.here), recorder):
        await kit.until(recorder.is_live)
        ours = venue.socket
        ours.send(kit.okx_book(ours, [(101.2, 1)]))
        await kit.until(lambda: venue.dials == 2 and recorder.is_live())
    assert recorder.ticks[-1].generation == 2
    assert recorder.since(0, "down").reason == "book crossed for more than 250 ms"


@pytest.mark.parametrize(("name", "says"), [("okxx", "no class 'okxx'"), ("mudrex", "no order book stream")])
async def test_a_class_that_can_never_serve_is_refused_without_a_trace(
    name, says, recorder, plan_for, caplog
):
    with pytest.raises(FeedRefused, match=says):
        async with CcxtFeed(plan_for("127.0.0.1:9", ccxt_class=name), recorder):
            pass
    gc.collect()
    assert not caplog.records
