// Verdict: what a route says. An edge, or how far from one and which cost eats it: the HUD's own arithmetic.
// Before it: view. After it: hero, inspect, feed.

import { bps, plain } from "./numbers.js";
import { nameOf, quoteOf, safe, venueName } from "./glyphs.js";
import { rowOf, thresholds } from "./view.js";

const least = (costs) => costs.reduce((worst, cost) => (cost.bps < worst.bps ? cost : worst));
const taker = (venue, feeBps, source) => `${venueName(venue)} taker ${plain(feeBps, 1)} bps (${source})`;

export function feeDetail(row) {
  return row?.taker == null ? "fee not known yet" : taker(row.venue, row.taker * 1e4, row.fee_source || "default");
}

// A route as it stands at the top of its books.
export function judge(view, route, symbol) {
  if (!route || route.net_bps == null || route.gross_bps == null) return { kind: "none" };
  const fee = (label, taken, venue, market) => ({
    label, bps: -Math.abs(taken || 0), who: venueName(venue), detail: feeDetail(rowOf(view, venue, market)),
  });
  const costs = [
    fee("buy fee", route.buy_fee_bps, route.buy_venue, symbol),
    fee("sell fee", route.sell_fee_bps, route.sell_venue, route.sell_symbol || symbol),
  ];
  if (route.sell_symbol) {
    const where = route.convert_venue ? venueName(route.convert_venue) : "";
    const way = `${safe(route.convert_symbol || "", 16)} ${where}: spread and fee`;
    costs.push(conversion(route.mode, -Math.abs(route.convert_bps || 0), quoteOf(route.sell_symbol), where, way));
  }
  const mode = route.sell_symbol ? route.mode : null;
  return verdict(view, nameOf(route, symbol), route.gross_bps, costs, route.net_bps, mode);
}

// A signal at its size: depth, then each fee and the conversion, compounded.
export function judgeSized(view, line) {
  const [buy, sell, ...conversions] = line.legs;
  const rate = conversions.reduce((product, leg) => product * (leg.side === "buy" ? 1 / leg.price : leg.price), 1);
  const top = ((sell.price * rate) / buy.price - 1) * 1e4;
  const bought = after(line.gross_bps, 1 / costToBuy(buy));
  const mode = line.kind === "convert" ? line.mode : null;
  const sold = mode ? after(bought, proceedsOfSale(sell)) : line.net_bps;
  const fee = (label, taken, leg) => ({ label, bps: taken, who: venueName(leg.venue), detail: takenBy(leg) });
  const costs = [
    { label: "depth", bps: Math.min(0, line.gross_bps - top), who: "", detail: "walking the books to this size" },
    fee("buy fee", bought - line.gross_bps, buy),
    fee("sell fee", sold - bought, sell),
  ];
  if (mode) {
    const way = conversions.map((leg) => `${safe(leg.symbol, 16)} ${takenBy(leg)}`).join(" · ");
    const where = conversions.map((leg) => venueName(leg.venue)).join(" and ");
    costs.push(conversion(mode, line.net_bps - sold, quoteOf(line.sell_symbol), where, way));
  }
  return verdict(view, lineName(line), top, costs, line.net_bps, mode);
}

export const lineName = (line, arrow) => nameOf(line, line.buy_symbol, arrow);

const takenBy = (leg) => taker(leg.venue, leg.fee_bps, leg.fee_source);
const after = (inBps, factor) => ((1 + inBps / 1e4) * factor - 1) * 1e4;
const buysLess = (leg) => leg.fee_charged === "base" || leg.fee_charged === "received";
const costToBuy = (leg) => (buysLess(leg) ? 1 / (1 - leg.fee_bps / 1e4) : 1 + leg.fee_bps / 1e4);
const proceedsOfSale = (leg) => (leg.fee_charged === "base" ? 1 / (1 + leg.fee_bps / 1e4) : 1 - leg.fee_bps / 1e4);

function conversion(mode, taken, quote, where, way) {
  if (mode === "closed") return { label: "conversion", bps: taken, detail: way, who: `${quote} at ${where}` };
  return { label: "haircut", bps: taken, detail: `${quote} is kept, valued at the mid: quote risk`, who: quote };
}

function verdict(view, route, gross, costs, net, mode) {
  const limit = thresholds(view).min_net_bps;
  const worst = least(costs);
  return {
    kind: net >= limit ? "signal" : net > 0 ? "profit" : "no_edge", route, gross, costs, net, mode,
    toProfit: Math.max(0, -net), toSignal: Math.max(0, limit - net), worst: worst.label, eater: eater(gross, worst),
  };
}

function eater(gross, worst) {
  if (gross <= worst.bps) return "the prices: they do not cross";
  return worst.bps < 0 ? `${worst.label}${worst.who && " of " + worst.who}, ${bps(worst.bps)}` : "nothing";
}
