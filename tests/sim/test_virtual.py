"""Promise: a venue on a virtual clock says what the served one says, wherever its driver stops; its channels
share one space of ids; a quiet book is spoken of as the venue does."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.sim import SimPlan
from kairos_tui.sim.client_words import CLIENT_WORDS
from kairos_tui.sim.exchanges import SimExchanges
from kairos_tui.sim.fault_orders import FaultOrder, ScriptedFault
from kairos_tui.sim.virtual import VirtualVenue

SECOND = 1_000_000_000
VENUES = tuple(CLIENT_WORDS)
FAULTS = tuple(
    ScriptedFault(0, venue, FaultOrder(kind, rate=0.05))
    for venue in VENUES
    for kind in ("lost", "duplicate", "reorder", "corrupt")
)


def heard(plan: SimPlan, venue: str, until_s: float, *channels: str) -> list[dict[str, Any]]:
    one = VirtualVenue(plan, venue, ["BTC/USDT"], channels=channels or ("book",))  # type: ignore[arg-type]
    return [json.loads(text) for _, text in one.messages(round(until_s * SECOND))]


@pytest.mark.parametrize("venue", [venue for venue in VENUES if venue != "kucoin"])
def test_the_same_plan_gives_the_same_bytes_faults_and_all(venue) -> None:
    plan = SimPlan(venues=(venue,), seed=7, faults=FAULTS)
    one, other = (VirtualVenue(plan, venue, ["BTC/USDT"], channels=("book", "top")) for _ in range(2))
    assert list(one.messages(5 * SECOND)) == list(other.messages(5 * SECOND))


@given(stops=st.lists(st.integers(1, 3 * SECOND), max_size=6))
@settings(max_examples=15, deadline=None)
def test_it_does_not_matter_where_a_driver_stops_in_between(stops) -> None:
    plan = SimPlan(venues=("kraken",), faults=FAULTS)
    straight, halting = (VirtualVenue(plan, "kraken", ["BTC/USD"]) for _ in range(2))
    wanted = list(straight.messages(3 * SECOND))
    got = [message for stop in (*sorted(stops), 3 * SECOND) for message in halting.messages(stop)]
    assert got == wanted


def test_messages_come_in_order_and_the_clock_does_not_go_back() -> None:
    venue = VirtualVenue(SimPlan(venues=("bybit",)), "bybit", ["BTC/USDT"], channels=("book", "top"))
    times = [at_ns for at_ns, _ in venue.messages(3 * SECOND)]
    assert times == sorted(times)
    with pytest.raises(ValueError, match="is over"):
        venue.snapshot(2 * SECOND)


async def test_the_served_venue_says_the_same_about_the_same_quotes(bare_socket) -> None:
    plan = SimPlan(venues=("okx",), seed=3)
    argument = {"channel": "bbo-tbt", "instId": "BTC-USDT"}
    virtual = {
        message["data"][0]["seqId"]: message["data"][0] for message in heard(plan, "okx", 5, "top")[1:]
    }
    async with SimExchanges(plan) as sim, bare_socket("okx", sim.origins["okx"]) as client:
        await client.say({"op": "subscribe", "args": [argument]})
        await client.hear()
        served = [(await client.hear())["data"][0] for _ in range(12)]
    known = [data for data in served if int(data["seqId"]) in virtual]
    assert len(known) >= 3
    for data in known:
        same = virtual[int(data["seqId"])]
        assert (data["bids"], data["asks"]) == (same["bids"], same["asks"])


def test_a_fresh_snapshot_comes_for_a_new_subscription_and_a_new_connection() -> None:
    venue = VirtualVenue(SimPlan(venues=("okx",)), "okx", ["BTC/USDT"])
    for again, act in ((5 * SECOND, venue.resubscribe), (9 * SECOND, venue.connect)):
        act(again)
        said = [json.loads(text) for _, text in venue.messages(again)]
        events = [one.get("event") or one["action"] for one in said if one.get("action") != "update"]
        assert events[-2:] == ["subscribe", "snapshot"]
        assert said[-1]["data"][0]["prevSeqId"] == -1


# ids


@pytest.mark.parametrize("venue", ["binance", "okx"])
def test_the_best_prices_carry_the_books_ids(venue) -> None:
    """Where both channels name the same id, they name the same best bid and ask."""
    plan = SimPlan(venues=(venue,))
    books: dict[int, Any] = {}
    tops: dict[int, tuple[Any, Any]] = {}
    for message in heard(plan, venue, 30, "book", "top"):
        if venue == "binance" and "e" in message:
            books[message["u"]] = (message["b"], message["a"])
        elif venue == "binance" and "B" in message:
            tops[message["u"]] = ([message["b"], message["B"]], [message["a"], message["A"]])
        elif "action" in message:
            books[message["data"][0]["seqId"]] = (message["data"][0]["bids"], message["data"][0]["asks"])
        elif "data" in message:
            [data] = message["data"]
            tops[data["seqId"]] = (data["bids"][0], data["asks"][0])
    shared = [number for number in books if number in tops]
    assert len(shared) > 30
    for number in shared:
        for changed, (price, size, *_) in zip(books[number], tops[number], strict=True):
            named = [level[1] for level in changed if level[0] == price]
            assert named in ([], [size])


def test_bybits_u_goes_on_while_nobody_listens() -> None:
    venue = VirtualVenue(SimPlan(venues=("bybit",)), "bybit", ["BTC/USDT"])
    before = [json.loads(text) for _, text in venue.messages(3 * SECOND)]
    assert venue.connect(60 * SECOND)
    after = [json.loads(text) for _, text in venue.messages(61 * SECOND)]
    last = max(message["data"]["u"] for message in before if "data" in message)
    fresh = [message for message in after if message.get("type") == "snapshot"]
    assert fresh[-1]["data"]["u"] > last
    book = json.loads(venue.snapshot(61 * SECOND).body)["result"]
    assert book["seq"] >= fresh[-1]["data"]["seq"]


# quiet books


def test_bybit_repeats_its_best_prices_after_three_quiet_seconds_with_the_same_u() -> None:
    tops = [
        one for one in heard(SimPlan(venues=("bybit",), rate=0.001), "bybit", 60, "top") if "topic" in one
    ]
    assert len(tops) > 15
    for before, after in pairwise(tops):
        repeated = after["data"] == before["data"]
        assert (
            after["ts"] - before["ts"] == 3_000 if repeated else after["data"]["u"] == before["data"]["u"] + 1
        )
        assert after["type"] == "snapshot"


def test_okx_speaks_of_a_book_that_has_not_changed_for_a_minute() -> None:
    plan = SimPlan(venues=("okx",), rate=0.0001)
    books = [one for one in heard(plan, "okx", 600) if "action" in one]
    quiet = [one["data"][0] for one in books if not one["data"][0]["bids"] and not one["data"][0]["asks"]]
    assert quiet
    assert all(data["seqId"] == data["prevSeqId"] for data in quiet)
    ids = [(one["data"][0]["prevSeqId"], one["data"][0]["seqId"]) for one in books]
    assert all(previous == before for (_, before), (previous, _) in pairwise(ids))
    times = [int(one["data"][0]["ts"]) for one in books]
    assert max(after - before for before, after in pairwise(times)) <= 60_000
    tops = [one["data"][0] for one in heard(plan, "okx", 600, "top") if "data" in one]
    assert all(data["bids"] and data["asks"] for data in tops)


def test_binance_is_silent_about_a_quiet_book() -> None:
    messages = heard(SimPlan(venues=("binance",), rate=0.0001), "binance", 60)
    assert len([one for one in messages if "e" in one]) <= 2
