// Strips: the symbols with their best edge, our own processes, and what went wrong lately.

import { bps, clockS } from "./numbers.js";
import { isExcluded, markOf, safe, stateMark, venueName } from "./glyphs.js";
import { $, attr, dress, el, put, segments, show, sized } from "./dom.js";
import { best, current, rowOf, shown, symbolName, thresholds, trust } from "./view.js";

const ROLES = { running: ["●", "buy"], starting: ["◔", "accent"], restarting: ["↻", "warn"], failed: ["✖", "down"], stopped: ["■", "muted"] };
const MOST_NOTES = 12;

export function drawOverview(view, onChoose) {
  const symbols = shown(view).board?.symbols || [];
  show($("overview"), symbols.length > 1);
  if (symbols.length < 2) return;
  const chosen = current(view);
  const buttons = sized($("overview"), symbols.length, (place) => {
    const button = el("button");
    button.append(el("kbd", "", place < 9 ? `⇧${place + 1}` : ""), el("b"), el("span"));
    button.onclick = () => onChoose(button.value);
    return button;
  });
  symbols.forEach((one, place) => {
    const top = trust(view) === "fresh" ? best(one) : null;
    const net = top?.net_bps;
    const mark = net >= thresholds(view).min_net_bps ? "◆" : net > 0 ? "▲" : "";
    buttons[place].value = one.symbol;
    const pressed = String(one === chosen);
    if (pressed === "true" && buttons[place].kAttrs?.["aria-pressed"] !== pressed) buttons[place].scrollIntoView({ block: "nearest", inline: "nearest" });
    attr(buttons[place], "aria-pressed", pressed);
    put(buttons[place].children[1], symbolName(one));
    put(buttons[place].children[2], top ? mark + bps(net) : "··");
    dress(buttons[place].children[2], mark === "◆" ? "hot" : mark ? "buy" : "muted");
  });
}

export function drawSystem(view) {
  const { board, notes } = shown(view);
  if (!board) return;
  const roles = sized($("roles"), board.roles.length, () => el("li"));
  board.roles.forEach((role, place) => {
    const [glyph, ink] = ROLES[role.state] || ["?", "warn"];
    const again = role.restarts ? [[` ×${role.restarts}`, "warn"]] : [];
    const why = role.reason ? [[` ${safe(role.reason, 80)}`, role.state === "running" ? "muted" : "warn"]] : [];
    segments(roles[place], [[glyph + " ", ink], [safe(role.name, 24), "text"], ...(role.state === "running" ? [] : [[` ${role.state}`, ink]]), ...again, ...why]);
  });
  const rows = sized($("incidents"), Math.min(notes.length, MOST_NOTES), () => el("li"));
  for (let place = 0; place < rows.length; place += 1) segments(rows[place], noteWords(view, notes[place]));
  show($("no-incidents"), notes.length === 0);
}

function noteWords(view, { at_us, words, line }) {
  const time = [clockS(at_us) + " ", "muted"];
  if (!line) return [time, [`${words[0]} ${safe(words[1], 60)} `, "warn"], [safe(words[2] || "", 80), "muted"]];
  const held = isExcluded(line) && !line.symbol;
  const row = rowOf(view, line.venue, line.symbol);
  const [glyph, word, ink] = row && !row.listed ? markOf(row) : held ? ["⊘", "EXCLUDED", "down"] : stateMark(line.state);
  const which = line.symbol ? ` ${safe(line.symbol, 16)}` : "";
  return [time, [`${glyph} ${venueName(line.venue)}${which} `, ink], [word.toLowerCase() + " ", ink], [safe(line.reason || "", 120), "muted"]];
}
