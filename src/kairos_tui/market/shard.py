"""Shards: which engine prices which symbols. Pure; every role of a run comes to the same answer.

Before it: names. After it: cast deals the symbols out to a fixed number of engines, a fleet's engines take
theirs by name (owner_of, shard_of); workers send each engine what it needs.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from msgspec import Struct

from kairos_tui.market.names import Asset, Symbol, conversion_symbols, split_symbol


class Shard(Struct, frozen=True):
    """What one engine of several does. `symbols` are its own: all of an asset, so a route has one engine.

    `conversions` are books that every engine needs, `told_elsewhere` those of them that another speaks for.
    The first also speaks for whole venues, and for conversions that nobody watches. Number -1: none of them.
    """

    number: int = 0
    of: int = 1
    symbols: tuple[Symbol, ...] = ()
    conversions: tuple[Symbol, ...] = ()
    told_elsewhere: frozenset[Symbol] = frozenset()

    def speaks_for(self, symbol: Symbol | None) -> bool:
        """Whether this engine publishes what is known of a stream; None is a whole venue."""
        return self.number == 0 if symbol is None else symbol not in self.told_elsewhere


def deal(symbols: Sequence[Symbol], shards: int) -> tuple[Shard, ...]:
    """The symbols dealt out by asset. An engine gets none only where there are fewer assets.

    Rendezvous hashing, so that one asset more moves few others, in even shares: by the hash alone two assets
    would meet on the same of two engines half of the time, and the other would idle.
    """
    assets = tuple(dict.fromkeys(split_symbol(symbol)[0] for symbol in symbols))
    share, larger = divmod(len(assets), shards)
    taken = [0] * shards
    home: dict[Asset, int] = {}
    for asset in assets:
        # So many as `larger` may have one more than the others.
        most = share + (sum(count > share for count in taken) < larger)
        free = [number for number in range(shards) if taken[number] < most]
        home[asset] = max(free, key=lambda number: _weight(asset, number))
        taken[home[asset]] += 1
    owner = {symbol: home[split_symbol(symbol)[0]] for symbol in symbols}
    needed = converting(symbols)
    return tuple(_shard(number, shards, owner, needed) for number in range(shards))


def owner_of(asset: Asset, names: Iterable[str]) -> str:
    """Which of the engines of these names has an asset; empty where there is none.

    Plain rendezvous: a name more takes assets for itself alone, a name less gives up only its own. Who owns
    an asset among some names and among others, owns it among all of them.
    """
    return max(names, key=lambda name: (_weight(asset, name), name), default="")


def shard_of(name: str, names: Iterable[str], symbols: Sequence[Symbol]) -> Shard:
    """What the engine `name` does among `names`, in whatever order; the lowest name is the first.

    A name that is not among them has number -1 and no symbols, needs every conversion and speaks for nothing.
    """
    ordered = sorted(set(names))
    place = {each: number for number, each in enumerate(ordered)}
    home = {asset: place.get(owner_of(asset, ordered), 0) for asset in map(_asset_of, symbols)}
    owner = {symbol: home[_asset_of(symbol)] for symbol in symbols}
    return _shard(place.get(name, -1), len(ordered), owner, converting(symbols))


def converting(symbols: Sequence[Symbol]) -> tuple[Symbol, ...]:
    """Every market whose book may convert proceeds: those watched for that alone, and watched ones."""
    alone = conversion_symbols(symbols)
    spot = [symbol for symbol in symbols if ":" not in symbol]
    quotes = {split_symbol(symbol)[1] for symbol in spot}.union(*map(split_symbol, alone))
    return (*alone, *(symbol for symbol in spot if quotes.issuperset(split_symbol(symbol))))


def homes_of(shards: Iterable[Shard]) -> dict[Symbol, int]:
    """The one engine that needs a symbol; what is not named is needed by all."""
    shards = tuple(shards)
    for_all = {symbol for shard in shards for symbol in shard.conversions}
    return {symbol: shard.number for shard in shards for symbol in shard.symbols if symbol not in for_all}


def _shard(number: int, of: int, owner: dict[Symbol, int], needed: tuple[Symbol, ...]) -> Shard:
    own = tuple(symbol for symbol, home in owner.items() if home == number)
    elsewhere = frozenset(symbol for symbol in needed if owner.get(symbol, 0) != number)
    return Shard(number, of, own, tuple(symbol for symbol in needed if symbol not in own), elsewhere)


def _asset_of(symbol: Symbol) -> Asset:
    return split_symbol(symbol)[0]


def _weight(asset: Asset, engine: int | str) -> bytes:
    return blake2b(f"{engine} {asset}".encode(), digest_size=8).digest()
