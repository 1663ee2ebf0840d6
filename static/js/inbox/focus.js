// Says every fifteen seconds that the open ticket is before somebody's eyes: the page is visible, has the focus, and
// was touched within the last minute. The server keeps the time; silence ends it.
import { send } from "./live.js";
import { openTicket } from "./thread.js";

const EVERY = 15_000;
const IDLE_AFTER = 60_000;
const DWELL = 1000;
const TOUCHES = ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchmove"];
let touchedAt = Date.now();
let typedAt = 0;
let saidAt = 0;
let dwelling = 0;

function isAtWork() {
  return document.visibilityState === "visible" && document.hasFocus() && Date.now() - touchedAt < IDLE_AFTER;
}

function say() {
  const ticket = Number(openTicket());
  if (!ticket || !isAtWork()) return;
  saidAt = Date.now();
  send({ type: "focus", ticket, composing: Date.now() - typedAt < EVERY });
}

function touch() {
  const wasIdle = Date.now() - touchedAt >= IDLE_AFTER;
  touchedAt = Date.now();
  if (wasIdle) say();
}

function comeBack() {
  touchedAt = Date.now();
  if (Date.now() - saidAt >= EVERY) say();
}

export function startFocus() {
  for (const name of TOUCHES) document.addEventListener(name, touch, { capture: true, passive: true });
  document.addEventListener("input", (event) => {
    if (event.target.closest?.("#composer")) typedAt = Date.now();
  });
  addEventListener("focus", comeBack);
  // Walking down the list with the keyboard opens tickets that nobody reads.
  document.addEventListener("ticket:opened", () => {
    clearTimeout(dwelling);
    dwelling = setTimeout(say, DWELL);
  });
  setInterval(say, EVERY);
}
