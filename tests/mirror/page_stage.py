"""The mirror on a market played by hand, in this process: what the page's tests open in a browser."""

# mypy: disable-error-code="no-untyped-call,no-untyped-def,type-arg,arg-type,union-attr"

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.hud.play import Market

from kairos_tui.hud.theme import browser_tokens
from kairos_tui.hud.themes import list_themes, load_theme, theme_folders
from kairos_tui.market import Board, FeedStatus, Signal
from kairos_tui.mirror import Line, MirrorPlan, Themes, serve
from kairos_tui.sinks import line_maker
from kairos_tui.sinks.line_maker import Stamp
from kairos_tui.sinks.line_text import encode

WITHIN_S = 5.0


class Show:
    """A Source fed by hand. `lines` is what `--json` would have printed; `board` what was told last."""

    def __init__(self, market=None):
        self.market = market or Market()
        self.lines = []
        self.board = None
        self._waiting: deque = deque()
        self._something = threading.Event()

    def step(self, *, pull=None):
        """The market a moment later, told."""
        self.market.pull = pull or {}
        self.tell(*self.market.step(time.monotonic_ns()))

    def tell(self, *items):
        """Boards as they are; signals and statuses as lines."""
        for item in items:
            if isinstance(item, Board):
                self.board = item
            self._waiting.append(item if isinstance(item, Board) else self._line(item))
        self._something.set()

    def drain(self, timeout_ms):
        self._something.wait(timeout_ms / 1000)
        self._something.clear()
        items = []
        while self._waiting:
            items.append(self._waiting.popleft())
        return items

    def last_words(self, reason, within_s):
        return []

    def close(self):
        pass

    def _line(self, item):
        # The page counts how long a signal stands from the board's clock.
        now_us = self.board.at_us if self.board else 1_795_342_351_000_000
        stamp = Stamp(self.market_run, len(self.lines) + 1, now_us, self.market.feed, item_ns(item))
        made = (
            line_maker.signal_line(stamp, item)
            if isinstance(item, Signal)
            else line_maker.venue_line(stamp, item)
        )
        body = encode(made)[:-1]
        told = json.loads(body)
        self.lines.append(told)
        about = item.id if isinstance(item, Signal) else f"{item.venue} {item.symbol}"
        stands = isinstance(item, Signal) and item.event != "close"
        return Line(told["seq"], told["type"], body, about, stands)

    market_run = "k7f3"

    def newest(self):
        """The last line of every signal, by id."""
        return {line["id"]: line for line in self.lines if line["type"] == "signal"}

    # Words, for listeners of /events: none comes here.
    def hello(self, board, seq):
        return b"{}"

    def gap(self, board, from_seq, to_seq, reason):
        return b"{}"


def item_ns(item):
    return item.since_ns if isinstance(item, FeedStatus) else item.at_ns


@asynccontextmanager
async def mirror_of(show, port=0, new_themes=lambda: None) -> AsyncIterator[str]:
    """The URL of a mirror that shows it, for as long as the block lasts."""
    search = theme_folders({"HOME": "/nowhere"})
    themes = {entry.name: browser_tokens(load_theme(entry.name, search)) for entry in list_themes(search)}
    plan = MirrorPlan(
        run="k7f3", feed="sim", version="0.0.0", symbols=(show.market.symbol,), mirror=f"127.0.0.1:{port}",
        themes=Themes(themes, "neon"),
    )  # fmt: skip
    stopping, opened = asyncio.Event(), asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(
            serve(
                plan, show, show, stopping=stopping, on_open=lambda place, _: opened.set_result(place),
                beat=lambda: None, new_themes=new_themes,
            )
        )  # fmt: skip
        async with asyncio.timeout(WITHIN_S):
            place = await opened
        yield place.url()
        stopping.set()


@asynccontextmanager
async def playing(show, *, every_s=0.1, pull=None) -> AsyncIterator[None]:
    """The market moves on for as long as the block lasts."""
    over = asyncio.Event()

    async def play():
        while not over.is_set():
            show.step(pull=pull)
            await asyncio.sleep(every_s)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(play())
        try:
            yield
        finally:
            over.set()
