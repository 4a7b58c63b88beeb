"""Every line that can be written obeys the published schema, whatever strings and floats are in it."""

import json
import math
from types import UnionType
from typing import Any, Union, get_args, get_origin

import jsonschema
import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kairos_tui.errors import SettingsInvalid
from kairos_tui.market import (
    DEPTH_GONE,
    Board,
    FeedStatus,
    Fill,
    Markout,
    Quote,
    Rates,
    RouteView,
    Signal,
    Symbol,
    SymbolBoard,
    Thresholds,
)
from kairos_tui.sinks import FeeShown, fill_line, line_types, markout_line, route_line, schema
from kairos_tui.sinks.line_maker import (
    Stamp,
    bye_line,
    gap_line,
    heartbeat_line,
    hello_line,
    quote_line,
    signal_line,
    venue_line,
)
from kairos_tui.sinks.line_text import encode, is_finite
from kairos_tui.sinks.lines import Line

ODD_TEXT = st.one_of(
    st.text(),
    st.sampled_from(
        ["\x1b]0;x\x07", "\x7f", "\x9b31m", "\u202eevil", "\u200b", "\u2028", "\ud800", "a\nb", "é🜁"]
    ),
)
ODD_FLOAT = st.one_of(st.floats(min_value=1e-12, max_value=1e12), st.sampled_from([1e300, 5e-324]))
COUNTS = st.integers(0, 2**60)
SETTINGS = settings(deadline=None, max_examples=60)
VALIDATOR = jsonschema.Draft202012Validator(schema())


def value_of(kind: Any) -> st.SearchStrategy[Any]:
    if kind is str or kind is float or kind is int:
        return {str: ODD_TEXT, float: ODD_FLOAT, int: COUNTS}[kind]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = msgspec.structs.fields(kind)
        return st.deferred(lambda: st.builds(kind, **{each.name: value_of(each.type) for each in fields}))
    if getattr(kind, "__origin__", None) is tuple:
        inner = get_args(kind)
        if inner[-1] is Ellipsis:
            return st.lists(value_of(inner[0]), max_size=2).map(tuple)
        return st.tuples(*map(value_of, inner))
    if hasattr(kind, "__metadata__"):  # Annotated
        return value_of(kind.__origin__)
    if hasattr(kind, "__supertype__"):
        return value_of(kind.__supertype__)
    if get_origin(kind) in (Union, UnionType):
        return st.one_of(*map(value_of, get_args(kind)))
    return st.from_type(kind)


stamps = st.builds(
    Stamp,
    run=ODD_TEXT,
    seq=st.integers(1, 2**53 - 1),
    ts_us=st.integers(0, 2**60),
    feed=st.sampled_from(["live", "sim", "replay"]),
    now_ns=COUNTS,
)


def check(line: Line) -> None:
    assert is_finite(line)
    text = encode(line)
    assert text.endswith(b"\n")
    assert all(32 <= byte < 127 for byte in text[:-1])
    plain = json.loads(text, parse_constant=_refuse)
    VALIDATOR.validate(plain)
    assert plain["type"] == line.__struct_config__.tag
    jsonschema.Draft202012Validator(schema(plain["type"])).validate(plain)


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


@SETTINGS
@given(stamps, value_of(Signal))
def test_signal_lines_obey(stamp: Stamp, signal: Signal) -> None:
    check(signal_line(stamp, signal))


@SETTINGS
@given(stamps, value_of(Fill))
def test_fill_lines_obey_and_say_paper(stamp: Stamp, fill: Fill) -> None:
    line = fill_line(stamp, fill)
    assume(is_finite(line))  # price x size of the largest floats is not
    check(line)
    assert json.loads(encode(line))["paper"] is True


@SETTINGS
@given(stamps, value_of(Markout))
def test_markout_lines_obey(stamp: Stamp, markout: Markout) -> None:
    line = markout_line(stamp, markout)
    check(line)
    assert (line.captured is None) == (markout.profit is None and markout.note != DEPTH_GONE)


@SETTINGS
@given(stamps, value_of(Quote), st.integers(-(2**70), 2**70))
def test_quote_lines_obey(stamp: Stamp, quote: Quote, nonce: int) -> None:
    check(quote_line(stamp, msgspec.structs.replace(quote, nonce=nonce)))


@SETTINGS
@given(stamps, value_of(FeedStatus))
def test_venue_lines_obey(stamp: Stamp, status: FeedStatus) -> None:
    check(venue_line(stamp, status))


@SETTINGS
@given(stamps, ODD_TEXT, value_of(tuple[str, ...]), value_of(Thresholds), value_of(tuple[FeeShown, ...]))
def test_hello_lines_obey(
    stamp: Stamp, text: str, names: tuple[str, ...], thresholds: Thresholds, fees: tuple[FeeShown, ...]
) -> None:
    thresholds = msgspec.structs.replace(thresholds, dwell_ms=0, max_age_ms=1, max_asynchrony_ms=1)
    check(hello_line(stamp, version=text, symbols=names, venues=names, thresholds=thresholds, fees=fees))


@SETTINGS
@given(stamps, value_of(tuple[SymbolBoard, ...]))
def test_heartbeat_lines_obey(stamp: Stamp, symbols: tuple[SymbolBoard, ...]) -> None:
    check(heartbeat_line(stamp, Board("r", "sim", 0, 1, 2, 3, Thresholds(), symbols, Rates())))
    check(heartbeat_line(stamp, None))


@SETTINGS
@given(stamps, ODD_TEXT, st.integers(1, 2**52), st.integers(0, 2**30))
def test_gap_and_bye_lines_obey(stamp: Stamp, text: str, first: int, more: int) -> None:
    check(gap_line(stamp, from_seq=first, to_seq=first + more, reason=text))
    check(bye_line(stamp, ticks=first, signals=more, dropped=more, reason=text))


@SETTINGS
@given(value_of(Board), st.integers(1, 2**53 - 1), value_of(RouteView))
def test_route_lines_obey_and_a_blocked_route_has_no_price(board: Board, seq: int, route: RouteView) -> None:
    line = route_line(seq, board, Symbol("BTC/USDT"), route)
    check(line)
    assert (line.net_top_bps is None) == (route.blocked is not None or route.net_bps is None)
    assert (line.run, line.feed, line.blocked) == (board.run, board.feed, route.blocked)


def test_the_schema_is_a_valid_2020_12_schema_for_every_type_alone_and_together() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert len(schema()["oneOf"]) == len(line_types()) == 10
    assert schema()["discriminator"]["propertyName"] == "type"
    for name in ("hello", "signal", "quote", "venue", "heartbeat", "gap", "bye", "route", "fill", "markout"):
        jsonschema.Draft202012Validator.check_schema(schema(name))


def test_a_line_with_a_field_missing_or_of_the_wrong_type_does_not_obey() -> None:
    good = json.loads(encode(gap_line(Stamp("r", 5, 6, "sim"), from_seq=1, to_seq=4, reason="slow")))
    VALIDATOR.validate(good)
    for bad in (
        {name: value for name, value in good.items() if name != "to_seq"},
        good | {"seq": 0},
        good | {"feed": "pretend"},
        good | {"ts": "2026-11-22T10:12:31Z"},
        good | {"type": "nothing"},
        good | {"count": 2**53},
    ):
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate(bad)


@SETTINGS
@given(value_of(Signal), st.sampled_from([math.nan, math.inf, -math.inf]), st.sampled_from(["peak", "level"]))
def test_a_figure_that_is_not_finite_is_noticed_wherever_it_is(
    signal: Signal, bad: float, where: str
) -> None:
    replace, priced = msgspec.structs.replace, signal.opportunity
    if where == "peak":
        signal = replace(signal, peak_net_bps=bad)
    else:
        leg = replace(priced.sell, levels=(*priced.sell.levels, (1.0, bad)))
        signal = replace(signal, opportunity=replace(priced, sell=leg))
    assert not is_finite(signal_line(Stamp("r", 1, 2, "sim"), signal))


def test_a_reader_tolerates_fields_added_later() -> None:
    line = json.loads(encode(gap_line(Stamp("r", 5, 6, "sim"), from_seq=1, to_seq=4, reason="slow")))
    VALIDATOR.validate(line | {"added_later": 1})


def test_an_unknown_type_is_answered_with_the_nearest() -> None:
    with pytest.raises(SettingsInvalid, match=r"'quotes' \(did you mean quote\?\)"):
        schema("quotes")
    with pytest.raises(SettingsInvalid, match=r"'zzz' \(there are hello, signal, "):
        schema("zzz")
