"""Who is sent what: an asset to one engine; a newcomer its share, as the former owner is until it speaks."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kairos_tui.fleet import Member, Roster, join, serve
from kairos_tui.market import PackedTick, Symbol, Tick, Venue, owner_of, split_symbol
from kairos_tui.runtime.engine_links import needs_of
from kairos_tui.wire import Endpoints, TickFan, TickReceiver, private_folder

OKX = Venue("okx")
ASSETS = [f"A{number}" for number in range(500)]
SYMBOLS = tuple(Symbol(f"{asset}/{quote}") for asset in ASSETS for quote in ("USDT", "USD"))
NAMES = ("n1", "n2", "n3", "n4")
Receivers = dict[str, TickReceiver]


@pytest.fixture
def folder() -> Iterator[Path]:
    with private_folder() as made:
        yield made


def member(folder: Path, name: str) -> Member:
    at = Endpoints.in_dir(folder, int(name[1:]))
    return Member(name, ticks=at.ticks, signals=at.signals)


def roster_of(folder: Path, *names: str) -> Roster:
    roster = Roster(run="k7f3")
    for name in names:
        roster = serve(join(roster, member(folder, name)), name)
    assert roster.now == tuple(sorted(names))
    return roster


def tell_all(fan: TickFan, at_ns: int) -> None:
    for symbol in SYMBOLS:
        fan.offer(Tick(OKX, symbol, ((100.0, 1.0),), ((101.0, 1.0),), at_ns, at_ns))


def heard(fan: TickFan, receivers: Receivers, count: int) -> dict[str, set[Symbol]]:
    """By engine, of what a book came, once so many have come."""
    found: dict[str, set[Symbol]] = defaultdict(set)
    for _ in range(2_000):
        fan.flush()
        for name, receiver in receivers.items():
            records = [arrival.record for arrival in receiver.drain(1)]
            found[name] |= {record.symbol for record in records if isinstance(record, PackedTick)}
        if sum(map(len, found.values())) >= count:
            return found
    raise AssertionError({name: len(symbols) for name, symbols in found.items()})


def test_of_a_thousand_symbols_every_leg_of_an_asset_goes_to_one_of_four_engines(folder: Path) -> None:
    with ExitStack() as stack:
        receivers: Receivers = {}
        for name in (*NAMES, "n5"):
            receivers[name] = TickReceiver(member(folder, name).ticks)
            stack.callback(receivers[name].close)
        fan = TickFan((), {}, sender="ingest:okx@near", epoch=1)
        stack.callback(fan.close)
        roster = roster_of(folder, *NAMES)

        fan.follow(needs_of(roster, SYMBOLS))
        tell_all(fan, 1)
        before = heard(fan, receivers, len(SYMBOLS))
        owners = {split_symbol(symbol)[0]: name for name, symbols in before.items() for symbol in symbols}
        assert sum(map(len, before.values())) == len(SYMBOLS)
        assert owners == {asset: owner_of(asset, NAMES) for asset in owners}
        assert all(len(before[name]) > len(SYMBOLS) / 8 for name in NAMES)

        # One that comes is told what will be its own, and nothing else moves.
        joining = join(roster, member(folder, "n5"))
        fan.follow(needs_of(joining, SYMBOLS))
        share = {symbol for symbol in SYMBOLS if owner_of(split_symbol(symbol)[0], (*NAMES, "n5")) == "n5"}
        seeded = heard(fan, receivers, len(share))
        assert (seeded["n5"], {name for name, symbols in seeded.items() if symbols}) == (share, {"n5"})
        assert len(SYMBOLS) / 10 < len(share) < len(SYMBOLS) / 3

        # Until it speaks both hear its share, then it alone.
        tell_all(fan, 2)
        both = heard(fan, receivers, len(SYMBOLS) + len(share))
        assert both == {**before, "n5": share}
        fan.follow(needs_of(serve(joining, "n5"), SYMBOLS))
        tell_all(fan, 3)
        after = heard(fan, receivers, len(SYMBOLS))
        assert after == {**{name: before[name] - share for name in NAMES}, "n5": share}
