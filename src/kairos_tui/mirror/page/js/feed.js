// Feed: signals as cards, newest on top. LIVE, then FADING below half of its peak, then CLOSED with why.

import { bps, clock, latency, signedAmount, size, span } from "./numbers.js";
import { PROOFS, latencyBadge, quoteOf, safe, venueName } from "./glyphs.js";
import { $, attr, dress, el, ink, put, segments } from "./dom.js";
import { cards, current, shown, silenceUs, thresholds, trust } from "./view.js";
import { quiet } from "./hero.js";

const MOST = 30;
const MOST_AT_ONCE = 3;
const made = new Map();

// What each line of a card shows; data-f names the figure of the contract that it is.
const LINES = [["time", "id"], ["route", "headline"], ["meter", "size", "worth"], ["costs", "kind"], ["proof", "captured"], ["life", "end", "speed"]];

function makeCard(line) {
  const card = el("article", "card");
  card.dataset.id = line.id;
  if (line.event === "open") card.dataset.arrives = "yes";
  card.parts = {};
  for (const names of LINES) {
    const row = el("div", "line");
    for (const name of names) {
      const part = (card.parts[name] = el("span", name));
      part.dataset.f = name;
      row.append(part);
    }
    card.append(row);
  }
  card.parts.meter.append(el("i"));
  return card;
}

export function drawFeed(view) {
  const lines = cards(view);
  const shownLines = lines.slice(0, MOST);
  const root = $("cards");
  const kept = new Set(shownLines.map((line) => line.id));
  for (const [id, card] of made) {
    if (!kept.has(id)) {
      card.remove();
      made.delete(id);
    }
  }
  let next = root.firstElementChild;
  for (const line of shownLines) {
    let card = made.get(line.id);
    if (!card) made.set(line.id, (card = makeCard(line)));
    if (card === next) next = next.nextElementSibling;
    else root.insertBefore(card, next);
    drawCard(view, card, line);
  }
  const older = lines.length - shownLines.length;
  put($("feed-foot"), older > 0 ? `${older} older` : "");
  $("feed-foot").parentElement.hidden = older <= 0;
  segments($("feed-note"), quiet(view, current(view)));
  const hits = shown(view).board?.hits;
  put($("feed-title"), hits ? `hit ${Math.round((hits.hits / hits.priced) * 100)} % at ${hits.horizon_ms} ms of ${hits.priced}` : "");
  $("no-cards").hidden = lines.length > 0;
}

export function lifeOf(view, line) {
  const standing = line.duration_us + Math.max(0, shown(view).board.at_us - line.ts_us) + silenceUs(view);
  if (line.event === "close") return ["closed", `■ CLOSED ${span(line.duration_us)}${line.reason ? " · " + safe(line.reason, 20).replaceAll("_", " ") : ""}`];
  if (trust(view) !== "fresh") return ["unseen", "◌ UNCONFIRMED"];
  if (line.net_bps < line.peak_net_bps / 2) return ["fading", `◐ FADING ${span(standing)}`];
  return ["live", `● LIVE ${span(standing)}`];
}

function drawCard(view, card, line) {
  const [life, words] = lifeOf(view, line);
  const chosen = view.focus === "feed" && view.card === line.id;
  const parts = card.parts;
  dress(card, `card ${life}${chosen ? " chosen" : ""}`);
  put(parts.life, words);
  if (card.kLine === line) return;
  card.kLine = line;
  attr(card, "aria-label", spoken(line));
  put(parts.time, clock(line.ts_us - line.duration_us));
  put(parts.id, safe(line.id, 16));
  segments(parts.route, [["BUY ", "buy"], [venueName(line.buy_venue), "b"], [" ▸ SELL ", "sell"], [venueName(line.sell_venue), "b"]]);
  drawWorth(parts, line);
  parts.meter.firstChild.style.transform = `scaleX(${Math.max(1, Math.min(12, Math.round(line.peak_net_bps))) / 12})`;
  put(parts.size, `${size(line.size)} ${safe(line.asset, 8)}`);
  segments(parts.costs, [["gross ", "muted"], [bps(line.gross_bps, 2), "text"], ["  fees ", "muted"], [bps(-line.fees_bps, 2), "sell"]]);
  const risk = line.quote_risk ? "◬ quote risk" : line.mode === "closed" ? "closed" : "inventory";
  ink(parts.kind, `${safe(line.kind, 10)} · ${risk}`, line.quote_risk ? "kind warn" : "kind");
  const legs = [line.buy_proof, line.sell_proof].map((proof) => `${PROOFS[proof] || "?"} ${safe(proof, 10)}`);
  const way = line.kind === "convert" ? ` ${quoteOf(line.buy_symbol)}▸${quoteOf(line.sell_symbol)}` : "";
  put(parts.proof, `proof ${legs.join(" ▸ ")}${way}`);
  put(parts.captured, chanceOf(line));
  const [glyph, names] = latencyBadge(line.tick_to_signal_us);
  ink(parts.speed, `${glyph} ${latency(line.tick_to_signal_us)}`, `speed ${names}`);
}

// That it stands after the viewer's reaction; by a model while too few lifetimes are known, and then it says so.
function chanceOf(line) {
  if (line.capture_p == null) return "";
  const percent = `${Math.round(line.capture_p * 100)} %`;
  return line.capture_prior ? `prior ${percent}` : `chance ${percent} of ${line.capture_n}`;
}

// What it is worth; once over, what it was worth at its best, and how it ended.
function drawWorth({ headline, worth, end }, line) {
  const over = line.event === "close";
  const profit = `${signedAmount(line.profit)} ${safe(line.quote, 8)}`;
  put(headline, `${bps(over ? line.peak_net_bps : line.net_bps, 2)} bps`);
  ink(worth, over ? `ended ${bps(line.net_bps, 2)}` : profit, over || line.profit <= 0 ? "worth" : "worth buy");
  put(end, over ? profit : `peak ${bps(line.peak_net_bps, 2)}`);
  [headline.dataset.f, worth.dataset.f, end.dataset.f] = over ? ["peak_net_bps", "net_bps", "profit"] : ["net_bps", "profit", "peak_net_bps"];
}

const spoken = (line) =>
  `signal ${safe(line.id, 16)}: buy ${venueName(line.buy_venue)}, sell ${venueName(line.sell_venue)}, net ${bps(line.net_bps, 2)} bps, ${size(line.size)} ${safe(line.asset, 8)}`;

// Said politely: the newest only, when several open at once.
export function announce(view) {
  const fresh = view.live.fresh.splice(0).filter((line) => line.event === "open" && line.net_bps >= thresholds(view).min_net_bps);
  if (!fresh.length || view.held) return;
  const more = fresh.length > MOST_AT_ONCE ? `${fresh.length} signals, the newest: ` : "";
  put($("said"), more + spoken(fresh[fresh.length - 1]));
}

