"""/metrics is what Prometheus expects: base units, bounded labels; probes tell life from news."""

import asyncio
import math
import re
from typing import Any

import pytest
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families
from tests.mirror.stage import VENUES, board, mirror, until, until_board

from kairos_tui.market import Asset, PaperView, RecordingView, Symbol

NAMES = {
    "kairos_best_net_ratio", "kairos_board_age_seconds", "kairos_build_info",
    "kairos_cross_check_disagreements_total", "kairos_cross_checks_total", "kairos_feed_age_seconds",
    "kairos_feed_alive_age_seconds", "kairos_feed_latency_seconds", "kairos_feed_state",
    "kairos_feed_usable", "kairos_frames_bad_total", "kairos_loop_lag_seconds", "kairos_lost_total",
    "kairos_mirror_batches_total", "kairos_mirror_lines_dropped_total", "kairos_mirror_listeners",
    "kairos_mirror_refused_total", "kairos_mirror_sent_away_total", "kairos_mirror_sent_bytes_total",
    "kairos_mirror_skipped_total", "kairos_mirror_viewers", "kairos_ready", "kairos_reconnects_total",
    "kairos_role_cpu_ratio", "kairos_role_loop_lag_seconds", "kairos_role_resident_bytes",
    "kairos_role_restarts_total", "kairos_role_up", "kairos_sequence_gaps_total", "kairos_signals_total",
    "kairos_stage_seconds",
    "kairos_symbol_signals_total", "kairos_ticks_conflated_total", "kairos_ticks_offered_total",
    "kairos_ticks_rejected_total", "kairos_ticks_total", "kairos_ticks_used_total", "kairos_up",
    "kairos_ticks_standby_total", "kairos_uptime_seconds", "kairos_venue_score_ratio",
}  # fmt: skip


async def scrape(**changed) -> tuple[dict[Any, float], str]:
    async with mirror() as served:
        served.source.play(board(2, **changed))
        await until_board(served)
        await served.get("/", {"Origin": "https://evil.example"})
        _, text = await served.get("/metrics")
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    return samples, text


async def test_the_names_are_these_and_obey_the_rules() -> None:
    samples, text = await scrape()

    assert {name for name, *_ in samples} == NAMES
    assert lint(text) == []


def lint(text: str) -> list[str]:
    """What `promtool check metrics` would say, and that labels are of a known few."""
    wrong: list[str] = []
    kinds: dict[str, str] = {}
    helped: set[str] = set()
    seen: set[str] = set()
    for line in text.splitlines():
        head = re.match(r"# (HELP|TYPE) (kairos_[a-z0-9_]+) (.+)", line)
        if head and head[1] == "HELP":
            helped.add(head[2])
        elif head:
            wrong += [f"twice: {line}"] if head[2] in kinds else []
            kinds[head[2]] = head[3]
        else:
            series, _, value = line.rpartition(" ")
            name = series.partition("{")[0]
            labels = set(re.findall(r"[{,]([a-zA-Z_]\w*)=", series))
            wrong += [f"twice: {line}"] if series in seen else []
            wrong += [f"no TYPE or HELP: {line}"] if name not in kinds or name not in helped else []
            wrong += [f"label: {line}"] if not labels <= LABELS else []
            wrong += [f"not a number: {line}"] if not math.isfinite(float(value)) else []
            seen.add(series)
    for name, kind in kinds.items():
        wrong += [f"{kind} {name}"] if (kind == "counter") != name.endswith("_total") else []
        wrong += [f"unit {name}"] if re.search(NO_UNITS, name) else []
    return wrong


NO_UNITS = r"_(ns|us|ms|milliseconds|microseconds|minutes|hours|days|bps|percent|kb|mb|bits)(_|$)"
LABELS = {
    "feed", "hop", "outcome", "quantile", "quote", "reason", "role", "run", "stage", "state", "status",
    "symbol", "venue", "version",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# HELP kairos_x A.\n# TYPE kairos_x counter\nkairos_x 1\n", "counter kairos_x"),
        ("# HELP kairos_x_total A.\n# TYPE kairos_x_total gauge\nkairos_x_total 1\n", "gauge kairos_x_total"),
        ("# HELP kairos_x_ms A.\n# TYPE kairos_x_ms gauge\nkairos_x_ms 1\n", "unit kairos_x_ms"),
        ("# TYPE kairos_x gauge\nkairos_x 1\n", "no TYPE or HELP: kairos_x 1"),
        ("# HELP kairos_x A.\n# TYPE kairos_x gauge\nkairos_x NaN\n", "not a number: kairos_x NaN"),
        (
            '# HELP kairos_x A.\n# TYPE kairos_x gauge\nkairos_x{order="7"} 1\n',
            'label: kairos_x{order="7"} 1',
        ),
        ("# HELP kairos_x A.\n# TYPE kairos_x gauge\nkairos_x 1\nkairos_x 2\n", "twice: kairos_x 2"),
    ],
)
def test_the_lint_finds_what_is_wrong(text: str, said: str) -> None:
    assert lint(text) == [said]


async def test_every_name_that_others_rely_on_is_there() -> None:
    samples, _ = await scrape(recording=RecordingView("btc.kz", lost=5))

    assert {name for name, *_ in samples} >= PROMISED
    assert samples["kairos_lost_total", ("hop", "engine_to_recording")] == 5


async def test_untrue_figures_of_a_venue_are_counted_once_for_all_its_symbols() -> None:
    shown = board(1)
    symbols = tuple(
        replace(each, venues=tuple(replace(row, refused=3) for row in each.venues)) for each in shown.symbols
    )
    async with mirror() as served:
        served.source.play(replace(shown, symbols=symbols))
        await until_board(served)

        assert len(symbols) > 1
        assert await served.metric('kairos_ticks_rejected_total{reason="untrue"}') == 3 * len(VENUES)


PROMISED = {
    "kairos_build_info", "kairos_feed_age_seconds", "kairos_loop_lag_seconds", "kairos_lost_total",
    "kairos_reconnects_total", "kairos_signals_total", "kairos_ticks_rejected_total", "kairos_ticks_total",
}  # fmt: skip


@pytest.mark.parametrize(("usable", "ready"), [(5, 1), (2, 1), (1, 0), (0, 0)])
async def test_without_two_venues_to_compare_it_is_up_but_not_ready(usable: int, ready: int) -> None:
    shown = board(1)
    rows = [replace(row, usable=number < usable) for number, row in enumerate(shown.symbols[0].venues)]
    one = replace(shown.symbols[0], venues=tuple(rows))
    async with mirror() as served:
        served.source.play(replace(shown, symbols=(one,)))
        async with asyncio.timeout(5):
            while await served.metric("kairos_up") != 1:  # noqa: ASYNC110  as a probe asks
                await asyncio.sleep(0.01)
        status, text = await served.get("/readyz")
        assert await served.metric("kairos_ready") == ready

    assert status == (200 if ready else 503)
    assert ready or f"{usable or 'no'} venue{'' if usable == 1 else 's'} of a symbol can be used" in text


async def test_of_paper_it_says_how_signals_ended_and_what_that_earned() -> None:
    paper = PaperView(150, followed=4, filled=3, refused=1, profits=((Asset("USDT"), -1.5),))
    samples, _ = await scrape(paper=paper)

    assert samples["kairos_paper_profit", ("quote", "USDT")] == -1.5
    ended = {
        labels[0][1]: count
        for (name, *labels), count in samples.items()
        if name == "kairos_paper_signals_total"
    }
    assert ended == {"filled": 3, "partial": 0, "unwound": 0, "missed": 0, "refused": 1, "stuck": 0}


async def test_the_figures_are_the_boards() -> None:
    samples, _ = await scrape()

    kraken = (("symbol", "BTC/USDT"), ("venue", "kraken"))
    assert samples[("kairos_feed_age_seconds", *kraken)] == 0.0012
    assert samples[("kairos_feed_latency_seconds", *kraken)] == 0.00041
    assert samples[("kairos_feed_usable", *kraken)] == 1
    assert samples[("kairos_feed_state", ("state", "live"), *kraken)] == 1
    assert samples[("kairos_feed_state", ("state", "down"), *kraken)] == 0
    assert samples[("kairos_ticks_total", ("venue", "kraken"))] == 2_004
    assert samples[("kairos_reconnects_total", ("venue", "kraken"))] == 1
    assert samples[("kairos_lost_total", ("hop", "feed_to_engine"))] == 2
    assert samples[("kairos_ticks_rejected_total", ("reason", "invalid"))] == 3
    assert samples[("kairos_role_cpu_ratio", ("role", "engine"))] == 0.25
    assert samples[("kairos_role_resident_bytes", ("role", "engine"))] == 25_000_000
    assert samples[("kairos_role_loop_lag_seconds", ("role", "engine"))] == 0.0023
    assert ("kairos_role_cpu_ratio", ("role", "mirror")) not in samples
    assert samples[("kairos_stage_seconds", ("quantile", "0.999"), ("stage", "hop"))] == 0.002048
    assert ("kairos_stage_seconds", ("quantile", "0.5"), ("stage", "signal")) not in samples
    assert samples[("kairos_best_net_ratio", ("symbol", "BTC/USDT"))] == pytest.approx(-0.00105)
    assert samples[("kairos_mirror_refused_total", ("status", "403"))] == 1
    assert samples[("kairos_build_info", ("feed", "sim"), ("run", "k7f3"), ("version", "0.1.0"))] == 1


async def test_symbols_that_nobody_asked_for_are_no_labels() -> None:
    names = [f"EVIL{number}/USDT" for number in range(300)]
    samples, _ = await scrape(symbols=("BTC/USDT", *names), venues=("okx", "kraken"))

    assert {value for _, *labels in samples for name, value in labels if name == "symbol"} == {"BTC/USDT"}


async def test_only_the_first_symbols_of_many_are_labels() -> None:
    names = tuple(Symbol(f"C{number}/USDT") for number in range(100))
    async with mirror(symbols=names) as served:
        served.source.play(board(1, symbols=names, venues=("okx", "kraken")))
        await until_board(served)
        _, text = await served.get("/metrics")

    assert {f"C{number}/USDT" for number in range(8)} == set(re.findall(r'symbol="([^"]+)"', text))


async def test_labels_with_any_text_are_escaped() -> None:
    name = 'a"} 1\nkairos_fake_total 7\n# \\'
    samples, _ = await scrape(venues=(name, "okx"))

    assert ("kairos_ticks_total", ("venue", name)) in samples
    assert not any(metric == "kairos_fake_total" for metric, *_ in samples)


async def test_before_the_first_board_there_are_metrics_but_nothing_is_ready() -> None:
    async with mirror() as served:
        status, text = await served.get("/readyz")
        assert (status, "no board has come yet" in text) == (503, True)
        assert (await served.get("/healthz"))[0] == 200
        assert await served.metric("kairos_up") == 0


async def test_ready_ends_three_seconds_after_the_last_board_and_says_why() -> None:
    async with mirror() as served:
        served.source.play(board(1))
        await until_board(served)
        async with asyncio.timeout(5):
            while (answer := await served.get("/readyz"))[0] != 503:  # noqa: ASYNC110  as a probe asks
                await asyncio.sleep(0.05)
        assert "the newest board is 3." in answer[1]
        assert (await served.get("/healthz"))[0] == 200


async def test_metrics_alone_serve_neither_page_nor_socket() -> None:
    async with mirror(mirror="", metrics="127.0.0.1:0") as served:
        served.mirror = served.metrics
        served.source.play(board(1))
        await until_board(served)

        assert await served.metric("kairos_up") == 1
        for path in ("/", "/events", "/socket.io/?EIO=4&transport=websocket"):
            assert (await served.get(path))[0] == 404


async def test_both_addresses_serve_the_same_metrics() -> None:
    async with mirror(metrics="127.0.0.1:0") as served:
        assert served.metrics is not None
        await until(lambda: served.metrics is not None)
        async with served.http.get(served.metrics.url("/metrics")) as response:
            assert "kairos_up" in await response.text()
        assert (await served.get("/metrics"))[0] == 200
