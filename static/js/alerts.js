// The bell: how many alerts are unread, and a toast for each new one. The socket only says that there is something;
// the sentences are fetched with one's own permission. Pages without the inbox open the socket here.
import { toast } from "./toast.js";

const ASK_EVERY = 30_000;
const LONGEST_WAIT = 15_000;
const SIGNED_OUT = 4401;
let newest = null;
let asking = false;
let askAgain = false;
let attempts = 0;

function show(unread) {
  for (const mark of document.querySelectorAll("[data-unread-alerts]")) {
    const number = mark.querySelector("[data-number]");
    const text = unread > 99 ? "99+" : String(unread);
    if (number.textContent !== text) number.textContent = text;
    mark.hidden = unread === 0;
  }
}

function tell({ text, url }) {
  const box = toast("", 10);
  const link = document.createElement("a");
  link.className = "toast-action";
  link.href = url;
  link.textContent = text;
  box.replaceChildren(link);
}

/** Ask what is new. The toasts' region is a polite status, so each is read out once. */
async function ask() {
  if (document.visibilityState === "hidden") return;
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  try {
    const after = newest === null ? "" : `?after=${newest}`;
    const response = await fetch(`/alerts/news/${after}`, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!response.ok) return;
    const news = await response.json();
    newest = news.newest;
    show(news.unread);
    news.alerts.forEach(tell);
  } catch {
    // Without a connection the bell keeps what it knew; the next question will do.
  } finally {
    asking = false;
    if (askAgain) {
      askAgain = false;
      ask();
    }
  }
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${location.host}/ws/agent/`);
  socket.addEventListener("open", () => {
    attempts = 0;
    ask();
  });
  socket.addEventListener("message", (event) => {
    if (JSON.parse(event.data).type === "alerts") ask();
  });
  socket.addEventListener("close", (event) => {
    if (event.code === SIGNED_OUT) return;
    const longest = Math.min(LONGEST_WAIT, 500 * 2 ** attempts);
    attempts += 1;
    setTimeout(connect, longest * (0.5 + Math.random() / 2));
  });
}

/** Keep the bell true. */
export function startBell() {
  if (!document.querySelector("[data-unread-alerts]")) return;
  ask();
  document.addEventListener("alerts:news", ask);
  document.addEventListener("visibilitychange", ask);
  setInterval(ask, ASK_EVERY);
  if (!document.querySelector("main.inbox")) connect();
}
