"""Promise: each fault does to a venue's bytes exactly what it says, to the share of messages it names, the
same ones for the same seed; what it does not concern is left as it was."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.sim import SimPlan
from kairos_tui.sim.client_words import CLIENT_WORDS
from kairos_tui.sim.fault_orders import FaultOrder, ScriptedFault
from kairos_tui.sim.frames import CLOSE, TEXT
from kairos_tui.sim.spoiling import bad_checksum, corrupt, ghost_level
from kairos_tui.sim.tampering import Tampering
from kairos_tui.sim.virtual import NOBODY, VirtualVenue

SECOND = 1_000_000_000
VENUES = tuple(CLIENT_WORDS)
bits = st.integers(0, 2**64 - 1)


def sick(order: FaultOrder, *, seed: int = 1, symbol: str = "BTC/USDT"):
    """A tampering with one fault, and one line through it."""
    tampering = Tampering("kraken", seed)
    tampering.add(order)
    return tampering, tampering.line("book", 1, symbol=symbol)


def passed(
    order: FaultOrder, texts: list[bytes], *, seed: int = 1, symbol: str = "BTC/USDT"
) -> list[list[bytes]]:
    """What becomes of each message."""
    tampering, on = sick(order, seed=seed, symbol=symbol)
    return [[payload for _, payload in tampering.pass_on(on, text)] for text in texts]


def venue_on(name: str, *symbols: str, rate: float = 1.0) -> VirtualVenue:
    return VirtualVenue(SimPlan(venues=(name,), rate=rate), name, symbols or ("BTC/USDT",))


def heard(venue: VirtualVenue, until_s: float) -> list[bytes]:
    return [text for _, text in venue.messages(round(until_s * SECOND))]


def numbered(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(count)]


# single messages


def test_lost_loses_its_share_and_nothing_else() -> None:
    after = passed(FaultOrder("lost", rate=0.01), numbered(20_000))
    gone = [number for number, sent in enumerate(after) if not sent]
    assert 150 <= len(gone) <= 250
    assert all(sent in ([], [b"%d" % number]) for number, sent in enumerate(after))


def test_the_same_seed_strikes_the_same_messages_and_another_one_others() -> None:
    order, texts = FaultOrder("lost", rate=0.1), numbered(500)
    assert passed(order, texts, seed=4) == passed(order, texts, seed=4) != passed(order, texts, seed=5)


def test_a_fault_without_rate_or_duration_strikes_once() -> None:
    assert [len(sent) for sent in passed(FaultOrder("lost"), numbered(5))] == [0, 1, 1, 1, 1]
    assert [len(sent) for sent in passed(FaultOrder("duplicate"), numbered(5))] == [2, 1, 1, 1, 1]


def test_duplicate_says_the_same_twice() -> None:
    assert passed(FaultOrder("duplicate"), [b"a", b"b"]) == [[b"a", b"a"], [b"b"]]


def test_reorder_swaps_with_the_next_of_the_same_stream() -> None:
    assert passed(FaultOrder("reorder"), [b"a", b"b", b"c"]) == [[], [b"b", b"a"], [b"c"]]
    tampering, book = sick(FaultOrder("reorder"))
    other = tampering.line("ticker", 1, symbol="BTC/USDT")
    assert tampering.pass_on(book, b"a") == ()
    assert tampering.pass_on(other, b"x") == ((TEXT, b"x"),)
    tampering.heal()
    assert [payload for _, payload in tampering.pass_on(book, b"b")] == [b"b", b"a"]


@given(rate=st.floats(0.01, 1.0), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_reordering_loses_and_invents_nothing(rate, seed) -> None:
    after = [
        text for sent in passed(FaultOrder("reorder", rate=rate), numbered(101), seed=seed) for text in sent
    ]
    missing = set(numbered(101)) - set(after)
    assert missing <= {b"100"}
    assert len(after) == len(set(after))
    assert all(abs(int(text) - place) <= 1 for place, text in enumerate(after))


def test_snapshots_are_neither_lost_nor_repeated_nor_swapped() -> None:
    for kind in ("lost", "duplicate", "reorder", "ghost_level"):
        tampering, line = sick(FaultOrder(kind, rate=1.0))
        assert tampering.pass_on(line, b"snapshot", is_snapshot=True) == ((TEXT, b"snapshot"),)


def test_a_fault_of_one_market_leaves_the_others_alone() -> None:
    order = FaultOrder("lost", market="BTC/USDT", rate=1.0)
    assert passed(order, [b"a"], symbol="BTC/USDT") == [[]]
    assert passed(order, [b"a"], symbol="ETH/USDT") == [[b"a"]]


def test_several_faults_strike_the_same_message() -> None:
    tampering, line = sick(FaultOrder("duplicate", rate=1.0))
    tampering.add(FaultOrder("broken_json", rate=1.0))
    assert [payload for _, payload in tampering.pass_on(line, b"abcd")] == [b"ab", b"ab"]
    tampering.add(FaultOrder("lost", rate=1.0))
    assert tampering.pass_on(line, b"abcd") == ()


def test_a_second_order_of_the_same_kind_takes_the_place_of_the_first() -> None:
    tampering = Tampering("okx", 1)
    for ms in (500, 20):
        tampering.add(FaultOrder("lag", ms=ms))
    assert tampering.lag_ns("BTC/USDT") == 20_000_000


def test_a_disconnect_is_a_goodbye_in_place_of_a_message() -> None:
    tampering, line = sick(FaultOrder("disconnect", code=1012))
    assert tampering.pass_on(line, b"a") == ((CLOSE, (1012).to_bytes(2, "big")),)
    assert tampering.pass_on(line, b"b") == ((TEXT, b"b"),)


# texts


@pytest.mark.parametrize("venue", VENUES)
def test_corrupt_alters_one_digit_and_the_message_stays_json(venue) -> None:
    texts = heard(venue_on(venue), 3)
    books = [text for text in texts if b'"0.' in text or b'"qty"' in text]
    assert len(books) > 5
    for number, text in enumerate(books):
        spoilt = corrupt(text, number * 0x9E3779B97F4A7C15 % 2**64)
        different = [(was, is_) for was, is_ in zip(text, spoilt, strict=True) if was != is_]
        assert len(different) == 1
        assert all(chr(digit).isdecimal() for digit in different[0])
        assert json.loads(spoilt, parse_float=str) != json.loads(text, parse_float=str)


@given(bits=bits)
@settings(max_examples=50, deadline=None)
def test_corrupt_touches_prices_and_sizes_only(bits) -> None:
    text = b'{"ts":1795342351123,"s":"1INCH","u":77,"b":[["67000.10","0.02"]],"a":[],"cts":179534235}'
    spoilt = json.loads(corrupt(text, bits))
    [[price, size]] = spoilt.pop("b")
    assert (price, size) != ("67000.10", "0.02")
    assert spoilt == {"ts": 1795342351123, "s": "1INCH", "u": 77, "a": [], "cts": 179534235}


@pytest.mark.parametrize("venue", VENUES)
def test_a_ghost_is_one_removal_withheld_and_every_number_kept(venue) -> None:
    whole = [(text, ghost_level(text, 12345)) for text in heard(venue_on(venue), 5)]
    struck = [
        (json.loads(text, parse_float=str), json.loads(ghost, parse_float=str))
        for text, ghost in whole
        if text != ghost
    ]
    assert struck
    for before, after in struck:
        gone = [level for level in leaves(before) if level not in leaves(after)]
        assert len(leaves(before)) - len(leaves(after)) == 1
        assert all(float(size) == 0 for size in sizes_of(gone))
        assert skeleton(before) == skeleton(after)


def leaves(message: object) -> list[object]:
    """The levels of a message, however they are written."""
    if isinstance(message, list):
        is_level = bool(message) and all(isinstance(part, str | int) for part in message)
        return [message] if is_level else [level for part in message for level in leaves(part)]
    if isinstance(message, dict):
        if "qty" in message or "new_quantity" in message:
            return [message]
        return [level for part in message.values() for level in leaves(part)]
    return []


def sizes_of(levels: list[Any]) -> list[str]:
    return [
        level[1] if isinstance(level, list) else level.get("qty", level.get("new_quantity"))
        for level in levels
    ]


def skeleton(message: object) -> object:
    """All of a message but its levels."""
    if isinstance(message, dict):
        return {key: skeleton(part) for key, part in message.items()}
    return "levels" if isinstance(message, list) and (not message or leaves(message)) else message


def test_a_message_without_removals_gives_no_ghost_and_the_next_one_does() -> None:
    calm, removal = b'{"b":[["1.5","2"]]}', b'{"b":[["1.5","0"],["1.4","3"]],"a":[["1.6","0.000"]]}'
    after = passed(FaultOrder("ghost_level"), [calm, removal, removal])
    assert after[0] == [calm]
    assert after[1] != [removal]
    assert after[2] == [removal]


@given(bits=bits)
@settings(max_examples=50, deadline=None)
def test_a_bad_checksum_is_another_number_and_nothing_else(bits) -> None:
    text = b'{"bids":[],"checksum":3310070434,"timestamp":"2026"}'
    spoilt = json.loads(bad_checksum(text, bits))
    assert spoilt.pop("checksum") != 3310070434
    assert spoilt == {"bids": [], "timestamp": "2026"}
    assert bad_checksum(b'{"checksum":0}', bits) == b'{"checksum":0}'


def test_on_krakens_wire_one_checksum_is_wrong_and_all_else_is_as_it_was() -> None:
    well, sick_one = venue_on("kraken"), venue_on("kraken")
    assert heard(sick_one, 1) == heard(well, 1)
    sick_one.faults.inject(FaultOrder("bad_checksum"))
    pairs = list(zip(heard(well, 4), heard(sick_one, 4), strict=True))
    [(right, wrong)] = [(json.loads(was), json.loads(is_)) for was, is_ in pairs if was != is_]
    assert right["data"][0].pop("checksum") != wrong["data"][0].pop("checksum")
    assert right == wrong


# snapshots, time, patience: on the virtual clock


def test_lag_delays_in_order_and_its_end_brings_all_at_once() -> None:
    well, late = venue_on("okx"), venue_on("okx")
    assert heard(late, 1) == heard(well, 1)
    late.faults.inject(FaultOrder("lag", ms=700, duration_s=5.0))
    usual, delayed = list(well.messages(8 * SECOND)), list(late.messages(8 * SECOND))
    assert [text for _, text in usual] == [text for _, text in delayed]
    delays = {before: after - before for (before, _), (after, _) in zip(usual, delayed, strict=True)}
    assert {delay for at_ns, delay in delays.items() if at_ns < 5 * SECOND} == {700_000_000}
    assert {delay for at_ns, delay in delays.items() if at_ns > 6 * SECOND} == {0}
    assert {at_ns + delay for at_ns, delay in delays.items() if 5.35 * SECOND < at_ns < 6 * SECOND} == {
        6 * SECOND
    }


def test_no_fault_delays_or_drops_what_the_protocol_answers() -> None:
    venue = venue_on("okx")
    for order in (FaultOrder("silence"), FaultOrder("lag", ms=900), FaultOrder("lost", rate=1.0)):
        venue.faults.inject(order)
    heard(venue, 2)
    venue.say("ping", 2 * SECOND)
    assert list(venue.messages(3 * SECOND)) == [(2 * SECOND, b"pong")]


@pytest.mark.parametrize(("venue", "identity"), [("okx", "seqId"), ("bybit", "u")])
def test_a_stale_snapshot_is_the_book_of_seconds_ago_with_its_old_ids(venue, identity) -> None:
    def snapshot_of(one: VirtualVenue) -> Any:
        one.resubscribe(10 * SECOND)
        *_, message = [json.loads(text) for text in heard(one, 10)]
        data = message["data"]
        return data[0] if isinstance(data, list) else data

    fresh, stale, past = venue_on(venue), venue_on(venue), venue_on(venue)
    stale.faults.inject(FaultOrder("stale_snapshot", ms=3_000))
    assert snapshot_of(stale)[identity] < snapshot_of(fresh)[identity]
    earlier = [json.loads(text) for text in heard(past, 7.1)][-1]["data"]
    assert snapshot_of(venue_on(venue))[identity] > (earlier[0] if venue == "okx" else earlier)[identity]


def test_a_stale_rest_snapshot_is_the_answer_of_seconds_ago() -> None:
    venue = venue_on("binance")
    earlier = venue.snapshot(5 * SECOND).body
    venue.faults.inject(FaultOrder("stale_snapshot", ms=4_000, market="BTC/USDT"))
    assert venue.snapshot(9 * SECOND).body == earlier
    assert json.loads(venue.snapshot(9 * SECOND).body)["lastUpdateId"] > json.loads(earlier)["lastUpdateId"]


def test_a_skewed_clock_shifts_stamps_and_time_but_not_the_book() -> None:
    straight, skewed = venue_on("bybit"), venue_on("bybit")
    assert heard(straight, 1) == heard(skewed, 1)
    skewed.faults.inject(FaultOrder("clock_skew", ms=-90_000))
    for before, after in zip(heard(straight, 2), heard(skewed, 2), strict=True):
        was, is_ = json.loads(before), json.loads(after)
        assert was["data"] == is_["data"]
        assert was["ts"] - is_["ts"] == was["cts"] - is_["cts"] == 90_000
    times = [
        json.loads(one.get("/v5/market/time", {}, 2 * SECOND).body)["time"] for one in (straight, skewed)
    ]
    assert times[0] - times[1] == 90_000


def test_silence_of_one_market_leaves_the_other_talking() -> None:
    venue = venue_on("okx", "BTC/USDT", "ETH/USDT")
    heard(venue, 2)
    venue.faults.inject(FaultOrder("silence", market="BTC/USDT"))
    silent = heard(venue, 6)
    assert len(silent) > 20
    assert all(b"ETH-USDT" in text for text in silent)
    venue.faults.inject(FaultOrder("heal"))
    assert any(b"BTC-USDT" in text for text in heard(venue, 8))


def test_a_ban_begins_after_too_many_requests_and_ends() -> None:
    venue = venue_on("binance")
    venue.faults.inject(FaultOrder("ban", after=3, ms=20_000, code=418))
    asked = [venue.snapshot(second * SECOND) for second in range(1, 6)]
    assert [reply.status for reply in asked] == [200, 200, 200, 418, 418]
    assert [reply.retry_after_s for reply in asked[3:]] == [20, 19]
    assert venue.connect(6 * SECOND) is False
    assert venue.snapshot(24 * SECOND).status == 200


def test_a_ban_that_names_no_number_is_at_once_and_lasts_as_ordered() -> None:
    venue = venue_on("okx")
    venue.faults.inject(FaultOrder("ban", duration_s=7.0))
    assert (venue.snapshot(0).status, venue.snapshot(0).retry_after_s) == (429, 7)
    assert venue.snapshot(7 * SECOND).status == 200


def test_a_closed_connection_ends_the_messages_until_somebody_connects() -> None:
    venue = venue_on("kraken")
    venue.faults.inject(FaultOrder("disconnect"))
    heard(venue, 5)
    assert not venue.is_open
    assert heard(venue, 6) == []
    assert venue.connect(7 * SECOND)
    assert any(b'"type":"snapshot"' in text for text in heard(venue, 8))


def test_a_venue_that_refuses_is_back_when_it_is_over() -> None:
    venue = venue_on("gate")
    heard(venue, 1)
    venue.faults.inject(FaultOrder("refuse", duration_s=3.0))
    assert (venue.is_open, venue.connect(2 * SECOND), venue.snapshot(2 * SECOND)) == (False, False, NOBODY)
    assert venue.connect(4 * SECOND)


def test_a_script_is_carried_out_at_its_time() -> None:
    script = (
        ScriptedFault(3 * SECOND, "okx", FaultOrder("silence", duration_s=2.0)),
        ScriptedFault(1 * SECOND, "kraken", FaultOrder("silence")),
    )
    venue = VirtualVenue(SimPlan(venues=("okx",), faults=script), "okx", ["BTC/USDT"])
    times = [at_ns for at_ns, _ in venue.messages(8 * SECOND)]
    first, last = max((b - a, (a, b)) for a, b in pairwise(times))[1]
    assert first < 3 * SECOND < 5 * SECOND <= last < 5.5 * SECOND
