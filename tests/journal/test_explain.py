"""Explain: the right events of the right signal, told in 80 columns or as one JSON object."""

import json
from pathlib import Path

import pytest
from tests.journal.made_journal import MadeRun
from tests.journal.made_market import line_of, signals_of

from kairos_tui.errors import LinesRefused
from kairos_tui.journal.lines import LineFileSource
from kairos_tui.journal.paint import Paint
from kairos_tui.journal.receipts import explain, explained_lines, explained_object
from kairos_tui.journal.receipts.explain import MOST_IN_FULL
from kairos_tui.market import Signal


@pytest.fixture(scope="module")
def told() -> list[Signal]:
    return list(signals_of(5, 500))


@pytest.fixture
def source(told: list[Signal], tmp_path: Path) -> LineFileSource:
    path = tmp_path / "signals.jsonl"
    path.write_bytes(b'{"type":"hello"}\n' + b"".join(line_of(signal) + b"\n" for signal in told) + b'{"ty')
    return LineFileSource(path)


def longest_life(told: list[Signal]) -> list[Signal]:
    lives: dict[str, list[Signal]] = {}
    for signal in told:
        lives.setdefault(signal.id, []).append(signal)
    return max((life for life in lives.values() if life[-1].event == "close"), key=len)


def test_the_opening_is_explained_and_every_event_has_its_verdict(told, source) -> None:
    life = longest_life(told)

    explained = explain(source, life[0].id)

    assert [receipt.event for receipt in explained.chosen] == ["open"]
    assert [receipt.event for receipt in explained.events] == [signal.event for signal in life]
    assert explained.agrees
    assert float(explained.chosen[0].profit) == pytest.approx(life[0].opportunity.profit)


def test_any_other_event_is_explained_when_asked_for(told, source) -> None:
    life = longest_life(told)
    updates = [signal.opportunity.profit for signal in life if signal.event == "update"]

    assert [float(each.profit) for each in explain(source, life[0].id, "update").chosen] == [
        pytest.approx(profit) for profit in updates
    ]
    assert [each.reason for each in explain(source, life[0].id, "close").chosen] == [life[-1].reason]


def test_a_signal_that_is_not_there_is_answered_with_the_nearest(source) -> None:
    with pytest.raises(LinesRefused, match=r"no signal 'k7f3-1x' \(nearest: k7f3-1"):
        explain(source, "k7f3-1x")
    with pytest.raises(LinesRefused, match=r"no signal 'zzzzzz' \(the latest is k7f3-"):
        explain(source, "zzzzzz")


def test_an_event_that_is_not_there_is_answered_with_those_that_are(told, tmp_path: Path) -> None:
    life = longest_life(told)
    path = tmp_path / "cut.jsonl"
    path.write_bytes(b"\n".join(line_of(signal) for signal in life[1:]))
    source = LineFileSource(path)

    with pytest.raises(LinesRefused, match="has no open there"):
        explain(source, life[0].id, "open")
    explained = explain(source, life[0].id)
    assert explained.chosen == explained.events[:1]
    assert "opening is not there" in "\n".join(explained_lines(explained, Paint()))


def test_what_became_of_it_is_told_too(told, tmp_path: Path) -> None:
    run = MadeRun(told[0].id.partition("-")[0])
    number = int(told[0].id.partition("-")[2])
    after = [
        run.markout(number, 500, -3.0),
        run.markout(number, 100, 4.0),
        run.markout(number, 250, None, "okx stale"),
        run.markout(number + 1, 50, 9.0),
        run.fill(number, "filled", 5.0, 4.5),
    ]
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\n".join([line_of(told[0]), *after]))

    explained = explain(LineFileSource(path), told[0].id)

    assert [(each.horizon_ms, each.captured) for each in explained.markouts] == [
        (100, True),
        (250, None),
        (500, False),
    ]
    assert explained.fill is not None
    text = list(explained_lines(explained, Paint()))
    assert [line.split()[-1] for line in text[-4:]] == ["paid", "stale", "gone", "4.50"]
    assert max(map(len, text[-4:])) <= 80
    shown = explained_object(explained)
    assert [each["horizon_ms"] for each in shown["markouts"]] == [100, 250, 500]
    assert shown["fill"]["outcome"] == "filled"


def test_of_two_signals_of_one_name_the_latest_is_explained(told, tmp_path: Path) -> None:
    life = longest_life(told)
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\n".join([line_of(signal) for signal in life[:2]] + [line_of(each) for each in life]))

    explained = explain(LineFileSource(path), life[0].id)

    assert len(explained.events) == len(life)
    assert "older signal of this name" in "\n".join(explained_lines(explained, Paint()))


def test_a_long_life_is_kept_in_short_but_for_what_was_asked(told, tmp_path: Path) -> None:
    life = longest_life(told)
    opening, update, close = life[0], next(each for each in life if each.event == "update"), life[-1]
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\n".join([line_of(each) for each in (opening, *[update] * MOST_IN_FULL, close)]))

    opened = explain(LineFileSource(path), opening.id)
    updated = explain(LineFileSource(path), opening.id, "update")

    assert [bool(each.legs) for each in opened.events] == [True, *[False] * (MOST_IN_FULL + 1)]
    assert (len(updated.chosen), updated.more) == (MOST_IN_FULL - 1, 0)
    assert all(receipt.legs for receipt in updated.chosen)
    text = "\n".join(explained_lines(updated, Paint()))
    assert f"the first {MOST_IN_FULL:,} are told in full" in text
    assert len(explained_object(opened)["events"]) == MOST_IN_FULL + 2


def test_the_text_fits_80_columns_and_holds_no_escape_unless_asked(told, source) -> None:
    for signal_id in sorted({signal.id for signal in told})[:8]:
        lines = list(explained_lines(explain(source, signal_id), Paint()))
        assert max(map(len, lines)) <= 80, lines
        assert "\x1b" not in "".join(lines)
    assert "\x1b[32m" in "".join(explained_lines(explain(source, told[0].id), Paint(on=True)))


def test_a_published_figure_that_is_wrong_is_pointed_at(told, tmp_path: Path) -> None:
    line = json.loads(line_of(told[0]))
    path = tmp_path / "wrong.jsonl"
    path.write_text(json.dumps(line | {"profit": line["profit"] + 0.01}))

    explained = explain(LineFileSource(path), told[0].id)

    assert not explained.agrees
    text = "\n".join(explained_lines(explained, Paint()))
    assert "off 0.01" in text
    assert f"1 of {len(explained.chosen[0].checks)} figures differ" in text


def test_the_object_loses_no_digit(told, source) -> None:
    life = longest_life(told)
    shown = explained_object(explain(source, life[0].id))

    assert json.loads(json.dumps(shown)) == shown
    assert (shown["type"], shown["v"], shown["agrees"]) == ("receipt", 1, True)
    assert len(shown["events"]) == len(life)
    first = shown["receipts"][0]["legs"][0]["rows"][0]
    price, size = life[0].opportunity.buy.levels[0]
    assert (float(first["price"]), float(first["size"])) == (price, size)
    assert float(first["amount"]) == pytest.approx(price * size)
