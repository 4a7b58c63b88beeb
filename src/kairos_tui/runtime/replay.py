"""replay: `kairos replay`. Opens the recording, sees what is asked of it, and shows it, or writes its lines.

Before it: cli. After it: replay_lines in this process, or replay_launcher where others look on.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from kairos_tui.errors import SettingsInvalid
from kairos_tui.journal import Header, Recording
from kairos_tui.market import PaperTerms, Venue
from kairos_tui.runtime.no_network import forbid_network
from kairos_tui.runtime.recorded_span import RecordedSpan
from kairos_tui.runtime.replay_plan import ReplayPlan
from kairos_tui.runtime.replay_request import ReplayRequest
from kairos_tui.runtime.signals_caught import SignalsCaught
from kairos_tui.settings import Settings


def replay(asked: ReplayRequest) -> int:
    """Until it is over, or quit; the exit code.

    Raises RecordingRefused for what is no recording, SettingsInvalid, OutputLost, CountNotMet, RoleLost.
    """
    recording = Recording.open(asked.path, asked.run)
    plan = _plan(asked, recording)
    forbid_network()
    if asked.is_watched:
        from kairos_tui.runtime.replay_launcher import launch

        return launch(asked, recording, plan)
    from kairos_tui.runtime.replay_lines import ReplayLines

    with SignalsCaught() as signals:
        lines = ReplayLines(recording, plan, signals, output=asked.output, emit=asked.emit, count=asked.count)
        return lines.run()


def _plan(asked: ReplayRequest, recording: Recording) -> ReplayPlan:
    first = min(recording.headers, key=lambda header: header.started_ns)
    span = RecordedSpan(recording.from_ns, recording.to_ns, first.started_ns, first.started_us)
    from_ns, to_ns = span.read("--from", asked.begin), span.read("--to", asked.end)
    if to_ns is not None and to_ns <= (recording.from_ns if from_ns is None else from_ns):
        raise SettingsInvalid(f"--to: {asked.end} is not after where it begins")
    speed = asked.speed if asked.speed is not None else 1.0 if asked.draws else 0.0
    return ReplayPlan(
        path=asked.path,
        run=recording.header.run,
        speed=speed,
        from_ns=from_ns,
        to_ns=to_ns,
        venues=_recorded(asked.venues, first.venues),
        min_net_bps=asked.min_net_bps,
        max_notional=asked.max_notional,
        reaction_ms=asked.reaction_ms,
        paper=_paper(asked.settings, first),
    )


def _paper(settings: Settings, header: Header) -> PaperTerms | None:
    """How its signals are followed; the stock is that of the venues recorded."""
    contract = next((symbol for symbol in header.symbols if ":" in symbol), None)
    if settings.paper and contract is not None:
        raise SettingsInvalid(f"--paper: {contract} is a contract, and paper follows spot markets")
    return replace(settings, venues=header.venues).paper_terms


def _recorded(asked: tuple[Venue, ...] | None, known: Sequence[Venue]) -> tuple[Venue, ...] | None:
    for venue in asked or ():
        if venue not in known:
            raise SettingsInvalid(f"--venues: {venue} was not recorded (there are {', '.join(known)})")
    return asked
