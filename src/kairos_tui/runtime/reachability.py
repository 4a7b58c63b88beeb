"""Reachability: what the venues have answered so far, as the launcher needs to know it. Fed by narrator."""

from kairos_tui.market import FeedState, FeedStatus, Symbol, Venue


class Reachability:
    """Folds feed statuses into three answers: was anything reached, is a symbol listed nowhere, why not."""

    def __init__(self, venues: tuple[Venue, ...], groups: tuple[tuple[Symbol, ...], ...]) -> None:
        self._venues = venues
        self._groups = groups
        self._unlisted: dict[tuple[Venue, Symbol], tuple[Symbol, ...]] = {}
        self._reasons: dict[Venue, str] = {}
        self.reached = False

    def on_status(self, status: FeedStatus) -> None:
        """Take one status into account."""
        if status.state is FeedState.LIVE:
            self.reached = True
        if status.symbol is not None and not status.listed:
            self._unlisted[(status.venue, status.symbol)] = status.nearest
        if status.reason:
            self._reasons[status.venue] = status.reason

    def unlisted(self) -> str | None:
        """One line for a group that every venue says it lists nothing of, with the nearest names; or None."""
        for group in self._groups:
            answers = [self._unlisted.get((venue, symbol)) for symbol in group for venue in self._venues]
            if all(answer is not None for answer in answers):
                nearest = dict.fromkeys(name for answer in answers for name in answer or ())
                hint = f"; did you mean {' or '.join(list(nearest)[:3])}?" if nearest else ""
                return f"{' and '.join(group)}: not listed on {', '.join(self._venues)}{hint}"
        return None

    def why_not(self) -> str:
        """Reasons grouped by what they say: `binance, okx: name not resolved`."""
        groups: dict[str, list[str]] = {}
        for venue in self._venues:
            groups.setdefault(self._reasons.get(venue, "no answer yet"), []).append(venue)
        return "; ".join(f"{', '.join(venues)}: {reason}" for reason, venues in groups.items())
