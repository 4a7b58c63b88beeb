"""Cast: which roles a run has and how each is started. Launcher decides when; spawn makes the processes."""

import itertools
import os
import secrets
from collections import Counter
from collections.abc import Callable
from functools import partial

import msgspec

from kairos_tui.market import NO_KEYS, FeedKind, KeyRing, Mood, Shard, Symbol, Venue, deal, homes_of
from kairos_tui.runtime.board_rate import boards_per_s
from kairos_tui.runtime.child import News
from kairos_tui.runtime.facts import sim_symbols, sim_venues
from kairos_tui.runtime.ingest_plan import IngestPlan
from kairos_tui.runtime.log_file import output_file
from kairos_tui.runtime.outlet_plans import MirrorRolePlan, SinkRolePlan
from kairos_tui.runtime.placement import ANYWHERE, Cores, Placement
from kairos_tui.runtime.plans import UNSAID, HudRolePlan, InForce, SimRolePlan, hud_look
from kairos_tui.runtime.spawn import Child, ForkedChild, SpawnedChild, warm_fork_server
from kairos_tui.runtime.supervisor import Role
from kairos_tui.runtime.venue_plans import Origins, feed_plan
from kairos_tui.settings import Settings
from kairos_tui.wire import Endpoints

OutletNews = Callable[[str, News], None]
"""Told a role's name and its news."""
ENGINE = "engine"
"""What every engine's name begins with; with several, a colon and a number from 1 follow."""
INGEST = "ingest:"
"""What the name of every ingest worker begins with."""
MIRROR = "mirror"
SINK = "sink"
"""What the name of every sink's role begins with."""


class Cast:
    """Everything the roles of one run share: addresses, universe, log; where engines that start record to.
    `own_sim` False: what simulates, if anything, is elsewhere; its mood and seed are not known."""

    def __init__(
        self,
        *,
        run: str,
        settings: Settings,
        symbols: tuple[Symbol, ...],
        endpoints: tuple[Endpoints, ...],
        log_path: str,
        log_level: int,
        placement: Placement = ANYWHERE,
        command: tuple[str, ...] = ("kairos", "watch"),
        in_force: InForce = UNSAID,
        ring: KeyRing = NO_KEYS,
        own_sim: bool = True,
    ) -> None:
        self.run, self.venues, self._own_sim = run, settings.venues, own_sim
        self._settings = settings
        self.symbols = symbols
        self._endpoints = endpoints
        self._log_path, self._log_level, self._placement = log_path, log_level, placement
        self._ring, self._command, self._in_force = ring, command, in_force
        self.record_to, self.mirror_at = "", settings.mirror
        self.open_at_bps: float | None = None
        self._log_fd = os.open(output_file(log_path), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._starts: Counter[str] = Counter()
        self._engine_starts = itertools.count()
        self._spare_token = secrets.token_urlsafe(12)

    @property
    def can_simulate(self) -> bool:
        """Whether a venue and a symbol of this run have a simulated exchange."""
        return all(self._simulated())

    def keep_simulated(self) -> None:
        """From now on only what the simulated exchanges serve."""
        self._own_sim = True
        self.venues, self.symbols = self._simulated()

    def _simulated(self) -> tuple[tuple[Venue, ...], tuple[Symbol, ...]]:
        served = sim_venues()
        venues = tuple(venue for venue in self.venues if self._class_of(venue) in served)
        listed = sim_symbols(tuple(map(self._class_of, venues)))
        return venues, tuple(symbol for symbol in self.symbols if symbol in listed)

    def _class_of(self, venue: Venue) -> str:
        return self._settings.ccxt_class(venue)

    def warm_up(self) -> None:
        """Let the fork server import ccxt while the other roles start."""
        warm_fork_server(self._log_fd)

    def hud(self, feed: FeedKind, on_news: Callable[[News], None]) -> Role:
        """The HUD, drawing on this terminal."""
        mood, seed = self._market(feed)
        plan = HudRolePlan(
            run=self.run,
            feed=feed,
            signals=self._signals,
            symbols=self.symbols,
            look=hud_look(self._settings),
            keymap=self._settings.keymap,
            keys=self._settings.keys,
            fps=self._settings.fps,
            mouse=self._settings.mouse,
            connect_timeout_s=self._settings.connect_timeout_s,
            log_path=self._log_path,
            log_level=self._log_level,
            mood=mood,
            seed=seed,
            simulates=self.can_simulate,
            mirrored=bool(self._settings.mirror),
            command=self._command,
            in_force=self._in_force,
        )
        spawn = partial(self._spawn, "run_hud", owns_terminal=True)
        return self._role("hud", lambda epoch: spawn(plan.at_start(epoch)), on_news)

    def engines(self, feed: FeedKind, *, draws: bool) -> list[Role]:
        """One for each of the endpoints. No two starts have the same epoch: no id is ever used twice."""
        rate = boards_per_s(self._settings, draws=draws, engines=len(self._endpoints))
        return [self._engine(shard, feed, rate) for shard in self._shards]

    def _engine(self, shard: Shard, feed: FeedKind, rate: int) -> Role:
        endpoints = self._endpoints[shard.number]
        mood, seed = self._market(feed)

        def start(_restart: int) -> Child:
            from kairos_tui.runtime.engine_plan import EnginePlan, recording_limits  # the HUD starts before

            plan = EnginePlan(
                run=self.run,
                epoch=next(self._engine_starts),
                feed=feed,
                ticks=endpoints.ticks,
                signals=endpoints.signals,
                shard=shard,
                venues=self.venues,
                thresholds=self._settings.thresholds.opening_at(self.open_at_bps),
                boards_per_s=rate,
                mood=mood,
                seed=seed,
                paper=self._settings.paper_terms if shard.of == 1 else None,
                record=self.record_to,
                limits=recording_limits(self._settings),
            )
            return self._spawn("run_engine", plan, cores=self._placement.of_engine(shard.number))

        return self._role(ENGINE if shard.of == 1 else f"{ENGINE}:{shard.number + 1}", start)

    @property
    def _shards(self) -> tuple[Shard, ...]:
        return deal(self.symbols, len(self._endpoints))

    @property
    def _signals(self) -> tuple[str, ...]:
        return tuple(each.signals for each in self._endpoints)

    def sim(self, on_news: Callable[[News], None]) -> Role:
        """The simulated exchanges."""
        classes = tuple(dict.fromkeys(map(self._class_of, self.venues)))
        plan = SimRolePlan(venues=classes, seed=self._settings.seed, mood=self._settings.mood)
        return self._role("sim", lambda _epoch: self._spawn("run_sim", plan), on_news)

    def ingest(self, venue: Venue, origins: Origins) -> Role:
        """One venue's worker."""

        def start(epoch: int) -> Child:
            plan = IngestPlan(
                run=self.run,
                epoch=epoch,
                ticks=tuple(each.ticks for each in self._endpoints),
                homes=homes_of(self._shards),
                feed=feed_plan(self._settings, venue, self.symbols, origins.get(self._class_of(venue))),
                log_path=self._log_path,
                log_level=self._log_level,
            )
            cores = self._placement.of_worker(self.venues.index(venue))
            return ForkedChild(f"{INGEST}{venue}", plan, log_fd=self._log_fd, cores=cores)

        return self._role(f"{INGEST}{venue}", start)

    def outlets(self, feed: FeedKind, on_news: OutletNews) -> list[Role]:
        """The mirror and every sink: readers of the signal wire, like the HUD."""
        sinks = [self._sink(number, url, feed, on_news) for number, url in enumerate(self._settings.sinks, 1)]
        return [*self.mirrors(feed, on_news), *sinks]

    def _sink(self, number: int, url: str, feed: FeedKind, on_news: OutletNews) -> Role:
        plan = SinkRolePlan(
            run=self.run,
            feed=feed,
            signals=self._signals,
            ring=self._ring,
            settings=self._settings,
            symbols=self.symbols,
            url=url,
            log_path=self._log_path,
            log_level=self._log_level,
        )
        name = f"{SINK}{number}:{url.partition(':')[0]}"
        return self._role(name, lambda _epoch: self._spawn("run_sink", plan), partial(on_news, name))

    def mirrors(self, feed: FeedKind, on_news: OutletNews) -> list[Role]:
        """The one that serves mirror and metrics; none where neither is wanted."""
        if not (self.mirror_at or self._settings.metrics):
            return []
        plan = MirrorRolePlan(
            run=self.run,
            feed=feed,
            signals=tuple(each.named for each in self._endpoints),
            ring=self._ring,
            settings=self._settings,
            symbols=self.symbols,
            mirror=self.mirror_at,
            metrics=self._settings.metrics,
            log_path=self._log_path,
            log_level=self._log_level,
            spare_token=self._spare_token,
        )
        return [self._role(MIRROR, lambda _epoch: self._spawn("run_mirror", plan), partial(on_news, MIRROR))]

    def close(self) -> None:
        """Let go of the log."""
        os.close(self._log_fd)

    def _market(self, feed: FeedKind) -> tuple[Mood, int] | tuple[None, None]:
        own = feed == "sim" and self._own_sim
        return (self._settings.mood, self._settings.seed) if own else (None, None)

    def _spawn(
        self, module: str, plan: msgspec.Struct, *, owns_terminal: bool = False, cores: Cores | None = None
    ) -> Child:
        return SpawnedChild(
            f"kairos_tui.runtime.{module}",
            plan,
            log_fd=self._log_fd,
            owns_terminal=owns_terminal,
            cores=self._placement.others if cores is None else cores,
        )

    def _role(
        self, name: str, start: Callable[[int], Child], on_news: Callable[[News], None] = lambda _news: None
    ) -> Role:
        # Counted here and not in the role: a role may be taken down and added anew within one run.
        def start_next() -> Child:
            epoch = self._starts[name]
            self._starts[name] += 1
            return start(epoch)

        return Role(name, start_next, on_news=on_news)
