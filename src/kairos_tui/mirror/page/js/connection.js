// Connection: Socket.IO to the server, and what is known of it: connected, since when, how far away.
// Before it: nobody. After it: store, through the callbacks. It asks for nothing but a symbol and a pause.

import { io } from "../vendor/socket.io.esm.min.js";

const PROBE_EVERY_MS = 5000;
const PROBE_WITHIN_MS = 3000;

export function connect({ onSnapshot, onBatch, onHealth, onChange }) {
  const link = { state: "connecting", since: performance.now(), tries: 0, why: "", rttMs: null, focus: null, drops: 0 };
  const socket = io({ transports: ["websocket"], reconnectionDelay: 250, reconnectionDelayMax: 4000, timeout: 5000 });
  const turn = (state, why = "") => {
    if (state !== link.state) link.since = performance.now();
    Object.assign(link, { state, why });
    onChange(link);
  };
  socket.on("connect", () => {
    link.tries = 0;
    turn("connected");
    if (link.focus) socket.emit("focus", { symbol: link.focus });
    if (document.hidden) socket.emit("pause", { on: true });
  });
  socket.on("disconnect", (reason) => {
    link.drops += 1;
    link.rttMs = null;
    turn("reconnecting", reason);
    // When the server itself closed, the client does not come back by itself.
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), 1000);
  });
  socket.on("connect_error", () => turn(link.drops ? "reconnecting" : "connecting", link.why || "no answer"));
  socket.io.on("reconnect_attempt", (tries) => {
    link.tries = tries;
    onChange(link);
  });
  socket.on("snapshot", onSnapshot);
  socket.on("batch", onBatch);
  socket.on("health", onHealth);
  document.addEventListener("visibilitychange", () => socket.connected && socket.emit("pause", { on: document.hidden }));
  probe(link, onChange);
  return {
    link,
    focus(symbol) {
      if (link.focus === symbol) return;
      link.focus = symbol;
      if (socket.connected) socket.emit("focus", { symbol });
    },
    drop: () => socket.io.engine?.close(),
  };
}

// The way there and back, measured on a file that is never cached.
async function probe(link, onChange) {
  for (;;) {
    if (!document.hidden) {
      const began = performance.now();
      try {
        const answer = await fetch("favicon.svg", { cache: "no-store", signal: AbortSignal.timeout(PROBE_WITHIN_MS) });
        link.rttMs = performance.now() - began;
        link.denied = answer.status === 401;
      } catch {
        link.rttMs = null;
      }
      onChange(link);
    }
    await new Promise((done) => setTimeout(done, PROBE_EVERY_MS));
  }
}
