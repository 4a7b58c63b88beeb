"""What ccxt quotes of an exchange is told in the exchange's own words; the log has the whole of it."""

import ccxt
import pytest

from kairos_tui.feeds.exchange_words import exchange_words
from kairos_tui.feeds.reasons import LONGEST, in_full, why


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('kraken {"error":["EQuery:Unknown asset pair"]}', "EQuery:Unknown asset pair"),
        (
            'kraken {"error": "Currency pair not supported", "method": "subscribe"}',
            "Currency pair not supported",
        ),
        (
            'okx {"event":"error","code":"60018","msg":"BTC-USDX doesn\'t exist"}',
            "BTC-USDX doesn't exist (60018)",
        ),
        ('binance {"error":{"code":2,"msg":"Invalid request"}}', "Invalid request (2)"),
        ('bybit {"success":false,"ret_msg":"Invalid symbol","retCode":0}', "Invalid symbol"),
        ('kucoin {"type":"error","code":404,"data":"topic /x is not found"}', "topic /x is not found (404)"),
        ('gate {"label":"INVALID_CURRENCY_PAIR","message":""}', "INVALID_CURRENCY_PAIR"),
        (
            'binance GET https://api.binance.com/depth?s=X 451 Unavailable {"code":0,"msg":"restricted"}',
            "HTTP 451 Unavailable: restricted",
        ),
        ('coinbase {"message":"error","reason":"BTC-X is no product"}', "BTC-X is no product"),
        ('okx {"code":"40010","msg":"Forbidden","data":"not in your region"}', "not in your region (40010)"),
        ('bitget {"code":"00000","msg":"success"}', "success"),
        ('fetchMarkets() ["spot"] is not supported', 'fetchMarkets() ["spot"] is not supported'),
        ('gate {"msg":"busy"} retry after 30 s', '{"msg":"busy"} retry after 30 s'),
        ("okx does not have market symbol BTC/X", "does not have market symbol BTC/X"),
        ("subscription not answered", "subscription not answered"),
        ('okx {"event":"error"', '{"event":"error"'),
        ('okx {"id":7}', '{"id":7}'),
        ("okx", "okx"),
        ("okx " + "[" * 100_000, "[" * 100_000),
        ("okx " + '{"msg":' * 9_000, '{"msg":' * 9_000),
        ("okx " + "[" * 9_000 + '"deep"' + "]" * 9_000, "[" * 9_000 + '"deep"' + "]" * 9_000),
    ],
)
def test_it_is_the_exchange_s_own_words(told: str, said: str) -> None:
    assert exchange_words(told) == said


def test_a_reason_is_inert_and_short_and_the_log_has_more() -> None:
    error = ccxt.ExchangeError(
        'okx {"event":"error","code":"1","msg":"\\u001b[2J one\\ntwo ' + "x" * 9_000 + '"}'
    )
    reason, logged = why(error, timeout_s=1.0), in_full(error, timeout_s=1.0)
    assert reason.startswith("[2J one two xxx")
    assert (reason.isprintable(), len(reason)) == (True, LONGEST)
    assert logged.startswith('okx {"event":"error","code":"1","msg"')
    assert logged.isprintable()


def test_a_cause_in_the_network_says_more_than_what_was_asked() -> None:
    error = ccxt.ExchangeNotAvailable("okx GET https://www.okx.com/api/v5/public/time")
    error.__cause__ = ConnectionResetError()
    assert why(error, timeout_s=1.0) == in_full(error, timeout_s=1.0) == "connection lost"
