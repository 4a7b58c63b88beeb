// Numbers: how figures are written, as the HUD writes them. Minus is −, a figure never known is ·.
// Before it: nobody. After it: panels. Ages and spans come in microseconds.

export const UNKNOWN = "·";
const SECOND = 1e6;

// Python's rounding: of the number as it is in binary, a true half to even. toFixed sends a true half up.
export function plain(value, places) {
  const text = value.toFixed(places);
  const scaled = value * 10 ** places;
  if (scaled % 1 !== 0.5 || !/^50*$/.test(value.toFixed(places + 40).slice(-40))) return text;
  return Math.floor(scaled) % 2 ? text : (Math.floor(scaled) / 10 ** places).toFixed(places);
}

// `67,412.31`
function fixed(value, places) {
  const [whole, part] = plain(value, places).split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? "." + part : "");
}

const known = (value) => typeof value === "number" && Number.isFinite(value);
const signed = (text, value) => (/[1-9]/.test(text) ? (value > 0 ? "+" : "−") + text : text);

export function pricePlaces(price) {
  return known(price) && price > 0 ? Math.min(10, Math.max(2, 5 - Math.floor(Math.log10(price)))) : 2;
}

export const price = (value, places) => (known(value) ? fixed(value, places) : UNKNOWN);

export function size(value) {
  if (!known(value)) return UNKNOWN;
  const limits = [[0.01, 4], [10, 3], [100, 2], [1000, 1], [100000, 0]];
  const found = limits.find(([limit]) => value < limit);
  return found ? fixed(value, found[1]) : compact(value);
}

export const amount = (value) => (value < 0 ? "−" : "") + fixed(Math.abs(value), Math.abs(value) < 1e4 ? 2 : 0);
export const signedAmount = (value) => (value < 0 ? "" : "+") + amount(value);
export const bps = (value, places = 1) => (known(value) ? signed(plain(Math.abs(value), places), value) : UNKNOWN);
export const count = (value) => (known(value) ? fixed(value, 0) : UNKNOWN);

export function compact(value) {
  if (!known(value)) return UNKNOWN;
  for (const [limit, unit, over] of [[1e9, "G", 1e9], [1e6, "M", 1e6], [1e4, "k", 1e3]]) {
    if (value >= limit) return fixed(value / over, 1) + unit;
  }
  return fixed(value, 0);
}

export function latency(us) {
  if (!known(us)) return UNKNOWN;
  if (us < 9950) return plain(us / 1000, 1) + "ms";
  return us < 999500 ? plain(us / 1000, 0) + "ms" : plain(us / SECOND, 1) + "s";
}

const tenths = (us) => (Math.floor(Math.max(0, us) / 1e5) / 10).toFixed(1);
const two = (number) => String(number).padStart(2, "0");

function large(us, gap) {
  const s = Math.floor(us / SECOND);
  const tail = (unit) => gap && " " + unit;
  if (s < 60) return `${s}${gap}s`;
  if (s < 3600) return `${Math.floor(s / 60)}${gap}m${gap}${two(s % 60)}${tail("s")}`;
  return `${Math.floor(s / 3600)}${gap}h${gap}${two(Math.floor((s % 3600) / 60))}${tail("m")}`;
}

export const age = (us) => (!known(us) ? UNKNOWN : us < 10 * SECOND ? tenths(us) + "s" : large(us, ""));
export const span = (us) => (!known(us) ? UNKNOWN : us < 10 * SECOND ? tenths(us) + " s" : large(us, " "));
export const retry = (us, word = "retry") => (us >= 1e5 ? `${word} in ${span(us)}` : "retrying");

export const clock = (us) => (known(us) ? new Date(us / 1000).toISOString().slice(11, 23) : UNKNOWN);
export const clockS = (us) => (known(us) ? new Date(us / 1000).toISOString().slice(11, 19) : UNKNOWN);
export const date = (us) => new Date(us / 1000).toISOString().slice(0, 10);
