// Store: snapshot and batches -> the newest board, the signals by id, what was heard of venues, trails.
// Before it: connection. After it: view. Reads performance.now() only to know how old the board is.

const MOST_SIGNALS = 200;
const MOST_NOTES = 60;
const MOST_POINTS = 900;
const MIDS_MS = 60_000;
const GOOD = new Set([undefined, "live", "quiet", "connecting"]);

export function newStore() {
  return {
    board: null, version: "", themes: {}, theme: "", n: 0, boardAt: 0, heardAt: 0, batches: 0, everUsable: false,
    signals: new Map(), notes: [], trails: {}, mids: new Map(), states: new Map(), restarts: new Map(), opened: 0, fresh: [],
  };
}

export function onSnapshot(store, told, now) {
  const isNewRun = store.board?.run !== told.run;
  if (told.themes) Object.assign(store, { version: told.version, themes: told.themes, theme: told.theme });
  if (isNewRun) {
    store.mids.clear();
    store.states.clear();
    store.restarts.clear();
    store.notes = [];
    store.everUsable = false;
  }
  store.signals = new Map();
  store.trails = {};
  for (const [symbol, points] of Object.entries(told.trail || {})) store.trails[symbol] = points.slice(-MOST_POINTS);
  take(store, told, now);
  store.fresh = [];
}

export function onBatch(store, told, now) {
  take(store, told, now);
}

// The server knows how old its newest board is: a page that has just come cannot.
export function onHealth(store, told, now) {
  if (told.board_age_ms > now - store.boardAt + 1000) store.boardAt = now - told.board_age_ms;
}

function take(store, told, now) {
  store.n = told.n;
  store.heardAt = now;
  store.batches += 1;
  // Only a board that is newer than the last says that the engine lives.
  if (told.at_us && (told.at_us !== store.board?.at_us || told.run !== store.board?.run)) {
    store.boardAt = now;
    store.board = told;
    for (const one of told.symbols) rememberSymbol(store, one, told.at_us);
    noteRestarts(store, told);
  } else if (!store.board) store.board = told.symbols?.length ? told : null;
  for (const line of told.signals || []) onSignal(store, line);
  for (const line of told.venue_lines || []) onVenue(store, line);
  for (const line of told.gaps || []) note(store, line.ts_us, "warn", ["▲", `${line.count} lines were lost`, line.reason]);
}

function onSignal(store, line) {
  if (!store.signals.has(line.id)) {
    store.opened += 1;
    store.fresh.push(line);
  }
  store.signals.set(line.id, line);
  if (store.signals.size <= MOST_SIGNALS) return;
  for (const [id, each] of store.signals) {
    if (each.event === "close") {
      store.signals.delete(id);
      return;
    }
  }
}

function onVenue(store, line) {
  const key = line.venue + "\u0000" + (line.symbol || "");
  const before = store.states.get(key);
  store.states.set(key, line.state);
  if (before === line.state || (GOOD.has(before) && GOOD.has(line.state))) return;
  note(store, line.ts_us, line.state, null, line);
}

function note(store, at_us, ink, words, line = null) {
  if (store.notes.some((each) => each.at_us === at_us && each.ink === ink && each.line?.venue === line?.venue)) return;
  store.notes.unshift({ at_us, ink, words, line });
  store.notes.length = Math.min(store.notes.length, MOST_NOTES);
}

function noteRestarts(store, board) {
  for (const role of board.roles || []) {
    const before = store.restarts.get(role.name) ?? role.restarts;
    if (role.restarts > before) note(store, board.at_us, "warn", ["↻", `${role.name} restarted ×${role.restarts}`, role.reason]);
    store.restarts.set(role.name, role.restarts);
  }
}

function rememberSymbol(store, one, at_us) {
  const points = (store.trails[one.symbol] ||= []);
  const best = bestOf(one);
  addPoint(points, at_us - (at_us % 1e6), best ? best.net_bps : null);
  for (const venue of one.venues) {
    store.everUsable ||= venue.usable;
    const mid = venue.usable && venue.bid != null && venue.ask != null ? (venue.bid + venue.ask) / 2 : null;
    addMid(store, one.symbol + "\u0000" + venue.venue, at_us / 1000, mid);
  }
}

// Within a second the highest edge stands: a flicker is what one looks for.
function addPoint(points, second_us, net) {
  const last = points[points.length - 1];
  if (last && last[0] === second_us) {
    last[1] = last[1] == null ? net : net == null ? last[1] : Math.max(last[1], net);
  } else if (!last || last[0] < second_us) points.push([second_us, net]);
  if (points.length > MOST_POINTS) points.shift();
}

function addMid(store, key, at_ms, mid) {
  let mids = store.mids.get(key);
  if (!mids) store.mids.set(key, (mids = []));
  const second = Math.floor(at_ms / 1000);
  if (mids.length && mids[mids.length - 1][0] === second) mids[mids.length - 1][1] = mid;
  else mids.push([second, mid]);
  while (mids.length && mids[0][0] < second - MIDS_MS / 1000) mids.shift();
}

// The highest net of all that is priced now, plain or converted.
export function bestOf(one) {
  let best = null;
  for (const route of [one.best, ...one.converted]) {
    if (route && route.net_bps != null && route.blocked == null && (!best || route.net_bps > best.net_bps)) best = route;
  }
  return best;
}
