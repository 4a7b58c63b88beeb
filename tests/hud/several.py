"""BTC, ETH and SOL watched at once: two more markets in memory beside the stage's own."""

# mypy: disable-error-code="no-untyped-call,no-any-return"

from msgspec.structs import replace


class Beside:
    """Adds the other symbols' boards to each board; ETH's edge is open, SOL has a venue that is down."""

    def __init__(self, play, feed_state):
        self.markets = [play.Market(seed=11, symbol="ETH/USDT"), play.Market(seed=13, symbol="SOL/USDT")]
        for market, price in zip(self.markets, (3_211.4, 148.22), strict=True):
            market.price = price
        self.markets[0].pull = {"okx": 33.0}
        self.markets[1].states["kraken"] = {
            "usable": False,
            "state": feed_state.DOWN,
            "reason": "closed (1006)",
        }

    def __call__(self, board):
        others = [market.step(board.at_ns)[-1].symbols[0] for market in self.markets]
        return replace(board, symbols=(*board.symbols, *others))
