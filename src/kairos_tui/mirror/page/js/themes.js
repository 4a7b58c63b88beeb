// Themes: the HUD's own colours as custom properties; the choice is kept in this browser.

import { $, el } from "./dom.js";
import { safe } from "./glyphs.js";

const KEPT = "kairos-theme";
const TOKENS = ["primary", "secondary", "accent", "background", "surface", "foreground", "muted", "border", "buy", "sell", "lat_fast", "lat_slow", "down", "warn", "flash", "card_edge_a", "card_edge_b"];
// A theme without colours: one ink, and everything said by glyph, weight and reverse.
const PLAIN = { background: "#0a0a0a", surface: "#111111", border: "#444444", muted: "#a6a6a6" };
const COLOUR = /^#[0-9a-f]{6}$/i;

let themes = {};
let names = [];
let chosen = "";
let listener = () => {};

const kept = () => {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
};

export function offerThemes(offered, first, onTheme) {
  if (JSON.stringify(offered) === JSON.stringify(themes)) return;
  themes = offered || {};
  names = Object.keys(themes);
  listener = onTheme;
  $("theme").replaceChildren(...names.map((name) => Object.assign(el("option", "", safe(name.replace(/^kairos-/, ""), 20)), { value: name })));
  $("theme").onchange = () => choose($("theme").value, true);
  choose([chosen, kept(), first, names[0]].find((name) => themes[name]));
}

export const nextTheme = (step) => names.length && choose(names[(names.indexOf(chosen) + step + names.length) % names.length], true);

function choose(name, keep) {
  if (!themes[name]) return;
  chosen = name;
  $("theme").value = name;
  const colours = coloursOf(themes[name]);
  const root = document.documentElement;
  for (const [token, colour] of Object.entries(colours)) root.style.setProperty(`--${token.replaceAll("_", "-")}`, colour);
  root.style.colorScheme = themes[name].dark === false ? "light" : "dark";
  root.dataset.theme = themes[name].colours === false ? "plain" : "coloured";
  listener(colours);
  if (keep) {
    try {
      localStorage.setItem(KEPT, name);
    } catch {
      // A browser that keeps nothing still changes its colours.
    }
  }
}

function coloursOf(theme) {
  const all = { ...theme, ...theme.variables };
  const colours = {};
  for (const token of TOKENS) {
    const said = theme.colours === false ? PLAIN[token] || "#e8e8e8" : all[token] || all["k-" + token.replaceAll("_", "-")];
    if (COLOUR.test(said)) colours[token] = said;
  }
  return colours;
}
