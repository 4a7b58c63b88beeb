"""A made-up market that an engine lives through, and the signal lines it makes of it. Everything that can
be in a receipt is in it: fees in quote, base, what is received, a token; lots; several levels; conversions
now and later; ends that are priced and ends that are not."""

from collections.abc import Iterator
from random import Random

from tests.engine.conftest import Desk

from kairos_tui.market import FeeCharged, FeedState, Signal, Thresholds
from kairos_tui.sinks import Stamp, encode, signal_line

VENUES = ("alpha", "beta", "gamma", "delta")
MIDS = {"BTC/USDT": 60_000.0, "BTC/USD": 59_940.0, "ETH/USDT": 3_000.0, "USDT/USD": 0.999}
PLACES = {"BTC/USDT": 1, "BTC/USD": 2, "ETH/USDT": 2, "USDT/USD": 5}
CHARGED: tuple[FeeCharged, ...] = ("quote", "base", "received", "token")
TAKERS = (0.0, 0.0002, 0.000123, 0.001, 0.0016, -0.0001)
LOTS = (0.0, 1e-8, 1e-5, 0.0001, 0.001)


def signals_of(seed: int, ticks: int) -> Iterator[Signal]:
    """What the engine said of so many ticks."""
    random = Random(seed)
    thresholds = Thresholds(max_age_ms=1_000, max_notional=random.choice([300.0, 10_000.0, 250_000.0]))
    watched = tuple(symbol for symbol in MIDS if symbol != "USDT/USD")
    desk = Desk(VENUES, symbols=watched, conversions=("USDT/USD",), live=False, thresholds=thresholds)
    for venue in VENUES:
        for symbol in MIDS:
            list_at_random(desk, random, venue, symbol)
            desk.state(venue, FeedState.LIVE, symbol=symbol)
    for _ in range(ticks):
        desk.wait(random.choice([0.1, 1.0, 5.0, 30.0]))
        move(desk, random)
        yield from desk.engine.decide(desk.now_ns)


def list_at_random(desk: Desk, random: Random, venue: str, symbol: str) -> None:
    desk.list_market(
        venue, symbol, taker=random.choice(TAKERS), lot=random.choice(LOTS), charged=random.choice(CHARGED)
    )


def move(desk: Desk, random: Random) -> None:
    venue, symbol = random.choice(VENUES), random.choice([*MIDS])
    match random.random():
        case share if share < 0.004:
            desk.state(venue, random.choice([FeedState.STALE, FeedState.DOWN]), symbol=symbol)
        case share if share < 0.02:
            desk.state(venue, FeedState.LIVE, symbol=symbol)
        case share if share < 0.022:
            list_at_random(desk, random, venue, symbol)
        case _:
            off_bps = random.gauss(0.0, 4.0) if symbol == "USDT/USD" else random.gauss(0.0, 12.0)
            mid = MIDS[symbol] * (1.0 + off_bps / 10_000.0)
            desk.tick(venue, ladder(random, mid, symbol, -1), ladder(random, mid, symbol, 1), symbol=symbol)


def ladder(random: Random, mid: float, symbol: str, sign: int) -> list[tuple[float, float]]:
    """A few levels a step or more apart, in the decimals that a venue writes."""
    price, levels = mid, []
    for _ in range(random.randint(1, 8)):
        price = round(price + sign * mid * random.uniform(0.00001, 0.0002), PLACES[symbol])
        worth = 10 ** random.uniform(1.0, 5.0)
        levels.append((price, max(1e-8, round(worth / mid, random.choice([4, 8])))))
    levels = sorted(dict(levels).items(), reverse=sign < 0)
    return [(price, size) for price, size in levels if size > 0.0]


def line_of(signal: Signal, seq: int = 1) -> bytes:
    """As it stands in a journal, without its newline."""
    stamp = Stamp("k7f3", seq, 1_795_342_351_123_456, "sim", signal.at_ns)
    return encode(signal_line(stamp, signal)).rstrip(b"\n")
