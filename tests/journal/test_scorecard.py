"""The scorecard: figures of a journal whose every signal, markout and state is known."""

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest
from tests.journal.made_journal import HORIZONS_MS, START_US, MadeRun, made_lines

from kairos_tui.errors import LinesRefused
from kairos_tui.journal.lines import LineFileSource, ToldReader
from kairos_tui.journal.report import Scorecard, score

SECOND = 1_000_000


def scored(tmp_path: Path, *lines: bytes) -> Scorecard:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n")
    return score(ToldReader(LineFileSource(path)))


def test_signals_are_counted_by_what_became_of_them(tmp_path: Path) -> None:
    run = MadeRun()
    card = scored(
        tmp_path,
        run.hello(),
        run.signal(1, "open", 5.0),
        run.signal(1, "update", 7.0),
        run.signal(2, "open", 3.0, buy_venue="bybit"),
        run.signal(1, "close", -1.0, reason="reverted", duration_us=400_000, peak_net_bps=7.5),
        run.signal(3, "open", 4.0),
        run.signal(3, "close", 4.0, reason="stale", duration_us=100_000, peak_net_bps=4.0),
    )

    assert (card.signals.opened, card.signals.updated, card.signals.closed) == (3, 1, 2)
    assert card.signals.still_open == 1
    assert card.signals.closed_for == {"reverted": 1, "stale": 1}
    assert (card.edges.opening.least, card.edges.opening.median, card.edges.opening.most) == (3.0, 4.0, 5.0)
    assert card.edges.peak.most == 7.5
    assert [(route.buy_venue, route.opened) for route in card.routes] == [("kraken", 2), ("bybit", 1)]
    assert [(money.quote, money.profit.median) for money in card.money] == [("USDT", 2.4)]


def test_lifetimes_that_nobody_saw_the_end_of_are_censored(tmp_path: Path) -> None:
    run = MadeRun()
    lines = [run.hello(dwell_ms=0)]
    for number, (lasted_us, reason) in enumerate(
        [(100_000, "reverted"), (200_000, "stale"), (300_000, "depth_gone"), (400_000, "shutdown")]
    ):
        lines += [
            run.signal(number, "open", 5.0),
            run.signal(number, "close", 5.0, reason=reason, duration_us=lasted_us),
        ]
    lives = scored(tmp_path, *lines).lifetimes

    assert (lives.count, lives.ended, lives.censored, lives.censored_share) == (4, 2, 2, 0.5)
    # By hand: 3/4 after 100 ms; then two are at risk at 300 ms and one ends: 3/8, the first at or under half.
    assert lives.curve == ((100.0, 0.75), (300.0, 0.375))
    assert lives.median_ms == 300.0


def test_an_edge_that_stood_when_a_stream_came_up_has_no_lifetime(tmp_path: Path) -> None:
    run = MadeRun()
    lines = [run.hello(), run.venue("kraken", "live"), run.venue("okx", "connecting")]
    run.now_us += 5 * SECOND
    lines.append(run.venue("okx", "live"))
    for number, wait_us in ((1, 99_000), (2, 1_000), (3, SECOND)):
        run.now_us += wait_us
        lines += [
            run.signal(number, "open", 5.0),
            run.signal(number, "close", 5.0, reason="reverted", duration_us=number * 1_000),
        ]
    run.now_us += SECOND
    lines += [run.venue("okx", "quiet"), run.signal(4, "open", 5.0)]
    lives = scored(tmp_path, *lines).lifetimes

    assert (lives.unborn, lives.ended, lives.censored) == (1, 2, 0)


def test_an_edge_that_stood_when_a_stream_came_up_has_none_also_where_it_opened_a_dwell_later(
    tmp_path: Path,
) -> None:
    run = MadeRun()
    lines = [run.hello(dwell_ms=250), run.venue("kraken", "live"), run.venue("okx", "live")]
    for number, wait_us in ((1, 255_000), (2, SECOND)):
        run.now_us += wait_us
        close = run.signal(number, "close", 5.0, reason="reverted", duration_us=1_000)
        lines += [run.signal(number, "open", 5.0), close]
    lives = scored(tmp_path, *lines).lifetimes

    assert (lives.unborn, lives.ended) == (1, 1)


def test_a_markout_that_could_not_be_priced_is_neither_hit_nor_miss(tmp_path: Path) -> None:
    run = MadeRun()
    card = scored(
        tmp_path,
        run.hello(reaction_ms=100),
        run.signal(1, "open", 5.0, capture_p=0.8, capture_n=40),
        run.markout(1, 100, 4.0),
        run.markout(1, 500, -3.0),
        run.signal(2, "open", 5.0, capture_p=0.6, capture_n=0, capture_prior=True),
        run.markout(2, 100, -2.0),
        run.markout(2, 500, None, "okx stale"),
        run.markout(99, 100, 1.0),
    )

    assert [(each.horizon_ms, each.hits, each.misses, each.unpriced) for each in card.horizons] == [
        (100, 2, 1, 0),
        (500, 0, 1, 1),
    ]
    assert card.horizons[1].hit_rate == 0.0
    assert card.unpriced_for == {"okx stale": 1}
    assert [each.hits for each in card.routes[0].horizons] == [1, 0]
    told = card.calibration
    assert (told.told, told.of_priors) == (2, 1)
    assert told.brier == pytest.approx(((0.8 - 1) ** 2 + 0.6**2) / 2)
    assert told.brier_of_base == 0.25


def test_signals_followed_on_paper_are_added_up_by_how_they_ended(tmp_path: Path) -> None:
    run = MadeRun()
    card = scored(
        tmp_path,
        run.hello(),
        run.fill(1, "filled", 5.0, 4.5),
        run.fill(2, "unwound", 3.0, -1.25),
        run.fill(3, "filled", 2.0, 2.0),
        run.fill(4, "missed", 1.0, 0.0, quote="USD"),
    )

    assert card.paper is not None
    assert (card.paper.followed, card.paper.outcomes) == (4, {"filled": 2, "unwound": 1, "missed": 1})
    assert [(each.quote, each.expected, each.profit) for each in card.paper.money] == [
        ("USD", 1.0, 0.0),
        ("USDT", 10.0, 5.25),
    ]
    assert scored(tmp_path, run.hello()).paper is None


def test_uptime_begins_when_a_stream_could_first_be_used(tmp_path: Path) -> None:
    run = MadeRun()
    lines = [run.venue("okx", "connecting", symbol=None), run.venue("okx", "connecting")]
    for wait_s, state in ((5, "live"), (60, "stale"), (10, "resync"), (5, "live"), (25, "quiet")):
        run.now_us += wait_s * SECOND
        lines.append(run.venue("okx", state, reason=f"{state} it is"))
    lines.append(run.venue("kraken", "connecting"))
    lines.append(run.venue("bybit", "down", reason="does not list BTC/USDT"))
    run.now_us += 100 * SECOND
    lines.append(run.line("heartbeat"))
    kraken, okx = scored(tmp_path, *lines).venues

    assert (okx.streams, okx.observed_s, okx.down_s, okx.incidents) == (1, 200.0, 15.0, 1)
    assert okx.uptime == 185 / 200
    assert okx.by_state_s == {"stale": 10.0, "resync": 5.0}
    (worst,) = okx.worst
    assert (worst.state, worst.reason, worst.for_us) == ("stale", "stale it is", 15 * SECOND)
    assert worst.from_us == START_US + 65 * SECOND
    assert (kraken.venue, kraken.uptime, kraken.observed_s) == ("kraken", 0.0, 100.0)


def test_a_venue_that_is_down_takes_all_its_streams_with_it(tmp_path: Path) -> None:
    run = MadeRun()
    lines = [run.venue("okx", "live", symbol=symbol) for symbol in ("BTC/USDT", "ETH/USDT")]
    run.now_us += 10 * SECOND
    lines.append(run.venue("okx", "down", symbol=None, reason="gone"))
    run.now_us += 10 * SECOND
    lines.append(run.line("bye", ticks=5, signals=0, dropped=0, reason="quit"))
    (okx,) = scored(tmp_path, *lines).venues

    assert (okx.uptime, okx.incidents, okx.observed_s) == (0.5, 2, 40.0)


def test_a_venues_state_that_is_told_again_changes_none_of_its_streams(tmp_path: Path) -> None:
    run = MadeRun()
    lines = [run.venue("okx", "connecting", symbol=None)]
    lines.append(run.venue("okx", "down", symbol="BTC/USD", reason="does not list BTC/USD"))
    run.now_us += SECOND
    lines.append(run.venue("okx", "live"))
    run.now_us += 10 * SECOND
    lines.append(run.venue("okx", "connecting", symbol=None, since_us=START_US + 5))
    run.now_us += 10 * SECOND
    lines.append(run.line("heartbeat"))
    (okx,) = scored(tmp_path, *lines).venues

    assert (okx.uptime, okx.incidents, okx.observed_s) == (1.0, 0, 20.0)


def test_a_state_that_is_back_holds_from_now_on(tmp_path: Path) -> None:
    """A quarantine of the engine's own is lifted: the feed's state is as old as it was."""
    run = MadeRun()
    lines = [run.venue("okx", "live")]
    for state, since_us in (("quarantined", None), ("live", START_US)):
        run.now_us += 10 * SECOND
        lines.append(run.venue("okx", state, since_us=since_us or run.now_us))
    run.now_us += 20 * SECOND
    lines.append(run.line("heartbeat"))
    (okx,) = scored(tmp_path, *lines).venues

    assert (okx.uptime, okx.incidents, okx.observed_s) == (0.75, 1, 40.0)
    assert okx.worst[0].for_us == 10 * SECOND


def test_that_feeds_go_down_while_kairos_stops_them_is_no_incident(tmp_path: Path) -> None:
    run = MadeRun()
    lines = [run.venue("okx", "live")]
    run.now_us += 10 * SECOND
    lines.append(run.venue("okx", "down", reason="connection lost"))
    run.now_us += SECOND // 2
    lines.append(run.line("bye", ticks=5))
    (okx,) = scored(tmp_path, *lines).venues

    assert (okx.uptime, okx.incidents, okx.observed_s) == (1.0, 0, 10.0)


def test_several_runs_are_added_up_and_the_time_between_them_is_not_watched(tmp_path: Path) -> None:
    first = MadeRun("aaaa")
    second = MadeRun("bbbb", START_US + 3_600 * SECOND, feed="live")
    lines = [first.hello(), first.signal(1, "open", 5.0)]
    first.now_us += 10 * SECOND
    lines += [first.line("heartbeat"), second.hello(), second.signal(1, "open", 5.0)]
    second.now_us += 20 * SECOND
    lines.append(second.line("bye", ticks=700, signals=1, dropped=0, reason="quit"))
    card = scored(tmp_path, *lines)

    assert (card.runs, card.runs_not_ended, card.feeds) == (2, 1, ("sim", "live"))
    assert (card.watched_s, card.ticks) == (30.0, 700)
    assert card.signals.still_open == 2


def test_runs_side_by_side_in_one_file_keep_what_is_theirs(tmp_path: Path) -> None:
    one, other = MadeRun("aaaa"), MadeRun("bbbb", START_US + SECOND)
    lines = [one.hello(reaction_ms=100), other.hello(reaction_ms=250)]
    for run in (one, other):
        lines += [run.venue("okx", "live"), run.signal(1, "open", 5.0, capture_p=0.5)]
    for run in (one, other, one, other):
        lines += [run.markout(1, 100, 4.0), run.markout(1, 250, -4.0)]
    for run in (one, other):
        run.now_us += 10 * SECOND
        lines += [run.signal(1, "close", 0.0, reason="reverted", duration_us=9_000_000)]
    lines += [one.line("bye", ticks=3), other.line("bye", ticks=4)]
    card = scored(tmp_path, *lines)

    assert (card.runs, card.runs_not_ended, card.ticks) == (2, 0, 7)
    assert (card.signals.opened, card.signals.closed, card.signals.still_open) == (2, 2, 0)
    assert card.lifetimes.censored == 0
    assert [each.told for each in card.calibration.bins if each.told] == [4]
    assert (card.venues[0].observed_s, card.venues[0].uptime) == (20.0, 1.0)


def test_a_run_that_went_silent_is_over_when_there_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kairos_tui.journal.report.run_scored.MOST_RUNS", 3)
    runs = [MadeRun(f"r{number}") for number in range(10)]
    card = scored(tmp_path, *[run.signal(1, "open", 5.0) for run in runs])

    assert (card.runs, card.runs_not_ended, card.signals.still_open) == (10, 10, 10)


def test_what_is_missing_or_broken_is_counted(tmp_path: Path) -> None:
    run = MadeRun()
    good = run.hello()
    card = scored(
        tmp_path,
        good,
        run.line("gap", from_seq=1, to_seq=7, count=7, reason="slow"),
        good.replace(b'"v": 1', b'"v": 2'),
        run.line("weather", sky="blue"),
        run.signal(1, "opened", 5.0),
        b"\xff\xfe",
        good[:40],
        b"[1]",
    )

    assert card.lines == 2
    assert card.lost == {
        "lines not delivered: slow": 7,
        "lines broken": 4,
        "lines of a newer version": 1,
        "lines of another kind": 1,
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"hello\n", "holds no line of Kairos"),
        (b"\n\n\n", "holds no line of Kairos"),
        (b'{"type":"other"}\n' * 5_000, "holds no line of Kairos"),
        (bytes(range(256)) * 40, "holds no line of Kairos"),
        (MadeRun().hello().replace(b'"v": 1', b'"v": 2'), "was written by another version of Kairos"),
    ],
    ids=["text", "blank", "json", "bytes", "newer"],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, body: bytes, said: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(body)

    with pytest.raises(LinesRefused, match=said):
        score(ToldReader(LineFileSource(path)))


def test_a_busy_journal_adds_up_and_obeys_its_schema(tmp_path: Path) -> None:
    card = scored(tmp_path, *made_lines(400))

    assert card.signals.opened == card.signals.closed == sum(card.signals.closed_for.values()) == 400
    assert sum(route.opened for route in card.routes) == 400
    assert [each.horizon_ms for each in card.horizons] == list(HORIZONS_MS)
    assert all(each.hits + each.misses + each.unpriced == 400 for each in card.horizons)
    assert sum(each.told for each in card.calibration.bins) == card.calibration.told
    assert card.activity is not None
    assert sum(card.activity.opened) == 400
    assert sum(each.count for each in card.edges.bars) == 400
    shown = json.loads(json.dumps(msgspec.to_builtins(card)))
    jsonschema.Draft202012Validator(msgspec.json.schema(Scorecard)).validate(shown)


def test_memory_is_bounded_whatever_the_lines_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kairos_tui.journal.report.run_scored.MOST_OPEN", 50)
    monkeypatch.setattr("kairos_tui.journal.report.routes_scored.MOST_ROUTES", 20)
    monkeypatch.setattr("kairos_tui.journal.report.stream_times.MOST_STREAMS", 30)
    run = MadeRun()
    lines = [run.signal(number, "open", 5.0, buy_venue=f"v{number}") for number in range(200)]
    lines += [run.venue(f"v{number}", "live") for number in range(200)]
    card = scored(tmp_path, *lines)

    assert card.signals.opened == 200
    assert card.signals.still_open == 50
    assert len(card.routes) == 20
    assert len(card.venues) == 30
    assert card.lost == {"states of more streams than are followed": 170}
