// The list of conversations: refreshed at once, then at most once a second, and never moved under a pointer.
import { fetchFragment, swapPartials } from "./swaps.js";
import { openTicket } from "./thread.js";

const PAUSE = 300;
// While one refresh follows the other, the list is calm and the server is spared.
const CALM_PAUSE = 1000;
const BUSY = 3000;
let pending = null;
let forced = false;
let timer = 0;
let running = false;
let again = false;
let lastStart = 0;
// Nobody has gone anywhere yet: a page that was just opened keeps its focus at its beginning.
let walked = false;

const list = () => document.getElementById("queue-list");
const rowsBox = () => document.getElementById("queue-rows");

export function rows() {
  return [...(rowsBox()?.querySelectorAll(".queue-row") ?? [])];
}

/** Whether somebody is about to click, reads further down, or walks through the rows by keyboard. */
function inUse() {
  const box = list();
  if (!box) return false;
  if (matchMedia("(hover: hover)").matches && box.matches(":hover")) return true;
  const active = document.activeElement;
  if (box.contains(active) && active.matches(".queue-row") && active.getAttribute("aria-current") !== "true") return true;
  return box.scrollTop > 4;
}

function markCurrent() {
  const current = openTicket();
  for (const row of rows()) {
    if (row.dataset.ticket === current) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

function showWaiting(count) {
  const banner = document.getElementById("queue-waiting");
  if (!banner) return;
  banner.hidden = !count;
  if (!count) return;
  const text = count === 1 ? banner.dataset.one : banner.dataset.many.replace("{count}", String(count));
  banner.querySelector("[data-text]").textContent = text;
}

function replaceAll(target, fresh, morph) {
  const holder = document.createDocumentFragment();
  holder.append(fresh);
  pending = null;
  showWaiting(0);
  morph(target, holder, false);
  markCurrent();
}

/** Update the rows that are there where they are; return how many new ones wait. */
function patchRows(target, fresh, morph) {
  let waiting = 0;
  const known = new Set();
  for (const row of fresh.querySelectorAll(".queue-row")) {
    known.add(row.id);
    const shown = document.getElementById(row.id);
    if (!shown) {
      waiting += 1;
      continue;
    }
    const holder = document.createDocumentFragment();
    holder.append(row.cloneNode(true));
    morph(shown, holder, false);
  }
  for (const row of target.querySelectorAll(".queue-row")) row.classList.toggle("is-stale", !known.has(row.id));
  target.dataset.stamp = fresh.dataset.stamp;
  return waiting;
}

/** htmx's swap style "queue". */
export function mergeQueue(target, fragment, morph) {
  const fresh = fragment.querySelector("#queue-rows");
  if (!fresh) return [];
  const sameCut = fresh.dataset.view === target.dataset.view && fresh.dataset.team === target.dataset.team;
  if (sameCut && !forced && inUse()) {
    pending = fresh.cloneNode(true);
    showWaiting(patchRows(target, fresh, morph));
    markCurrent();
    pending.morph = morph;
    return [target];
  }
  forced = false;
  replaceAll(target, fresh, morph);
  return [target];
}

function applyPending({ force = false } = {}) {
  if (!pending || (!force && inUse())) return;
  const fresh = pending;
  replaceAll(rowsBox(), fresh, fresh.morph);
  window.htmx.process(rowsBox());
  if (force) list().scrollTop = 0;
}

async function fetchRows() {
  const box = rowsBox();
  if (!box) return;
  const url = new URL(box.dataset.url, location.href);
  url.searchParams.set("rows", String(rows().length));
  if (openTicket()) url.searchParams.set("current", openTicket());
  const { status, text } = await fetchFragment(url);
  // Somebody may have chosen another cut meanwhile.
  if (status === 200 && rowsBox()?.dataset.url === box.dataset.url) await swapPartials(text);
}

async function run() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  lastStart = Date.now();
  try {
    await fetchRows();
  } catch {
    // The connection is away; the next comparison of versions comes back to this.
  } finally {
    running = false;
  }
  if (again) {
    again = false;
    refreshQueue();
  }
}

/** Fetch the rows anew, soon; `force` applies them even while the list is in use (own actions). */
export function refreshQueue({ force = false } = {}) {
  forced ||= force;
  clearTimeout(timer);
  const since = Date.now() - lastStart;
  const pause = force || since > BUSY ? PAUSE : CALM_PAUSE;
  timer = setTimeout(run, Math.max(0, pause - since));
}

export function queueStamp() {
  return rowsBox()?.dataset.stamp ?? "";
}

export function queueCut() {
  const box = rowsBox();
  return box ? { view: box.dataset.view, team: box.dataset.team } : null;
}

/** Move the focus to the next or the previous row. */
export function step(by) {
  const all = rows();
  if (!all.length) return;
  const active = document.activeElement?.closest?.(".queue-row");
  const from = all.indexOf(active ?? all.find((row) => row.getAttribute("aria-current") === "true"));
  const next = all[from < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, from + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

/** Put the focus where the open conversation stands in the list. */
export function focusCurrent() {
  const current = rows().find((row) => row.getAttribute("aria-current") === "true");
  (current ?? list())?.focus();
}

/** Go on from the row of the conversation that is open now, where the focus left with the one before. */
function goOn() {
  const active = document.activeElement;
  if (walked && (active === document.body || active?.matches(".queue-row"))) focusCurrent();
}

export function connectQueue() {
  const soon = () => setTimeout(applyPending, 150);
  document.addEventListener("pointerout", (event) => {
    if (event.target.closest?.("#queue-list")) soon();
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.closest?.("#queue-list")) soon();
  });
  document.addEventListener(
    "scroll",
    (event) => {
      if (event.target.id === "queue-list" && event.target.scrollTop <= 4) soon();
    },
    { capture: true, passive: true },
  );
  document.addEventListener("click", (event) => {
    if (event.target.closest("#queue-waiting")) applyPending({ force: true });
  });
  document.addEventListener("queue:changed", () => refreshQueue({ force: true }));
  document.addEventListener("clock:crossed", (event) => {
    if (event.target.closest("#queue-rows")) refreshQueue();
  });
  document.addEventListener("ticket:opened", () => {
    markCurrent();
    goOn();
  });
  document.addEventListener("focusin", () => (walked = true));
}
