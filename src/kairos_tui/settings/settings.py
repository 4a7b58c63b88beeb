"""Settings: the catalogue of knobs. Types carry their bounds and the sentence that explains them.

Read by: check (bounds), default_toml (sentences), runtime (values). The keys are those of the TOML file.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kairos_tui.market import Mood, PaperTerms, Thresholds, Venue
from kairos_tui.settings.stock import read_stock
from kairos_tui.settings.venue_table import VenueTable

MIRROR_AT = "127.0.0.1:4321"
"""Where the web mirror is by custom: of a bare `--mirror`, and of the one that a key starts."""


class Settings(Struct, frozen=True, kw_only=True):
    """Every knob of one run. bps of net return on outlay; other units are in the names.

    `keys` are the user's own, by the id of the HUD's action.
    """

    quotes: Annotated[
        tuple[str, ...],
        Meta(description="quote currencies: `watch BTC` compares BTC in all of them, converted"),
    ] = ("USDT", "USD", "USDC")
    venues: Annotated[
        tuple[Venue, ...], Meta(description="ccxt.pro ids, or names of [venue.NAME] tables")
    ] = (
        Venue("binance"),
        Venue("coinbase"),
        Venue("kraken"),
        Venue("okx"),
        Venue("bybit"),
    )
    min_net_bps: Annotated[
        float, Meta(ge=0.0, le=10_000.0, description="open a signal at this net edge ...")
    ] = 2.0
    close_net_bps: Annotated[float, Meta(ge=0.0, le=10_000.0, description="... close it below this one")] = (
        0.5
    )
    dwell_ms: Annotated[int, Meta(ge=0, le=60_000, description="the edge must stand this long first")] = 0
    max_notional: Annotated[
        float, Meta(ge=1.0, le=1e9, description="the most one signal is sized for, in the route's quote")
    ] = 10_000.0
    max_age_ms: Annotated[
        int, Meta(ge=0, le=600_000, description="an older leg is not used; 0: as each stream has learned")
    ] = 0
    max_asynchrony_ms: Annotated[
        int, Meta(ge=1, le=600_000, description="legs further apart than this are not compared")
    ] = 500
    silence_s: Annotated[
        float,
        Meta(
            ge=0.2, le=60.0, description="the least silence that makes a stream stale; slow ones learn more"
        ),
    ] = 2.0
    depeg_bps: Annotated[
        float, Meta(ge=1.0, le=2_000.0, description="a stablecoin further from 1 converts nothing")
    ] = 50.0
    haircut_bps: Annotated[
        float, Meta(ge=0.0, le=1_000.0, description="taken off proceeds that stay in another quote")
    ] = 2.0
    reaction_ms: Annotated[
        int,
        Meta(ge=1, le=60_000, description="how long you take to reach both venues: what capture_p speaks of"),
    ] = 100
    connect_timeout_s: Annotated[
        float,
        Meta(ge=0.1, le=3_600.0, description="no venue reached by then: pipes exit 3, the HUD keeps trying"),
    ] = 20.0
    theme: Annotated[
        str, Meta(min_length=1, max_length=4_096, description="a name of `kairos themes list`, or a path")
    ] = "neon"
    colours: Annotated[
        Literal["auto", "truecolor", "256", "16", "none"],
        Meta(description="how many the HUD draws with; auto: as the terminal says, none with NO_COLOR"),
    ] = "auto"
    glyphs: Annotated[
        Literal["auto", "unicode", "ascii"],
        Meta(description="what the HUD draws with; auto: ascii where TERM or the locale has nothing else"),
    ] = "auto"
    reduced_motion: Annotated[
        bool, Meta(description="nothing in the HUD flashes, fades or slides; numbers just change")
    ] = False
    fps: Annotated[int, Meta(ge=1, le=60, description="frames per second of the HUD, at most")] = 30
    alerts: Annotated[
        tuple[Literal["title", "bell", "notify", "progress"], ...],
        Meta(description="what signals do beside the HUD: title, bell, notify, progress (taskbar)"),
    ] = ("title",)
    mouse: Annotated[bool, Meta(description="false: clicks are the terminal's, to select and paste")] = True
    seed: Annotated[
        int, Meta(ge=0, le=2**53 - 1, description="of the simulated market: same seed, same market")
    ] = 1
    mood: Annotated[
        Mood, Meta(description="of the simulated market: lively exaggerates dislocations, calm is calibrated")
    ] = "lively"
    sinks: Annotated[
        tuple[str, ...],
        Meta(description="where signals also go: file:, redis://, http(s)://, exec: URLs"),
    ] = ()
    mirror: Annotated[
        str,
        Meta(max_length=255, description="host:port of the web mirror, 127.0.0.1:4321 by custom; empty: off"),
    ] = ""
    mirror_origins: Annotated[
        tuple[str, ...],
        Meta(description="other pages' scheme://host[:port] that may show the mirror, beside its own"),
    ] = ()
    mirror_token: Annotated[
        str,
        Meta(
            max_length=255, description="what viewers must know; off loopback one is made when this is empty"
        ),
    ] = ""
    metrics: Annotated[
        str, Meta(max_length=255, description="host:port for Prometheus; empty: only on the mirror's port")
    ] = ""
    paper: Annotated[
        bool, Meta(description="follow each signal with simulated orders; no real one is ever placed")
    ] = False
    paper_latency_ms: Annotated[
        int, Meta(ge=0, le=600_000, description="how long after a signal they reach the books")
    ] = 150
    paper_tolerance_bps: Annotated[
        float,
        Meta(ge=0.0, le=1_000.0, description="how much worse than signalled a simulated order may fill"),
    ] = 0.0
    paper_stock: Annotated[
        str,
        Meta(
            max_length=4_096,
            description="what each venue holds at the start, as USDT=10000,BTC=0.5; empty: enough of each",
        ),
    ] = ""
    record: Annotated[
        str,
        Meta(
            max_length=4_096, description="a new folder, like btc.kz, that all is recorded into; empty: off"
        ),
    ] = ""
    record_segment_mb: Annotated[
        int, Meta(ge=1, le=4_096, description="a recording's files are no larger than this")
    ] = 64
    record_keep_mb: Annotated[
        int, Meta(ge=0, le=100_000_000, description="the oldest files go above it; 0: all are kept")
    ] = 0
    record_keep_h: Annotated[
        float, Meta(ge=0.0, le=1e6, description="so do files that are older; 0: all are kept")
    ] = 0.0
    record_sync: Annotated[
        bool, Meta(description="a recording also survives a power cut, at a flush to disk for each block")
    ] = False
    journal: Annotated[
        bool, Meta(description="signals are kept in the state directory, the newest 100 MB of them")
    ] = True
    engines: Annotated[
        int,
        Meta(
            ge=1,
            le=16,
            description="processes that price, symbols dealt out by asset; more where one's core is full",
        ),
    ] = 1
    placement: Annotated[
        Literal["auto", "off"],
        Meta(description="auto: from four cores on the engine, and workers, have cores of their own; off"),
    ] = "auto"
    fleet: Annotated[
        str,
        Meta(
            max_length=4_096,
            description="where the roles of a fleet find each other, as redis://host; empty: no fleet",
        ),
    ] = ""
    name: Annotated[
        str, Meta(max_length=40, description="what this process is called in a fleet; empty: as its machine")
    ] = ""
    curve: Annotated[
        str,
        Meta(max_length=4_096, description="folder of the fleet's key files; empty: curve, beside this file"),
    ] = ""
    health: Annotated[
        str, Meta(max_length=255, description="host:port of a role's /healthz and /readyz; empty: none")
    ] = ""
    log_format: Annotated[
        Literal["text", "json"], Meta(description="of the log: sentences, or one JSON object a line")
    ] = "text"
    keymap: Annotated[
        Literal["default", "vim", "k9s"],
        Meta(description="which preset of keys the HUD has; see kairos keys"),
    ] = "default"
    keys: dict[str, tuple[str, ...]] = {}
    venue: dict[str, VenueTable] = {}

    @property
    def thresholds(self) -> Thresholds:
        """What makes a signal, in the market's words."""
        return Thresholds(
            min_net_bps=self.min_net_bps,
            close_net_bps=self.close_net_bps,
            dwell_ms=self.dwell_ms,
            max_notional=self.max_notional,
            max_age_ms=self.max_age_ms or None,
            max_asynchrony_ms=self.max_asynchrony_ms,
            depeg_bps=self.depeg_bps,
            haircut_bps=self.haircut_bps,
            reaction_ms=self.reaction_ms,
        )

    @property
    def paper_terms(self) -> PaperTerms | None:
        """How signals are followed on paper; None where they are not. A venue without a stock gets one."""
        if not self.paper:
            return None
        texts = [(venue, self.venue_table(venue).paper_stock) for venue in self.venues]
        stated = [(venue, self.paper_stock if text is None else text) for venue, text in texts]
        stock = tuple((venue, read_stock(text)) for venue, text in stated if text)
        return PaperTerms(self.paper_latency_ms, self.paper_tolerance_bps, stock)

    @property
    def is_simulated(self) -> bool:
        """Whether a venue that is watched is a simulated exchange: then nothing that comes of it is live."""
        return any(self.venue_table(venue).is_simulated for venue in self.venues)

    def venue_table(self, venue: str) -> VenueTable:
        """The venue's own table, or one that changes nothing."""
        return self.venue.get(venue, VenueTable())

    def ccxt_class(self, venue: str) -> str:
        """The ccxt.pro id behind a venue's name."""
        return self.venue_table(venue).ccxt_class or venue
