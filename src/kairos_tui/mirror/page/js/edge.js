// Edge: the best route's net over time, with the threshold, break-even and the signals as they opened.

import { bps } from "./numbers.js";
import { $, attr, segments } from "./dom.js";
import { cards, current, nowUs, shown, thresholds, trust, best } from "./view.js";

let plot = null;
let theme = {};
let marks = [];
let limit = 0;

export const onTheme = (colours) => {
  theme = colours;
  plot?.redraw();
};

export function drawEdge(view) {
  const one = current(view);
  if (!one) return;
  plot ||= makePlot();
  const now = nowUs(view) / 1e6;
  const points = (shown(view).trails[one.symbol] || []).filter(([at]) => at / 1e6 > now - view.span - 1);
  const top = trust(view) === "fresh" ? best(one) : null;
  const times = points.map(([at]) => at / 1e6);
  const nets = points.map((point) => point[1]);
  if (trust(view) === "fresh") {
    if (times.length && times[times.length - 1] >= now) times.pop(), nets.pop();
    times.push(now);
    nets.push(top ? top.net_bps : null);
  }
  limit = thresholds(view).min_net_bps;
  const since = (line) => (line.ts_us - line.duration_us) / 1e6;
  marks = cards({ ...view, filter: "" }).filter((line) => line.buy_symbol === one.symbol).map(since).filter((at) => at > now - view.span);
  plot.kSpan = view.span;
  plot.batch(() => {
    plot.setData([times, nets], false);
    plot.setScale("x", { min: now - view.span, max: now });
    plot.setScale("y", range(nets));
  });
  drawLegend(view, range(nets));
}

// All but the few extremes; break-even and threshold too, when they are near.
function range(nets) {
  const known = nets.filter((net) => net != null).sort((one, other) => one - other);
  if (!known.length) return { min: -5, max: limit + 3 };
  const skip = Math.floor(known.length * 0.02);
  let min = known[skip];
  let max = known[known.length - 1 - skip];
  const reach = Math.max(3, (max - min) * 0.6);
  for (const line of [0, limit]) {
    if (line > max && line - max < reach) max = line;
    if (line < min && min - line < reach) min = line;
  }
  const margin = Math.max(0.5, (max - min) * 0.1);
  return { min: min - margin, max: max + margin };
}

function drawLegend(view, { min, max }) {
  const where = (value, name) => (value > max ? "▲ " : value < min ? "▼ " : "┄ ") + `${bps(value)} ${name}`;
  segments($("edge-legend"), [[where(limit, "threshold") + "  ", "accent"], [where(0, "break-even") + "  ", "muted"], ["▼ signal", "secondary"]]);
  for (const button of $("spans").children) attr(button, "aria-pressed", String(Number(button.value) === view.span));
}

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

function makePlot() {
  const root = $("plot");
  const type = rem();
  const font = `${0.78 * type}px ${getComputedStyle(document.body).fontFamily}`;
  const axis = (more) => ({ font, stroke: () => theme.muted, ticks: { show: false }, grid: { stroke: () => theme.border + "80", width: 1 }, ...more });
  const made = new window.uPlot(
    {
      width: root.clientWidth, height: root.clientHeight, legend: { show: false }, cursor: { show: false }, padding: [type, type, 0, 0],
      scales: { x: { time: false, auto: false }, y: { auto: false } },
      axes: [axis({ size: 1.9 * type, splits, values }), axis({ size: 4.2 * type, values: (_, ticks) => ticks.map((tick) => bps(tick)) })],
      series: [{}, { stroke: line, fill, fillTo: (u) => u.scales.y.min, width: 2, points: { show: false } }],
      hooks: { draw: [rulers] },
    },
    [[], []],
    root,
  );
  const watcher = new ResizeObserver(() => {
    if (rem() === type) return made.setSize({ width: root.clientWidth, height: root.clientHeight });
    watcher.disconnect(); // another type size needs another plot
    made.destroy();
    plot = null;
  });
  watcher.observe(root);
  return made;
}

const splits = (u) => [0, 1, 2, 3, 4, 5, 6].map((part) => u.scales.x.max - (u.kSpan * (6 - part)) / 6);

function values(u, ticks) {
  const unit = u.kSpan > 120 ? [60, "m"] : [1, "s"];
  return ticks.map((tick) => {
    const ago = Math.round(u.scales.x.max - tick);
    return ago ? `−${Math.round((ago / unit[0]) * 10) / 10}${unit[1]}` : "now";
  });
}

// Bright above the threshold, the colour of gain above break-even, cool below.
function shaded(u, alpha) {
  const { top, height } = u.bbox;
  const gradient = u.ctx.createLinearGradient(0, top, 0, top + height);
  const at = (value) => Math.min(1, Math.max(0, (u.valToPos(value, "y", true) - top) / height));
  const zero = at(0);
  gradient.addColorStop(0, theme.buy + (at(limit) > 0 || zero > 0 ? alpha[0] : alpha[1]));
  gradient.addColorStop(zero, theme.buy + alpha[0]);
  gradient.addColorStop(zero, theme.primary + alpha[1]);
  gradient.addColorStop(1, theme.primary + alpha[2]);
  return gradient;
}

const line = (u) => shaded(u, ["ff", "ff", "90"]);
const fill = (u) => shaded(u, ["50", "30", "04"]);

function rulers(u) {
  const { ctx } = u;
  const { left, top, width, height } = u.bbox;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  for (const [value, colour, dash] of [[limit, theme.accent, [6, 5]], [0, theme.muted, [2, 5]]]) {
    const y = Math.round(u.valToPos(value, "y", true));
    if (y < top || y > top + height) continue;
    ctx.strokeStyle = colour;
    ctx.setLineDash(dash);
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
  }
  ctx.fillStyle = theme.secondary;
  const r = 0.32 * rem() * devicePixelRatio;
  for (const at of marks) {
    const x = u.valToPos(at, "x", true);
    ctx.beginPath();
    ctx.moveTo(x - r, top - 2 * r);
    ctx.lineTo(x + r, top - 2 * r);
    ctx.lineTo(x, top);
    ctx.fill();
  }
  ctx.restore();
}

