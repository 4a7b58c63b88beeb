"""What is told of signals beyond their price: would one be caught, what came of it on paper, is it recorded.

Before it: explained, papered. After it: card, overview.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.cards import Card
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.panels.explain.explained import Explained
from kairos_tui.hud.papered import result_money, result_words
from kairos_tui.hud.view_state import View

_BY_LIFETIMES = "share of lifetimes of this age that went on for the reaction: S(age + reaction) ÷ S(age)"
_BY_MODEL = "P(spread > fees) after the reaction, of a spread that falls back to nothing (Ornstein-Uhlenbeck)"


def of_card(view: View, card: Card, of: str) -> tuple[Explained, ...]:
    """Of one signal, as far as it is known."""
    return (*_capture(view, card, of), *_paper_result(view, card, of))


def of_run(view: View) -> tuple[Explained, ...]:
    """Of the whole run, where orders are simulated or where it is recorded."""
    return (*_account(view), *_recording(view))


def _capture(view: View, card: Card, of: str) -> tuple[Explained, ...]:
    signal = card.signal
    if signal.capture_p is None:
        return ()
    reaction_ms = view.thresholds.reaction_ms
    known = f"{signal.capture_n or 0:,} lifetimes of its like"
    how = f"a model fitted to {signal.capture_n or 0:,} markouts, for want of lifetimes"
    return (
        Explained(
            "CAPTURE",
            of,
            f"{signal.capture_p:.0%}",
            f"The chance that the edge still stands {reaction_ms} ms from now, which is how long you take"
            " (reaction_ms). It says nothing of queues at the exchange.",
            _BY_MODEL if signal.is_prior else _BY_LIFETIMES,
            age="as of the last update of the signal",
            source=how if signal.is_prior else f"{known}, by Kaplan and Meier; lost feeds count as cut off",
        ),
    )


def _paper_result(view: View, card: Card, of: str) -> tuple[Explained, ...]:
    result, paper = view.tape.paper.of(card.signal.id), view.board.paper if view.board is not None else None
    if result is None or paper is None:
        return ()
    money = result_money(result, card.signal.opportunity.quote)
    return (
        Explained(
            "PAPER",
            of,
            f"{money}  {result_words(result)}".strip(),
            "What simulated orders would have made of it: they met the books as they were when the orders"
            " would have arrived, fees and taking back included. Nothing was sent to any venue.",
            "proceeds of all orders − what they cost, what is left over valued at the top of its book",
            source=f"orders arrive {paper.latency_ms} ms after the signal (--paper-latency)",
        ),
    )


def _account(view: View) -> tuple[Explained, ...]:
    paper = view.board.paper if view.board is not None else None
    if paper is None:
        return ()
    money = " ".join(f"{numbers.signed_amount(profit)} {safe(asset, 6)}" for asset, profit in paper.profits)
    ends = f"{paper.filled:,} filled + {paper.partial:,} partial + {paper.unwound:,} unwound"
    ends += f" + {paper.missed:,} missed + {paper.refused:,} refused + {paper.stuck:,} stuck"
    return (
        Explained(
            "PAPER",
            "this run",
            money or "nothing yet",
            "What simulated orders after every signal would have earned together. None of it was ever sent to"
            " a venue.",
            "followed = every way to end + in flight",
            f"{ends} + {paper.in_flight:,} in flight = {paper.followed:,}",
            source=f"orders arrive {paper.latency_ms} ms after the signal (--paper-latency)",
        ),
    )


def _recording(view: View) -> tuple[Explained, ...]:
    recording = view.board.recording if view.board is not None else None
    if recording is None:
        return ()
    lost = f" {recording.lost:,} found no room, which the recording says too." if recording.lost else ""
    return (
        Explained(
            "REC",
            "this run",
            numbers.file_size(recording.bytes),
            f"Everything that comes is recorded, to be replayed: {recording.entries:,} entries so far.{lost}",
            source=safe(recording.path, 160)
            + (f" · {safe(recording.trouble, 80)}" if recording.trouble else ""),
        ),
    )
