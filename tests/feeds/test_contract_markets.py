"""Contracts beside spot: loaded when one is wanted, and never taken for the spot market of the same id."""

import pytest
from msgspec.structs import replace

from kairos_tui.feeds.dialects.table import dialect_of
from kairos_tui.market import Symbol, Venue

SPOT, SWAP = "BTC/USDT", "BTC/USDT:USDT"
INSTRUMENTS = "/api/v5/public/instruments"


@pytest.fixture
def okx_swap():
    return {
        "instType": "SWAP",
        "instId": "BTC-USDT-SWAP",
        "uly": "BTC-USDT",
        "settleCcy": "USDT",
        "ctType": "linear",
        "ctVal": "0.01",
        "ctMult": "1",
        "lotSz": "0.01",
        "tickSz": "0.1",
        "minSz": "0.01",
        "state": "live",
    }


@pytest.fixture
def okx(venue, okx_swap):
    spot = venue.rest.pop(INSTRUMENTS)
    venue.rest[f"{INSTRUMENTS}?instType=SPOT"] = spot
    venue.rest[f"{INSTRUMENTS}?instType=SWAP"] = {"code": "0", "msg": "", "data": [okx_swap]}
    venue.rest[INSTRUMENTS] = {"code": "0", "msg": "", "data": []}
    return venue


def kinds_asked(venue):
    return sorted(path.partition("instType=")[2] for path in venue.rest_heard if path.startswith(INSTRUMENTS))


@pytest.mark.parametrize(("wanted", "kinds"), [(SPOT, ["SPOT"]), (SWAP, ["FUTURES", "SPOT", "SWAP"])])
async def test_only_the_kinds_of_markets_that_are_wanted_are_loaded(
    okx, recorder, plan_for, running, kit, wanted, kinds
):
    async with running(plan_for(okx.here, wanted), recorder, dialect_of):
        await kit.until(lambda: recorder.is_live(wanted))
    assert kinds_asked(okx) == kinds


async def test_a_market_id_in_the_plan_may_be_the_contract(okx, recorder, plan_for, running, kit):
    plan = plan_for(okx.here, SPOT, market_ids={Symbol(SPOT): Symbol(SWAP)})
    async with running(plan, recorder, dialect_of):
        await kit.until(lambda: recorder.is_live(SPOT))
    made = recorder.listings[0].instrument
    assert (made.symbol, made.market_id, made.kind) == (SPOT, "BTC-USDT-SWAP", "linear")


async def test_a_swap_counts_in_contracts_and_its_ticks_in_base(okx, recorder, plan_for, running, kit):
    async with running(plan_for(okx.here, SWAP), recorder, dialect_of):
        await kit.until(lambda: recorder.is_live(SWAP))
    made = recorder.listings[0].instrument
    assert (made.kind, made.contract_size, made.lot, made.min_size) == ("linear", 0.01, 0.0001, 0.0001)
    assert recorder.ticks[0].bids[0] == (99.5, 0.01)  # one contract


# Bitget calls a spot market and a swap by one id, on one connection


@pytest.fixture
def bitget(venue, kit):
    sides = {"baseCoin": "BTC", "quoteCoin": "USDT", "symbol": "BTCUSDT"}
    spot = {"pricePrecision": "2", "quantityPrecision": "6", "status": "online"}
    swap = {"symbolType": "perpetual", "symbolStatus": "normal", "supportMarginCoins": ["USDT"]}
    steps = {"pricePlace": "1", "priceEndStep": "1", "volumePlace": "3", "sizeMultiplier": "0.001"}
    fees = {"makerFeeRate": "0.001", "takerFeeRate": "0.001"}

    def answer(ours, message):
        for arg in message["args"]:
            ours.send(kit.text({"event": message["op"], "arg": arg}))
            size = "1" if arg["instType"] == "SPOT" else "7"
            book = {"bids": [["99.5", size]], "asks": [["100.5", size]], "checksum": 0, "seq": 5, "ts": "1"}
            ours.send(kit.text({"action": "snapshot", "arg": arg, "data": [book], "ts": 1}))

    venue.rest["/api/v2/spot/public/symbols"] = {"code": "00000", "data": [sides | spot | fees]}
    usdt = "/api/v2/mix/market/contracts?productType=USDT-FUTURES"
    venue.rest[usdt] = {"code": "00000", "data": [sides | swap | steps | fees]}
    venue.rest["/api/v2/"] = {"code": "00000", "data": []}
    venue.on_message = answer
    return venue


async def test_two_markets_of_one_id_are_never_taken_for_each_other(bitget, recorder, plan_for, running, kit):
    plan = replace(plan_for(bitget.here, SPOT, SWAP, ccxt_class="bitget"), venue=Venue("bitget"))
    async with running(plan, recorder, dialect_of):
        await kit.until(lambda: recorder.is_live(SPOT) and "quarantined" in recorder.states(SWAP))
    assert {(tick.symbol, tick.bids[0]) for tick in recorder.ticks} == {(SPOT, (99.5, 1.0))}
    assert recorder.last(SWAP).reason == (
        "the venue calls both BTC/USDT and BTC/USDT:USDT BTCUSDT: watch one of them"
    )


async def test_the_swap_alone_is_watched(bitget, recorder, plan_for, running, kit):
    plan = replace(plan_for(bitget.here, SWAP, ccxt_class="bitget"), venue=Venue("bitget"))
    async with running(plan, recorder, dialect_of):
        await kit.until(lambda: recorder.is_live(SWAP))
    assert [tick.bids[0] for tick in recorder.ticks] == [(99.5, 7.0)]
