"""What the wire's tests share: a private folder, ticks of known content, a wait for a condition."""

import shutil
import time
from collections.abc import Callable, Iterator

import pytest

from kairos_tui.market import Symbol, Tick, Venue
from kairos_tui.wire import Endpoints, private_dir

TickMaker = Callable[..., Tick]


@pytest.fixture
def endpoints() -> Iterator[Endpoints]:
    folder = private_dir()
    yield Endpoints.in_dir(folder)
    shutil.rmtree(folder)


@pytest.fixture
def make_tick() -> TickMaker:
    def make(number: int, symbol: str = "BTC/USDT", levels: int = 20) -> Tick:
        return Tick(
            Venue("kraken"),
            Symbol(symbol),
            tuple((100.0 - level / 100, 1.0 + level) for level in range(levels)),
            tuple((101.0 + level / 100, 2.0 + level) for level in range(levels)),
            number,
            number + 1,
            nonce=number,
        )

    return make


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Call again and again until true; a failure names itself instead of hanging."""

    def wait(condition: Callable[[], object]) -> None:
        deadline_s = time.monotonic() + 15.0
        while not condition():
            assert time.monotonic() < deadline_s, "the condition never came true"
            time.sleep(0.001)

    return wait
