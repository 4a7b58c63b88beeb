// Matrix: every ordered pair of venues, buy down, sell across. Stale and down legs have no number at all.

import { age, bps, size } from "./numbers.js";
import { cellGlyph, nameOf, safe, venueName } from "./glyphs.js";
import { $, attr, dress, el, ink, put, segments, show, sized } from "./dom.js";
import { best, cellOrBest, current, shown, silenceUs, thresholds, trust, venuesShown } from "./view.js";

const TITLES = { net: "net bps after fees", gross: "gross bps", size: "size at the top, base", age: "age of the older leg" };

const makeCell = (place) => {
  const cell = el(place ? "td" : "th");
  if (place) cell.append(el("b"), el("small"));
  return cell;
};

export function drawMatrix(view) {
  const one = current(view);
  if (!one) return;
  const rows = venuesShown(view, one);
  const routes = new Map(one.routes.map((route) => [route.buy_venue + "\u0000" + route.sell_venue, route]));
  const cursor = view.focus === "matrix" ? cellOrBest(view, one) : null;
  const fresh = trust(view) === "fresh";
  const grid = $("matrix-grid");
  attr(grid, "data-count", rows.length > 8 ? "many" : rows.length > 5 ? "some" : "few");
  if (grid.kLength !== rows.length) grid.style.setProperty("--n", (grid.kLength = rows.length));
  put($("matrix-title"), TITLES[view.heat]);
  const heads = sized($("matrix-head"), rows.length + 1, (place) => Object.assign(el("th"), { scope: place ? "col" : "" }));
  put(heads[0], "buy↓sell→");
  rows.forEach((row, place) => put(heads[place + 1], venueName(row.venue)));
  const lines = sized($("matrix-rows"), rows.length, () => el("tr"));
  rows.forEach((buy, down) => {
    const cells = sized(lines[down], rows.length + 1, makeCell);
    ink(cells[0], venueName(buy.venue), fresh && buy.usable ? "" : "muted");
    rows.forEach((sell, across) => {
      const route = routes.get(buy.venue + "\u0000" + sell.venue);
      const under = cursor && cursor[0] === buy.venue && cursor[1] === sell.venue;
      drawCell(view, cells[across + 1], route, { buy, sell, fresh, under });
    });
  });
  for (const button of $("heats").children) attr(button, "aria-pressed", String(button.value === view.heat));
  drawFoot(view, one, fresh);
}

function drawCell(view, cell, route, { buy, sell, fresh, under }) {
  const self = buy.venue === sell.venue;
  const glyph = self ? "·" : (cellGlyph(route, buy, sell) ?? (fresh ? null : "··"));
  const [figure, below] = cell.children;
  if (!cell.kPair || cell.kPair[0] !== buy.venue || cell.kPair[1] !== sell.venue) cell.kPair = [buy.venue, sell.venue];
  attr(cell, "id", under ? "matrix-cursor" : null);
  const names = glyph ? (self ? "self" : glyph === "××" ? "gone" : "none") : heat(view, route);
  dress(cell, names + (under ? " cursor" : ""));
  put(figure, glyph || figures(view, route));
  put(below, glyph ? "" : view.heat === "net" ? `gross ${bps(route.gross_bps)}` : `net ${bps(route.net_bps)}`);
  attr(cell, "title", !self && route?.blocked ? safe(route.blocked, 160) : null);
}

function figures(view, route) {
  if (view.heat === "gross") return bps(route.gross_bps);
  if (view.heat === "size") return size(route.top_size);
  if (view.heat === "age") return age(route.age_us == null ? null : route.age_us + silenceUs(view));
  return mark(view, route) + bps(route.net_bps);
}

const strong = (view, route) => route.open_id != null || route.net_bps >= thresholds(view).min_net_bps;
const mark = (view, route) => (strong(view, route) ? "◆" : route.net_bps > 0 ? "▲" : "");

// The nearer to profit, the warmer: eight steps, so that a cell is painted anew only when it matters.
function heat(view, route) {
  if (strong(view, route)) return "hot";
  if (route.net_bps > 0) return "gain";
  return `h${Math.max(0, 7 - Math.floor(-route.net_bps / 8))}`;
}

function drawFoot(view, one, fresh) {
  const top = fresh ? best(one) : null;
  const missing = top && top.net_bps <= 0 ? [[` · needs ${bps(-top.net_bps)} to profit`, "muted"]] : [];
  segments($("matrix-foot"), top
    ? [["best ", "muted"], ["◆ ", "accent"], [nameOf(top, one.symbol), "text"], [` ${bps(top.net_bps)}`, top.net_bps > 0 ? "buy" : "text"], ...missing]
    : [["no route can be priced now", "muted"]]);
  segments($("notes"), one.notes.map((note) => [`◌ ${safe(note, 240)} `, "muted"]));
  drawQuotes(view, one, fresh);
}

// What is sold in another quote, and what converts the proceeds.
function drawQuotes(view, one, fresh) {
  const conversions = shown(view).board.conversions || [];
  show($("quotes"), one.converted.length + conversions.length > 0);
  const rows = sized($("quote-rows"), one.converted.length, () => el("li"));
  one.converted.forEach((route, place) => segments(rows[place], routeWords(view, one, route, fresh)));
  const uses = sized($("conversion-rows"), conversions.length, () => el("li"));
  conversions.forEach((each, place) => segments(uses[place], conversionWords(each, fresh)));
}

function routeWords(view, one, route, fresh) {
  const priced = fresh && route.blocked == null && route.net_bps != null;
  const name = nameOf(route, one.symbol, " ▸ ");
  if (!priced) return [[name, "muted name"], ["··", "muted fig"], [fresh ? safe(route.blocked || "no price can be formed", 160) : "", "warn"]];
  const way = route.mode === "inventory" ? "quote risk, haircut" : `via ${safe(route.convert_symbol || "", 16)} ${venueName(route.convert_venue || "")}`;
  const names = strong(view, route) ? "hot fig" : route.net_bps > 0 ? "buy fig" : "text fig";
  return [[name, "text name"], [mark(view, route) + bps(route.net_bps), names], [`${way} `, route.mode === "inventory" ? "warn" : "muted"], [bps(-Math.abs(route.convert_bps || 0)), "sell"]];
}

function conversionWords(each, fresh) {
  const head = [`${safe(each.symbol, 16)} ${venueName(each.venue)} `, each.chosen ? "text" : "muted"];
  if (!fresh) return [head, ["··", "muted"]];
  const mid = each.bid != null && each.ask != null ? [[((each.bid + each.ask) / 2).toFixed(4) + " ", "text"]] : [];
  const off = each.off_bps != null ? [[`${bps(each.off_bps)} bps `, "muted"]] : [];
  return [head, ...mid, ...off, each.blocked ? [`◌ ${safe(each.blocked, 80)}`, "warn"] : [each.chosen ? "✓" : "", "buy"]];
}
