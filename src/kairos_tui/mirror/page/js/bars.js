// Bars: gross, each cost and net as rows on one scale. Before it: verdict. After it: hero, inspect.

import { bps } from "./numbers.js";
import { dress, el, ink, put, show, sized } from "./dom.js";

function makeBar() {
  const row = el("div", "bar");
  const fill = el("i");
  const track = el("span", "track");
  track.append(fill);
  row.append(el("span", "label"), el("b"), track, el("span", "detail"));
  return row;
}

export function drawBars(root, judged, { net = false } = {}) {
  const steps = [{ label: "gross", bps: judged.gross, detail: "the gap between the two prices" }, ...judged.costs];
  if (net) steps.push({ label: "net", bps: judged.net, detail: "return on outlay, fees compounded" });
  const scale = Math.max(...steps.map((step) => Math.abs(step.bps)), 1e-9);
  const rows = sized(root, steps.length, makeBar);
  steps.forEach((step, place) => {
    const [label, figure, track, detail] = rows[place].children;
    const worst = step.label === judged.worst;
    put(label, step.label + (worst ? " ◂" : ""));
    ink(figure, bps(step.bps), step.bps >= 0 ? "buy" : "sell");
    put(detail, step.detail);
    dress(rows[place], `bar ${step.bps >= 0 ? "gives" : "takes"}${worst ? " worst" : ""}`);
    const share = Math.round((Math.abs(step.bps) / scale) * 100) / 100;
    if (track.kShare !== share) {
      track.kShare = share;
      track.firstChild.style.transform = `scaleX(${share})`;
    }
  });
  show(root, true);
}
