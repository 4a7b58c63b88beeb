"""The promise: all symbols of an asset have one engine, engines an even share, and what all need all get."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.market import Symbol, deal, homes_of, owner_of, shard_of, split_symbol

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


MANY = tuple(
    Symbol(f"A{number}/{quote}") for number in range(500) for quote in ("USDT", "USD")
)  # 1,000 symbols of 500 assets
FOUR = ("anna", "bert", "cleo", "dora")


def owners(names) -> dict[str, str]:
    return {asset: owner_of(asset, names) for asset in {split_symbol(symbol)[0] for symbol in MANY}}


def test_every_leg_of_an_asset_is_on_the_shard_of_one_name() -> None:
    shards = [shard_of(name, FOUR, MANY) for name in FOUR]

    assert sorted(symbol for shard in shards for symbol in shard.symbols) == sorted(MANY)
    for name, shard in zip(FOUR, shards, strict=True):
        assert {owner_of(split_symbol(symbol)[0], FOUR) for symbol in shard.symbols} == {name}


def test_a_fifth_name_takes_its_share_and_nothing_else_moves() -> None:
    before, after = owners(FOUR), owners((*FOUR, "eric"))

    moved = {asset for asset in before if before[asset] != after[asset]}
    assert {after[asset] for asset in moved} == {"eric"}
    assert 0.15 < len(moved) / len(before) < 0.25


def test_a_name_less_gives_up_its_own_and_nothing_else_moves() -> None:
    before, after = owners(FOUR), owners(FOUR[1:])

    assert {before[asset] for asset in before if before[asset] != after[asset]} == {"anna"}


@pytest.mark.parametrize("many", [2, 4, 8])
def test_names_have_about_even_shares(many) -> None:
    names = tuple(f"engine-{number}" for number in range(many))
    found = list(owners(names).values())

    shares = [found.count(name) / len(found) for name in names]
    assert min(shares) > 0.6 / many
    assert max(shares) < 1.5 / many


ENGINES = st.sets(st.sampled_from("abcdefgh"), min_size=1)


@given(symbols=watched(), names=ENGINES, data=st.data())
def test_shards_by_name_are_shards(symbols, names, data) -> None:
    shards = [shard_of(name, data.draw(st.permutations(sorted(names))), symbols) for name in sorted(names)]

    assert [shard.number for shard in shards] == list(range(len(names)))
    assert {shard.of for shard in shards} == {len(names)}
    assert sorted(symbol for shard in shards for symbol in shard.symbols) == sorted(symbols)
    for symbol in {symbol for shard in shards for symbol in (*shard.symbols, *shard.conversions)}:
        having = [shard for shard in shards if symbol in (*shard.symbols, *shard.conversions)]
        assert sum(shard.speaks_for(symbol) for shard in having) == 1
        assert len(having) in (1, len(names))
    assert [shard.speaks_for(None) for shard in shards] == [True] + [False] * (len(names) - 1)


@given(symbols=watched(), names=ENGINES)
def test_who_is_not_among_the_names_needs_conversions_and_speaks_for_nothing(symbols, names) -> None:
    shard = shard_of("stranger", names, symbols)

    assert not shard.symbols
    assert set(shard.conversions) == set(shard_of(min(names), names, symbols).conversions) | {
        symbol for symbol in shard_of(min(names), names, symbols).symbols if symbol in shard.conversions
    }
    assert not any(shard.speaks_for(symbol) for symbol in (None, *shard.conversions))


@given(one=ENGINES, other=ENGINES, asset=st.text("ABC", min_size=1, max_size=4))
def test_who_owns_an_asset_under_both_owns_it_under_all_of_them(one, other, asset) -> None:
    """What lets an engine say, while names change, only what is its own before and after."""
    united = owner_of(asset, one | other)

    both = owner_of(asset, one) if owner_of(asset, one) == owner_of(asset, other) else None
    assert (both is not None) == (united in one and united in other)
    if both is not None:
        assert united == both


def test_among_no_names_nobody_owns_anything() -> None:
    assert owner_of(split_symbol(Symbol("BTC/USDT"))[0], ()) == ""
