// Hero: the verdict. The best route, its net, how far it is from profit and from a signal, and what eats it.
// Before it: verdict. After it: the page's first glance.

import { bps, retry, span } from "./numbers.js";
import { MODES } from "./glyphs.js";
import { $, dress, put, segments, show } from "./dom.js";
import { drawBars } from "./bars.js";
import { judge } from "./verdict.js";
import { best, cards, current, shown, silenceUs, thresholds, trust } from "./view.js";

const KINDS = { signal: ["◆ EDGE", "hot"], profit: ["▲ IN PROFIT", "gain"], no_edge: ["○ NO EDGE", "calm"], none: ["◌ NO ROUTE", "warn"] };

export function drawHero(view, calm) {
  const one = current(view);
  const fresh = trust(view) === "fresh";
  const judged = fresh && one ? judge(view, best(one), one.symbol) : { kind: "none" };
  const [word, mood] = KINDS[judged.kind];
  dress($("hero"), `panel ${mood}`);
  put($("hero-kind"), word);
  const priced = judged.kind !== "none";
  put($("hero-net"), priced ? bps(judged.net) : "··");
  put($("hero-route"), priced ? judged.route : one ? "no route can be priced now" : "waiting for the first board");
  segments($("hero-says"), priced ? says(judged) : why(view, one, fresh));
  if (priced && (calm || $("hero-bars").hidden)) drawBars($("hero-bars"), judged);
  else if (!priced) show($("hero-bars"), false);
  if (calm) segments($("hero-quiet"), quiet(view, one));
}

function says(judged) {
  const risk = judged.mode ? [[MODES[judged.mode][0] + "  ", MODES[judged.mode][1]]] : [];
  if (judged.kind === "signal") return [...risk, ["above the threshold", "buy"]];
  const profit = judged.toProfit ? [["needs ", "muted"], [bps(judged.toProfit), "accent"], [" to profit, ", "muted"]] : [["needs ", "muted"]];
  const eaten = judged.toProfit ? [[" · eaten by ", "muted"], [judged.eater, "sell"]] : [];
  return [...risk, ...profit, [bps(judged.toSignal), "accent"], [" to signal", "muted"], ...eaten];
}

function why(view, one, fresh) {
  if (!one) return [["the engine and its feeds are starting, or cannot be reached", "muted"]];
  if (!fresh) return [["nothing here is known to be true now", "warn"]];
  const listed = one.venues.filter((row) => row.listed);
  const waiting = listed.filter((row) => !row.usable);
  if (!waiting.length || waiting.length + 1 < listed.length) return [["two live venues make a route", "muted"]];
  const tries = waiting.map((row) => row.retry_in_us).filter((us) => us != null);
  const next = tries.length ? [[" · " + retry(Math.min(...tries) - silenceUs(view), "next try"), "muted"]] : [];
  if (!shown(view).everUsable) return [[`connecting: ${listed.length - waiting.length} of ${listed.length} venues are live`, "accent"], ...next];
  const held = waiting.every((row) => row.state === "quarantined");
  const said = waiting.length < listed.length ? "one venue alone makes no route" : held ? "every venue is held" : "no venue is reachable";
  return [[said, "down"], ...next];
}

// `no signal for 12 m 04 s · threshold 2.0`.
export function quiet(view, one) {
  if (!one) return [];
  const standing = cards({ ...view, filter: "" }).filter((line) => line.event !== "close").length;
  if (standing && trust(view) === "fresh") return [[`${standing} signal${standing > 1 ? "s" : ""} open`, "buy"]];
  const limit = ` · threshold ${thresholds(view).min_net_bps.toFixed(1)}`;
  if (one.last_signal_age_us == null) return [["no signal yet" + limit, "muted"]];
  return [[`no signal for ${span(one.last_signal_age_us + silenceUs(view))}${limit}`, "muted"]];
}

export function drawTitle(view) {
  const one = current(view);
  const top = trust(view) === "fresh" && !view.held ? best(one) : null;
  const title = top ? `${top.net_bps > 0 ? "◆ " : ""}${bps(top.net_bps)} ${judge(view, top, one.symbol).route} — Kairos` : "Kairos";
  if (document.title !== title) document.title = title;
}

