"""bench: the table of benches. One that is not here does not exist.

To add one that keeps budgets: runtime/bench_NAME has `measure`, BUDGETED names it, a command here says what
it is. cli/bench_said prints them all.
"""

from typing import Annotated

import typer

from kairos_tui.cli.options import JsonOption

BUDGETED = {
    "decode": """From a frame on the socket to a proven tick, CPU per frame.

    The typed lane against a ccxt.pro `watch_*` loop, and against a bare socket and decoder.""",
    "hop": """One worker's ticks into the engine's process.

    Against a JSON object per tick over zmq.asyncio, at 1,000 a second and flat out.""",
    "engine": """A tick in the engine, gates and lifecycle included.

    Against all pairs of venues priced on each tick, and as venues and symbols grow. Both sides must say
    the same.""",
    "e2e": """From a venue's update to the signal, all processes real.

    Against the stack that everybody writes first (watch_* loops, JSON over zmq.asyncio), at 1,000 and
    5,000 updates a second; then what is lost at 20,000.""",
    "hud": """What the HUD costs, how soon it answers, and what frozen readers cost the engine.

    A whole watch in a terminal of its own, at 5,000 and 20,000 updates a second; once on a slow link.""",
}
"""Name -> what it is, in the order in which `all` runs them."""

RoundsOption = Annotated[
    int | None, typer.Option("--rounds", metavar="N", help="Both sides have their turn in each. Default 5.")
]
WorkOption = Annotated[
    float | None,
    typer.Option("--work", metavar="X", help="Of the usual amount of it in a round: 0.1 is a quick look."),
]

MarkdownOption = Annotated[
    bool, typer.Option("--markdown", help="Print the figures that are held against something, as a table.")
]

bench_app = typer.Typer(help="Measure this machine.", rich_markup_mode=None, suggest_commands=False)


@bench_app.callback(invoke_without_command=True)
def _without_command(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@bench_app.command("bus")
def bus(
    as_json: JsonOption = False,
    messages: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Flat out, per bus and round; 1,000 at most are paced. Default 20000."
        ),
    ] = None,
    payload: Annotated[
        int | None,
        typer.Option(metavar="BYTES", help="Of a message, its 16 of stamp included. Default: a real signal."),
    ] = None,
    rounds: Annotated[
        int | None, typer.Option(metavar="N", help="Each bus has its turn in each. Default 5.")
    ] = None,
) -> int:
    """ZeroMQ against Redis: latency, messages a second, loss.

    ZeroMQ ipc and tcp, Redis pub/sub and Streams, with the same messages in the same run.

    Two processes on this machine, in under a minute. Redis is measured where redis-server and the
    extra kairos-tui[redis] are installed: one is started on loopback, and is gone afterwards.

    --json prints one object: bench, v, kairos, machine, rounds, payload_bytes, rows, unmeasured, notes
    and more. Each figure of a row is {median, least, most} over the rounds: docs/buses.md."""
    from kairos_tui.cli.bench_bus import run_bus

    return run_bus(messages=messages, payload=payload, rounds=rounds, as_json=as_json)


@bench_app.command("all")
def everything(
    as_json: JsonOption = False,
    as_markdown: MarkdownOption = False,
    rounds: RoundsOption = None,
    work: WorkOption = None,
) -> int:
    """Every bench, one after the other, in about six minutes."""
    from kairos_tui.cli.bench_bus import run_bus
    from kairos_tui.cli.bench_said import run_bench

    run_bench(tuple(BUDGETED), rounds=rounds, work=work, as_lines=as_json, as_markdown=as_markdown)
    messages = None if work is None else max(1, round(20_000 * work))
    return run_bus(messages=messages, payload=None, rounds=rounds, as_json=as_json)


def _offer(name: str, about: str) -> None:
    @bench_app.command(name, help=about)
    def budgeted(
        as_json: JsonOption = False,
        as_markdown: MarkdownOption = False,
        rounds: RoundsOption = None,
        work: WorkOption = None,
    ) -> int:
        from kairos_tui.cli.bench_said import run_bench

        return run_bench((name,), rounds=rounds, work=work, as_lines=as_json, as_markdown=as_markdown)


for _name, _about in BUDGETED.items():
    _offer(_name, _about)
