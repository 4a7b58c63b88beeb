"""The promise: `kairos venues` says what proves each venue's books and what it charges, and who says so.

Without --ask it asks nobody; with --ask one broken venue costs its own row only.
"""

import asyncio
import json
import re
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from importlib.metadata import version

import pytest
from aiohttp import web

# before asking


def test_it_lists_the_configured_with_their_class_and_fee(kairos) -> None:
    path = kairos.write('venues = ["eu", "okx"]\n[venue.eu]\nclass = "kraken"\ntaker_bps = 16\n')

    found = json.loads(kairos("venues", "--json").out)

    assert [(at["venue"], at["ccxt_class"], at["taker_bps"], at["fee_from"]) for at in found] == [
        ("eu", "kraken", 16.0, f"{path}:4"),
        ("okx", "okx", 15.0, "ccxt"),
    ]
    assert [at["fee_source"] for at in found] == ["config", "default"]
    assert [at["fee_read"] for at in found] == ["now", f"ccxt {version('ccxt')}"]


def test_it_says_what_proves_the_books_of_each(kairos) -> None:
    found = json.loads(kairos("venues", "--venues", "kraken,myokx,mexc", "--json").out)

    assert [(at["verified"], at["decoder"], at["proof"]) for at in found] == [
        (True, "kraken", "checksum"),
        (True, "okx", "sequence"),
        (False, "generic tap", "unproven"),
    ]


def test_the_proof_it_names_is_the_one_that_the_lines_of_a_run_carry(kairos, installed) -> None:
    """A book's first may be its snapshot; what follows is the proof that was named, and no other."""
    names = "binance,coinbase,kraken,okx,bybit,kucoin,gate,bitget"
    said = json.loads(kairos("venues", "--venues", names, "--json").out)
    named = {(at["venue"], at["proof"]) for at in said}
    snapshots = {(at["venue"], "snapshot") for at in said}
    watch = f"watch BTC/USDT --sim --json --emit quote --for 15s --venues {names}"

    carried: set[tuple[str, str]] = set()
    with subprocess.Popen(
        [installed.path, *watch.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=installed.env,
        cwd=installed.cwd,
    ) as run:
        assert run.stdout is not None
        for line in map(json.loads, run.stdout):
            if line["type"] == "quote" and not named <= carried:
                carried.add((line["venue"], line["proof"]))
                if named <= carried:
                    run.terminate()

    assert named <= carried <= named | snapshots


def test_all_lists_every_ccxt_pro_id(kairos) -> None:
    found = {at["venue"]: at for at in json.loads(kairos("venues", "--all", "--json").out)}

    assert len(found) > 50
    assert found["binance"]["configured"]
    assert not found["gate"]["configured"]
    assert {name for name, at in found.items() if at["simulated"]} >= {"binance", "gate"}


def test_people_get_one_line_each(kairos) -> None:
    lines = kairos("venues").out.splitlines()

    assert [line.split()[0] for line in lines] == ["VENUE", "binance", "coinbase", "kraken", "okx", "bybit"]


def test_people_are_told_who_says_what_a_fee_is(kairos) -> None:
    kairos.write(
        'venues = ["kraken", "binance", "bitget", "mexc", "bybit"]\n'
        '[venue.kraken]\ntaker_bps = 8\nfee_currency = "base"\norigin_rest = "http://127.0.0.1:9"\n'
        'origin_ws = "ws://127.0.0.1:9"\n'
    )

    kraken, binance, bitget, mexc, bybit = kairos("venues").out.splitlines()[1:]

    assert re.search(
        r" yes: checksum +config 8 bps +now +base \(config\) +yes +http://127.0.0.1:9 ws://127.0.0.1:9$",
        kraken,
    )
    assert re.search(
        r" yes: sequence +ccxt's default 10 bps +ccxt 4[0-9.]+ +received \(ccxt\) +yes$", binance
    )
    assert re.search(
        r" yes: checksum +ccxt's default 20 bps +ccxt 4[0-9.]+ +received \(venue\) +yes$", bitget
    )
    assert re.search(
        r" no: generic tap +ccxt's default [0-9.]+ bps +ccxt 4[0-9.]+ +quote \(assumed\) +no$", mexc
    )
    assert re.search(r" yes: sequence +asked when connected +- +received \(ccxt\) +yes$", bybit)


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("BTC/USDT",), "a symbol needs --ask, as in: kairos venues --ask BTC/USDT"),
        (("--sim",), "--sim needs --ask, as in: kairos venues --ask BTC/USDT"),
        (("--connect-timeout", "1s"), "--connect-timeout needs --ask, as in: kairos venues --ask BTC/USDT"),
        (
            ("--ask", "--all"),
            "--ask asks the configured venues: name others with --venues, not --all",
        ),
        (("--ask", "BTCUSDT"), "'BTCUSDT' is not BASE/QUOTE (did you mean BTC/USDT?)"),
        (("--ask", "--venues", "krakn"), "--venues: no venue 'krakn' (did you mean kraken?)"),
        (
            ("--ask", "--connect-timeout", "soon"),
            "--connect-timeout: 'soon' is not a duration like 30s, 2m, 500ms or 1h",
        ),
        (("--aks",), "no option --aks (did you mean --ask?)"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_what_makes_no_sense_is_one_line(kairos, words: tuple[str, ...], refusal: str) -> None:
    assert kairos("venues", *words).refusal == refusal


def test_a_venue_that_is_not_simulated_is_refused_with_those_that_are(kairos) -> None:
    said = kairos("venues", "--ask", "--sim", "--venues", "mexc").refusal

    assert said.startswith("--venues: 'mexc' has no simulated exchange")


# asking


def test_the_simulated_exchanges_answer_with_markets_fees_and_clocks(installed) -> None:
    ran = installed.run(
        *("venues", "--ask", "BTC/USDT", "PEPE/USDT", "--sim", "--json"),
        *("--venues", "binance,okx,bybit,bitget,gate,kucoin"),
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    found = {at["venue"]: at for at in json.loads(ran.stdout)}
    assert list(found) == ["binance", "okx", "bybit", "bitget", "gate", "kucoin"]
    for at in found.values():
        assert (at["feed"], at["answered"], at["problem"], at["clock_problem"]) == ("sim", True, None, None)
        assert abs(at["clock_offset_us"]) <= at["clock_uncertainty_us"] + 2_000
        assert [row["symbol"] for row in at["symbols"]] == ["BTC/USDT", "PEPE/USDT"]
    bitcoin = found["binance"]["symbols"][0]
    assert (bitcoin["market_id"], bitcoin["kind"], bitcoin["multiplier"]) == ("BTCUSDT", "spot", 1.0)
    assert (bitcoin["lot"], bitcoin["price_step"], bitcoin["min_cost"]) == (0.00001, 0.01, 5.0)
    assert (bitcoin["taker_bps"], bitcoin["fee_source"], bitcoin["charged_in"]) == (
        10.0,
        "default",
        "received",
    )
    assert 0 <= bitcoin["fee_age_us"] < 20_000_000
    pepe = found["gate"]["symbols"][1]
    assert (pepe["listed"], pepe["problem"]) == (False, "does not list PEPE/USDT")
    assert "NEIRO/USDT" in pepe["nearest"]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield silent.getsockname()[1]


Answer = Callable[[web.Request], web.Response]


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], str]]:
    """`serve(answer)`: the origin of a web server that answers every request so, on a loop of its own."""
    loop, runners = asyncio.new_event_loop(), []
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start(answer: Answer) -> str:
        async def handle(request: web.Request) -> web.Response:
            return answer(request)

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handle)
        runners.append(web.AppRunner(app))
        await runners[-1].setup()
        site = web.TCPSite(runners[-1], "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runners[-1].addresses[0][1]}"

    yield lambda answer: asyncio.run_coroutine_threadsafe(start(answer), loop).result(10)
    for runner in runners:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def okx(request: web.Request) -> web.Response:
    """As much of OKX as tells its markets; it does not know the time."""
    market = {"instType": "SPOT", "instId": "BTC-USDT", "baseCcy": "BTC", "quoteCcy": "USDT", "state": "live"}
    market |= {"lotSz": "0.00001", "tickSz": "0.1", "minSz": "0.0001"}
    return web.json_response(
        {"code": "0", "msg": "", "data": [market] if "instruments" in request.path else []}
    )


def nonsense(request: web.Request) -> web.Response:
    return web.Response(text="<html>Service\x1b[2J moved</html>", content_type="text/html")


def table(venue: str, origin: str, more: str = "") -> str:
    return f'[venue.{venue}]\norigin_rest = "{origin}"\norigin_ws = "ws://127.0.0.1:9"\n{more}'


def test_a_venue_of_nonsense_and_one_that_is_gone_are_a_row_each(kairos, serve, closed_port) -> None:
    kairos.write(
        'venues = ["okx", "kraken", "bybit"]\n'
        + table("okx", serve(okx), "taker_bps = 8\n")
        + table("kraken", serve(nonsense))
        + table("bybit", f"http://127.0.0.1:{closed_port}")
    )

    said = kairos("venues", "--ask", "--json")

    assert (said.code, said.err) == (0, "")
    sound, odd, gone = json.loads(said.out)
    assert [(row["symbol"], row["listed"]) for row in sound["symbols"]] == [
        ("BTC/USDT", True),
        ("BTC/USD", False),
    ]
    fee = sound["symbols"][0]
    assert (fee["taker_bps"], fee["fee_source"]) == (8.0, "config")
    assert fee["fee_from"].endswith("kairos.toml:5")
    assert sound["clock_problem"] == "the venue tells no time"
    assert [(at["answered"], at["symbols"]) for at in (odd, gone)] == [(False, [])] * 2
    assert odd["problem"].isprintable()
    assert gone["problem"] == f"connection refused at 127.0.0.1:{closed_port}"


def test_people_get_a_table_of_venues_and_one_of_symbols(kairos, serve) -> None:
    kairos.write('venues = ["okx", "kraken"]\n' + table("okx", serve(okx)) + table("kraken", serve(nonsense)))

    said = kairos("venues", "--ask", "BTC/USDT", "SOL/USDT")

    venues, symbols = said.out.split("\n\n")
    assert [line.split()[0] for line in venues.splitlines()] == ["VENUE", "okx", "kraken"]
    assert re.search(r"^okx .* 1 market in [0-9.]+ s$", venues, re.MULTILINE)
    assert re.search(r"^kraken .* no: \S", venues, re.MULTILINE)
    bitcoin, solana = symbols.splitlines()[1:]
    assert re.match(
        r"okx +BTC/USDT +BTC-USDT +spot +default 15 bps +[0-9.]+ s ago +received \(venue\)", bitcoin
    )
    assert re.search(r" 0\.00001 +0\.1 +0\.0001 +- +-$", bitcoin)
    assert solana.endswith(" does not list SOL/USDT (nearest: BTC/USDT)")
    assert "\x1b" not in said.out


def test_none_that_answers_is_exit_3_behind_the_reasons(kairos, closed_port) -> None:
    kairos.write('venues = ["okx"]\n' + table("okx", f"http://127.0.0.1:{closed_port}"))

    said = kairos("venues", "--ask", "--json")

    assert (said.code, said.err) == (3, "kairos: error: none of the venues answered over REST\n")
    assert json.loads(said.out)[0]["problem"].startswith("connection refused")


def test_it_waits_no_longer_than_it_was_told(kairos, silent_port) -> None:
    kairos.write('venues = ["okx"]\n' + table("okx", f"http://127.0.0.1:{silent_port}"))

    said = kairos("venues", "--ask", "--json", "--connect-timeout", "200ms")

    assert said.code == 3
    assert json.loads(said.out)[0]["problem"] == "timed out after 0.2 s"
