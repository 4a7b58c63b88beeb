// Glyphs: the mark and word of every state, and safe(), the one door for text from outside.
// Before it: nobody. After it: panels. Every colour on the page has one of these as its twin.

const STATES = {
  connecting: ["◔", "CONNECT", "accent"],
  live: ["●", "LIVE", "buy"],
  quiet: ["○", "QUIET", "muted"],
  lagging: ["◷", "LAGGING", "warn"],
  stale: ["◌", "STALE", "warn"],
  resync: ["◍", "RESYNC", "warn"],
  quarantined: ["⊘", "HELD", "down"],
  down: ["✖", "DOWN", "down"],
};
const EXCLUDED = ["⊘", "EXCLUDED", "down"];
const UNLISTED = ["–", "UNLISTED", "muted"];
const SILENT = ["◌", "SILENT", "warn"];

export const PROOFS = { checksum: "✓✓", sequence: "✓", snapshot: "~", unproven: "?" };
export const SOURCES = { config: "c", market: "m", default: "d" };
export const MODES = { closed: ["closed", "muted"], inventory: ["quote risk", "warn"] };

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{M}]/gu;
const seen = new Map();

function escaped(character) {
  const code = character.codePointAt(0);
  if (code < 0x100) return "\\x" + code.toString(16).padStart(2, "0");
  return code < 0x10000 ? "\\u" + code.toString(16).padStart(4, "0") : "\\U" + code.toString(16).padStart(8, "0");
}

// Control, bidi, zero-width and combining characters become visible escapes; what is shown is only ever text.
export function safe(text, most = 64) {
  if (typeof text !== "string") return "";
  const key = most + text;
  let shown = seen.get(key);
  if (shown === undefined) {
    const whole = [...text.slice(0, most * 4).replace(UNSAFE, escaped)];
    shown = whole.length > most ? whole.slice(0, most - 1).join("") + "…" : whole.join("");
    if (seen.size > 4000) seen.clear();
    seen.set(key, shown);
  }
  return shown;
}

export const venueName = (venue) => safe(venue, 24).toUpperCase();
export const quoteOf = (symbol) => safe(String(symbol).split("/").slice(1).join("/").split(":")[0], 8);
export const isGone = (venue) => venue.state === "down" || venue.state === "quarantined";
export const isExcluded = (venue) => venue.state === "quarantined" && (venue.reason || "").startsWith("score ");
export const stateMark = (state) => STATES[state] || ["?", safe(state, 8).toUpperCase(), "warn"];

export function markOf(venue, trusted = true) {
  if (!venue.listed) return UNLISTED;
  if (!trusted && !isGone(venue)) return SILENT;
  return isExcluded(venue) ? EXCLUDED : stateMark(venue.state);
}

// What stands in a matrix cell that has no number, or null when it has one.
export function cellGlyph(route, buy, sell) {
  if (!(buy.listed && sell.listed)) return "--";
  if (isGone(buy) || isGone(sell)) return "××";
  return !route || route.net_bps == null || route.blocked != null ? "··" : null;
}

// Fast below 2 ms, slow above 3 ms: of the local pipeline, never of the network.
export function latencyBadge(us) {
  if (us == null) return ["·", "muted"];
  if (us < 2000) return ["◆", "fast"];
  return us > 3000 ? ["▲", "slow"] : ["◇", "text"];
}

export function routeName(buy, sell, arrow = " → ") {
  return venueName(buy) + arrow + venueName(sell);
}

// `BINANCE USDT → KRAKEN USD` where the quotes differ.
export function nameOf(route, symbol, arrow = " → ") {
  if (!route.sell_symbol || route.sell_symbol === symbol) return routeName(route.buy_venue, route.sell_venue, arrow);
  return `${venueName(route.buy_venue)} ${quoteOf(symbol)}${arrow}${venueName(route.sell_venue)} ${quoteOf(route.sell_symbol)}`;
}
