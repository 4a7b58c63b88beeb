"""SimPlan: which simulated exchanges to serve and how lively. Origin: where one of them listens."""

from msgspec import Struct

from kairos_tui.market import Mood
from kairos_tui.sim.fault_orders import ScriptedFault
from kairos_tui.sim.listings import sim_venues


class SimPlan(Struct, frozen=True):
    """Same seed, same venues, same mood, same rate: same market.

    `rate` multiplies quotes per second; above 1 it also shortens every stream's update interval,
    so that a benchmark can ask for more messages than a real venue's 100 ms batches allow.
    `control` opens POST /_sim/fault on every port. `faults` are carried out as the market's time comes.
    The first venue listens at `port`, the next at the one after it, and so on; 0: wherever there is room.
    """

    venues: tuple[str, ...] = sim_venues()
    seed: int = 1
    mood: Mood = "lively"
    rate: float = 1.0
    control: bool = False
    faults: tuple[ScriptedFault, ...] = ()
    port: int = 0


class Origin(Struct, frozen=True):
    """scheme://host:port of one simulated venue, to be put in place of the real one's."""

    rest: str
    ws: str
