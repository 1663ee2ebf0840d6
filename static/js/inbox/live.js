// The socket of this tab. It carries ids; what changed is fetched. Without it the page compares versions every half minute.
import { refreshQueue, queueCut, queueStamp, rows } from "./queue.js";
import { fetchFragment } from "./swaps.js";
import { spokenFor } from "../presence.js";
import { openTicket, refreshPresence, refreshThread, shownVersion } from "./thread.js";

const COMPARE_EVERY = 30_000;
const SHOW_OFFLINE_AFTER = 1500;
const LONGEST_WAIT = 15_000;
const SIGNED_OUT = 4401;
let socket = null;
let attempts = 0;
let offlineTimer = 0;
let retryTimer = 0;

function showOffline(on) {
  clearTimeout(offlineTimer);
  const line = document.getElementById("offline");
  if (!line) return;
  if (!on) line.hidden = true;
  else if (line.hidden) offlineTimer = setTimeout(() => (line.hidden = false), SHOW_OFFLINE_AFTER);
}

function isOpen() {
  return socket?.readyState === WebSocket.OPEN;
}

/** Say something to the server; lost without harm while there is no connection. */
export function send(frame) {
  if (isOpen()) socket.send(JSON.stringify(frame));
}

function watchOpenTicket() {
  const ticket = Number(openTicket());
  send(ticket ? { type: "watch", ticket } : { type: "unwatch" });
}

/** Ask which of the shown tickets have changed, and fetch those. */
export async function compare() {
  const cut = queueCut();
  if (!cut) return;
  const ids = new Set(rows().map((row) => row.dataset.ticket));
  if (openTicket()) ids.add(openTicket());
  const url = new URL("/inbox/versions/", location.href);
  url.searchParams.set("ids", [...ids].slice(0, 200).join(","));
  url.searchParams.set("view", cut.view);
  if (cut.team) url.searchParams.set("team", cut.team);
  try {
    const { status, text } = await fetchFragment(url);
    if (status !== 200) return;
    const { versions, list } = JSON.parse(text);
    if (list !== queueStamp()) refreshQueue();
    const version = versions[openTicket()];
    if (openTicket() && version !== shownVersion()) refreshThread();
    if (isOpen()) showOffline(false);
  } catch {
    showOffline(true);
  }
}

function hear(frame) {
  if (frame.type === "alerts") document.dispatchEvent(new CustomEvent("alerts:news"));
  // A page that nobody sees catches up when it is shown again.
  if (document.visibilityState === "hidden") return;
  if (frame.type === "ticket") {
    refreshQueue();
    if (String(frame.ticket) === openTicket() && frame.version > shownVersion()) refreshThread();
  } else if (frame.type === "presence" && String(frame.ticket) === openTicket()) {
    refreshPresence();
  }
}

function retry() {
  clearTimeout(retryTimer);
  const longest = Math.min(LONGEST_WAIT, 500 * 2 ** attempts);
  attempts += 1;
  retryTimer = setTimeout(connect, longest * (0.5 + Math.random() / 2));
}

function connect() {
  clearTimeout(retryTimer);
  if (socket && socket.readyState <= WebSocket.OPEN) return;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const mine = new WebSocket(`${scheme}//${location.host}/ws/agent/`);
  socket = mine;
  mine.addEventListener("open", () => {
    attempts = 0;
    showOffline(false);
    watchOpenTicket();
    compare();
  });
  mine.addEventListener("message", (event) => {
    try {
      hear(JSON.parse(event.data));
    } catch {
      // A frame we do not know is none of ours.
    }
  });
  mine.addEventListener("close", (event) => {
    if (mine !== socket) return;
    if (event.code === SIGNED_OUT) {
      location.reload();
      return;
    }
    showOffline(true);
    retry();
  });
}

export function startLive() {
  spokenFor(isOpen);
  connect();
  document.addEventListener("ticket:opened", () => {
    watchOpenTicket();
    refreshPresence();
  });
  addEventListener("offline", () => {
    showOffline(true);
    socket?.close();
  });
  addEventListener("online", connect);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    connect();
    compare();
  });
  addEventListener("pagehide", () => socket?.close());
  addEventListener("pageshow", (event) => event.persisted && connect());
  setInterval(() => {
    connect();
    compare();
  }, COMPARE_EVERY);
}
