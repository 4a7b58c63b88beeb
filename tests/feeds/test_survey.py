"""The promise: a survey says of a symbol what a feed would, and a venue's nonsense is one sentence."""

import socket
from time import time_ns

import ccxt
import pytest

from kairos_tui.feeds.class_facts import PROOFS, charged_from, class_facts
from kairos_tui.feeds.dialects.table import VERIFIED
from kairos_tui.feeds.survey import survey
from kairos_tui.market import Fees, Proof, Symbol

BTC = Symbol("BTC/USDT")
MARKETS, TIME = "/api/v5/public/instruments", "/api/v5/public/time"


async def test_a_listed_market_comes_with_its_fee_and_who_says_so(venue, plan_for):
    (answer,) = (await survey(plan_for(venue.here, BTC, taker_bps=8.0, fee_currency="received"))).answers

    assert answer.listing is not None
    instrument, fees = answer.listing.instrument, answer.listing.fees
    assert (instrument.lot, instrument.price_step, instrument.min_size) == (0.00001, 0.1, 0.0001)
    assert fees.taker == pytest.approx(0.0008)
    assert (fees.source, fees.charged, answer.charged_from) == ("config", "received", "config")


async def test_an_unlisted_symbol_comes_with_what_there_is(venue, plan_for):
    answers = (await survey(plan_for(venue.here, BTC, Symbol("BTC/EUR")))).answers

    assert [(answer.symbol, answer.listed) for answer in answers] == [(BTC, True), ("BTC/EUR", False)]
    assert answers[1].problem == "does not list BTC/EUR"
    assert set(answers[1].nearest) == {"BTC/USDT", "BTC/USDC"}


async def test_the_clock_is_measured_within_its_own_uncertainty(venue, plan_for):
    written_us, ahead_us = time_ns() // 1_000, 90_000_000
    venue.rest[TIME] = {"code": "0", "data": [{"ts": str((written_us + ahead_us) // 1_000)}]}

    told = await survey(plan_for(venue.here))

    least_us = ahead_us - (time_ns() // 1_000 - written_us)
    assert told.clock_offset_us is not None
    assert told.clock_uncertainty_us is not None
    error_us = told.clock_uncertainty_us + 1_000
    assert least_us - error_us <= told.clock_offset_us <= ahead_us + error_us


@pytest.mark.parametrize("ts", ["1", "soon", "1e400", None])
async def test_a_clock_of_nonsense_costs_the_clock_only(venue, plan_for, ts):
    venue.rest[TIME] = {"code": "0", "data": [{"ts": ts}]}

    told = await survey(plan_for(venue.here, BTC))

    assert (told.problem, told.clock_offset_us) == (None, None)
    assert told.clock_problem
    assert told.answers[0].listing is not None


@pytest.mark.parametrize(
    "body",
    [
        [],
        "<html>",
        {"code": "0", "data": []},
        {"code": "0", "data": [{"instId": None, "instType": "SPOT"}]},
        {"code": "0", "data": 7},
        {"code": "50011", "msg": "Too Many Requests\x1b[2J", "data": []},
        b"HTTP/1.1 301 Moved\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\xff\xfe",
        b"",
    ],
    ids=str,
)
async def test_nonsense_for_markets_is_one_sentence(venue, plan_for, body):
    venue.rest[MARKETS] = body

    told = await survey(plan_for(venue.here, BTC))

    assert told.problem
    assert told.problem.isprintable()
    assert told.answers == ()


async def test_a_venue_that_never_answers_is_left_at_the_deadline(plan_for):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told = await survey(plan_for(f"127.0.0.1:{silent.getsockname()[1]}", connect_timeout_s=0.2))

    assert told.problem == "timed out after 0.2 s"
    assert told.took_us < 5_000_000


async def test_a_venue_that_is_not_there_is_one_sentence(plan_for, closed_port):
    told = await survey(plan_for(f"127.0.0.1:{closed_port}"))

    assert told.problem == f"connection refused at 127.0.0.1:{closed_port}"


async def test_a_market_that_no_feed_would_watch_says_why(venue, plan_for, kit):
    plain, other = kit.okx_markets("BTC/USDT", "BTC/USD")["data"]
    odd = other | {
        "instType": "SWAP",
        "instId": "BTC-USD-SWAP",
        "baseCcy": "",
        "quoteCcy": "",
        "settleCcy": "BTC",
        "ctType": "inverse",
        "ctVal": "100",
        "uly": "BTC-USD",
    }
    venue.rest[MARKETS] = {"code": "0", "data": [plain, odd]}

    told = await survey(plan_for(venue.here, Symbol("BTC/USD:BTC")))

    assert told.answers[0].listed
    assert told.answers[0].listing is None
    assert "inverse" in str(told.answers[0].problem)


async def test_a_class_that_cannot_be_watched_is_refused_in_one_sentence(plan_for):
    told = await survey(plan_for("127.0.0.1:9", ccxt_class="nonesuch"))

    assert told.problem == "ccxt.pro has no class 'nonesuch'"


def test_every_dialect_has_its_proof_and_nothing_else_has_one():
    assert set(PROOFS) == VERIFIED
    facts = {
        name: class_facts(name, taker_bps=None, fee_currency=None, now_us=0) for name in (*PROOFS, "mexc")
    }
    assert {name for name, known in facts.items() if known.decoder} == VERIFIED
    assert facts["mexc"].proof is Proof.UNPROVEN
    assert facts["okxus"].decoder == "okx"


def test_a_fee_before_asking_is_the_overrides_or_the_class_s():
    ours = class_facts("kraken", taker_bps=16.0, fee_currency="base", now_us=7)
    theirs = class_facts("binance", taker_bps=None, fee_currency=None, now_us=7)
    nobodys = class_facts("deribit", taker_bps=None, fee_currency=None, now_us=7)

    assert ours.fees is not None
    assert theirs.fees is not None
    assert (ours.fees.source, ours.charged, ours.charged_from) == ("config", "base", "config")
    assert (theirs.fees.source, theirs.charged, theirs.charged_from) == ("default", "received", "ccxt")
    assert (nobodys.fees, nobodys.charged, nobodys.charged_from) == (None, "quote", "assumed")
    assert (ours.fee_read, theirs.fee_read, nobodys.fee_read) == ("now", f"ccxt {ccxt.__version__}", None)


@pytest.mark.parametrize(
    ("ccxt_class", "taker", "charged", "charged_from"),
    [
        ("bitget", 0.002, "received", "venue"),
        ("okx", 0.0015, "received", "venue"),
        ("kucoin", 0.001, "quote", "venue"),
        ("gate", 0.002, "received", "ccxt"),
        ("kraken", 0.0026, "quote", "assumed"),
        ("binanceusdm", 0.0005, "quote", "settlement"),
        ("krakenfutures", 0.0005, "quote", "settlement"),
        ("kucoinfutures", None, "quote", "settlement"),
        ("bybit", None, "received", "ccxt"),
    ],
)
def test_a_class_s_fee_is_that_of_what_is_compared_there_or_unknown(ccxt_class, taker, charged, charged_from):
    known = class_facts(ccxt_class, taker_bps=None, fee_currency=None, now_us=7)

    assert (None if known.fees is None else known.fees.taker) == taker
    assert (known.charged, known.charged_from) == (charged, charged_from)
    assert known.fees is None or known.fees.charged == charged


@pytest.mark.parametrize("ccxt_class", ["okx", "bitget", "gate", "binance", "bybit", "kraken"])
def test_an_override_of_a_fee_holds_for_every_class(ccxt_class):
    known = class_facts(ccxt_class, taker_bps=3.0, fee_currency="token", now_us=7)

    assert known.fees == Fees(0.0003, "config", 7, "token")


def test_what_a_contract_charges_follows_from_what_settles_it():
    assert charged_from({"contract": True, "feeSide": "get"}, None, "okx") == "settlement"
    assert charged_from({"feeSide": "moon"}, None, "mexc") == "assumed"
    assert charged_from({"feeSide": "moon"}, None, "okx") == "venue"
    assert charged_from({"feeSide": "quote"}, None, "okx") == "ccxt"
