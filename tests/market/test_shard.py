"""The promise: all symbols of an asset have one engine, engines an even share, and what all need all get."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.market import Symbol, deal, homes_of, split_symbol

COINS = ["BTC", "ETH", "SOL", "XRP", "DOGE", "ADA", "USDC"]
ASSETS = st.lists(st.sampled_from(COINS), min_size=1, max_size=7)
QUOTES = st.sampled_from(["USDT", "USD", "EUR"])


@st.composite
def watched(draw: st.DrawFn) -> tuple[Symbol, ...]:
    symbols = [Symbol(f"{asset}/{draw(QUOTES)}") for asset in draw(ASSETS) for _ in range(2)]
    return tuple(dict.fromkeys(symbols))


def symbols(*names: str) -> tuple[Symbol, ...]:
    return tuple(map(Symbol, names))


@given(symbols=watched(), engines=st.integers(1, 9))
def test_each_symbol_has_one_engine_which_has_all_of_its_asset(symbols, engines) -> None:
    shards = deal(symbols, engines)

    assert [shard.number for shard in shards] == list(range(engines))
    assert sorted(symbol for shard in shards for symbol in shard.symbols) == sorted(symbols)
    assets = [{split_symbol(symbol)[0] for symbol in shard.symbols} for shard in shards]
    assert sum(map(len, assets)) == len(set().union(*assets))
    assert max(map(len, assets)) - min(map(len, assets)) <= 1


@given(symbols=watched(), engines=st.integers(1, 9))
def test_of_every_stream_one_engine_speaks(symbols, engines) -> None:
    shards = deal(symbols, engines)

    followed = {symbol for shard in shards for symbol in (*shard.symbols, *shard.conversions)}
    for symbol in followed:
        having = [shard for shard in shards if symbol in (*shard.symbols, *shard.conversions)]
        assert sum(shard.speaks_for(symbol) for shard in having) == 1
        assert len(having) in (1, engines)
    assert sum(shard.speaks_for(None) for shard in shards) == 1


@given(symbols=watched(), engines=st.integers(1, 9))
def test_a_worker_knows_who_needs_what(symbols, engines) -> None:
    shards = deal(symbols, engines)
    homes = homes_of(shards)

    for shard in shards:
        for symbol in shard.symbols:
            shared = any(symbol in other.conversions for other in shards)
            assert homes.get(symbol) == (None if shared else shard.number)
        assert not homes.keys() & set(shard.conversions)


def test_one_engine_is_as_it_always_was() -> None:
    (shard,) = deal(symbols("BTC/USDT", "BTC/USDC", "USDC/USDT", "ETH/USDT"), 1)

    assert shard.symbols == symbols("BTC/USDT", "BTC/USDC", "USDC/USDT", "ETH/USDT")
    assert shard.conversions == symbols("USDT/USDC")
    assert not shard.told_elsewhere


def test_a_watched_market_that_converts_is_needed_by_all_and_told_by_one() -> None:
    shards = deal(symbols("BTC/USDT", "BTC/USDC", "USDC/USDT"), 2)

    (home,) = (shard for shard in shards if "USDC/USDT" in shard.symbols)
    (other,) = (shard for shard in shards if shard is not home)
    assert other.conversions == symbols("USDT/USDC", "USDC/USDT")
    assert not other.speaks_for(Symbol("USDC/USDT"))
    assert "USDC/USDT" not in homes_of(shards)


@pytest.mark.parametrize("engines", [2, 3])
def test_one_asset_more_moves_few_others(engines) -> None:
    """Nobody's home depends on the others' order or number, as long as there is room."""
    many = symbols(*(f"A{number}/USDT" for number in range(60)))
    before, after = homes_of(deal(many, engines)), homes_of(deal((*many, Symbol("NEW/USDT")), engines))

    assert sum(before[symbol] != after[symbol] for symbol in many) <= 6
