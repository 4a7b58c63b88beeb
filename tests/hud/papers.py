# mypy: disable-error-code="no-untyped-call,no-untyped-def"
"""The paper account of play's market, as an engine would keep it: every outcome in turn. Used by the acts."""

from msgspec.structs import replace

from kairos_tui.market import Asset, PaperResult, PaperStock, PaperView, Venue

ENDS = [
    ("filled", 0.9, (2, 2), None),
    ("unwound", -0.6, (1, 2), "okx: 0 of 0.412 to sell within 67412.5"),
    ("partial", 0.3, (1, 2), "binance: 0.2 of 0.412 to buy within 67390"),
    ("filled", 1.0, (2, 2), None),
    ("refused", 0.0, (0, 0), "okx is short of BTC"),
    ("filled", 0.8, (2, 2), None),
]


def with_account(board):
    """The board, with what became of each signal that has opened on it but the newest."""
    ended = max(0, board.rates.signals - 1)
    results = [_result(number) for number in range(1, ended + 1)]
    outcomes = [result.outcome for result in results]
    money = sum(result.profit for result in results)
    counts = {name: outcomes.count(name) for name in ("filled", "partial", "unwound", "refused")}
    stocks = tuple(
        PaperStock(Venue(venue), Asset(asset), began, held)
        for venue in ("binance", "okx")
        for asset, began, held in (("BTC", 1.5, 1.482), ("USDT", 100_000.0, 101_213.4))
    )
    view = PaperView(
        latency_ms=150,
        followed=board.rates.signals,
        in_flight=board.rates.signals - ended,
        profits=((Asset("USDT"), money),),
        drift=((Asset("BTC"), 0.0),),
        stocks=stocks,
        recent=tuple(reversed(results[-32:])),
        **counts,
    )
    return replace(board, paper=view)


def _result(number):
    outcome, money, legs, note = ENDS[(number - 1) % len(ENDS)]
    return PaperResult(f"k7f3-{number}", outcome, money * number, legs, note)
