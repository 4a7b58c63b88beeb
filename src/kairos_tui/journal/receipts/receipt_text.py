"""Receipt text: a receipt as lines of at most 80 columns. Before it: receipt. After it: `kairos explain`."""

from collections.abc import Iterator
from decimal import Decimal

from kairos_tui.journal.paint import Paint
from kairos_tui.journal.receipts.checks import Check
from kairos_tui.journal.receipts.leg_receipt import LegReceipt
from kairos_tui.journal.receipts.receipt import Receipt
from kairos_tui.journal.written import bps, exact, plain, span

_PLACES = 2
_SOURCES = {"config": "your config", "market": "ccxt's entry", "default": "ccxt's default"}


def receipt_lines(receipt: Receipt, paint: Paint) -> Iterator[str]:
    """The whole receipt."""
    yield from _head(receipt, paint)
    for leg in receipt.legs:
        yield ""
        yield from _traded(leg, paint) if leg.is_traded else _marked(leg, paint)
    yield ""
    yield from _result(receipt, paint)
    yield ""
    yield from check_lines(receipt, paint)


def _head(receipt: Receipt, paint: Paint) -> Iterator[str]:
    buy, sell = receipt.legs[:2]
    route = f"{receipt.asset}/{receipt.quote}  {buy.venue} -> {sell.venue}"
    yield f"{paint.strong(plain(receipt.id))}  {plain(receipt.event)}  {paint.strong(plain(route))}"
    ended = f", {plain(receipt.reason)} after {span(receipt.duration_us)}" if receipt.reason else ""
    kind = f"{plain(receipt.kind)}, {plain(receipt.mode)}{ended}"
    yield paint.faint(f"{plain(receipt.ts)}  {kind}  [{plain(receipt.feed)}]")


def _traded(leg: LegReceipt, paint: Paint) -> Iterator[str]:
    verb = "BUY " if leg.side == "buy" else "SELL"
    asset, quote = plain(leg.symbol.partition("/")[0], 12), plain(leg.symbol.partition("/")[2], 12)
    proof = paint.faint(f"  {plain(leg.proof)}, {span(leg.age_us)} old")
    title = f"{leg.number}  {verb} {exact(leg.size)} {asset} on {plain(leg.venue)}"
    yield f"{paint.strong(title)}  {plain(leg.symbol)}{proof}"
    yield paint.faint(f"   {'level':>5}{'price':>16}{'size ' + asset:>20}{'amount ' + quote:>26}")
    for number, row in enumerate(leg.rows, 1):
        price, size = exact(row.price, _PLACES), exact(row.size)
        yield f"   {number:>5}{price:>16}{size:>20}{exact(row.amount, _PLACES):>26}"
    if len(leg.rows) > 1:
        price, size = exact(leg.vwap, _PLACES), exact(leg.size)
        yield f"   {'vwap':>5}{price:>16}{size:>20}{exact(leg.amount, _PLACES):>26}"
    yield _row(_fee_words(leg), leg.fee, leg.fee_asset)
    yield _row("takes", leg.takes, leg.takes_asset)
    yield _row("gives", leg.gives, leg.gives_asset)
    if leg.left:
        yield _row("of which too small to go on: nothing", leg.left, leg.gives_asset)


def _fee_words(leg: LegReceipt) -> str:
    source = _SOURCES.get(leg.fee_source, plain(leg.fee_source))
    charged = "" if leg.fee_charged == "quote" else f"{leg.fee_charged}; "
    return f"fee {exact(leg.fee_bps)} bps ({charged}{source})"


def _marked(leg: LegReceipt, paint: Paint) -> Iterator[str]:
    title = f"{leg.number}  MARK at the mid of {plain(leg.venue)}"
    yield f"{paint.strong(title)}  {plain(leg.symbol)}  {exact(leg.vwap, _PLACES)}"
    yield paint.faint("   nothing is converted now: the proceeds stay in another quote, which is a risk")


def _result(receipt: Receipt, paint: Paint) -> Iterator[str]:
    if receipt.mark_rate is not None:
        words = f"valued at the mid less {exact(receipt.haircut_bps)} bps"
        yield _row(words, receipt.mark_rate, receipt.quote)
    yield _row("proceeds", receipt.proceeds, receipt.quote)
    yield _row("- outlay", receipt.outlay, receipt.quote)
    colour = paint.good if receipt.profit > 0 else paint.bad
    yield colour(_row("= profit", receipt.profit, receipt.quote))
    yield colour(_row("  of the outlay (net)", receipt.net_bps, "bps"))
    yield _row("  before fees (gross)", receipt.gross_bps, "bps")


def _row(words: str, amount: Decimal, unit: str) -> str:
    """Words to the left, an amount whose digits stand under the levels' amounts, its unit."""
    return f"   {words:<41}{exact(amount, _PLACES):>26} {plain(unit, 10)}"


def check_lines(receipt: Receipt, paint: Paint) -> Iterator[str]:
    """Published against recomputed: the figures that matter, and all that differ."""
    yield paint.faint(f"   {'':<13}{'published':>22}{'recomputed':>22}")
    for check in receipt.checks:
        if check.figure in _SHOWN or not check.agrees:
            yield _check_row(check, paint)
    differing = len(receipt.differing)
    if differing:
        yield paint.bad(
            f"   {differing} of {len(receipt.checks)} figures differ from what the levels come to"
        )
    else:
        yield paint.good(f"   all {len(receipt.checks)} figures agree with the levels")


_SHOWN = ("profit", "net_bps", "gross_bps", "fees_bps", "net_top_bps", "notional", "size")


def _check_row(check: Check, paint: Paint) -> str:
    published, recomputed = _said(check.published), _said(check.recomputed)
    if check.agrees:
        verdict = paint.good("agrees")
    else:
        verdict = paint.bad("differs" if check.off is None else f"off {exact(check.off)}")
    return f"   {check.figure:<13}{published:>22}{recomputed:>22}  {verdict}"


def _said(value: Decimal | str) -> str:
    return plain(value, 22) if isinstance(value, str) else exact(value)


def event_row(receipt: Receipt, paint: Paint) -> str:
    """One event of a signal in one line."""
    verdict = paint.bad("differs") if receipt.differing else paint.good("agrees")
    profit, net = f"{receipt.profit:,.8f}", bps(receipt.net_bps)
    return f"   {plain(receipt.event):<7}{plain(receipt.ts):<29}{net:>9} bps {profit:>16}  {verdict}"
