"""Promise: what is another coin, other units or simply off the market is shut out with a reason that says
what to do; a price that comes back is believed again, and nothing is swallowed in silence."""

from typing import Any

import pytest

from kairos_tui.engine.block import Block
from kairos_tui.engine.gates import Limits, find_leg_block
from kairos_tui.engine.quote_board import QuoteBoard
from kairos_tui.market import (
    Asset,
    FeedState,
    FeedStatus,
    Fees,
    Instrument,
    Listing,
    PackedTick,
    Pulse,
    Symbol,
    Thresholds,
    Tick,
    Venue,
)

MS = 1_000_000
THRESHOLDS = Thresholds(max_age_ms=5_000, max_asynchrony_ms=5_000)
FIVE = ("binance", "okx", "bybit", "kraken", "kucoin")


class Floor:
    """The quote board of one symbol, its venues live and listed, and a clock that moves only when told."""

    def __init__(self, *venues: str, symbol: str = "NEIRO/USDT", **facts: Any) -> None:
        self.symbol = Symbol(symbol)
        self.venues = tuple(map(Venue, venues))
        self.board = QuoteBoard((self.symbol,), self.venues, THRESHOLDS)
        self.now_ns = 1_000_000 * MS
        for venue in venues:
            self.list_as(venue, **facts)
            self.state(venue, FeedState.LIVE)

    def list_as(self, venue: str, **facts: Any) -> None:
        base, _, quote = self.symbol.partition("/")
        market = Instrument(Venue(venue), self.symbol, "id", Asset(base), Asset(quote), **facts)
        self.board.apply_listing(Listing(market, Fees(0.001, "market", 0)))

    def state(self, venue: str, state: FeedState, *, whole: bool = False, reason: str | None = None) -> None:
        self.board.apply_status(
            FeedStatus(Venue(venue), None if whole else self.symbol, state, self.now_ns, reason)
        )

    def wait(self, milliseconds: float) -> None:
        self.now_ns += int(milliseconds * MS)

    def quote(self, **mids: float) -> None:
        for venue, mid in mids.items():
            tick = Tick(
                Venue(venue),
                self.symbol,
                ((mid * 0.9999, 1.0),),
                ((mid * 1.0001, 1.0),),
                self.now_ns,
                self.now_ns,
            )
            packed = PackedTick.of(tick)
            assert self.board.apply_tick(packed, sent_ns=self.now_ns, arrived_ns=self.now_ns) is not None

    def pulse(self, venue: str, at_ns: int | None = None) -> None:
        at_ns = self.now_ns if at_ns is None else at_ns
        self.board.apply_pulse(Pulse(Venue(venue), (self.symbol,), at_ns), self.now_ns)

    def block(self, venue: str) -> Block | None:
        slot = self.board.slot(Venue(venue), self.symbol)
        assert slot is not None
        return find_leg_block(slot, self.now_ns, Limits.of(THRESHOLDS))

    def blocked(self) -> dict[str, str]:
        """The venues that may not be used, with the reason of their quarantine."""
        slots = [self.board.slot(venue, self.symbol) for venue in self.venues]
        return {slot.venue: slot.suspicion.reason for slot in slots if slot and slot.suspicion}

    def told(self) -> list[tuple[str, str, str | None]]:
        return [
            (status.venue, status.state.value, status.reason)
            for status in self.board.new_statuses(self.now_ns)
        ]


def calm(*venues: str, mid: float = 100.0) -> dict[str, float]:
    return dict.fromkeys(venues, mid)


# outliers


@pytest.mark.parametrize(("mid", "words"), [(103.1, "3.1 % above"), (96.9, "3.1 % below")])
def test_a_mid_far_from_the_median_of_the_others_is_quarantined_at_once(mid, words) -> None:
    floor = Floor(*FIVE)
    floor.quote(**calm(*FIVE))
    assert floor.blocked() == {}

    floor.quote(kucoin=mid)

    assert floor.blocked() == {"kucoin": f"{words} the median of 4 venues"}
    assert floor.block("kucoin") is Block.OUTLIER
    assert floor.told() == [("kucoin", "quarantined", f"{words} the median of 4 venues")]


def test_two_percent_is_not_yet_far() -> None:
    floor = Floor(*FIVE)
    floor.quote(**calm(*FIVE))
    floor.quote(kucoin=101.99)

    assert floor.blocked() == {}


def test_where_all_venues_differ_the_limit_is_ten_times_their_spread() -> None:
    """Mids half a percent apart: MAD is 0.5, so 4 % off is still within 5 % and 6 % is not."""
    floor = Floor(*FIVE)
    floor.quote(binance=99.5, okx=100.0, bybit=100.5, kraken=100.0, kucoin=104.0)
    assert set(floor.blocked()) == {"kucoin"}, "MAD of 99.5, 100, 100, 100.5 is 0.25: the limit is 2.5 %"

    wide = Floor(*FIVE)
    wide.quote(binance=99.0, okx=99.5, bybit=100.5, kraken=101.0, kucoin=104.0)
    assert wide.blocked() == {}
    wide.quote(kucoin=114.0)
    assert set(wide.blocked()) == {"kucoin"}


def test_of_three_venues_the_one_apart_is_found_and_the_two_are_not_blamed() -> None:
    floor = Floor("binance", "okx", "kucoin")
    floor.quote(binance=100.0, okx=100.1, kucoin=110.0)

    assert floor.blocked() == {"kucoin": "9.9 % above the median of 2 venues"}


def test_two_venues_far_apart_are_both_disbelieved() -> None:
    floor = Floor("okx", "kraken")
    floor.quote(okx=100.0, kraken=103.1)

    reason = "kraken and okx differ by 3.1 %: no third venue to tell which"
    assert floor.blocked() == {"okx": reason, "kraken": reason}


def test_a_third_venue_tells_which_of_two_was_right() -> None:
    floor = Floor("okx", "kraken", "binance")
    floor.quote(okx=100.0, kraken=103.1)
    floor.quote(binance=100.0)
    assert floor.blocked()["kraken"] == "3.1 % above the median of 2 venues"

    for _ in range(3):
        floor.wait(1_000)
        floor.quote(okx=100.0, kraken=103.1, binance=100.0)

    assert set(floor.blocked()) == {"kraken"}


def test_a_real_crash_on_one_venue_is_shown_and_comes_back_by_itself() -> None:
    """The crash is quarantined with its reason; once the others follow, all are believed again."""
    floor = Floor(*FIVE)
    floor.quote(**calm(*FIVE))
    floor.quote(binance=97.0)
    assert floor.told() == [("binance", "quarantined", "3.0 % below the median of 4 venues")]

    others = FIVE[1:]
    for venue in others:
        floor.wait(50)
        floor.quote(**{venue: 97.0})
    assert ("binance", "live", None) not in floor.told(), "believed after two calm seconds, not at once"
    for _ in range(3):
        floor.wait(1_000)
        floor.quote(**calm(*others, mid=97.0))

    assert floor.blocked() == {}
    assert ("binance", "live", None) in floor.told()


def test_an_outlier_between_half_and_the_whole_of_the_limit_stays_out() -> None:
    """Hysteresis: 1.5 % would not have been quarantined, but it is not calm enough to come back."""
    floor = Floor(*FIVE)
    floor.quote(**calm(*FIVE))
    floor.quote(kucoin=103.0)
    for _ in range(10):
        floor.wait(500)
        floor.quote(**calm(*FIVE[:4]), kucoin=101.5)
    assert set(floor.blocked()) == {"kucoin"}

    floor.quote(kucoin=100.5)
    floor.wait(1_999)
    floor.quote(kucoin=100.5)
    assert set(floor.blocked()) == {"kucoin"}
    floor.wait(1)
    floor.quote(kucoin=100.5)
    assert floor.blocked() == {}


def test_time_alone_brings_an_outlier_back() -> None:
    floor = Floor(*FIVE)
    floor.quote(**calm(*FIVE))
    floor.quote(kucoin=103.0)
    floor.quote(kucoin=100.0)
    floor.told()

    floor.wait(2_001)

    assert floor.told() == [("kucoin", "live", None)]
    assert floor.board.touched != {}


def test_a_dead_venue_has_no_vote() -> None:
    """Of three, the one that would speak for kraken is silent: nobody can tell any more."""
    floor = Floor("okx", "kraken", "binance")
    floor.quote(kraken=103.1, binance=103.0, okx=100.0)
    assert set(floor.blocked()) == {"okx"}

    floor.wait(10)
    floor.state("binance", FeedState.DOWN)
    floor.quote(okx=100.0)

    assert set(floor.blocked()) == {"okx", "kraken"}


def test_a_venue_that_is_silent_too_long_loses_its_vote_before_anything_is_priced() -> None:
    floor = Floor("okx", "kraken", "binance")
    floor.quote(kraken=103.1, binance=103.0, okx=100.0)
    floor.wait(4_000)
    floor.quote(kraken=103.1)
    floor.pulse("okx")
    floor.board.take_touched(floor.now_ns)
    assert floor.block("kraken") is None
    floor.wait(1_001)

    touched, _, _ = floor.board.take_touched(floor.now_ns)

    assert floor.block("kraken") is Block.OUTLIER
    assert "kraken" in [slot.venue for slot in touched]


def test_a_calm_market_is_not_judged_at_every_tick_and_may_drift_anywhere() -> None:
    floor = Floor(*FIVE)
    for step in range(2_000):
        floor.quote(**{FIVE[step % 5]: 100.0 * 1.0005**step})

    assert floor.blocked() == {}
    assert floor.told() == []


# units and coins


def test_a_thousand_times_the_price_is_other_units() -> None:
    floor = Floor(*FIVE, symbol="PEPE/USDT")
    floor.quote(**calm(*FIVE, mid=1.2e-5))
    floor.quote(kucoin=1.21e-2)

    reason = "other units: 1000 x the median; name its market in [venue.kucoin] symbols"
    assert floor.blocked() == {"kucoin": reason}
    assert floor.block("kucoin") is Block.IDENTITY


@pytest.mark.parametrize(
    ("ratio", "words"), [(10.0, "10 x"), (1e6, "1000000 x"), (1e-3, "1/1000 of"), (98.5, "100 x")]
)
def test_any_power_of_ten_is_other_units(ratio, words) -> None:
    floor = Floor(*FIVE)
    floor.quote(**calm(*FIVE))
    floor.quote(kucoin=100.0 * ratio)

    assert floor.blocked()["kucoin"].startswith(f"other units: {words} the median")


def test_units_cannot_be_confirmed_away_while_the_ratio_stands() -> None:
    floor = Floor(*FIVE)
    floor.quote(**calm(*FIVE))
    floor.quote(kucoin=100_000.0)

    floor.list_as("kucoin", confirmed=True)
    floor.quote(kucoin=100_000.0)
    assert floor.block("kucoin") is Block.IDENTITY

    floor.quote(kucoin=100.0)
    assert floor.blocked() == {}


def test_units_that_were_never_confirmed_stay_out_even_when_the_ratio_is_gone() -> None:
    floor = Floor(*FIVE)
    floor.quote(**calm(*FIVE))
    floor.quote(kucoin=100_000.0)
    for _ in range(5):
        floor.wait(1_000)
        floor.quote(**calm(*FIVE))

    assert floor.block("kucoin") is Block.IDENTITY


def test_two_venues_a_thousand_apart_are_both_other_units() -> None:
    floor = Floor("binance", "kucoin")
    floor.quote(binance=1.0, kucoin=1_000.0)

    assert floor.blocked() == {
        "binance": "other units: 1/1000 of kucoin; name its market in [venue.binance] symbols",
        "kucoin": "other units: 1000 x binance; name its market in [venue.kucoin] symbols",
    }


def test_far_off_for_three_ticks_in_a_row_is_another_coin_until_it_is_confirmed() -> None:
    floor = Floor(*FIVE)
    floor.quote(**calm(*FIVE))
    seen = []
    for _ in range(3):
        floor.quote(kucoin=65.0)
        seen.append(floor.block("kucoin"))
    assert seen == [Block.OUTLIER, Block.OUTLIER, Block.IDENTITY]
    assert floor.blocked() == {
        "kucoin": "another coin? 35.0 % below the median of 4 venues;"
        ' if it is the same coin: confirmed = ["NEIRO/USDT"] in [venue.kucoin]'
    }

    for _ in range(5):
        floor.wait(1_000)
        floor.quote(**calm(*FIVE))
    assert floor.block("kucoin") is Block.IDENTITY, "its price is near, and it is still another coin"

    floor.list_as("kucoin", confirmed=True)
    assert floor.blocked() == {}


def test_a_confirmed_coin_far_off_is_an_outlier_like_any_other() -> None:
    floor = Floor(*FIVE)
    floor.list_as("kucoin", confirmed=True)
    floor.quote(**calm(*FIVE))
    for _ in range(5):
        floor.quote(kucoin=65.0)

    assert floor.blocked() == {"kucoin": "35.0 % below the median of 4 venues"}


def test_far_off_ticks_that_do_not_follow_each_other_are_no_other_coin() -> None:
    floor = Floor(*FIVE)
    floor.quote(**calm(*FIVE))
    for _ in range(6):
        floor.quote(kucoin=65.0)
        floor.quote(kucoin=65.0)
        floor.quote(kucoin=100.0)

    assert floor.block("kucoin") is Block.OUTLIER


def test_of_two_venues_either_may_be_the_other_coin_whichever_ticks() -> None:
    floor = Floor("binance", "kucoin")
    floor.quote(binance=100.0)
    for _ in range(3):
        floor.quote(kucoin=150.0)

    assert [reason.partition(";")[0] for reason in floor.blocked().values()] == [
        "another coin? 33.3 % below kucoin",
        "another coin? 50.0 % above binance",
    ]


# what the market tables say


def neiro() -> Floor:
    """The case of 2024: two coins called NEIRO, listed under one ticker."""
    floor = Floor("binance", "okx", "kucoin")
    floor.list_as("binance", name="First Neiro on Ethereum")
    floor.list_as("okx", name="First Neiro On Ethereum")
    floor.list_as("kucoin", name="Neiro CTO")
    return floor


def test_another_name_with_another_price_is_another_coin() -> None:
    floor = neiro()
    floor.quote(binance=100.0, okx=100.0, kucoin=104.0)

    assert floor.blocked() == {
        "kucoin": "called 'Neiro CTO' here, 'First Neiro on Ethereum' elsewhere;"
        ' if it is the same coin: confirmed = ["NEIRO/USDT"] in [venue.kucoin]'
    }
    assert floor.block("kucoin") is Block.IDENTITY


def test_another_name_at_the_same_price_is_a_spelling() -> None:
    floor = neiro()
    floor.quote(binance=100.0, okx=100.0, kucoin=100.5)

    assert floor.blocked() == {}


def test_a_shared_word_is_enough_to_be_the_same_name() -> None:
    floor = neiro()
    floor.list_as("kucoin", name="NEIRO (Ethereum)")
    floor.quote(binance=100.0, okx=100.0, kucoin=104.0)

    assert floor.block("kucoin") is Block.OUTLIER


def test_a_name_never_reaches_a_screen_whole_or_with_controls() -> None:
    floor = neiro()
    floor.list_as("kucoin", name="CTO\x1b]0;owned\x07\n" + "x" * 500)
    floor.quote(binance=100.0, okx=100.0, kucoin=104.0)

    reason = floor.blocked()["kucoin"]
    assert reason.isprintable()
    assert len(reason) < 200


def test_a_contract_address_unlike_the_majority_s_is_quarantined_without_any_price() -> None:
    floor = Floor("binance", "okx", "kucoin", networks={"ETH": "0xaa", "BSC": "0xbb"})
    floor.list_as("kucoin", networks={"ETH": "0xcc"})

    assert floor.blocked() == {
        "kucoin": "contract address on ETH differs from binance, okx;"
        ' if it is the same coin: confirmed = ["NEIRO/USDT"] in [venue.kucoin]'
    }
    floor.list_as("kucoin", networks={"ETH": "0xcc"}, confirmed=True)
    assert floor.blocked() == {}


def test_of_two_venues_with_different_addresses_both_are_quarantined() -> None:
    floor = Floor("binance", "kucoin", networks={"ETH": "0xaa"})
    assert floor.blocked() == {}
    floor.list_as("kucoin", networks={"ETH": "0xcc"})

    assert set(floor.blocked()) == {"binance", "kucoin"}


def one_against_one(**mids: float) -> Floor:
    """NEIRO as listed: two venues name a contract, and not the same; three name none."""
    floor = Floor("binance", "okx", "bybit", "kucoin", "gate")
    floor.list_as("kucoin", networks={"ETH": "0xcc"})
    floor.list_as("gate", networks={"ETH": "0xaa"})
    floor.quote(**calm("binance", "okx", "bybit"), **mids)
    floor.told()
    return floor


def live_on(floor: Floor, milliseconds: int, **mids: float) -> None:
    for _ in range(milliseconds // 100):
        floor.wait(100)
        floor.quote(**calm("binance", "okx", "bybit"), **mids)
        floor.board.new_statuses(floor.now_ns)


def test_of_one_address_against_one_the_price_clears_the_one_that_is_beside_the_others() -> None:
    floor = one_against_one(kucoin=40.0, gate=100.3)
    assert set(floor.blocked()) == {"kucoin", "gate"}

    live_on(floor, 1_900, kucoin=40.0, gate=100.3)
    assert set(floor.blocked()) == {"kucoin", "gate"}, "not before two seconds of it"
    live_on(floor, 300, kucoin=40.0, gate=100.3)
    assert set(floor.blocked()) == {"kucoin"}

    live_on(floor, 5_000, kucoin=100.0, gate=100.3)
    assert floor.block("kucoin") is Block.IDENTITY, "the odd one stays out, whatever it costs"


def test_that_the_tie_was_broken_is_said_and_outlives_the_same_facts() -> None:
    floor = one_against_one(kucoin=40.0, gate=100.3)
    said = []
    for _ in range(23):
        floor.wait(100)
        floor.quote(**calm("binance", "okx", "bybit"), kucoin=40.0, gate=100.3)
        said += floor.told()
    assert said == [("gate", "live", None)]

    floor.list_as("gate", networks={"ETH": "0xaa"}, lot=0.1)
    assert set(floor.blocked()) == {"kucoin"}
    floor.list_as("gate", networks={"ETH": "0xdd", "BSC": "0xee"})
    floor.list_as("kucoin", networks={"BSC": "0xff"})
    assert set(floor.blocked()) == {"kucoin", "gate"}, "other facts are another case"


@pytest.mark.parametrize(
    ("kucoin", "gate"), [(100.1, 100.3), (40.0, 101.5), (40.0, 41.0), (101.9, 100.0)], ids=str
)
def test_a_tie_that_the_price_does_not_break_plainly_stays(kucoin, gate) -> None:
    """Both beside the others, neither, or one that is neither near nor far."""
    floor = one_against_one(kucoin=kucoin, gate=gate)
    live_on(floor, 5_000, kucoin=kucoin, gate=gate)

    assert set(floor.blocked()) == {"kucoin", "gate"}


def test_one_witness_breaks_no_tie() -> None:
    floor = one_against_one(kucoin=40.0, gate=100.3)
    floor.state("okx", FeedState.DOWN)
    floor.state("bybit", FeedState.DOWN)
    live_on(floor, 5_000, kucoin=40.0, gate=100.3)

    assert set(floor.blocked()) == {"kucoin", "gate"}


def test_a_rival_that_is_not_seen_proves_nothing() -> None:
    floor = one_against_one(gate=100.3)
    live_on(floor, 5_000, gate=100.3)

    assert set(floor.blocked()) == {"kucoin", "gate"}


def test_an_address_on_a_network_that_nobody_else_uses_says_nothing() -> None:
    floor = Floor("binance", "okx", networks={"ETH": "0xaa"})
    floor.list_as("okx", networks={"SOL": "9x"})

    assert floor.blocked() == {}


def test_a_stablecoin_may_have_another_contract_where_it_was_bridged() -> None:
    floor = Floor("binance", "kucoin", symbol="USDC/USDT", networks={"MATIC": "0xaa"})
    floor.list_as("kucoin", networks={"MATIC": "0xcc"})

    assert floor.blocked() == {}


def test_the_coin_of_another_symbol_is_held_against_it_too() -> None:
    """NEIRO/USDC on binance speaks about the NEIRO of NEIRO/USDT on kucoin."""
    dollar, tether = Symbol("NEIRO/USDC"), Symbol("NEIRO/USDT")
    board = QuoteBoard((tether, dollar), (Venue("binance"), Venue("kucoin")), THRESHOLDS)
    for venue, symbol, address in (("binance", dollar, "0xaa"), ("kucoin", tether, "0xcc")):
        base, _, quote = symbol.partition("/")
        market = Instrument(Venue(venue), symbol, "id", Asset(base), Asset(quote), networks={"ETH": address})
        board.apply_listing(Listing(market, Fees(0.001, "market", 0)))

    slot = board.slot(Venue("kucoin"), tether)
    assert slot is not None
    assert slot.suspicion is not None


@pytest.mark.parametrize("kind", ["linear", "inverse"])
def test_a_contract_is_never_compared_with_spot_under_one_symbol(kind) -> None:
    floor = Floor(*FIVE)
    floor.list_as("kucoin", kind=kind)
    floor.quote(**calm(*FIVE))

    assert floor.blocked() == {
        "kucoin": f"a {kind} market here, spot on binance, okx, bybit, kraken: never compared"
    }
    floor.list_as("kucoin", kind=kind, confirmed=True)
    assert floor.block("kucoin") is Block.IDENTITY, "no confirmation makes a contract spot"


def test_inverse_against_linear_leaves_neither() -> None:
    floor = Floor("binance", "okx", kind="linear", contract_size=0.001)
    floor.list_as("okx", kind="inverse", contract_size=100.0)

    assert set(floor.blocked()) == {"binance", "okx"}


def test_a_contract_of_unknown_size_is_compared_with_nothing() -> None:
    floor = Floor("binance", "okx", "kucoin", kind="linear", contract_size=0.001)
    floor.list_as("kucoin", kind="linear", contract_size=0.0)

    assert floor.blocked() == {"kucoin": "contract size unknown: nothing can be compared with it"}


def test_an_inactive_market_has_neither_routes_nor_a_vote() -> None:
    floor = Floor("okx", "kraken", "binance")
    floor.list_as("binance", active=False)
    floor.quote(okx=100.0, kraken=103.1, binance=103.1)

    assert floor.block("binance") is Block.HALTED
    assert floor.block("okx") is floor.block("kraken") is Block.OUTLIER


# what is told


def test_a_quarantine_is_said_again_after_the_feed_s_own_word() -> None:
    """A stream that reconnects says live: whoever listens must hear that it is still shut out."""
    floor = neiro()
    floor.quote(binance=100.0, okx=100.0, kucoin=104.0)
    assert [state for _, state, _ in floor.told()] == ["quarantined"]
    assert floor.told() == []

    floor.wait(1)
    floor.state("kucoin", FeedState.DOWN, reason="eof")
    assert floor.told() == []
    floor.wait(1)
    floor.state("kucoin", FeedState.LIVE)

    assert [(venue, state) for venue, state, _ in floor.told()] == [("kucoin", "quarantined")]


def test_a_quarantine_found_before_the_feed_is_up_is_said_when_it_is() -> None:
    floor = Floor("binance", "okx", "kucoin", networks={"ETH": "0xaa"})
    floor.state("kucoin", FeedState.CONNECTING)
    floor.list_as("kucoin", networks={"ETH": "0xcc"})
    assert floor.told() == []

    floor.wait(1)
    floor.state("kucoin", FeedState.LIVE)

    assert [(venue, state) for venue, state, _ in floor.told()] == [("kucoin", "quarantined")]


def test_a_quarantine_ends_the_signals_that_used_the_leg_and_is_on_the_board(build_desk) -> None:
    desk = build_desk(("alpha", "beta", "gamma"))
    desk.quote("gamma", 60_040, 60_041)
    assert [signal.event for signal in desk.edge(5.0)] == ["open"]
    desk.quote("beta", 62_000, 62_001)

    said = desk.decide()

    assert [(signal.event, signal.reason) for signal in said] == [("close", "quarantined")]
    row = desk.board().venues[1]
    assert (row.state, row.usable) == ("quarantined", False)
    assert row.reason == "3.3 % above the median of 2 venues"
    assert desk.route("alpha", "beta").blocked == f"beta quarantined: {row.reason}"
    assert desk.board().best.sell_venue != "beta"
