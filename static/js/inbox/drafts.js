// What somebody has typed and not sent: kept in this browser at every keystroke, on the server a moment later.
import { openTicket } from "./thread.js";
import { reader } from "./words.js";

const SAVE_AFTER = 700;
let timer = 0;
let unsaved = null;
let last = Promise.resolve();

/** Return the name under which this browser keeps a field's text. */
export function key(field) {
  return `draft:${reader()}:${openTicket()}:${field.id}`;
}

function write(name, text) {
  try {
    if (text) localStorage.setItem(name, JSON.stringify({ text, at: Date.now() }));
    else localStorage.removeItem(name);
  } catch {
    // Full or forbidden; the server keeps it.
  }
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

function token() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

function post({ url, text, id }) {
  const body = new URLSearchParams({ text, client_id: id, csrfmiddlewaretoken: token() });
  const keepalive = text.length < 8000;
  return fetch(url, { method: "POST", body, headers: { "HX-Request": "true" }, keepalive }).catch(() => {});
}

function take() {
  const draft = unsaved;
  clearTimeout(timer);
  unsaved = null;
  return draft;
}

/** Save one copy after the other: an older one must not arrive last. */
function save() {
  const draft = take();
  if (draft) last = last.then(() => post(draft));
}

/** Save at once, because the page goes away. */
function leave() {
  const draft = take();
  if (draft) post(draft);
}

/** Save nothing while the text itself is being sent; a refusal keeps it again. */
export function pause() {
  take();
}

/** Keep a field's text. */
export function keep(field) {
  write(key(field), field.value);
  const url = field.closest("#composer")?.dataset.draftUrl;
  if (field.id !== "reply-text" || !url) return;
  // With the id of the reply that it may become, the server knows a copy that comes after its sending.
  unsaved = { url, text: field.value, id: field.form.elements.client_id.value };
  clearTimeout(timer);
  timer = setTimeout(save, SAVE_AFTER);
}

/** Forget a field's text, because it was sent; the server has done so already. */
export function forget(field) {
  write(key(field), "");
  pause();
}

/** Forget a text that was sent from a field that shows another conversation by now. */
export function forgetSent(name, text) {
  if (read(name)?.text === text) write(name, "");
}

/** Put back what this browser kept, where it is newer than what the server knows. */
function restore() {
  const serverAt = Number(document.getElementById("timeline")?.dataset.draftAt ?? 0);
  for (const field of document.querySelectorAll("#reply-text:not([readonly]), #note-text")) {
    const kept = read(key(field));
    if (!kept?.text || kept.text === field.value) continue;
    if (field.id === "note-text" ? !field.value : kept.at >= serverAt) field.value = kept.text;
  }
}

/** On a shared computer nobody meets the drafts of somebody else. */
function sweep() {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith("draft:") && !name.startsWith(`draft:${reader()}:`)) localStorage.removeItem(name);
    }
  } catch {
    // Nothing kept, nothing to sweep.
  }
}

export function connectDrafts() {
  sweep();
  document.addEventListener("input", (event) => {
    if (event.target.matches("#reply-text, #note-text")) keep(event.target);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.("#reply-text")) save();
  });
  addEventListener("pagehide", leave);
  document.addEventListener("ticket:opened", () => {
    save();
    restore();
  });
  document.addEventListener("composer:swapped", restore);
}
