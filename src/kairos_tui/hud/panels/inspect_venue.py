"""The inspector of a venue: its state and what to do about it, then what speaks for its book and against it.

Before it: glyphs, columns. After it: inspect.
"""

from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import is_excluded, mark_of, safe
from kairos_tui.hud.panels.columns import age_of
from kairos_tui.hud.panels.inspect_rows import pair
from kairos_tui.hud.papered import stock_words
from kairos_tui.hud.segments import Row, wrapped
from kairos_tui.hud.verdict import fee_detail
from kairos_tui.hud.view_state import View
from kairos_tui.market import FeeCharged, FeedState, Proof, Thresholds, VenueView

_LONGEST_REASON: Final = 400
_MOST_LINES: Final = 3
_LABELS: Final = 18
_SCORE_LOW: Final = 70

_ADVICE: Final[dict[FeedState, str]] = {
    FeedState.CONNECTING: "wait: it is tried until it answers; the others run",
    FeedState.QUIET: "nothing: the book is still, and it was proven to hold",
    FeedState.LAGGING: "wait for its messages to catch up; if all venues lag, look at this machine",
    FeedState.STALE: "wait: it is used again from the next proof of life",
    FeedState.RESYNC: "wait: a fresh book is asked for, and used once it is proven",
    FeedState.QUARANTINED: "do what the reason asks; without such it returns by itself",
    FeedState.DOWN: "wait: it is tried again; the others run",
}
_EXCLUDED: Final = "wait: the whole venue returns by itself once its score has recovered"
_UNLISTED: Final = "nothing: the venue does not trade it; the others run"
_CHARGED: Final[dict[FeeCharged, str]] = {
    "quote": "in quote",
    "base": "in base",
    "received": "in received",
    "token": "in its token",
}


def venue_rows(view: View, venue: VenueView, width: int) -> list[Row]:
    """What is known of one venue, the state first."""
    return [
        *_state(view, venue, width),
        _book(venue),
        _proof(venue),
        _checks(venue),
        _score(venue),
        _age(venue, view.thresholds),
        _fee(view, venue),
        *_paper(view, venue),
        _clock(venue),
        _pipeline(venue),
        _trouble(venue),
    ]


def _state(view: View, venue: VenueView, width: int) -> list[Row]:
    mark = mark_of(venue, trusted=view.trust == "fresh")
    retry = f" · {numbers.retry(venue.retry_in_us)}" if venue.retry_in_us is not None else ""
    rows: list[Row] = [
        (
            ("   state      ", "muted"),
            (f"{mark.glyph} {mark.word}", mark.ink + "+b"),
            (f" for {numbers.span(venue.state_age_us)}{retry}", "text"),
        )
    ]
    rows += _sentence("reason", safe(venue.reason or "", _LONGEST_REASON), width, "text")
    return rows + _sentence("what to do", _advice(venue), width, "near")


def _sentence(label: str, text: str, width: int, ink: str) -> list[Row]:
    lines = wrapped([text], width - _LABELS)[:_MOST_LINES]
    return [pair("" if place else label, line, ink=ink) for place, line in enumerate(lines)]


def _advice(venue: VenueView) -> str:
    if not venue.listed:
        return _UNLISTED
    return _EXCLUDED if is_excluded(venue) else _ADVICE.get(venue.state, "")


def _book(venue: VenueView) -> Row:
    places = numbers.price_places(venue.ask or venue.bid)
    book = f"{numbers.price(venue.bid, places)} × {numbers.size(venue.bid_size)}  │  "
    book += f"{numbers.price(venue.ask, places)} × {numbers.size(venue.ask_size)}"
    return pair("book", book, "bid │ ask")


def _proof(venue: VenueView) -> Row:
    ink = "warn" if venue.proof is Proof.UNPROVEN else "text"
    gaps = f"{_count(venue.gaps, 'gap')} in sequence or checksum"
    order = "checksum > sequence > snapshot > unproven"
    return pair("proof", str(venue.proof or "none yet"), f"{gaps} · {order}", ink)


def _checks(venue: VenueView) -> Row:
    said = f"{venue.checks:,} agreed, {venue.disagreements:,} disagreed"
    return pair("checks", said, "with the book over REST", "warn" if venue.disagreements else "text")


def _score(venue: VenueView) -> Row:
    what = "what went wrong lately costs points; time heals"
    return pair("score", f"{venue.score} of 100", what, "warn" if venue.score < _SCORE_LOW else "text")


def _age(venue: VenueView, thresholds: Thresholds) -> Row:
    changed = "never changed" if venue.age_us is None else f"changed {numbers.span(venue.age_us)} ago"
    return pair("age", numbers.age(age_of(venue)), f"since proven · {changed} · {limit_words(thresholds)}")


def limit_words(thresholds: Thresholds) -> str:
    """How old a leg may be: the user's limit, or what each stream has learned of itself."""
    return "limit as learned" if thresholds.max_age_ms is None else f"limit {thresholds.max_age_ms} ms"


def _fee(view: View, venue: VenueView) -> Row:
    charged = _CHARGED[venue.charged] if venue.charged is not None else ""
    read = ""
    if venue.fee_as_of_us is not None and view.board is not None:
        read = f"{numbers.span(max(0, view.board.at_us - venue.fee_as_of_us))} old"
    return pair("fee", fee_detail(venue), ", ".join(word for word in (charged, read) if word))


def _clock(venue: VenueView) -> Row:
    offset = numbers.UNKNOWN
    if venue.clock_offset_us is not None:
        offset = numbers.signless(f"{venue.clock_offset_us / 1000:+.0f} ms")
        offset += f" ± {(venue.clock_uncertainty_us or 0) / 1000:.0f} ms"
    late = f"lag {numbers.latency(venue.lag_us)} · wire {numbers.latency(venue.wire_us)}"
    return pair("clock", offset, f"venue against ours · {late}")


def _pipeline(venue: VenueView) -> Row:
    ticks = f"{venue.ticks:,} ticks, {venue.ticks_per_s:,.0f}/s"
    return pair("pipeline", numbers.latency(venue.latency_us), f"socket read to applied · {ticks}")


def _trouble(venue: VenueView) -> Row:
    rest = f"{_count(venue.bad_frames, 'bad frame')} · {_count(venue.refused, 'tick')} refused"
    return pair("trouble", _count(venue.reconnects, "reconnect"), f"· {rest}")


def _paper(view: View, venue: VenueView) -> list[Row]:
    paper = view.board.paper if view.board is not None else None
    if paper is None:
        return []
    return [pair("paper", stock_words(paper, venue.venue) or "not needed yet", "simulated stock")]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
