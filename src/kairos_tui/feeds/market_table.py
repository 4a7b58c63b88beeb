"""MarketTable: a venue's markets, loaded anew, or why there are none. Used by CcxtFeed and survey.

Before it: ccxt's load_markets, which takes a page of HTML for a venue without markets. After it: Catalogue.
"""

import asyncio
import logging
import re
from typing import Any

import ccxt

from kairos_tui.errors import FeedDown, FeedRefused
from kairos_tui.feeds.reasons import in_full, why

log = logging.getLogger(__name__)

UNTOLD = re.compile(r"\w+ (?P<body>[^A-Za-z]{0,60}|null)")
"""An error of ccxt that is the class's name and an answer without a word."""


async def load_market_table(exchange: Any, *, within_s: float) -> None:  # noqa: ANN401  ccxt is untyped
    """Raises FeedDown for what time may cure, FeedRefused for what it will not."""
    try:
        async with asyncio.timeout(within_s):
            await exchange.load_markets(True)  # noqa: FBT003  ccxt's `reload`: else it keeps an empty table
    except (ccxt.AuthenticationError, ccxt.NotSupported, ccxt.ArgumentsRequired) as error:
        log.info("no markets reason=%s", in_full(error, timeout_s=within_s))
        raise FeedRefused(why(error, timeout_s=within_s)) from error
    except TimeoutError as error:
        raise FeedDown(f"timed out after {within_s:g} s") from error
    except Exception as error:  # any error of any venue's parser
        raise FeedDown(why_unread(error, timeout_s=exchange.timeout / 1_000)) from error
    if not exchange.markets:
        raise FeedDown("answered without a single market")


def why_unread(error: Exception, *, timeout_s: float) -> str:
    """`why`, for an answer that was to be a table of markets and said nothing, or broke its parser."""
    reason, full = why(error, timeout_s=timeout_s), in_full(error, timeout_s=timeout_s)
    untold = UNTOLD.fullmatch(full) if isinstance(error, ccxt.BaseError) else None
    if untold is not None:
        return f"answered {untold['body'] or 'nothing'} in place of its markets"
    if isinstance(error, ArithmeticError | AttributeError | LookupError | TypeError | ValueError):
        log.info("markets not understood reason=%s", full)
        return "answered what is no table of markets"
    log.info("no markets reason=%s", full)
    return reason
