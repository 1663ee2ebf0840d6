// The open conversation: what is new comes in at its place, the view stays where the reader is.
import { fetchFragment, swapPartials } from "./swaps.js";
import { announce, say } from "./words.js";
import { toast } from "../toast.js";

const AT_END = 48;
const RECENT = 30;
let shown = null;
let seen = 0;
let observer = null;
let running = false;
let again = false;

const timeline = () => document.getElementById("timeline");

/** Return the number of the open ticket, "" when none is open. */
export function openTicket() {
  return timeline()?.dataset.ticket ?? "";
}

/** Return the place of the newest line that somebody has had before their eyes. */
export function seenSeq() {
  return seen;
}

function atEnd(box) {
  return box.scrollHeight - box.scrollTop - box.clientHeight < AT_END;
}

function toEnd(box) {
  box.scrollTop = box.scrollHeight;
}

function showPill(on) {
  const pill = document.getElementById("timeline-new");
  if (pill) pill.hidden = !on;
}

function sawEverything(box) {
  if (document.visibilityState !== "visible") return;
  seen = Math.max(seen, Number(box.dataset.seen));
  showPill(false);
}

function watch(entry) {
  const part = entry.querySelector(".message, .event");
  if (part) observer?.observe(part);
}

function observe(box) {
  observer?.disconnect();
  observer = new IntersectionObserver(
    (changes) => {
      if (document.visibilityState !== "visible") return;
      for (const change of changes) {
        if (!change.isIntersecting) continue;
        const place = Number(change.target.closest(".timeline-entry")?.dataset.entry ?? 0);
        seen = Math.max(seen, place);
        observer.unobserve(change.target);
      }
      if (atEnd(box)) sawEverything(box);
    },
    { root: box, threshold: 0.2 },
  );
}

/** Where a refresh begins: at the oldest recent line that may still change. */
export function tailStart() {
  const entries = [...(timeline()?.querySelectorAll(".timeline-entry") ?? [])].slice(-RECENT);
  const open = entries.find((entry) => "undecided" in entry.dataset);
  return (open ?? entries.at(-1))?.dataset.entry ?? "0";
}

function place(box, entry) {
  const seq = Number(entry.dataset.entry);
  const next = [...box.querySelectorAll(".timeline-entry")].find((other) => Number(other.dataset.entry) > seq);
  box.insertBefore(entry, next ?? null);
}

function tell(entry) {
  if (entry.dataset.kind !== "in") return;
  const box = timeline();
  const name = document.querySelector(".thread-subtitle bdi")?.textContent ?? "";
  // With the focus in the thread the log itself is read out.
  if (box?.getAttribute("aria-live") === "off") announce(say("newMessage", { name }));
}

/** htmx's swap style "tail". */
export function mergeTail(box, fragment, spec, morph) {
  if (String(spec.ticket) !== box.dataset.ticket || Number(spec.version) < Number(box.dataset.version)) return [];
  const stuck = atEnd(box);
  const fresh = [...fragment.querySelectorAll(".timeline-entry")];
  const kept = new Set(fresh.map((entry) => entry.id));
  for (const old of box.querySelectorAll(".timeline-entry")) {
    if (Number(old.dataset.entry) >= Number(spec.from) && !kept.has(old.id)) old.remove();
  }
  const added = [];
  for (const entry of fresh) {
    const old = document.getElementById(entry.id);
    if (old) {
      const holder = document.createDocumentFragment();
      holder.append(entry);
      morph(old, holder, false);
    } else {
      place(box, entry);
      added.push(entry);
    }
  }
  box.dataset.version = spec.version;
  box.dataset.seen = String(Math.max(Number(box.dataset.seen), Number(spec.seen)));
  if (stuck) {
    toEnd(box);
    sawEverything(box);
  }
  for (const entry of added) {
    if (!stuck || document.visibilityState !== "visible") watch(entry);
    tell(entry);
  }
  if (!stuck && added.some((entry) => entry.dataset.kind === "in")) showPill(true);
  return [box];
}

async function fetchTail() {
  const box = timeline();
  if (!box) return;
  const url = new URL(box.dataset.url, location.href);
  url.searchParams.set("from", tailStart());
  url.searchParams.set("composer", document.getElementById("composer")?.dataset.state ?? "");
  const { status, text } = await fetchFragment(url);
  if (timeline() !== box) return;
  if (status === 404) {
    toast(say("gone"));
    document.querySelector(".thread-back")?.click();
  } else if (status === 200) {
    await swapPartials(text);
  }
}

/** Fetch what is new in the open conversation; several wishes at once become one request. */
export async function refreshThread() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  try {
    await fetchTail();
  } catch {
    // The connection is away; the next comparison of versions comes back to this.
  } finally {
    running = false;
  }
  if (again) {
    again = false;
    refreshThread();
  }
}

/** Return the version of the open ticket that the page shows. */
export function shownVersion() {
  return Number(timeline()?.dataset.version ?? 0);
}

/** Fetch who else is here. */
export async function refreshPresence() {
  const box = timeline();
  if (!box) return;
  try {
    const { status, text } = await fetchFragment(box.dataset.viewersUrl);
    const line = document.getElementById("presence");
    if (status === 200 && line && timeline() === box) {
      line.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    }
  } catch {
    // Nobody is shown wrongly for long: the socket says it again.
  }
}

/** Go to the newest line and take it as read. */
export function review() {
  const box = timeline();
  if (!box) return;
  toEnd(box);
  seen = Math.max(seen, Number(box.dataset.seen));
  showPill(false);
}

/** Notice that another conversation is open, or none; runs after every swap. */
export function settle() {
  const box = timeline();
  if (box === shown) return;
  shown = box;
  const main = document.getElementById("main");
  const details = document.getElementById("details");
  if (main) main.dataset.pane = box ? "thread" : "queue";
  if (details) {
    details.hidden = !box;
    details.classList.remove("is-open");
  }
  if (box) {
    seen = Number(box.dataset.seen);
    observe(box);
    toEnd(box);
    const title = document.querySelector(".thread-title");
    announce(say("opened", { title: title?.textContent ?? "" }), { urgent: true });
    if (!document.getElementById("queue")?.checkVisibility()) title?.focus({ preventScroll: true });
  }
  document.dispatchEvent(new CustomEvent("ticket:opened", { detail: { ticket: box?.dataset.ticket ?? "" } }));
}

export function connectThread() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("#timeline-new")) review();
  });
  document.addEventListener(
    "scroll",
    (event) => {
      if (event.target.id === "timeline" && atEnd(event.target)) sawEverything(event.target);
    },
    { capture: true, passive: true },
  );
  document.addEventListener("visibilitychange", () => {
    const box = timeline();
    if (box && document.visibilityState === "visible" && atEnd(box)) sawEverything(box);
  });
  // Pictures and a growing composer change the height; who reads the end stays at the end.
  const keep = new ResizeObserver(() => {
    const box = timeline();
    if (box?.dataset.end === "1") toEnd(box);
  });
  document.addEventListener("ticket:opened", () => {
    const box = timeline();
    keep.disconnect();
    if (!box) return;
    box.dataset.end = "1";
    keep.observe(box);
    box.addEventListener("scroll", () => (box.dataset.end = atEnd(box) ? "1" : "0"), { passive: true });
    box.addEventListener("load", () => box.dataset.end === "1" && toEnd(box), { capture: true });
  });
  // The log speaks only while the thread has the focus.
  document.addEventListener("focusin", (event) => {
    const inside = Boolean(event.target.closest?.("#thread"));
    timeline()?.setAttribute("aria-live", inside ? "polite" : "off");
  });
  document.addEventListener("window:closed", refreshThread);
}
