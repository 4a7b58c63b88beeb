"""The promise: the fleet hears what is true of an engine's process: that it obeys, is warm, is dead."""

from kairos_tui.fleet import Duty
from kairos_tui.runtime.child import News
from kairos_tui.runtime.engine_orders import EngineOrder
from kairos_tui.runtime.engine_seat import EngineSeat


class HeardSeat:
    """Gives the duty it is told to give, and remembers what it hears."""

    def __init__(self) -> None:
        self.given = Duty(7, ("a", "b"), True, 1 << 60)
        self.obeyed: list[int] = []
        self.warmed = 0

    def duty(self) -> Duty:
        return self.given

    def stopped(self, number: int) -> None:
        self.obeyed.append(number)

    def warm(self) -> None:
        self.warmed += 1


def seated() -> tuple[HeardSeat, EngineSeat, list[EngineOrder]]:
    heard, orders = HeardSeat(), list[EngineOrder]()

    def take(order: EngineOrder) -> bool:
        orders.append(order)
        return True

    return heard, EngineSeat(heard, "a", take), orders  # type: ignore[arg-type]


def test_a_process_obeys_when_it_says_so_and_a_dead_one_at_once() -> None:
    heard, seat, orders = seated()
    seat.on_start()
    seat.tend(1)
    assert ([order.number for order in orders], heard.obeyed) == ([7], [])
    seat.on_news(News(serving=7))
    assert heard.obeyed == [7]

    heard.given = Duty(8, ("a",), True, 1 << 60)
    seat.on_end()
    seat.tend(2)
    assert heard.obeyed == [7, 8]
    assert len(orders) == 1  # nobody is there to be told

    seat.on_start()
    seat.tend(3)
    assert orders[-1].number == 8
    assert heard.obeyed == [7, 8]


def test_a_dead_process_is_not_warm_for_its_time() -> None:
    heard, seat, _orders = seated()
    seat.on_start()
    seat.on_end()
    seat.tend(1 << 62)
    assert heard.warmed == 0
