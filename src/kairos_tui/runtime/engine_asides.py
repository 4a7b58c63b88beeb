"""EngineAsides: what launchers and senders tell an engine beside the market. No price depends on it.

Before it: engine_desk. After it: the board, the recording, and at which net signals open.
"""

from typing import Final

from kairos_tui.market import RoleView
from kairos_tui.runtime.engine_plan import EnginePlan
from kairos_tui.runtime.outbox_totals import OutboxTotals
from kairos_tui.wire import OutboxCounts, RecordOrder, RoleReport

_MOST_LAUNCHERS: Final = 256


class EngineAsides:
    """`record_to` is the launcher's last word on that; None before there was any. `thresholds`: in force.

    In a fleet there are launchers of other machines: their roles are shown, and they order nothing here.
    """

    def __init__(self, plan: EnginePlan) -> None:
        self.outboxes = OutboxTotals()
        self.record_to: str | None = None
        self.thresholds = plan.thresholds
        self._plan = plan
        self._own = plan.member
        self._roles: dict[str, tuple[RoleView, ...]] = {}

    @property
    def roles(self) -> tuple[RoleView, ...]:
        """Of every launcher, in the order in which they came."""
        return tuple(role for roles in self._roles.values() for role in roles)

    def take(self, aside: OutboxCounts | RoleReport | RecordOrder, sender: str) -> None:
        """One of them."""
        member = sender.partition("@")[2]
        if isinstance(aside, OutboxCounts):
            self.outboxes.take(aside)
        elif isinstance(aside, RoleReport):
            self._report(aside, member)
        elif member == self._own:
            self.record_to = aside.path

    def _report(self, report: RoleReport, member: str) -> None:
        if member in self._roles or len(self._roles) < _MOST_LAUNCHERS:
            self._roles[member] = report.roles
        if self._plan.feed == "replay" and report.open_at_bps is not None:
            self._own = member  # whose engine was recorded is not written there; only its own says a net
        if member == self._own and self._plan.obeys_open_at:
            self.thresholds = self._plan.thresholds.opening_at(report.open_at_bps)
