// Inspect: one venue, route or signal taken apart: its costs one by one, its ages, its proofs, its levels.

import { age, amount, bps, clock, count, latency, plain, price, pricePlaces, retry, signedAmount, size, span } from "./numbers.js";
import { markOf, routeName, safe, venueName } from "./glyphs.js";
import { $, put, segments, show, sized, el } from "./dom.js";
import { drawBars } from "./bars.js";
import { lifeOf } from "./feed.js";
import { feeDetail, judge, judgeSized, lineName } from "./verdict.js";
import { current, routeOf, shown, silenceUs, thresholds, trust } from "./view.js";

const ADVICE = {
  connecting: "wait: it is being connected",
  lagging: "wait: its messages come late; it counts again once they are on time",
  stale: "wait: nothing proves that its book still holds; one update brings it back",
  resync: "wait: a fresh book is asked for, and used once it is proven",
  quarantined: "do what the reason asks; without such it returns by itself",
  down: "wait: it is tried again; the others run",
};

export function drawInspect(view) {
  const target = view.inspected;
  show($("inspect"), Boolean(target));
  $("board").classList.toggle("inspecting", Boolean(target));
  const one = current(view);
  if (!target || !one) return;
  const [name, judged, rows] = target.card ? ofSignal(view, target.card) : target.sell ? ofRoute(view, one, target) : ofVenue(view, one, target);
  put($("inspect-name"), name);
  if (judged) drawBars($("inspect-bars"), judged, { net: true });
  else show($("inspect-bars"), false);
  const made = sized($("inspect-rows"), rows.length, makePair);
  rows.forEach(([label, ...pieces], place) => {
    put(made[place].children[0], label);
    segments(made[place].children[1], pieces);
  });
}

function makePair() {
  const row = el("div");
  row.append(el("dt"), el("dd"));
  return row;
}

function ofSignal(view, id) {
  const line = shown(view).signals.get(id);
  if (!line) return ["", null, [["", ["that signal has left the feed", "muted"]]]];
  const [life, words] = lifeOf(view, line);
  const rows = [
    [line.event, [words, life === "live" ? "buy" : "muted"], [`  opened ${clock(line.ts_us - line.duration_us)}Z  peak ${bps(line.peak_net_bps, 2)} bps`, "muted"]],
    ["size", [`${size(line.size)} ${safe(line.asset, 8)}`, "b"], [`  notional ${amount(line.notional)}  profit `, "muted"], [`${signedAmount(line.profit)} ${safe(line.quote, 8)}`, line.profit > 0 ? "buy" : "sell"]],
    ["depth", [`top ${bps(line.net_top_bps, 2)} → size ${bps(line.net_bps, 2)} bps`, "text"]],
    ...line.legs.map(legRow),
    ["asynchrony", [latency(line.asynchrony_us), "text"]],
    ["pipeline", [latency(line.tick_to_signal_us), "text"], [`  wire ${latency(line.wire_us)} · engine ${latency(line.engine_us)}`, "muted"]],
  ];
  if (line.quote_risk) rows.push(["quote risk", [`the proceeds stay in another quote, haircut ${plain(line.haircut_bps, 1)} bps`, "warn"]]);
  return [`${safe(line.id, 24)}  ${lineName(line)}`, judgeSized(view, line), rows];
}

function legRow(leg) {
  const places = pricePlaces(leg.price);
  const levels = leg.levels.map(([at, held]) => `${price(at, places)} × ${size(held)}`).join("   ");
  return [
    leg.side, [venueName(leg.venue) + " ", "b"], [`${safe(leg.symbol, 16)} `, "muted"], [price(leg.vwap, places), leg.side],
    [`  fee ${plain(leg.fee_bps, 1)} (${leg.fee_source})  age ${latency(leg.age_us)}  proof ${leg.proof}`, "muted"], [levels || "valued at the mid", "levels"],
  ];
}

function ofRoute(view, one, { buy, sell }) {
  const route = routeOf(one, buy, sell);
  const find = (venue) => one.venues.find((row) => row.venue === venue);
  const legs = [["buy", find(buy), "ask"], ["sell", find(sell), "bid"]].filter((leg) => leg[1]).map(([side, row, at]) => quoteRow(view, side, row, at));
  const name = routeName(buy, sell);
  if (trust(view) !== "fresh" || !route || route.net_bps == null || route.blocked != null) {
    const why = trust(view) === "fresh" ? safe(route?.blocked || "no price can be formed", 160) : "nothing here is known to be true now";
    return [name, null, [["◌ not priced", [why, "warn"]], ...legs]];
  }
  const line = route.open_id && shown(view).signals.get(route.open_id);
  const judged = line ? judgeSized(view, line) : judge(view, route, one.symbol);
  const missing = judged.kind === "signal" ? ["above the threshold", "buy"] : [`${judged.toProfit ? bps(judged.toProfit) + " to profit, " : ""}${bps(judged.toSignal)} to signal`, "accent"];
  return [name, judged, [
    ["needs", missing, [route.open_id ? `  signal ${safe(route.open_id, 24)} is open` : "", "buy"]],
    ["size", [size(route.top_size), "b"], ["  at the top of both books", "muted"]],
    ...legs,
    ["asynchrony", [latency(route.asynchrony_us), "text"], [`  at most ${thresholds(view).max_asynchrony_ms} ms`, "muted"]],
    ...(line ? line.legs.map(legRow) : []),
  ]];
}

function quoteRow(view, side, row, at) {
  const old = row.alive_us ?? row.age_us;
  return [side, [venueName(row.venue) + " ", "b"], [price(row[at], pricePlaces(row[at])), side], [` × ${size(row[at + "_size"])}`, "text"], [`  age ${age(old == null ? null : old + silenceUs(view))}  proof ${row.proof || "none yet"}  ${feeDetail(row)}`, "muted"]];
}

function ofVenue(view, one, { buy }) {
  const row = one.venues.find((each) => each.venue === buy);
  if (!row) return ["", null, [["", ["that venue is not watched any more", "muted"]]]];
  const [glyph, word, ink] = markOf(row, trust(view) === "fresh");
  const places = pricePlaces(row.ask || row.bid);
  const old = row.alive_us ?? row.age_us;
  const offset = row.clock_offset_us == null ? "·" : `${bps(row.clock_offset_us / 1000, 0)} ms ± ${((row.clock_uncertainty_us || 0) / 1000).toFixed(0)} ms`;
  const again = row.retry_in_us != null ? " · " + retry(row.retry_in_us - silenceUs(view)) : "";
  const rows = [
    ["state", [`${glyph} ${word}`, ink], [` for ${span(row.state_age_us + silenceUs(view))}${again}`, "text"]],
    ["book", [`${price(row.bid, places)} × ${size(row.bid_size)}`, "buy"], ["  │  ", "muted"], [`${price(row.ask, places)} × ${size(row.ask_size)}`, "sell"]],
    ["proof", [row.proof || "none yet", row.proof === "unproven" ? "warn" : "text"], [`  ${count(row.gaps)} gaps in sequence or checksum`, "muted"]],
    ["checks", [`${count(row.checks)} agreed, ${count(row.disagreements)} disagreed`, row.disagreements ? "warn" : "text"], ["  with the book over REST", "muted"]],
    ["score", [`${row.score} of 100`, row.score < 80 ? "warn" : "text"]],
    ["age", [age(old == null ? null : old + silenceUs(view)), "text"], ["  since proven", "muted"]],
    ["fee", [feeDetail(row), "text"]],
    ["clock", [offset, "text"], [`  venue against ours · lag ${latency(row.lag_us)} · wire ${latency(row.wire_us)}`, "muted"]],
    ["pipeline", [latency(row.latency_us), "text"], [`  socket read to applied · ${count(row.ticks)} ticks`, "muted"]],
    ["trouble", [`${count(row.reconnects)} reconnects`, "text"], [`  ${count(row.bad_frames)} bad frames · ${count(row.refused)} ticks refused`, "muted"]],
  ];
  const advice = row.listed ? ADVICE[row.state] : "nothing: the venue does not trade it; the others run";
  if (row.reason) rows.splice(1, 0, ["reason", [safe(row.reason, 400), "text"]]);
  if (advice) rows.splice(row.reason ? 2 : 1, 0, ["what to do", [advice, "text"]]);
  return [venueName(row.venue), null, rows];
}
