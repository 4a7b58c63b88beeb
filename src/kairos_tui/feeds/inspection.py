"""Inspection: one stream's book held against what the venue's REST says at the same time.

Before it: Rounds, which says when. After it: a verdict. Knows ccxt's unified order book only, so any class.
"""

import asyncio
from typing import Any

from kairos_tui.feeds.health.cross_check import SETTLE_NS, Answer, Verdict
from kairos_tui.feeds.patience import SECOND_NS
from kairos_tui.feeds.stream import Stream

THEIR_LEVELS = 200
"""Of an answer as deep as the venue likes, so many are looked at: more than we ever show."""


async def inspect(exchange: Any, stream: Stream, limit: int | None) -> Verdict | None:  # noqa: ANN401
    """None when the stream lost its book meanwhile, or is late: a true book of some seconds ago differs too.

    Raises what ccxt raises, FrameRefused for nonsense.
    """
    mark = stream.leg.begin_check()
    if mark is None:
        return None
    book = await exchange.fetch_order_book(stream.market.symbol, limit)
    theirs = stream.leg.maker.top_of(book["bids"], book["asks"], THEIR_LEVELS)
    verdict = mark.judge(theirs)
    if verdict.answer is not Answer.AGREES:  # the stream may be slower than REST
        await asyncio.sleep(SETTLE_NS / SECOND_NS)
        verdict = mark.judge(theirs)
    vigil = stream.leg.vigil
    return verdict if vigil.mark is mark and not vigil.lag.lagging else None
