// View: where the viewer looks, and what may be believed. Panels read it; keys change it.
// Before it: store, connection. After it: panels.

import { bestOf } from "./store.js";
import { safe, venueName } from "./glyphs.js";

export const PANELS = ["venues", "matrix", "edge", "feed"];
export const HEATS = ["net", "gross", "size", "age"];
export const SPANS = [60, 300, 900];
const SILENT_MS = 2000;

export function newView(store, link) {
  return {
    live: store, link, held: null, heldAt: 0, now: 0, symbol: null, focus: "matrix", zoomed: false, helping: false,
    inspected: null, row: 0, cell: null, card: null, heat: "net", span: 60, filter: "",
  };
}

export const shown = (view) => view.held || view.live;
export const silenceUs = (view) => Math.max(0, ((view.held ? view.heldAt : view.now) - shown(view).boardAt) * 1000);

// none: nothing was ever told; silent: boards have stopped; fresh: what is shown is true now.
export function trust(view) {
  if (!shown(view).board) return "none";
  return silenceUs(view) > SILENT_MS * 1000 ? "silent" : "fresh";
}

export const nowUs = (view) => (shown(view).board?.at_us || 0) + silenceUs(view);

export function current(view) {
  const symbols = shown(view).board?.symbols || [];
  return symbols.find((one) => one.symbol === view.symbol) || symbols[0] || null;
}

export const best = (one) => (one ? bestOf(one) : null);
export const thresholds = (view) => shown(view).board?.thresholds || { min_net_bps: 0 };

export function routeOf(one, buy, sell) {
  return one?.routes.find((route) => route.buy_venue === buy && route.sell_venue === sell) || null;
}

export function rowOf(view, venue, symbol) {
  const board = shown(view).board?.symbols.find((one) => one.symbol === symbol);
  return board?.venues.find((row) => row.venue === venue) || null;
}

// The cards, newest first: open ones keep their place in time.
export function cards(view) {
  const lines = [...shown(view).signals.values()];
  return lines.filter((line) => matches(view, [line.buy_venue, line.sell_venue, line.asset], line.net_bps)).sort(byOpening);
}

const openedUs = (line) => line.ts_us - line.duration_us;
const byOpening = (one, other) => openedUs(other) - openedUs(one) || (other.id > one.id ? 1 : -1);

export const venuesShown = (view, one) => one.venues.filter((row) => matches(view, [row.venue], null));

// `okx`, `!gemini`, `net>8`: every word must hold. A figure that is not there leaves a row in.
export function matches(view, names, net) {
  if (!view.filter) return true;
  return view.filter.toLowerCase().split(/\s+/).filter(Boolean).every((word) => holds(word, names, net));
}

function holds(word, names, net) {
  const figure = /^net([<>])([-−+]?[\d.]+)$/.exec(word);
  if (figure) {
    const limit = Number(figure[2].replace("−", "-"));
    return net == null || (figure[1] === ">" ? net > limit : net < limit);
  }
  const wanted = word.replace(/^!/, "");
  if (!wanted) return true;
  return names.some((name) => String(name).toLowerCase().includes(wanted)) !== word.startsWith("!");
}

export function cellOrBest(view, one) {
  const names = one.venues.map((row) => row.venue);
  if (view.cell && names.includes(view.cell[0]) && names.includes(view.cell[1])) return view.cell;
  const top = one.best && !one.best.sell_symbol ? one.best : null;
  if (top) return [top.buy_venue, top.sell_venue];
  return names.length > 1 ? [names[0], names[1]] : null;
}

export const symbolName = (one) => safe(one.symbol, 20);
export const venuesLine = (names) => names.map(venueName).join(" ");

export function hold(view) {
  if (view.held) {
    view.held = null;
    return;
  }
  const live = view.live;
  const trails = Object.fromEntries(Object.entries(live.trails).map(([symbol, points]) => [symbol, points.slice()]));
  const mids = new Map([...live.mids].map(([key, points]) => [key, points.slice()]));
  view.held = { ...live, signals: new Map(live.signals), notes: live.notes.slice(), trails, mids };
  view.heldAt = view.now;
}
