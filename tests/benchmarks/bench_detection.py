"""How soon every fault is noticed, and how soon the leg is back: eight simulated venues and the generic tap.

Run alone:  pytest -m bench -s tests/benchmarks/bench_detection.py. It prints the tables of docs/detection.md.

A fault strikes one message on its way to the feed. A `Witness` beside the feed follows the same stream and is
written to right after it, in the same turn of the loop: it has the message that was struck, unharmed, and so
the moment at which it was struck. The strike of a close or a reset is the order itself, which writes at once.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median
from time import monotonic_ns, time_ns
from typing import NamedTuple

import pytest
import uvloop
from tests.benchmarks.detection_budget import (
    BACK_WITHIN_MS,
    EVIDENT_WITHIN_MS,
    GENERIC,
    NOTICED_WITHIN_MS,
    SILENCE_S,
    find_misses,
)

from kairos_tui.feeds.ccxt_feed import CcxtFeed
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.market import USABLE, FeedState, FeedStatus, Listing, Pulse, Symbol, Tick, Venue
from kairos_tui.sim import SimPlan
from kairos_tui.sim.dialects import DIALECTS
from kairos_tui.sim.fault_orders import WITH_CHECKSUM, FaultKind, FaultOrder
from kairos_tui.sim.hub import Hub
from kairos_tui.sim.listings import all_sim_venues
from kairos_tui.sim.market import SimMarket
from kairos_tui.sim.server import VenueServer
from kairos_tui.sim.sessions import Session
from kairos_tui.sim.streams import Stream
from kairos_tui.sim.truth import Truth

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

ROUNDS = 5
EVERYONE = (*all_sim_venues(), *GENERIC)
IN_DOLLARS = {"kraken", "coinbase"}
BEST_ONLY = ("bookTicker", "bbo-tbt", "orderbook.1.", "book_ticker")
"""Channels of the best bid and ask alone: to miss one of their messages leaves no hole in a book."""

MS, S = 1_000_000, 1_000_000_000
WELL_FOR_NS = 1_100_000_000
"""A feed is struck when its book was live for so long: doubts that come sooner one after another may wait."""

LAG_MS, BAN_S = 3_000, 2.0


class Told:
    """A Receiver: all that one feed told, and when it came."""

    def __init__(self) -> None:
        self.statuses: list[tuple[int, FeedStatus]] = []
        self.ticks: list[tuple[int, Tick]] = []

    def on_tick(self, tick: Tick) -> None:
        self.ticks.append((monotonic_ns(), tick))

    def on_status(self, status: FeedStatus) -> None:
        self.statuses.append((monotonic_ns(), status))

    def on_listing(self, listing: Listing) -> None: ...
    def on_pulse(self, pulse: Pulse) -> None: ...

    def first(self, wanted: Callable[[FeedStatus], bool], since_ns: int) -> tuple[int, FeedStatus] | None:
        later = ((at_ns, status) for at_ns, status in self.statuses if at_ns >= since_ns)
        return next(((at_ns, status) for at_ns, status in later if wanted(status)), None)

    def is_well(self) -> bool:
        """Live for a while."""
        at_ns, last = self.statuses[-1] if self.statuses else (0, None)
        return last is not None and last.state in USABLE and monotonic_ns() - at_ns > WELL_FOR_NS


def is_out(status: FeedStatus) -> bool:
    return status.state not in USABLE


def is_lagging(status: FeedStatus) -> bool:
    return status.state is FeedState.LAGGING


def is_back(status: FeedStatus) -> bool:
    return status.state in USABLE


class Witness(Session):
    """Follows one stream beside the feed; the venue writes to it after the feed, in the same turn."""

    def __init__(self, hub: Hub, key: str) -> None:
        super().__init__(None, path="")
        self.key, self.is_armed = key, False
        self.struck_ns = self.evident_ns = self.last_ns = self.count = 0
        self._hub = hub
        hub.admit(self)
        hub.follow(self, key, _never)
        self.last_ns = self.count = 0  # the snapshot was for it alone

    def send_parts(self, parts: Iterable[tuple[int, bytes]]) -> None:
        self.last_ns, self.count = monotonic_ns(), self.count + 1
        if self.struck_ns:
            self.evident_ns = self.evident_ns or self.last_ns
        elif self.is_armed and not self._hub.tampering.is_on:
            self.struck_ns = self.last_ns


def _never() -> Stream:
    raise AssertionError("the feed follows it, so it is there")


class Ordeal(NamedTuple):
    """A fault to go through. `of_book`: it harms a book only in the book's own channel."""

    kind: FaultKind
    of_book: bool = False
    patience_s: float = 20.0

    @property
    def leaves_traces(self) -> bool:
        """What a feed that checks nothing does not ask for again stays wrong."""
        return self.of_book or self.kind in ("silence", "lag")


class Shot(NamedTuple):
    """One fault at one venue, in ms. Where `noticed_ms` is None it was not, and the rest means nothing.

    `evident_ms`: noticed so long after the first message that shows it. `back_ms`: from the withdrawal, or
    from the end of a fault that lasted longer, to a usable state that lasted. `named_ms`, `believed_ms`
    (lag): when it was called lagging; how long the leg was usable between the first late message and that.
    `wrong_ms`: how long a best price was on show that had not been the true one within a second.
    """

    name: str
    kind: FaultKind
    span_ns: tuple[int, int]
    cured_ns: int = 0
    noticed_ms: float | None = None
    evident_ms: float = 0.0
    back_ms: float = 0.0
    reason: str = ""
    named_ms: float = 0.0
    believed_ms: float = 0.0
    wrong_ms: float = 0.0
    others: tuple[str, ...] = ()


class Patient:
    """One simulated venue and the feed on it. `started_ns`: when its market began."""

    def __init__(self, name: str, market: SimMarket, hub: Hub, server: VenueServer, started_ns: int) -> None:
        symbol = Symbol("BTC/USD" if hub.venue in IN_DOLLARS else "BTC/USDT")
        origin = server.origin
        self.name, self.told = name, Told()
        self.plan = FeedPlan(Venue(name), (symbol,), name, origin.rest, origin.ws, silence_after_s=SILENCE_S)
        self._hub, self._faults = hub, server.faults
        self._truth, self._started_ns = Truth(market), started_ns
        self._witnesses: list[Witness] = []

    async def suffer(self, ordeal: Ordeal) -> Shot:
        """From a well feed to a usable one."""
        await until(self.told.is_well)
        ordered_ns = monotonic_ns()
        struck_ns, evident_ns = await self._strike(ordeal)
        out = await self._told(is_out, struck_ns, ordeal.patience_s)
        shot = Shot(self.name, ordeal.kind, (struck_ns, monotonic_ns()))
        if out is not None:
            cured_ns = max(out[0], await self._cure(ordeal, ordered_ns, struck_ns))
            back = await self._told(is_back, cured_ns, 40.0)
            assert back is not None, f"{self.name} never came back from {ordeal.kind}"
            shot = shot._replace(
                span_ns=(struck_ns, back[0]),
                cured_ns=cured_ns,
                noticed_ms=(out[0] - struck_ns) / MS,
                evident_ms=(out[0] - evident_ns) / MS,
                reason=str(out[1].reason),
            )
        if out is None or (self.name in GENERIC and ordeal.leaves_traces):
            await self._renew()
        return shot

    async def _renew(self) -> None:
        """Leave no wrong book behind."""
        await until(self.told.is_well)
        now_ns = monotonic_ns()
        self._faults.inject(FaultOrder("heal"))
        self._faults.inject(FaultOrder("rst"))
        await self._told(is_out, now_ns, 5.0)
        await until(self.told.is_well)

    # what became of it, once all is over

    def judged(self, shot: Shot) -> Shot:
        """With the figures that only the end shows."""
        if shot.noticed_ms is None:
            return shot._replace(wrong_ms=self._wrong_ms(*shot.span_ns))
        struck_ns, cured_ns = shot.span_ns[0], shot.cured_ns
        lagging = self.told.first(is_lagging, struck_ns) if shot.kind == "lag" else None
        named_ns = struck_ns if lagging is None else lagging[0]
        return shot._replace(
            back_ms=(self._back_ns(cured_ns) - cured_ns) / MS,
            wrong_ms=self._wrong_ms(struck_ns, struck_ns + int(shot.noticed_ms * MS)),
            named_ms=(named_ns - struck_ns) / MS,
            believed_ms=self._usable_ms(struck_ns + LAG_MS * MS, named_ns),
        )

    def _back_ns(self, cured_ns: int) -> int:
        """When the first usable state began that lasted."""
        later = [(at_ns, status) for at_ns, status in self.told.statuses if at_ns >= cured_ns]
        ends = [*(at_ns for at_ns, _ in later[1:]), monotonic_ns()]
        return next(
            at_ns
            for (at_ns, status), end_ns in zip(later, ends, strict=True)
            if is_back(status) and end_ns - at_ns > WELL_FOR_NS
        )

    def _usable_ms(self, from_ns: int, to_ns: int) -> float:
        ends = [*(at_ns for at_ns, _ in self.told.statuses[1:]), to_ns]
        spans = zip(self.told.statuses, ends, strict=True)
        return sum(
            max(0, min(end_ns, to_ns) - max(at_ns, from_ns)) / MS
            for (at_ns, status), end_ns in spans
            if is_back(status)
        )

    def _wrong_ms(self, from_ns: int, to_ns: int) -> float:
        wrong_ns = wrong_since_ns = 0
        for at_ns, tick in self.told.ticks:
            if from_ns <= at_ns <= to_ns:
                if not self._was_true(tick, at_ns - self._started_ns):
                    wrong_since_ns = wrong_since_ns or at_ns
                elif wrong_since_ns:
                    wrong_ns, wrong_since_ns = wrong_ns + at_ns - wrong_since_ns, 0
        return (wrong_ns + (to_ns - wrong_since_ns if wrong_since_ns else 0)) / MS

    def _was_true(self, tick: Tick, at_ns: int) -> bool:
        best, since_ns = (tick.bids[:1], tick.asks[:1]), max(0, at_ns - S)
        when = self._truth.when(self._hub.venue, tick.symbol, *best, from_ns=since_ns, to_ns=at_ns)
        return when is not None

    # how it is struck: each returns when, and when the first message came that shows it

    async def _told(
        self, wanted: Callable[[FeedStatus], bool], since_ns: int, within_s: float
    ) -> tuple[int, FeedStatus] | None:
        try:
            await until(lambda: self.told.first(wanted, since_ns), within_s)
        except TimeoutError:
            return None
        return self.told.first(wanted, since_ns)

    async def _strike(self, ordeal: Ordeal) -> tuple[int, int]:
        if ordeal.kind in ("silence", "lag"):
            at_ns = await self._hush(ordeal.kind)
            return at_ns, at_ns
        if ordeal.kind in ("close", "rst", "ban"):
            if ordeal.kind == "ban":
                self._faults.inject(FaultOrder("ban", duration_s=BAN_S, code=429))
            at_ns = monotonic_ns()
            self._faults.inject(FaultOrder("rst" if ordeal.kind == "rst" else "close"))
            return at_ns, at_ns
        struck = await self._strike_a_message(ordeal)
        if ordeal.kind in ("lost", "reorder"):
            await until(lambda: struck.evident_ns)
        return struck.struck_ns, struck.evident_ns or struck.struck_ns

    async def _strike_a_message(self, ordeal: Ordeal) -> Witness:
        while True:
            witnesses = self._call_witnesses()
            self._faults.inject(FaultOrder(ordeal.kind))
            for witness in witnesses:
                witness.is_armed = True
            await until(lambda: not self._hub.tampering.is_on)
            struck = min((each for each in witnesses if each.struck_ns), key=lambda each: each.struck_ns)
            if not (ordeal.of_book and any(name in struck.key for name in BEST_ONLY)):
                return struck
            await until(self.told.is_well)

    async def _hush(self, kind: FaultKind) -> int:
        """Counted from the last message that the feed was still sent in time."""
        witnesses = [each for each in self._call_witnesses() if each.key != "heartbeats"]
        await until(lambda: all(witness.count for witness in witnesses))
        self._faults.inject(FaultOrder(kind, ms=LAG_MS if kind == "lag" else None))
        return max(witness.last_ns for witness in witnesses)

    async def _cure(self, ordeal: Ordeal, ordered_ns: int, struck_ns: int) -> int:
        """End what does not end by itself; returns when it was over."""
        if ordeal.kind == "ban":
            return ordered_ns + int(BAN_S * S)
        if ordeal.kind == "lag":
            await self._told(is_lagging, struck_ns, 15.0)
        if ordeal.kind in ("silence", "lag"):
            self._faults.inject(FaultOrder("heal"))
            return monotonic_ns()
        return 0

    def _call_witnesses(self) -> list[Witness]:
        """Anew each time: they must stand behind the feed, which may have connected again."""
        for witness in self._witnesses:
            self._hub.leave(witness)
        keys = {key for session in self._hub.sessions for key in session.keys}
        self._witnesses = [Witness(self._hub, key) for key in sorted(keys)]
        return self._witnesses


@asynccontextmanager
async def ward(names: Sequence[str], seed: int) -> AsyncIterator[list[Patient]]:
    """Each of these venues served, and a fresh feed on each of them; all are well."""
    started_ns = monotonic_ns()
    epoch_ns = time_ns()
    async with AsyncExitStack() as stack:
        tasks = await stack.enter_async_context(asyncio.TaskGroup())

        async def admit(name: str) -> Patient:
            venue = GENERIC.get(name, name)
            market = SimMarket(SimPlan(venues=(venue,), seed=seed))
            hub = Hub(
                venue, market, lambda: monotonic_ns() - started_ns, epoch_ns=epoch_ns, rate=1.0, seed=seed
            )
            server = await stack.enter_async_context(VenueServer(DIALECTS[venue](hub)))
            stack.callback(tasks.create_task(server.run()).cancel)
            patient = Patient(name, market, hub, server, started_ns)
            feed = await stack.enter_async_context(CcxtFeed(patient.plan, patient.told))
            stack.callback(tasks.create_task(feed.run()).cancel)
            return patient

        patients = [await admit(name) for name in names]
        await until(lambda: all(patient.told.is_well() for patient in patients), 30.0)
        yield patients


async def go_through(patients: Sequence[Patient], ordeals: Sequence[Ordeal], at_once: int) -> list[Shot]:
    """Each of them each ordeal; `at_once` of them at a time, so that the others can be looked at."""
    shots: list[Shot] = []
    for ordeal in ordeals:
        able = [each for each in patients if can_suffer(each.name, ordeal.kind)]
        for start in range(0, len(able), at_once):
            victims = able[start : start + at_once]
            async with asyncio.TaskGroup() as tasks:
                begun = [tasks.create_task(victim.suffer(ordeal)) for victim in victims]
            shots += [_beside(task.result(), patients, victims) for task in begun]
    await until(lambda: all(patient.told.is_well() for patient in patients))
    return shots


async def endure(names: Sequence[str], ordeals: Sequence[Ordeal], at_once: int, seed: int = 1) -> list[Shot]:
    """All of it on fresh feeds. Judged when they are gone: to look for the truth takes a while."""
    async with ward(names, seed) as patients:
        shots = await go_through(patients, ordeals, at_once)
    by_name = {patient.name: patient for patient in patients}
    return [by_name[shot.name].judged(shot) for shot in shots]


def _beside(shot: Shot, patients: Sequence[Patient], victims: Sequence[Patient]) -> Shot:
    well = [each for each in patients if each not in victims]
    others = [
        f"{each.name}: {status.reason}"
        for each in well
        for at_ns, status in each.told.statuses
        if shot.span_ns[0] <= at_ns <= shot.span_ns[1] and is_out(status)
    ]
    return shot._replace(others=tuple(others))


def can_suffer(name: str, kind: FaultKind) -> bool:
    return kind != "bad_checksum" or name in WITH_CHECKSUM


async def until(condition: Callable[[], object], within_s: float = 30.0) -> None:
    """Wait for a condition, never for a duration. The stamps are taken elsewhere."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110  conditions of many kinds, none of which sets an event
            await asyncio.sleep(0.002)


def run(work: Coroutine[object, object, list[Shot]]) -> list[Shot]:
    """On the loop that feeds run on."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


ENDS = (Ordeal("close"), Ordeal("rst"), Ordeal("close_race"))
BROKEN = (Ordeal("broken_json"), Ordeal("garbage"), Ordeal("wrong_shape"), Ordeal("bad_checksum"))
HOLES = (Ordeal("lost", of_book=True, patience_s=5.0), Ordeal("reorder", of_book=True, patience_s=5.0))
STILL = (Ordeal("silence"), Ordeal("ban"))
LATE = (Ordeal("lag"),)
HIDDEN = (
    Ordeal("corrupt", of_book=True, patience_s=20.0),
    Ordeal("ghost_level", of_book=True, patience_s=20.0),
)

ONE, HALF, ALL = 1, len(EVERYONE) // 2, len(EVERYONE)
CHAPTERS = ((ENDS, ONE), (BROKEN, ONE), (HOLES, ONE), (STILL, HALF), (LATE, HALF), (HIDDEN, ALL))


async def measure(rounds: int) -> list[Shot]:
    """Another market each round, fresh feeds every few faults: who fails too often is approached slowly."""
    shots: list[Shot] = []
    for seed in range(1, rounds + 1):
        for ordeals, at_once in CHAPTERS:
            shots += await endure(EVERYONE, ordeals, at_once, seed)
    return shots


# the tables


def figures(values: Sequence[float], of: int) -> str:
    """p50 / worst, and how many of them were noticed where not all were."""
    if not of:
        return "-"
    if not values:
        return f"0 of {of}"
    some = "" if len(values) == of else f" ({len(values)} of {of})"
    return f"{median(values):.0f} / {max(values):.0f}{some}"


def table(
    title: str, shots: Iterable[Shot], figure: Callable[[Shot], float], budget: Callable[[str], str]
) -> str:
    """A row for each fault, a column for each venue. What was not noticed has no figure."""
    cells: dict[str, dict[str, list[Shot]]] = {}
    for shot in shots:
        cells.setdefault(shot.kind, {}).setdefault(shot.name, []).append(shot)
    lines = [f"| {title} | {' | '.join(EVERYONE)} | budget |", "|---" * (len(EVERYONE) + 2) + "|"]
    for kind, by_name in cells.items():
        row = []
        for name in EVERYONE:
            those = by_name.get(name, [])
            row.append(figures([figure(shot) for shot in those if shot.noticed_ms is not None], len(those)))
        lines.append(f"| {kind} | {' | '.join(row)} | {budget(kind)} |")
    return "\n".join(lines)


def by_what(shots: Iterable[Shot]) -> str:
    """What found the faults that no rule of the venue shows, and how long a wrong best price was on show."""
    lines = ["| fault | exchange | found by | after, ms | wrong best price on show, ms |", "|---" * 5 + "|"]
    for kind, name in dict.fromkeys((shot.kind, shot.name) for shot in shots):
        those = [shot for shot in shots if (shot.kind, shot.name) == (kind, name)]
        found = Counter(manner(shot) for shot in those)
        how = ", ".join(f"{what} {count}" for what, count in found.most_common())
        after = figures([shot.noticed_ms for shot in those if shot.noticed_ms is not None], len(those))
        wrong = figures([shot.wrong_ms for shot in those], len(those))
        lines.append(f"| {kind} | {name} | {how} | {after} | {wrong} |")
    return "\n".join(lines)


def manner(shot: Shot) -> str:
    """The words of a reason, without its numbers."""
    if shot.noticed_ms is None:
        return "nothing"
    if shot.reason.startswith("book refused"):
        return "book crossed"
    words = shot.reason.partition(":")[0].split()
    return " ".join(word for word in words if not any(letter.isdigit() for letter in word))


def budget_of(kind: str) -> str:
    return f"{NOTICED_WITHIN_MS[kind]:.0f}" if kind in NOTICED_WITHIN_MS else "-"


def test_every_fault_is_noticed_in_time_and_the_leg_is_soon_back() -> None:
    shots = run(measure(ROUNDS))

    holes = [shot for shot in shots if shot.kind in ("lost", "reorder")]
    hidden = [shot for shot in shots if shot.kind in ("corrupt", "ghost_level")]
    unchecked = [shot for shot in holes if shot.name in GENERIC]
    lag = [shot for shot in shots if shot.kind == "lag"]
    others = Counter(other for shot in shots for other in shot.others)
    print(f"\n\np50 / worst of n = {ROUNDS}, in ms\n")
    print(table("noticed after", shots, lambda shot: shot.noticed_ms or 0.0, budget_of), "\n")
    print(table("back after", shots, lambda shot: shot.back_ms, lambda _: f"{BACK_WITHIN_MS:.0f}"), "\n")
    print(
        table(
            "noticed after what shows it",
            holes,
            lambda shot: shot.evident_ms,
            lambda _: f"{EVIDENT_WITHIN_MS:.0f}",
        ),
        "\n",
    )
    print(table("called lagging after", lag, lambda shot: shot.named_ms, budget_of), "\n")
    print(table("usable though late, for", lag, lambda shot: shot.believed_ms, budget_of), "\n")
    print(by_what([*unchecked, *hidden]), "\n")
    print("withdrawn elsewhere meanwhile:", dict(others) or "none", "\n")
    above = find_misses(shots, p50=1.0, worst=1.0)
    print("above the budget, beyond what is known:", *(above or ["nothing"]), sep="\n  ")
    assert find_misses(shots) == []
    assert not [other for other in others if "ran out of its snapshot" not in other]
