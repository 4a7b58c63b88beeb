# mypy: disable-error-code="no-untyped-def,no-untyped-call,arg-type"
"""Grades of play's signals, as an engine would give them: markouts as they come due, and a route's sums."""

import msgspec

from kairos_tui.market import HORIZONS_MS, CalibrationCount, HorizonGrade, Markout, RouteGrade

MS = 1_000_000
_HITS = {50: 39, 100: 34, 250: 22, 500: 12, 1_000: 5, 2_000: 1}


def markout(signal, horizon_ms, profit, note=None):
    """One of a signal; `profit` None was not priced."""
    route, size = signal.opportunity.route, signal.opportunity.size
    net = None if profit is None else profit / 3.0
    at_ns = signal.opened_ns + horizon_ms * MS
    return Markout(signal.id, route, horizon_ms, at_ns, size, net, profit, note)


def markouts(signal, until_ns):
    """Those that have come due: the edge pays for a quarter of a second, and two seconds on a leg is lost."""
    due = [ms for ms in HORIZONS_MS if signal.opened_ns + ms * MS <= until_ns]
    lost = {2_000: (None, "okx down: HTTP 503")}
    return [markout(signal, ms, *lost.get(ms, (12.0 - ms / 25,))) for ms in due]


def with_chance(signal):
    """What the engine tells of it: every third by a prior."""
    number = int(signal.id.rpartition("-")[2])
    is_prior = number % 3 == 0
    told = {"capture_p": 0.71 if not is_prior else 0.44, "capture_n": 118 if not is_prior else 12}
    return msgspec.structs.replace(signal, is_prior=is_prior, **told)


def grade(route, opened=41):
    """Hits that thin out with time; two of them each time could not be priced."""
    horizons = tuple(HorizonGrade(ms, hits, 39 - hits, 2) for ms, hits in _HITS.items())
    return RouteGrade(route, opened, horizons, 100, 4.1, 31, 9, 0.62)


def with_grades(board):
    """The board of an engine that has graded every route of an open or finished signal."""
    symbols = []
    for one in board.symbols:
        routes = dict.fromkeys(signal.opportunity.route for signal in one.open_signals)
        symbols.append(msgspec.structs.replace(one, grades=tuple(map(grade, routes))))
    count = CalibrationCount()
    for number in range(30):
        count.count(0.75, came_true=number % 4 != 0)
    return msgspec.structs.replace(board, symbols=tuple(symbols), calibration=count.calibration)
