# mypy: disable-error-code="no-untyped-call,arg-type,union-attr"
"""Fixtures of the HUD's tests: the market in memory, a stage to act on, terminals that are always ended."""

import importlib.util
from pathlib import Path

import pytest
from msgspec.structs import replace

from kairos_tui.hud import Clock, HudPlan, load_theme, theme_folders
from kairos_tui.hud.app import HudApp
from kairos_tui.hud.gauges import Gauges
from kairos_tui.hud.keymap import DEFAULT_KEYMAP
from kairos_tui.hud.scene import Scene
from kairos_tui.hud.view_state import View
from kairos_tui.market import FeedState, Proof, ReplayView, RoleView, StageView

FRAME_NS = 33_333_333
START_NS = 1_000_000_000_000
KNOWN = {
    "gaps": 3, "checks": 12, "disagreements": 1, "score": 68, "lag_us": 300, "clock_offset_us": 12_000,
    "clock_uncertainty_us": 40_000, "charged": "received", "fee_as_of_us": 1_795_331_351_123_456,
}  # fmt: skip
GAUGES = Gauges(
    fps=30.0, frame_ms=3.2, lag_p99_ms=3.0, frame=StageView("frame", 6_100_000, 14_200_000, 21_000_000, 150),
    paint=StageView("paint", 22_000_000, 48_000_000, 51_000_000, 150),
)  # fmt: skip


def _load(name):
    spec = importlib.util.spec_from_file_location(f"hud_{name}", Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def play():
    return _load("play")


@pytest.fixture
def terminal():
    ptys = _load("ptys")
    opened = []

    def start(*arguments, **how):
        opened.append(ptys.Terminal(*arguments, **how))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


class Stage:
    """A market, a source and a frozen clock; acts play boards into a View or an app."""

    def __init__(
        self, play, *, feed="sim", theme="neon", reduced_motion=False, simulates=True, venues=None,
        keymap=DEFAULT_KEYMAP,
    ):  # fmt: skip
        self.play = play
        fees = {name: play.FEES[name] for name in venues or play.FEES}
        self.market = play.Market(feed=feed, fees=fees)
        self.source = play.Tape()
        self.commands = play.Asked()
        self.now_ns = START_NS
        self.dress = lambda board: board
        self.dress_signal = lambda signal: signal
        search = theme_folders({"HOME": "/nonexistent"})
        themes = tuple(load_theme(name, search) for name in ("neon", "ember", "clarity", "mono"))
        self.plan = HudPlan(
            (play.BTC,),
            next(each for each in themes if each.title == theme),
            feed=feed,
            mood="lively" if feed == "sim" else None,
            reduced_motion=reduced_motion,
            themes=themes,
            simulates=simulates,
            keymap=keymap,
        )
        self.app = None
        self.view = View(self.plan)
        self._set_time()

    @property
    def clock(self):
        return Clock(lambda: self.now_ns, lambda: self.play.EPOCH_US * 1000 + self.now_ns)

    def new_app(self):
        self.app = HudApp(self.plan, self.source, self.commands, clock=self.clock)
        self.view = self.app.view
        return self.app

    def run(self, boards, pull=None):
        """That many frames of the market; only the last is painted."""
        self.market.pull = pull or {}
        for _ in range(boards):
            self.pass_time(FRAME_NS)
            self._take(self.market.step(self.now_ns))
        if self.app is not None:
            self.app.tick()

    def give(self, *items):
        """Through the source and one frame of the app, when there is one."""
        if self.app is None:
            self._take(items)
            return
        self.source.waiting.extend(items)
        self.app.tick()

    def _take(self, items):
        for item in items:
            if hasattr(item, "symbols"):
                self.view.on_board(self.dress(item))
            elif hasattr(item, "opportunity"):
                self.view.live.on_signal(self.dress_signal(item), self.view.now_us)
            elif hasattr(item, "horizon_ms"):
                self.view.live.marked.on_markout(item)
            else:
                self.view.live.on_status(item, self.view.now_us)

    def pass_time(self, ns):
        self.now_ns += ns
        self._set_time()

    def _set_time(self):
        self.view.now_ns, self.view.now_us = self.now_ns, self.clock.wall_ns() // 1000
        self.view.started_ns = self.view.started_ns or self.now_ns
        self.view.gauges = GAUGES

    def sicken(self, name, state, reason, **more):
        gone = {"usable": False, "ticks_per_s": 0.0, "latency_us": None, "state": state, "reason": reason}
        self.market.states[name] = gone | more

    # the acts

    def lively(self):
        self.run(150, {"okx": 4})
        self.run(40, {"okx": 38.0})
        self.run(200, {"okx": 2})
        self.run(30, {"bybit": 30.0})
        self.run(180)
        self.run(30, {"okx": 36.0})
        self.run(170, {"okx": 10})
        self.run(12, {"okx": 31.0})

    def no_edge(self):
        self.run(500, {"okx": 6})

    def connecting(self):
        for name in self.play.FEES:
            self.sicken(name, FeedState.CONNECTING, "loading markets", bid=None, ask=None, age_us=None)
        del self.market.states["kraken"]
        self.market.states["kraken"] = {"usable": False, "state": FeedState.CONNECTING, "reason": None}
        self.run(30)

    def all_down(self):
        for name in self.market.fees:
            why = "TLS handshake timeout" if name == "okx" else "network unreachable"
            self.sicken(name, FeedState.DOWN, why, bid=None, ask=None, age_us=None, retry_in_us=3_200_000)
        self.run(30)

    def sick(self):
        """One venue stale, one down, the engine restarted."""
        self.run(400, {"okx": 6})
        self.sicken("coinbase", FeedState.STALE, "no update for 2.4 s", age_us=2_400_000)
        self.sicken("kraken", FeedState.DOWN, "closed by the server (1006)", retry_in_us=3_000_000)
        self.give(self.market.status("kraken", FeedState.LIVE, None))
        self.give(self.market.status("kraken", FeedState.DOWN, "closed by the server (1006)"))
        self.market.roles = (RoleView("engine", "running", 12, 1),)
        self.run(90, {"okx": 6})

    def believed(self):
        """Every state a book can be in; one asset in two quotes, and a signal between them."""
        self.quoted = _load("quoted")
        self.dress = self.quoted.in_two_quotes
        still = {"state": FeedState.QUIET, "age_us": 42_000_000, "alive_us": 240_000, "ticks_per_s": 0.0}
        self.market.states |= {"binance": still, "okx": {"proof": Proof.UNPROVEN}}
        self.sicken("coinbase", FeedState.LAGGING, "messages are 1.3 s late")
        self.sicken("kraken", FeedState.RESYNC, "checksum 123 is not the venue's 456", **KNOWN)
        self.sicken("bybit", FeedState.QUARANTINED, "score 31: 6 gaps and 2 disconnects", score=31, gaps=6)
        self.run(400)
        for mode in ("inventory", "closed"):
            self.give(self.quoted.converted_signal(self.market, mode, self.now_ns))
            self.run(20)

    def several(self):
        """Three symbols, seen together; on one of the others an edge is open."""
        self.dress = _load("several").Beside(self.play, FeedState)
        self.run(240, {"okx": 6})
        self.view.look.layout = 1

    def perf(self):
        """What everything costs is known."""
        self.dress = _load("measured").with_costs
        self.lively()

    def paper(self):
        """Signals are followed by simulated orders."""
        self.dress = _load("papers").with_account
        self.lively()

    def replay(self, **how):
        """A recording of an hour, two fifths of it played, four times as fast as it was."""
        self.market.feed = "replay"
        begins_us = self.play.EPOCH_US + START_NS // 1000 - 1_476_000_000
        marks = tuple(begins_us + share * 36_000_000 for share in (7, 8, 22, 39, 55, 56, 81))
        known = {"speed": 4.0, "marks": marks} | how

        def dressed(board):
            view = ReplayView("/home/me/btc.kz", begins_us, begins_us + 3_600_000_000, board.at_us, **known)
            return replace(board, replay=view)

        self.dress = dressed
        self.run(400, {"okx": 6})
        self.run(30, {"okx": 36.0})

    def graded(self):
        """Signals are told with a chance and priced again; routes have grades."""
        grades = _load("grades")
        self.dress, self.dress_signal = grades.with_grades, grades.with_chance
        self.lively()
        for card in self.view.tape.deck.live() + self.view.tape.deck.entries[::-1]:
            if not self.view.tape.marked.of(card.key):
                self.give(*grades.markouts(card.signal, self.now_ns))

    def silent(self):
        """The engine says nothing any more."""
        self.run(400, {"okx": 6})
        self.pass_time(1_400_000_000)


@pytest.fixture
def stage(play):
    return lambda **how: Stage(play, **how)


@pytest.fixture
def texts():
    """Rows of segments -> lines of text."""
    return lambda rows: ["".join(text for text, _ in row) for row in rows]


@pytest.fixture
def screen(texts):
    def drawn(acted, width=160, height=45):
        scene = Scene()
        scene.paint(acted.view, width, height)
        return "\n".join(texts(scene.rows))

    return drawn
