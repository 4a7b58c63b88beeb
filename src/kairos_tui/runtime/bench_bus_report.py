"""bench_bus_report: what was measured of each bus, as data and as the rows people read.

Before it: bench_bus. After it: the command line, which prints it.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from kairos_tui.runtime.bench_bus_orders import STAMP, Bus
from kairos_tui.runtime.bench_bus_pair import Measured
from kairos_tui.runtime.bench_figures import Spread, quantile, spread_of
from kairos_tui.runtime.bench_machine import Machine

NOTES = (
    "latency: one way, from just before the send to the message in the reader's hands, one at a time "
    "at the pace named, on the machine's monotonic clock; quantiles of a round, then median (min-max).",
    "messages/s: flat out, first send to last one read. Handed over a hundred at a time: one pipeline for "
    "Redis; single sends for ZeroMQ, which gathers them itself and waits while the reader's queue is full.",
    "keeps no: a message goes to whoever listens at that moment. keeps yes: it is stored, in the server's "
    "memory, for a reader that comes later; nothing is written to disk here.",
    "CPU: user and system time per message, flat out. A server is a third process: on few cores it competes "
    "with the two others, and on loopback it pays for no network card.",
    "loopback has no cable, no switch, no loss and no distance: it shows what each bus adds on one machine, "
    "not what it takes between two. Only ratios within one run carry over to another machine.",
)


class Latency(Struct, frozen=True):
    """us. None where a round has too few messages for the quantile."""

    p50: Spread | None
    p99: Spread | None
    p999: Spread | None


class CpuPerMessage(Struct, frozen=True):
    """us per message; `server` is null where none stands between, or none that tells."""

    sender: Spread | None
    reader: Spread | None
    server: Spread | None


class Row(Struct, frozen=True):
    """One bus. sent, lost and repeated are exact counts over all rounds, paced and flat out together."""

    bus: str
    shown: str
    keeps: bool
    note: str
    paced_per_s: int
    latency_us: Latency
    messages_per_s: Spread | None
    cpu_us: CpuPerMessage
    sent: int
    lost: int
    repeated: int


class Report(Struct, frozen=True, kw_only=True):
    """What `kairos bench bus --json` prints. Added fields keep `v`."""

    bench: Literal["bus"] = "bus"
    v: int = 1
    kairos: str
    machine: Machine
    rounds: int
    rounds_asked: int
    paced: int
    messages: int
    payload_bytes: int
    signal_bytes: int
    line_bytes: int
    took_s: float
    rows: tuple[Row, ...]
    unmeasured: dict[str, str]
    notes: tuple[str, ...] = NOTES


def row_of(bus: Bus, rounds: Sequence[Measured]) -> Row:
    """One bus over its rounds."""
    return Row(
        bus=bus.name,
        shown=bus.shown,
        keeps=bus.keeps,
        note=bus.note,
        paced_per_s=bus.paced_per_s,
        latency_us=Latency(*(_latency(rounds, part) for part in (0.5, 0.99, 0.999))),
        messages_per_s=spread_of([each.flat_out / each.took_ns * 1e9 for each in rounds]),
        cpu_us=CpuPerMessage(
            sender=_per_message([each.sender_cpu_ns for each in rounds], rounds),
            reader=_per_message([each.reader_cpu_ns for each in rounds], rounds),
            server=_per_message([each.server_cpu_ns for each in rounds], rounds),
        ),
        sent=sum(each.sent for each in rounds),
        lost=sum(each.lost for each in rounds),
        repeated=sum(each.repeated for each in rounds),
    )


def _latency(rounds: Sequence[Measured], part: float) -> Spread | None:
    quantiles = [quantile(each.ages_ns, part) for each in rounds]
    return spread_of([None if age_ns is None else round(age_ns / 1_000, 1) for age_ns in quantiles])


def _per_message(cpu_ns: Sequence[int | None], rounds: Sequence[Measured]) -> Spread | None:
    return spread_of(
        [
            None if used_ns is None else round(used_ns / each.flat_out / 1_000, 2)
            for used_ns, each in zip(cpu_ns, rounds, strict=True)
        ]
    )


def as_json(report: Report) -> str:
    """One object on one line."""
    return msgspec.json.encode(report).decode()


def heading(report: Report) -> tuple[str, ...]:
    """What was measured, on what, with what."""
    return (
        f"one sender, one reader, two processes of one machine; {_rounds_said(report)}, each bus in its turn",
        f"machine: {report.machine.line()}",
        f"payload: {report.payload_bytes:,} bytes of which {STAMP.size} are the stamp; a signal is "
        f"{report.signal_bytes:,} packed for the wire and {report.line_bytes:,} as a JSON line",
    )


def _rounds_said(report: Report) -> str:
    said = f"{report.rounds} round{'s' if report.rounds != 1 else ''} in {report.took_s:g} s"
    return (
        said if report.rounds == report.rounds_asked else f"{said} ({report.rounds_asked} asked: time was up)"
    )


def latency_rows(report: Report) -> list[tuple[str, ...]]:
    """The table of latencies."""
    rows: list[tuple[str, ...]] = [("latency, us", "paced", "p50", "p99", "p99.9")]
    for row in report.rows:
        quantiles = (row.latency_us.p50, row.latency_us.p99, row.latency_us.p999)
        rows.append((row.shown, f"{row.paced_per_s:,}/s", *(shown(each, 0) for each in quantiles)))
    return rows


def throughput_rows(report: Report) -> list[tuple[str, ...]]:
    """The table of messages a second, of what they cost, and of what was lost."""
    rows: list[tuple[str, ...]] = [
        ("flat out", "keeps", "messages/s", "CPU us: sender", "reader", "server", "lost of sent")
    ]
    for row in report.rows:
        cpu = (row.cpu_us.sender, row.cpu_us.reader, row.cpu_us.server)
        lost = f"{row.lost:,} of {row.sent:,}" + (f", {row.repeated:,} repeated" if row.repeated else "")
        keeps = "yes" if row.keeps else "no"
        rows.append((row.shown, keeps, shown(row.messages_per_s, 0), *(shown(each, 1) for each in cpu), lost))
    return rows


def shown(spread: Spread | None, decimals: int) -> str:
    """`138 (120-160)`, or a dash."""
    if spread is None:
        return "-"
    median, least, most = (f"{each:,.{decimals}f}" for each in (spread.median, spread.least, spread.most))
    return f"{median} ({least}-{most})"
