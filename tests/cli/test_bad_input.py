"""The promise: what cannot be used is refused before anything starts: exit 2, nothing on stdout, one line on
stderr that says what, where, and the nearest valid name."""

import pytest

BAD = [
    ("wacth BTC/USDT", "no command wacth (did you mean watch?)"),
    ("zzzzz", "no command zzzzz (see kairos --help)"),
    ("config pth", "no command pth (did you mean path?)"),
    ("themes lst", "no command lst (did you mean list?)"),
    ("--verzion", "no option --verzion (did you mean --version?)"),
    ("watch BTC/USDT --theem neon", "no option --theem (did you mean --theme?)"),
    ("watch --smi BTC/USDT", "no option --smi (did you mean --sim?)"),
    ("watch BTC/USDT --zzzzzzz", "no option --zzzzzzz (see kairos watch --help)"),
    ("watch BTC/USDT -x", "no option -x (see kairos watch --help)"),
    ("config show --orign", "no option --orign (did you mean --origin?)"),
    ("watch", "kairos watch needs a symbol, as in: kairos watch BTC/USDT"),
    ("hud", "whose Kairos? give --from tcp://HOST:PORT, --from redis://HOST or --fleet URL"),
    ("watch BTC/USDT --fps", "option '--fps' requires an argument"),
    ("watch BTC/USDT --fps fast", "--fps: 'fast' is not a valid int"),
    ("watch BTC/USDT --fps 0", "--fps 0: must be a whole number from 1 to 60"),
    ("watch BTC/USDT --seed -1", "--seed -1: must be a whole number from 0 to 9007199254740991"),
    ("watch BTC/USDT --min-net-bps nan", "--min-net-bps nan: must be a number from 0 to 10000"),
    ("watch BTC/USDT --max-notional inf", "--max-notional inf: must be a number from 1 to 1e+09"),
    ("watch BTC/USDT --mood livly", "--mood 'livly': must be one of calm, lively (did you mean lively?)"),
    ("watch BTC/USDT --venues binnace", "--venues: no venue 'binnace' (did you mean binance?)"),
    ("watch BTC/USDT --venues ,", "--venues '': must name between 1 and 64 venues"),
    ("watch BTC/USDT --emit sgnal", "--emit: no line type 'sgnal' (did you mean signal?)"),
    (
        "watch BTC/USDT --emit board",
        "--emit: no line type 'board' (there are signal, quote, venue, fill, markout)",
    ),
    ("watch BTC/USDT --reaction soon", "--reaction: 'soon' is not a duration like 30s, 2m, 500ms or 1h"),
    ("watch BTC/USDT --reaction 2m", "--reaction 120000: must be a whole number from 1 to 60000"),
    ("watch BTC/USDT --paper --paper-latency x", "--paper-latency: 'x' is not a duration like 30s"),
    ("watch BTC/USDT --paper --paper-stock BTC", "--paper-stock 'BTC': 'BTC' is not ASSET=AMOUNT, as in "),
    ("watch BTC/USDT --paper-latency 5ms", "--paper-latency is for signals that are followed: add --paper"),
    ("watch BTC/USDT:USDT --paper", "--paper: BTC/USDT:USDT is a contract, and paper follows spot markets"),
    ("watch BTC/USDT --emit fill", "--emit fill tells of signals that are followed: add --paper"),
    ("watch BTC/USDT --for 3x", "--for: '3x' is not a duration like 30s, 2m, 500ms or 1h"),
    ("watch BTC/USDT --for 0", "--for: '0' is not a duration like 30s, 2m, 500ms or 1h"),
    (
        "watch BTC/USDT --connect-timeout x",
        "--connect-timeout: 'x' is not a duration like 30s, 2m, 500ms or 1h",
    ),
    (
        "watch BTC/USDT --mirror=localhost",
        "--mirror 'localhost': must be host:port, like 127.0.0.1:4321 (port 0 to 65535)",
    ),
    (
        "watch BTC/USDT --metrics 1:99999",
        "--metrics '1:99999': must be host:port, like 127.0.0.1:4321 (port 0 to 65535)",
    ),
    ("watch BTC/USDT --count 0", "--count: 0 must be a whole number from 1"),
    ("watch BTC/USDT --once --count 2", "--once is --count 1, and --count 2 says otherwise: keep one"),
    ("watch BTC/USDT --json --plain", "--json and --plain ask for different output: keep one"),
    ("watch BTC/USDT --config nowhere.toml", "nowhere.toml: no such file"),
    ("watch btcusdt", "'btcusdt' is not BASE/QUOTE (did you mean BTC/USDT?)"),
    ("watch BTC-USD", "'BTC-USD' is not BASE/QUOTE (did you mean BTC/USD?)"),
    (
        "watch BTC/USD:BTC",
        "is an inverse contract, whose sizes are in quote: not compared (did you mean BTC/USD?)",
    ),
    ("watch BTC/", "'BTC/' is not BASE/QUOTE (did you mean BTC/USDT?)"),
    ("watch USDT/USDT", "'USDT/USDT' is not a symbol like BTC/USDT"),
    ("sim --rate 0", "--rate: 0 must be a number from 0.01 to 100"),
    ("sim --rate nan", "--rate: nan must be a number from 0.01 to 100"),
    ("sim --venues mexc", "--venues: 'mexc' has no simulated exchange (there are "),
    ("watch BTC/USDT --sim --venues mexc", "--venues: 'mexc' has no simulated exchange (there are "),
    ("venues --venues krakn", "--venues: no venue 'krakn' (did you mean kraken?)"),
    ("config validate nowhere.toml", "nowhere.toml: no such file"),
    ("watch BTC/USDT --theme noen", "--theme: no theme 'noen' (did you mean neon?)"),
    ("watch BTC/USDT --theme ./nowhere.toml", "--theme: no theme file './nowhere.toml'"),
    ("watch BTC/USDT --layout dpeth", "--layout: no layout 'dpeth' (did you mean depth?)"),
    ("watch BTC/USDT --figure volume", "--figure: no figure 'volume' (there are net, gross, size, age)"),
    ("watch BTC/USDT --sort=-edg", "--sort: no sort '-edg' (did you mean -edge?)"),
    ("watch BTC/USDT --span 2m", "--span: no span '2m' (there are 30s, 1m, 5m, 15m, 1h)"),
    ("watch BTC/USDT --layout=", "--layout: no layout '' (there are desk, "),
    ("watch BTC/USDT --figure=", "--figure: no figure '' (there are net, gross, size, age)"),
    ("watch BTC/USDT --sort=", "--sort: no sort '' (there are "),
    ("watch BTC/USDT --span=", "--span: no span '' (there are 30s, 1m, 5m, 15m, 1h)"),
    ("watch BTC/USDT --filter nett>8", "--filter: at 1: 'nett' is no field; did you mean net?"),
    ("watch BTC/USDT --mute krakn", "--mute: no venue 'krakn' is watched (did you mean kraken?)"),
    ("watch BTC/USDT --mute bitget", "--mute: no venue 'bitget' is watched (there are binance, "),
    ("replay btc.kz --layout dpeth", "--layout: no layout 'dpeth' (did you mean depth?)"),
    ("hud --from tcp://h:1 --layout dpeth", "--layout: no layout 'dpeth' (did you mean depth?)"),
    ("themes check noen", "themes check: no theme 'noen' (did you mean neon?)"),
    ("schema signl", "no line type 'signl' (did you mean signal?)"),
]


@pytest.mark.parametrize(("line", "message"), BAD, ids=[line for line, _ in BAD])
def test_bad_input_is_one_line_with_the_nearest_name(kairos, line: str, message: str) -> None:
    assert message in kairos(*line.split()).refusal


def test_an_asset_that_no_simulated_exchange_lists_is_refused(kairos) -> None:
    said = kairos("watch", "btcc", "--sim").refusal

    assert said.startswith("'BTCC/USDT' is not listed on simulated binance, coinbase, kraken, okx, bybit")


def test_an_unknown_quote_is_refused_with_the_nearest(kairos) -> None:
    said = kairos("watch", "btc", "--quotes", "USTD").refusal

    assert said.startswith("--quotes 'USTD': 'USTD' is not a quote currency (did you mean USD")


def test_a_bad_key_of_a_file_is_named_with_file_and_line(kairos) -> None:
    path = kairos.write("fps = 30\nmin_net_bsp = 2\n")

    said = kairos("watch", "BTC/USDT").refusal

    assert said == f"{path}:2: 'min_net_bsp' is not a setting (did you mean min_net_bps?)"


def test_a_venue_of_a_file_that_does_not_exist_is_named_with_its_line(kairos) -> None:
    path = kairos.write('\nvenues = ["binance", "krakn"]\n')

    assert kairos("venues").refusal == f"{path}:2: no venue 'krakn' (did you mean kraken?)"


def test_a_line_cannot_drive_the_terminal(kairos) -> None:
    said = kairos("watch", "BTC\x1b]0;owned\x07\n/USDT\u202e").refusal

    assert said.isprintable()


def test_a_line_stays_short(kairos) -> None:
    assert len(kairos("watch", "x" * 100_000).refusal) < 700


def test_several_engines_would_keep_several_paper_accounts(kairos) -> None:
    path = kairos.write("engines = 2\n")

    assert kairos("watch", "BTC/USDT", "--sim", "--paper").refusal == (
        f"{path}:1: engines = 2, and each would keep paper stock of its own: --paper needs engines = 1"
    )
