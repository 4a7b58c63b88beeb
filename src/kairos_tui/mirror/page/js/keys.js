// Keys: what each key does to the view, the HUD's own where they make sense. After it: main, which draws.

import { $, show } from "./dom.js";
import { cards, cellOrBest, current, HEATS, hold, PANELS, shown, SPANS, venuesShown } from "./view.js";
import { nextTheme } from "./themes.js";

export const HELP = [
  ["1 2 3 4", "venues, matrix, edge, signals"], ["tab", "next panel"], ["hjkl ←↓↑→", "move in the panel"], ["⏎", "inspect: the costs taken apart"],
  ["esc", "close; un-zoom; best and newest"], ["z", "zoom the panel in focus"], ["m", "matrix: net, gross, size, age"], ["+ −", "edge: 60 s, 5 min, 15 min"],
  ["space", "pause this view; the engine goes on"], ["/", "filter: okx  !gemini  net>8"], ["s S [ ]", "next, previous symbol"], ["⇧1 … ⇧9", "that symbol"], ["t T", "next, previous theme"], ["?", "this list"],
];

const turn = (list, now, step) => list[(list.indexOf(now) + step + list.length) % list.length];
const within = (place, length) => Math.max(0, Math.min(place, length - 1));

export function focusPanel(view, panel) {
  view.focus = panel;
  if (panel !== "feed") view.card = null;
  if (!$(panel).contains(document.activeElement)) $(panel).focus({ preventScroll: view.zoomed });
}

export function turnSymbol(view, step) {
  const names = (shown(view).board?.symbols || []).map((one) => one.symbol);
  if (names.length) chooseSymbol(view, turn(names, view.symbol || names[0], step));
}

export function chooseSymbol(view, symbol) {
  Object.assign(view, { symbol, cell: null, inspected: null, row: 0 });
}

function steer(view, down, right) {
  const one = current(view);
  if (!one) return;
  if (view.focus === "feed") {
    const ids = cards(view).map((line) => line.id);
    view.card = ids[within(ids.includes(view.card) ? ids.indexOf(view.card) + (down || right) : 0, ids.length)] || null;
    document.querySelector(`[data-id="${CSS.escape(view.card || "")}"]`)?.scrollIntoView({ block: "nearest" });
  } else if (view.focus === "venues") {
    view.row = within(view.row + (down || right), venuesShown(view, one).length);
    $(`venue-${view.row}`)?.scrollIntoView({ block: "nearest" });
  } else steerMatrix(view, one, down, right);
  if (view.inspected) inspect(view);
}

function steerMatrix(view, one, down, right) {
  const names = venuesShown(view, one).map((row) => row.venue);
  const at = cellOrBest(view, one);
  if (!at || names.length < 2) return;
  let [row, column] = at.map((name) => Math.max(0, names.indexOf(name)));
  for (let step = 0; step < 2; step += 1) {
    [row, column] = [within(row + down, names.length), within(column + right, names.length)];
    if (row === column) continue; // one step more over the diagonal, where a venue meets itself
    view.cell = [names[row], names[column]];
    return;
  }
}

export function inspect(view) {
  const one = current(view);
  if (!one) return;
  if (view.focus === "feed") {
    view.card ||= cards(view)[0]?.id || null;
    view.inspected = view.card ? { card: view.card } : null;
  } else if (view.focus === "venues") {
    const row = venuesShown(view, one)[view.row];
    view.inspected = row ? { buy: row.venue } : null;
  } else {
    view.cell = cellOrBest(view, one);
    view.inspected = view.cell ? { buy: view.cell[0], sell: view.cell[1] } : null;
  }
}

function back(view) {
  if (view.helping) view.helping = false;
  else if (view.inspected) view.inspected = null;
  else if (view.zoomed) view.zoomed = false;
  else if (view.filter) setFilter(view, "");
  else view.cell = view.card = null;
}

export function setFilter(view, text) {
  Object.assign(view, { filter: text, row: 0 });
  if ($("filter").value !== text) $("filter").value = text;
  show($("filter-box"), Boolean(text) || document.activeElement === $("filter"));
}

const KEYS = {
  h: (view) => steer(view, 0, -1), j: (view) => steer(view, 1, 0), k: (view) => steer(view, -1, 0), l: (view) => steer(view, 0, 1),
  Enter: inspect, Escape: back, " ": hold,
  z: (view) => (view.zoomed = !view.zoomed),
  m: (view) => (view.heat = turn(HEATS, view.heat, 1)),
  "+": (view) => (view.span = turn(SPANS, view.span, 1)),
  "-": (view) => (view.span = turn(SPANS, view.span, -1)),
  s: (view) => turnSymbol(view, 1),
  S: (view) => turnSymbol(view, -1),
  t: () => nextTheme(1),
  T: () => nextTheme(-1),
  "?": (view) => (view.helping = !view.helping),
  "/": () => (show($("filter-box"), true), $("filter").focus()),
};
Object.assign(KEYS, { ArrowLeft: KEYS.h, ArrowDown: KEYS.j, ArrowUp: KEYS.k, ArrowRight: KEYS.l, "=": KEYS["+"], "]": KEYS.s, "[": KEYS.S, F1: KEYS["?"] });

export function onKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const tag = event.target.tagName;
  if (tag === "INPUT" || tag === "SELECT") {
    if (event.key === "Escape" || (tag === "INPUT" && event.key === "Enter")) event.target.blur();
    if (event.key === "Escape" && tag === "INPUT") setFilter(view, "");
    return event.key === "Escape" || event.key === "Enter";
  }
  // A button takes its own Enter and space.
  if (tag === "BUTTON" && (event.key === "Enter" || event.key === " ")) return false;
  const digit = /^Digit([1-9])$/.exec(event.code || "")?.[1];
  const symbols = shown(view).board?.symbols || [];
  if (digit && event.shiftKey && symbols[digit - 1]) chooseSymbol(view, symbols[digit - 1].symbol);
  else if (PANELS[event.key - 1]) focusPanel(view, PANELS[event.key - 1]);
  else if (KEYS[event.key]) KEYS[event.key](view);
  else return false;
  event.preventDefault();
  return true;
}
