// Venues: one row each. State, both sides of the book, then its figures; a row that is not live says why.

import { age, compact, latency, plain, price, pricePlaces, retry, size } from "./numbers.js";
import { PROOFS, SOURCES, latencyBadge, markOf, safe, venueName } from "./glyphs.js";
import { $, attr, dress, el, ink, put, sized } from "./dom.js";
import { current, shown, silenceUs, trust, venuesShown } from "./view.js";

const COLUMNS = ["venue", "state", "bid", "ask", "sprd", "spark", "latency", "rate", "age", "proof", "fee"];
const FLASH_MS = 350;
const SVG = "http://www.w3.org/2000/svg";

function makeRow() {
  const row = el("tr");
  for (const name of COLUMNS) {
    const cell = el(name === "venue" ? "th" : "td", name);
    if (name === "venue") cell.scope = "row";
    if (name === "bid" || name === "ask") cell.append(el("span", "price"), el("b"), el("span", "size"));
    if (name === "spark") cell.append(sparkline());
    row.append(cell);
  }
  row.append(el("td", "reason"));
  row.lastChild.colSpan = COLUMNS.length - 4;
  return row;
}

function sparkline() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 60 16");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "path"));
  return svg;
}

export function drawVenues(view, calm) {
  const one = current(view);
  if (!one) return;
  const rows = venuesShown(view, one);
  const fresh = trust(view) === "fresh";
  const places = pricePlaces(Math.max(...rows.map((row) => row.ask || row.bid || 0)));
  const made = sized($("venue-rows"), rows.length, makeRow);
  rows.forEach((row, place) => drawRow(view, one, row, made[place], { places, fresh, calm, place }));
  if (!calm) return;
  const live = fresh ? one.venues.filter((row) => row.usable).length : 0;
  ink($("census"), `${live} usable of ${one.venues.length}`, live ? "buy" : "down");
}

function drawRow(view, one, row, line, { places, fresh, calm, place }) {
  const cells = line.children;
  const good = fresh && row.usable;
  const [glyph, word, names] = markOf(row, fresh);
  const chosen = view.focus === "venues" && view.row === place;
  const why = good ? "" : [safe(row.reason || "", 160), fresh && row.retry_in_us != null ? retry(row.retry_in_us - silenceUs(view)) : ""].filter(Boolean).join(" · ");
  const said = why || (row.listed ? (row.bid == null ? "waiting for the first book" : "") : "does not list it; the others run");
  dress(line, `${good ? "" : "dim "}${said && !good ? "reasoned " : ""}${chosen ? "chosen" : ""}`);
  attr(line, "aria-current", chosen ? "true" : null);
  attr(line, "data-venue", row.venue);
  line.id = `venue-${place}`;
  put(cells[0], venueName(row.venue));
  ink(cells[1], `${glyph} ${word}`, `state ${names}`);
  drawPrice(cells[2], row.bid, row.bid_size, places, good);
  drawPrice(cells[3], row.ask, row.ask_size, places, good);
  ink(cells[11], said, `reason ${names}`);
  if (calm) drawFigures(view, one, row, cells);
}

// The price, its changed digits brighter for a moment.
function drawPrice(cell, value, amount, places, good) {
  const [stem, tail, held] = cell.children;
  const text = price(value, places);
  const now = performance.now();
  if (cell.kPrice !== text) {
    const before = cell.kPrice || "";
    let same = 0;
    while (same < text.length && before[same] === text[same]) same += 1;
    put(stem, text.slice(0, same));
    put(tail, text.slice(same));
    Object.assign(cell, { kPrice: text, kMoved: now });
  }
  dress(tail, good && now - cell.kMoved < FLASH_MS ? "flash" : "");
  put(held, value == null ? "" : `× ${size(amount)}`);
}

function drawFigures(view, one, row, cells) {
  const old = row.alive_us ?? row.age_us;
  const crossed = row.bid > 0 && row.ask != null ? plain((row.ask / row.bid - 1) * 1e4, 2).replace("-", "−") : "·";
  const [badge, names] = latencyBadge(row.latency_us);
  put(cells[4], crossed);
  drawSpark(cells[5], shown(view).mids.get(one.symbol + "\u0000" + row.venue), shown(view).board.at_us);
  ink(cells[6], row.latency_us == null ? "·" : `${badge} ${latency(row.latency_us)}`, `latency ${names}`);
  put(cells[7], compact(row.ticks_per_s));
  const total = old == null ? null : old + silenceUs(view);
  const limit = (shown(view).board.thresholds.max_age_ms ?? 2000) * 1000;
  ink(cells[8], age(total), `age ${total > limit ? "warn" : ""}`);
  ink(cells[9], PROOFS[row.proof] || "·", `proof ${row.proof === "unproven" ? "warn" : ""}`);
  attr(cells[9], "title", row.proof || "none yet");
  put(cells[10], row.taker == null ? "·" : `${plain(row.taker * 1e4, 1)} ${SOURCES[row.fee_source] || "?"}`);
}

// A minute of mids; a gap is a gap.
function drawSpark(cell, points = [], at_us) {
  const path = cell.firstChild.firstChild;
  const last = Math.floor(at_us / 1e6);
  if (path.kLast === points && path.kSecond === last) return;
  Object.assign(path, { kLast: points, kSecond: last });
  const known = points.filter((point) => point[1] != null).map((point) => point[1]);
  const low = Math.min(...known);
  const high = Math.max(...known);
  let drawn = "";
  let pen = "M";
  for (const [second, mid] of points) {
    if (mid == null) pen = "M";
    else {
      drawn += `${pen}${60 - (last - second)} ${(14.5 - (high > low ? (mid - low) / (high - low) : 0.5) * 13).toFixed(1)}`;
      pen = "L";
    }
  }
  attr(path, "d", drawn || "M0 8");
}

