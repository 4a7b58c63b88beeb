"""Plans: what the launcher tells each role when it starts it. Written by launcher, read by run_*."""

from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec
from msgspec.structs import replace

from kairos_tui.market import NO_KEYS, FeedKind, KeyRing, Mood, Symbol

if TYPE_CHECKING:  # the HUD is started with plans, and needs no settings
    from kairos_tui.settings import Settings

PlanT = TypeVar("PlanT")
ReplayDeed = Literal["pause", "step", "back", "seek", "skip", "speed"]


class ReplayOrder(msgspec.Struct, frozen=True):
    """What a viewer asks of a replay: to pause or go on, the next or the last event, another place or speed.

    `value` is the epoch us to seek, the us to skip, or the speed.
    """

    do: ReplayDeed
    value: float = 0


class SimRolePlan(msgspec.Struct, frozen=True):
    """Which simulated exchanges to serve, and from which seed."""

    venues: tuple[str, ...]
    seed: int
    mood: Mood
    rate: float = 1.0


class HudLook(msgspec.Struct, frozen=True):
    """How the HUD looks and is heard, as the settings say it."""

    theme: str
    colours: Literal["auto", "truecolor", "256", "16", "none"] = "auto"
    glyphs: Literal["auto", "unicode", "ascii"] = "auto"
    reduced_motion: bool = False
    alerts: tuple[Literal["title", "bell", "notify", "progress"], ...] = ("title",)


class ViewAsked(msgspec.Struct, frozen=True):
    """How the HUD is to begin, as flags say it, word for word; empty where they do not."""

    layout: str = ""
    figure: str = ""
    sort: str = ""
    span: str = ""
    filter: str = ""
    mute: tuple[str, ...] = ()
    common: bool = False


class InForce(msgspec.Struct, frozen=True):
    """The settings in force: (key, value as TOML, origin, meaning) of each, secrets hidden; the file in
    which they are changed, and the one that the HUD itself changes: keys chosen in it. `view` is how the HUD
    is to begin.
    """

    knobs: tuple[tuple[str, str, str, str], ...] = ()
    file: str = ""
    keys_file: str = ""
    view: ViewAsked = ViewAsked()


UNSAID = InForce()


class HudRolePlan(msgspec.Struct, frozen=True):
    """What the HUD shows before the first board, and how fast it draws. `remote`: the engine is elsewhere.

    `signals`, here and below, is where the engines publish: an address each, or the one of a source;
    `ring` has the keys for those that are elsewhere.
    `command` is what shows the same, without symbols and what can be turned in the HUD.
    """

    run: str
    feed: FeedKind
    signals: tuple[str, ...]
    symbols: tuple[Symbol, ...]
    look: HudLook
    fps: int
    connect_timeout_s: float
    log_path: str
    log_level: int
    ring: KeyRing = NO_KEYS
    mood: Mood | None = None
    seed: int | None = None
    simulates: bool = True
    remote: bool = False
    mirrored: bool = False
    keymap: Literal["default", "vim", "k9s"] = "default"
    keys: dict[str, tuple[str, ...]] = {}
    command: tuple[str, ...] = ("kairos", "watch")
    mouse: bool = True
    in_force: InForce = InForce()

    def at_start(self, number: int) -> "HudRolePlan":
        """For that start of the HUD, from 0: after a crash it comes back as it was left, not as flags say."""
        return self if not number else replace(self, in_force=replace(self.in_force, view=ViewAsked()))


def hud_look(settings: "Settings") -> HudLook:
    """How the HUD looks with these settings."""
    look = (settings.theme, settings.colours, settings.glyphs, settings.reduced_motion)
    return HudLook(*look, alerts=settings.alerts)


def encode_plan(plan: msgspec.Struct) -> bytes:
    """A plan as bytes with its length in front, ready for a pipe."""
    body = msgspec.json.encode(plan)
    return len(body).to_bytes(4, "big") + body


def decode_plan(body: bytes, kind: type[PlanT]) -> PlanT:
    """The plan of `kind` from its bytes, without the length."""
    return msgspec.json.decode(body, type=kind)
