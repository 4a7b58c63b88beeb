"""The promise: a packed tick has every level of its tick, and none that its best does not begin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import msgpack
from msgspec.structs import asdict, replace

from kairos_tui.market import Level, PackedTick, Proof, Symbol, Tick, Venue

SIDES = st.lists(st.tuples(st.floats(allow_nan=False), st.floats(allow_nan=False)), max_size=4).map(tuple)
OKX, PAIR = Venue("okx"), Symbol("BTC/USDT")
BIDS, ASKS = ((100.0, 1.0), (99.0, 2.0)), ((101.0, 3.0),)


def tick(bids: tuple[Level, ...] = BIDS, asks: tuple[Level, ...] = ASKS) -> Tick:
    return Tick(OKX, PAIR, bids, asks, 1, 2, 3, 4, 5, Proof.CHECKSUM)


@given(bids=SIDES, asks=SIDES)
def test_nothing_is_lost_in_packing(bids, asks) -> None:
    made = tick(bids, asks)
    packed = msgpack.decode(msgpack.encode(PackedTick.of(made)), type=PackedTick)

    assert packed.books() == (bids, asks)
    assert (packed.bid, packed.ask) == (bids[0] if bids else None, asks[0] if asks else None)
    kept = asdict(packed)
    assert {name: value for name, value in asdict(made).items() if name not in ("bids", "asks")} == {
        name: kept[name] for name in kept if name not in ("bid", "ask", "depth")
    }


@pytest.mark.parametrize(
    "depth",
    [
        b"",
        b"\xc1",
        msgpack.encode((BIDS,)),
        msgpack.encode((BIDS, "asks")),
        msgpack.encode((BIDS[1:], ASKS)),
        msgpack.encode(((), ASKS)),
        msgpack.encode((BIDS, ((101.0, 4.0),))),
        PackedTick.of(tick()).depth[:-1],
    ],
)
def test_levels_that_are_not_what_the_best_says_are_refused(depth: bytes) -> None:
    with pytest.raises(ValueError, match="okx BTC/USDT"):
        replace(PackedTick.of(tick()), depth=depth).books()


def test_a_side_that_has_levels_and_no_best_is_refused() -> None:
    with pytest.raises(ValueError, match="do not begin with its best"):
        replace(PackedTick.of(tick()), bid=None).books()
