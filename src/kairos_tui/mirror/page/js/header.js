// Header: is it alive, what is watched, what does it cost. The kind of feed is always said.
// Before it: view. After it: nobody.

import { clockS, compact, count, latency, signedAmount, span } from "./numbers.js";
import { latencyBadge, safe } from "./glyphs.js";
import { $, dress, ink, put, segments, show } from "./dom.js";
import { current, nowUs, shown, silenceUs, symbolName, trust } from "./view.js";

const LINKS = { connected: ["⌁", "connected", "buy"], connecting: ["◔", "connecting", "accent"], reconnecting: ["↻", "reconnecting", "warn"] };

export function drawHeader(view, calm) {
  drawLink(view);
  drawBanner(view);
  const board = shown(view).board;
  put($("clock"), board ? clockS(nowUs(view)) + "Z" : "--:--:--");
  if (!board || !calm) return;
  const one = current(view);
  put($("symbol"), one ? symbolName(one) : "");
  const mood = board.mood && board.feed === "sim" ? " " + safe(board.mood, 8) : "";
  ink($("feed-badge"), safe(board.feed, 8).toUpperCase() + mood, `chip ${board.feed === "live" ? "onair" : "sim"}`);
  segments($("liveness"), liveness(view, one, board));
  segments($("flow"), [...account(board.paper), ...flow(board.rates)]);
  segments($("pipeline"), pipeline(board.rates));
}

function liveness(view, one, board) {
  const rows = (one?.venues || []).filter((row) => row.listed);
  const live = trust(view) === "fresh" ? rows.filter((row) => row.usable).length : 0;
  const [glyph, names] = live ? ["●", "buy"] : shown(view).everUsable ? ["✖", "down"] : ["◔", "accent"];
  const seed = board.feed === "sim" && board.seed != null ? [[` · seed ${board.seed}`, "muted"]] : [];
  return [[glyph + " ", names], [rows.length ? `${live}/${rows.length} venues` : "starting", "text"], ...seed];
}

// What simulated orders earned; every word about it says paper.
function account(paper) {
  if (!paper) return [];
  const earned = paper.profits.slice(0, 2).map(([asset, profit]) => [`${signedAmount(profit)} ${safe(asset, 6)} `, profit < 0 ? "sell" : "buy"]);
  return [["PAPER ", "accent"], ...earned, [`${paper.filled}/${paper.ended} filled  `, "muted"]];
}

function flow(rates) {
  if (!rates) return [];
  const lost = rates.lost || rates.dropped ? [[`  lost ${count(rates.lost)} drop ${count(rates.dropped)}`, "warn"]] : [];
  return [[compact(rates.ticks_per_s), "text"], [" t/s  ", "muted"], [count(rates.signals), "text"], [" signals", "muted"], ...lost];
}

function pipeline(rates) {
  if (!rates || rates.latency_p50_us == null) return [];
  const [glyph, names] = latencyBadge(rates.latency_p50_us);
  const tail = latencyBadge(rates.latency_p99_us);
  const slow = tail[1] === "slow" ? "▲" : "";
  return [[`${glyph} ${latency(rates.latency_p50_us)}`, names], [" p99 ", "muted"], [slow + latency(rates.latency_p99_us), tail[1]]];
}

function drawLink(view) {
  const { link } = view;
  const [glyph, word, names] = LINKS[link.state];
  const far = link.state === "connected" && link.rttMs != null ? ` ${link.rttMs.toFixed(link.rttMs < 10 ? 1 : 0)}ms` : "";
  const tries = link.state !== "connected" && link.tries ? ` · try ${link.tries}` : "";
  segments($("link"), [[`${glyph} `, names], [word, names], [far + tries, "text"]]);
}

// One plain sentence when what is shown is not now.
function drawBanner(view) {
  const said = banner(view);
  show($("banner"), Boolean(said));
  if (said) ink($("banner"), said[0], said[1]);
  dress($("page"), `${trust(view)}${view.held ? " held" : ""}`);
}

function banner(view) {
  if (view.held) {
    const behind = view.live.opened - view.held.opened;
    const held = span((view.now - view.heldAt) * 1000);
    return [`▐▐ PAUSED ${held} · +${behind} signal${behind === 1 ? "" : "s"} behind · space resumes`, "paused"];
  }
  if (view.link.denied && view.link.state !== "connected") return ["✖ a token is needed: open the link that Kairos printed", "alarm"];
  const kind = trust(view);
  const silent = span(silenceUs(view));
  if (view.link.state !== "connected" && kind !== "fresh") {
    const what = kind === "none" ? "no board yet" : `the last board is ${silent} old`;
    return [`✖ ${view.link.state === "connecting" ? "connecting to" : "lost"} the mirror · ${what} · it reconnects by itself`, "alarm"];
  }
  if (kind === "silent") return [`✖ ENGINE silent ${silent} · nothing here is known to be true now`, "alarm"];
  return null;
}
