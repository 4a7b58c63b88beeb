"""A verdict's figures, from gross through each cost to net and to what is missing; and the plot's.

Before it: explained, verdict. After it: subjects.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.look import span_words
from kairos_tui.hud.panels.explain.explained import BPS, Explained
from kairos_tui.hud.verdict import Cost, Verdict
from kairos_tui.hud.view_state import View

_COSTS = {
    "depth": "What walking the books to the size costs against their tops.",
    "buy fee": "What the buy venue's taker fee takes of the edge. Fees compound: this one is what is left to"
    " take after the sell fee.",
    "sell fee": "What the sell venue's taker fee takes of the proceeds.",
    "conversion": "What bringing the proceeds back into the first quote takes: its spread and its fee.",
    "haircut": "What is deducted because the proceeds stay in another quote, valued at the mid: a stated"
    " risk, no cost that is paid.",
}


def steps(view: View, verdict: Verdict, *, sized: bool) -> tuple[Explained, ...]:
    """Every bar of the verdict; `sized`: at the size that is traded, not at the tops of the books."""
    if verdict.kind == "none":
        why = "the engine is silent" if view.trust in {"silent", "dead"} else "two live venues make a route"
        return (Explained("NO ROUTE", "", numbers.UNKNOWN, f"Nothing can be priced now: {why}."),)
    at = "at the size that is traded" if sized else "at the tops of both books"
    age = f"the board that is shown, {numbers.span(view.silence_us)} old"
    gross = Explained(
        "GROSS",
        verdict.route,
        f"{numbers.bps(verdict.gross_bps)} bps",
        f"The gap between the two prices, {at}, before anything is paid.",
        "sell price ÷ buy price − 1",
        unit=BPS,
        age=age,
    )
    costs = (_cost(verdict, cost, age, sized=sized) for cost in verdict.costs)
    return gross, *costs, _net(verdict, at, age), *_missing(view, verdict, age)


def _cost(verdict: Verdict, cost: Cost, age: str, *, sized: bool) -> Explained:
    formula, here = _formula(verdict, cost, sized=sized)
    worst = " It eats most of all." if cost.label == verdict.worst else ""
    return Explained(
        cost.label.upper(),
        verdict.route,
        f"{numbers.bps(cost.bps)} bps",
        _COSTS.get(cost.label, "A cost of this route.") + worst,
        formula,
        here,
        unit=f"{BPS} of the outlay",
        age=age,
        source=cost.detail,
    )


def _formula(verdict: Verdict, cost: Cost, *, sized: bool) -> tuple[str, str]:
    """In words, and in figures where the parts are on the screen."""
    if sized or cost.label not in ("buy fee", "sell fee"):
        return "return with it − return without it, after the costs before it", ""
    parts = [cost for cost in verdict.costs if cost.label != "buy fee"]
    if cost.label == "buy fee":
        others = "".join(f" − ({_two(part.bps)})" for part in parts)
        return (
            "net − gross − every other cost",
            f"{_two(verdict.net_bps)} − {_two(verdict.gross_bps)}{others} = {_two(cost.bps)} bps",
        )
    return "sell price ÷ buy price × what the fee takes of the sale", ""


def _two(bps: float) -> str:
    return numbers.signless(f"{bps:.2f}")


def _net(verdict: Verdict, at: str, age: str) -> Explained:
    parts = [verdict.gross_bps, *(cost.bps for cost in verdict.costs)]
    here = " ".join(f"{'+' if part >= 0 else '−'} {abs(part):.2f}" for part in parts[1:])
    return Explained(
        "NET",
        verdict.route,
        f"{numbers.bps(verdict.net_bps)} bps",
        f"What is left of the outlay {at} when everything is paid.",
        "gross less every cost, each as it falls after those before it",
        f"{numbers.signless(f'{parts[0]:.2f}')} {here} = {numbers.bps(verdict.net_bps, 2)} bps",
        f"{BPS} of the outlay",
        age,
    )


def _missing(view: View, verdict: Verdict, age: str) -> tuple[Explained, ...]:
    limit = view.thresholds.min_net_bps
    dwell = view.thresholds.dwell_ms
    after = f" for {dwell} ms" if dwell else ""
    net = numbers.signless(f"{verdict.net_bps:.2f}")
    return (
        Explained(
            "NEEDS",
            verdict.route,
            f"{numbers.bps(verdict.to_signal)} bps to signal",
            "How far the prices must still move apart, or fees fall, until a signal opens.",
            "threshold − net, nothing once it is reached",
            f"max(0, {limit:.2f} − ({net})) = {numbers.bps(verdict.to_signal, 2)} bps",
            BPS,
            age,
        ),
        Explained(
            "THRESHOLD",
            verdict.route,
            f"{numbers.bps(limit)} bps",
            f"A signal opens where net stands at or above this{after}; it closes below"
            f" {numbers.bps(view.thresholds.close_net_bps)}. Between the two nothing changes: no flapping.",
            unit=f"{BPS} of the outlay",
            source="--min-net-bps, min_net_bps in the settings, or :threshold in this run",
        ),
        Explained(
            "PLOT",
            verdict.route,
            span_words(view.look.span_s),
            "The net of the route over the span, its highest in each column; a gap is time in which it could"
            " not be priced. ┄ is the threshold, ╌ break-even, ▼ a signal that opened.",
            "two dots a cell across, four up; the scale leaves out the outermost 2 % of values",
            unit="bps up, time across",
            source="boards of this run, the further back the coarser: 0.25 s to 10 s",
        ),
    )
