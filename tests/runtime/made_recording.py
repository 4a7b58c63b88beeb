"""A recording of a made-up market: an engine's desk hears it, and a recorder keeps what it heard and said."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from kairos_tui.journal import BEGIN, END, Channel, Header, Limits, Recorder
from kairos_tui.market import Board, FeedState, FeedStatus, PackedTick, Shard, Symbol, Thresholds, Venue
from kairos_tui.runtime.bench_engine_market import START_NS, MadeMarket, listing_of
from kairos_tui.runtime.engine_desk import EngineDesk
from kairos_tui.runtime.engine_plan import EnginePlan
from kairos_tui.runtime.engine_rates import Hop
from kairos_tui.wire import Arrival, Body, Published, Received, Tally, Topic, pack_message, pack_record
from kairos_tui.wire.codec import FrameHead, pack_frame
from kairos_tui.wire.records import TOPICS

STARTED_US = 1_795_269_802_118_000
THRESHOLDS = Thresholds()
LIMITS = Limits(lane_bytes=1 << 30)


class MadeRun:
    """The engine's side: `hear` frames, `turn` at instants. What it said is in `said`."""

    def __init__(
        self,
        folder: Path,
        market: MadeMarket,
        *,
        run: str = "made",
        epoch: int = 0,
        start_ns: int = START_NS,
        only: tuple[int, int] | None = None,
    ) -> None:
        """`only`: engine number so of so many, which has the market's symbol of that number."""
        self.folder, self.market = folder, market
        engine, engines = only or (0, 1)
        self.symbols = market.symbols if only is None else (market.symbols[engine],)
        self.said: list[Published] = []
        self.now_ns = start_ns
        self.ticks = 0
        self.header = Header(
            kairos="0",
            run=run,
            epoch=epoch,
            engine=engine,
            engines=engines,
            feed="sim",
            symbols=self.symbols,
            conversions=(),
            venues=market.venues,
            thresholds=THRESHOLDS,
            started_us=STARTED_US + (start_ns - START_NS) // 1_000,
            started_ns=start_ns,
        )
        self._recorder: Recorder | None = Recorder(folder, self.header, LIMITS)
        shard = Shard(engine, engines, self.symbols)
        plan = EnginePlan(run, epoch, "sim", "", "", shard, market.venues, THRESHOLDS, 1)
        self._desk = EngineDesk(plan, self._publish, clock_ns=lambda: self.now_ns, started_ns=start_ns)
        self._late_ns = start_ns - START_NS
        self._frames = market.frames()
        self._sent = 0
        self._newest: dict[tuple[Venue, Symbol], PackedTick] = {}
        self._numbers = dict.fromkeys(Topic, 0)

    def hear(self, records: Sequence[Received], at_ns: int) -> None:
        """A frame comes."""
        head = FrameHead("ingest", self.header.epoch, self._sent + 1, self.ticks, at_ns - 1_000)
        ticks = [record for record in records if isinstance(record, PackedTick)]
        self._sent += len(records)
        self.ticks += len(ticks)
        self._put(Channel.FRAME, at_ns, pack_frame(head, [pack_record(record) for record in records]))
        arrivals = [Arrival(record, "ingest", at_ns - 1_000, at_ns) for record in records]
        self._desk.apply(arrivals, is_quoted=False)
        self._newest.update({(tick.venue, tick.symbol): tick for tick in ticks})

    def turn(self, at_ns: int) -> None:
        """It decides."""
        self.now_ns = at_ns
        self._put(Channel.TURN, at_ns, b"\x01")
        self._desk.decide(at_ns, is_heard=True)

    def checkpoint(self) -> None:
        """What a reader needs that begins here."""
        self._put(Channel.CHECKPOINT, self.now_ns, BEGIN)
        for record in (*self._facts(), *self._newest.values()):
            self._put(Channel.STATE, self.now_ns, pack_record(record))
        self._put(Channel.CHECKPOINT, self.now_ns, END)

    def open(self) -> None:
        """Every market is listed and live, and has a book."""
        at_ns = self.now_ns
        for record in self._facts():
            self.hear([record], at_ns)
        self.hear([self._later(tick) for tick in self.market.opening() if tick.symbol in self.symbols], at_ns)
        self.turn(at_ns)

    def play(self, *, frames: int | None = None, checkpoint_every: int = 0) -> None:
        """The market's next frames, each at the instant of its last tick, and a decision on each."""
        for number, ticks in enumerate(islice(self._frames, frames), 1):
            moved = [self._later(tick) for tick in ticks if tick.symbol in self.symbols]
            if not moved:
                continue
            at_ns = moved[-1].received_ns + 2_000
            self.hear(moved, at_ns)
            self.turn(at_ns + 3_000)
            if checkpoint_every and number % checkpoint_every == 0:
                self.checkpoint()

    def close(self) -> None:
        """All that was put is written."""
        if self._recorder is not None:
            self._recorder.close(60.0)

    def pause(self) -> None:
        """Nothing is recorded from here on."""
        self._recorder = None

    def resume(self) -> None:
        """The same engine is recorded again."""
        started_us = STARTED_US + (self.now_ns - START_NS) // 1_000
        header = replace(self.header, started_ns=self.now_ns, started_us=started_us)
        self._recorder = Recorder(self.folder, header, LIMITS)

    def put(self, channel: Channel, body: bytes) -> None:
        """An entry as of now, beside what is heard and said."""
        self._put(channel, self.now_ns, body)

    def board(self, at_ns: int) -> Board:
        """What the engine shows."""
        return self._desk.board(at_ns, wall_ns=STARTED_US * 1_000 + at_ns - START_NS, hop=Hop(Tally()))

    def _put(self, channel: Channel, at_ns: int, body: bytes) -> None:
        if self._recorder is not None:
            self._recorder.put(channel, at_ns, body)

    def _later(self, tick: PackedTick) -> PackedTick:
        late_ns = self._late_ns
        return replace(tick, received_ns=tick.received_ns + late_ns, decoded_ns=tick.decoded_ns + late_ns)

    def _publish(self, body: Body, at_ns: int) -> None:
        topic = TOPICS[type(body)]
        self._numbers[topic] += 1
        ts_us = STARTED_US + (at_ns - START_NS) // 1_000
        run, epoch = self.header.run, self.header.epoch
        published = Published(run, epoch, topic, self._numbers[topic], ts_us, at_ns, body)
        self.said.append(published)
        self._put(Channel.OUTPUT, at_ns, pack_message(published))

    def _facts(self) -> Iterator[Received]:
        for venue in self.market.venues:
            for symbol in self.symbols:
                yield listing_of(venue, symbol)
            yield FeedStatus(venue, None, FeedState.LIVE, self.header.started_ns)


def made_market(*, venues: int = 3, symbols: int = 2, ticks: int = 4_000, shocks: float = 60.0) -> MadeMarket:
    """5,000 ticks a second, five levels deep."""
    return MadeMarket(venues, symbols, ticks, shocks=shocks, depth=5)


def make_recording(folder: Path, market: MadeMarket | None = None, *, every: int = 40) -> MadeRun:
    """Played through and closed. `every`: frames between checkpoints."""
    run = MadeRun(folder, market or made_market())
    run.checkpoint()
    run.open()
    run.play(checkpoint_every=every)
    run.close()
    return run
