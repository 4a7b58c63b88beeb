"""The promise: Kairos watches. No code of it names what would place, change or cancel an order, move money or
sign a request, and no exchange of it has a key. What `--paper` orders is arithmetic in the engine."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import ccxt.pro

import kairos_tui

SOURCE = Path(kairos_tui.__file__).parent
_TRADES = re.compile(
    r"(create|edit|cancel)_?\w*(order|trade)s?\w*"
    r"|(set|add|reduce|borrow|repay)_?\w*(margin|leverage|position_?mode)\w*|close_?\w*position\w*"
    r"|fetch_?\w*(balance|my_?trades|open_?orders)\w*|private_?(get|post|put|delete)\w*",
    re.IGNORECASE,
)
_KEYS = {"apiKey", "privateKey", "walletAddress"}
_FUNDS = {"withdraw", "transfer"}
"""Words of ours too: only as a call on an exchange do they move money."""


def names_in(source: str) -> Iterator[str]:
    """Every attribute, keyword and short text: what could be called, or looked up to be called."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value


def orders_in(source: str) -> list[str]:
    return [name for name in names_in(source) if _TRADES.fullmatch(name) or name in _KEYS]


def test_no_code_names_a_way_to_trade() -> None:
    found = {str(path): orders for path in SOURCE.rglob("*.py") if (orders := orders_in(path.read_text()))}

    assert found == {}


def test_the_room_that_knows_ccxt_moves_no_money() -> None:
    sources = [path.read_text() for path in (SOURCE / "feeds").rglob("*.py")]

    assert not {name for source in sources for name in names_in(source)} & _FUNDS


def test_the_search_would_find_every_order_method_of_ccxt() -> None:
    trading = [
        name
        for name in dir(ccxt.pro.Exchange)
        if re.match(
            r"(create|edit|cancel)(_[a-z_]+)?_orders?(_ws)?$|(create|edit|cancel)\w*Orders?(Ws)?$", name
        )
    ]

    assert len(trading) > 40
    assert all(orders_in(f"exchange.{name}()") for name in trading)
    assert all(orders_in(f"getattr(exchange, {name!r})") for name in trading)
