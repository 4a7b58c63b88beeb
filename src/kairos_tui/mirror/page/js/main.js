// Main: wires connection, store, view and panels; draws at most once a frame, ages four times a second.

import { connect } from "./connection.js";
import { newStore, onBatch, onHealth, onSnapshot } from "./store.js";
import { newView, PANELS, current, shown, trust } from "./view.js";
import { $, attr, el, show } from "./dom.js";
import { drawHeader } from "./header.js";
import { drawHero, drawTitle } from "./hero.js";
import { drawVenues } from "./venues.js";
import { drawMatrix } from "./matrix.js";
import { drawEdge, onTheme } from "./edge.js";
import { announce, drawFeed } from "./feed.js";
import { drawInspect } from "./inspect.js";
import { drawOverview, drawSystem } from "./strips.js";
import { offerThemes } from "./themes.js";
import { chooseSymbol, focusPanel, HELP, inspect, onKey, setFilter } from "./keys.js";

const CALM_MS = 250;
const FEW_SYMBOLS = 4;

const store = newStore();
let asked = 0;
let calmAt = -CALM_MS;
let turns = 0;

const { link, focus, drop } = connect({
  onSnapshot(told) {
    onSnapshot(store, told, performance.now());
    offerThemes(store.themes, store.theme, onTheme);
    calmly();
  },
  onBatch(told) {
    onBatch(store, told, performance.now());
    ask();
  },
  onHealth: (told) => onHealth(store, told, performance.now()),
  onChange: () => ask(),
});
const view = newView(store, link);

function ask() {
  asked ||= requestAnimationFrame(draw);
}

function calmly() {
  calmAt = -CALM_MS;
  ask();
}

function draw(now) {
  asked = 0;
  view.now = performance.now();
  const calm = now - calmAt >= CALM_MS - 20;
  const forced = calmAt < 0;
  if (calm) calmAt = now;
  drawHeader(view, calm);
  drawHero(view, calm);
  drawVenues(view, calm);
  drawMatrix(view);
  if (calm) {
    drawTitle(view);
    drawFeed(view);
    if (forced || (turns += 1) % 2) drawEdge(view);
    drawOverview(view, (symbol) => (chooseSymbol(view, symbol), calmly()));
    drawSystem(view);
    announce(view);
    steerServer();
  } else if (store.fresh.length) drawFeed(view);
  drawInspect(view);
  drawPanels();
  window.kairos.drawn = shown(view).board?.at_us ?? 0;
}

function drawPanels() {
  for (const panel of PANELS) attr($(panel), "data-focus", view.focus === panel ? "yes" : null);
  attr($("board"), "data-zoom", view.zoomed ? view.focus : null);
  show($("help"), view.helping);
  attr($("matrix"), "aria-activedescendant", view.focus === "matrix" ? "matrix-cursor" : null);
  attr($("venues"), "aria-activedescendant", view.focus === "venues" ? `venue-${view.row}` : null);
}

// Of many symbols only the one looked at is sent whole.
function steerServer() {
  const symbols = shown(view).board?.symbols || [];
  if (symbols.length > FEW_SYMBOLS) focus(current(view).symbol);
}

$("help-keys").replaceChildren(...HELP.map(([key, what]) => {
  const row = el("div");
  row.append(el("dt", "", key), el("dd", "", what));
  return row;
}));

document.addEventListener("keydown", (event) => onKey(view, event) && calmly());
for (const panel of PANELS) $(panel).addEventListener("focusin", () => view.focus !== panel && (focusPanel(view, panel), calmly()));
$("filter").oninput = () => (setFilter(view, $("filter").value), calmly());
$("filter").onblur = () => show($("filter-box"), Boolean(view.filter));
$("heats").onclick = (event) => (event.target.value && (view.heat = event.target.value), calmly());
$("spans").onclick = (event) => (event.target.value && (view.span = Number(event.target.value)), calmly());
$("close").onclick = () => ((view.inspected = null), calmly());
$("keys").onclick = (event) => event.target.value && onKey(view, new KeyboardEvent("keydown", { key: event.target.value })) !== null && calmly();
document.addEventListener("click", (event) => {
  const cell = event.target.closest("#matrix-rows td");
  const row = event.target.closest("#venue-rows tr");
  const card = event.target.closest(".card");
  if (cell?.kPair && cell.kPair[0] !== cell.kPair[1]) Object.assign(view, { focus: "matrix", cell: cell.kPair });
  else if (row) Object.assign(view, { focus: "venues", row: row.rowIndex - 1 });
  else if (card) Object.assign(view, { focus: "feed", card: card.dataset.id });
  else return;
  inspect(view);
  calmly();
});
// Batches draw by themselves; without them ages must still grow.
setInterval(() => !document.hidden && performance.now() - view.now > CALM_MS - 50 && ask(), CALM_MS);
window.kairos = { store, view, link, drop, trust: () => trust(view) };
ask();
