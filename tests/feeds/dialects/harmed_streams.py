"""Streams of book messages with one of them harmed, and what the market's true book was at each message.

A venue's test writes the frames of a `States`; `harms` spoils one; `follow` says what was believed meanwhile.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from hypothesis import strategies as st
from msgspec import MsgspecError
from tests.feeds.dialects.sound import assert_sound

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.dialect import Believed, Dialect, Doubted
from kairos_tui.market import Level

MIDDLE = 10_000
"""In ticks of a tenth: bids stand below, asks above."""

LEVELS = 30
"""Places for levels on a side."""


class State(NamedTuple):
    """Sizes in thousandths by price in ticks."""

    bids: dict[int, int]
    asks: dict[int, int]

    def after(self, changes: "Sequence[Change]") -> "State":
        held = {**self.bids, **self.asks} | dict(changes)
        rows = {tick: size for tick, size in held.items() if size}
        return State(
            {tick: size for tick, size in rows.items() if tick < MIDDLE},
            {tick: size for tick, size in rows.items() if tick > MIDDLE},
        )

    def top(self, depth: int) -> "State":
        return State(
            {tick: self.bids[tick] for tick in sorted(self.bids, reverse=True)[:depth]},
            {tick: self.asks[tick] for tick in sorted(self.asks)[:depth]},
        )


class Change(NamedTuple):
    tick: int
    size: int


class Story(NamedTuple):
    """`states[0]` is the snapshot's; `changes[i]` lead from state i to state i + 1."""

    states: list[State]
    changes: list[list[Change]]


class Frame(NamedTuple):
    """A frame and the state that the market is in once it is told."""

    text: str
    state: int


class Harm(StrEnum):
    NONE = "none"
    LOST = "lost"
    TWICE = "twice"
    SWAPPED = "swapped"
    CORRUPTED = "corrupted"


class Heard(NamedTuple):
    """`state` is the newest told so far."""

    believed: Believed
    state: int


TICKS = st.integers(MIDDLE - LEVELS, MIDDLE + LEVELS).filter(lambda tick: tick != MIDDLE)
CHANGES = st.lists(
    st.builds(Change, TICKS, st.sampled_from((0, 0, 1, 250, 1000, 9990))), min_size=1, max_size=4
)
FIRST = State(
    {MIDDLE - place: 1000 + place for place in range(1, LEVELS - 1)},
    {MIDDLE + place: 2000 + place for place in range(1, LEVELS - 1)},
)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    changes = [list({change.tick: change for change in lump}.values()) for lump in draw(LUMPS)]
    states = [FIRST]
    for lump in changes:
        states.append(states[-1].after(lump))
    return Story(states, changes)


LUMPS = st.lists(CHANGES, min_size=4, max_size=12)


def spoil(data: st.DataObject, frames: list[Frame], harm: Harm) -> list[Frame]:
    """One frame lost, told again up to three frames later, told after the next, or with one wrong digit."""
    if harm is Harm.NONE:
        return frames
    place = data.draw(st.integers(0, len(frames) - 2), label="harmed frame")
    before, frame, rest = frames[:place], frames[place], frames[place + 1 :]
    if harm is Harm.LOST:
        return [*before, *rest]
    if harm is Harm.TWICE:
        between = data.draw(st.integers(0, 3), label="frames in between")
        return [*before, frame, *rest[:between], frame, *rest[between:]]
    if harm is Harm.SWAPPED:
        return [*before, rest[0], frame, *rest[1:]]
    return [*before, Frame(corrupted(data, frame.text), frame.state), *rest]


def corrupted(data: st.DataObject, text: str) -> str:
    places = [place for place, character in enumerate(text) if character.isdecimal()]
    place = data.draw(st.sampled_from(places), label="place of the digit")
    digit = data.draw(
        st.sampled_from([digit for digit in "0123456789" if digit != text[place]]), label="digit"
    )
    return text[:place] + digit + text[place + 1 :]


def follow(dialect: Dialect, frames: list[Frame]) -> tuple[list[Heard], list[Doubted]]:
    """Until the end, or until a frame is refused: the feed drops the connection then."""
    heard: list[Heard] = []
    doubts: list[Doubted] = []
    newest = 0
    for frame in frames:
        newest = max(newest, frame.state)
        try:
            outcomes = dialect.take(frame.text) or ()
        except (FrameRefused, MsgspecError):
            break
        for outcome in outcomes:
            if isinstance(outcome, Believed):
                assert_sound(outcome, LEVELS)
        heard += [Heard(outcome, newest) for outcome in outcomes if isinstance(outcome, Believed)]
        doubts += [outcome for outcome in outcomes if isinstance(outcome, Doubted)]
    return heard, doubts


def is_true(heard: Heard, story: Story) -> bool:
    """Every level believed is the true book's, from the best on without a hole."""
    believed, truth = heard.believed, story.states[heard.state]
    depth = max(len(believed.bids), len(believed.asks))
    return (believed.bids, believed.asks) == levels_of(truth.top(depth))


def levels_of(state: State) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
    bids, asks = (
        tuple((float(price_text(tick)), float(size_text(size))) for tick, size in side.items())
        for side in state
    )
    return bids, asks


def price_text(tick: int) -> str:
    """With its trailing zero."""
    return f"{tick / 10:.1f}"


def size_text(size: int) -> str:
    return f"{size / 1000:.8f}"
