// "/" in the reply opens the quick replies, docked above the text so that they never cover the last message.
import { fetchFragment } from "./swaps.js";
import { say } from "./words.js";

const PAUSE = 120;
let timer = 0;
let asked = 0;

const dock = () => document.getElementById("quick-replies");
const field = () => document.getElementById("reply-text");
const options = () => [...(dock()?.querySelectorAll("[role=option]") ?? [])];
const selected = () => options().find((option) => option.getAttribute("aria-selected") === "true");

/** The word before the caret when it begins with a slash, else null. */
function typed() {
  const before = field().value.slice(0, field().selectionStart);
  const match = before.match(/(?:^|\s)\/([\p{L}\p{N}_-]*)$/u);
  return match ? match[1] : null;
}

function isOpen() {
  return Boolean(dock()) && !dock().hidden;
}

export function close() {
  clearTimeout(timer);
  asked += 1;
  if (!dock()) return;
  dock().hidden = true;
  dock().replaceChildren();
  field()?.removeAttribute("aria-activedescendant");
  const hint = document.getElementById("composer-hint");
  if (hint) hint.replaceChildren();
}

function hint(on) {
  const line = document.getElementById("composer-hint");
  if (!line) return;
  line.replaceChildren();
  if (!on) return;
  const key = document.createElement("kbd");
  key.className = "kbd";
  key.textContent = "Tab";
  line.append(key, ` ${say("insert")}`);
}

function select(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    field().setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
}

async function list(word) {
  const number = ++asked;
  try {
    const url = new URL(dock().dataset.url, location.href);
    url.searchParams.set("q", word);
    const { status, text } = await fetchFragment(url);
    if (number !== asked || status !== 200 || !dock()) return;
    dock().replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    const any = options().length > 0;
    // A slash in the middle of a sentence is most likely just a slash.
    dock().hidden = !any && field().value.trim() !== `/${word}`;
    hint(any);
    select(options()[0]);
  } catch {
    close();
  }
}

function insert(option) {
  const area = field();
  const end = area.selectionStart;
  const word = typed();
  const start = word === null ? end : end - word.length - 1;
  area.setRangeText(option.dataset.text, start, end, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  const body = new URLSearchParams({
    csrfmiddlewaretoken: document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "",
  });
  const id = option.id.replace(/\D+/g, "");
  fetch(`/inbox/quick-replies/${id}/uses/`, { method: "POST", body }).catch(() => {});
  close();
  area.focus();
}

/** Open the list with everything in it. */
export function openAll() {
  if (!dock()) return;
  document.getElementById("tab-reply")?.click();
  field().focus();
  list("");
}

export function connectQuickReplies() {
  document.addEventListener("input", (event) => {
    if (event.target !== field() || !dock()) return;
    const word = typed();
    clearTimeout(timer);
    if (word === null) close();
    else if (word === "") list("");
    else timer = setTimeout(() => list(word), PAUSE);
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.target !== field() || !isOpen() || event.ctrlKey || event.metaKey || event.isComposing) return;
      const all = options();
      const place = all.indexOf(selected());
      if (event.key === "ArrowDown") select(all[(place + 1) % all.length]);
      else if (event.key === "ArrowUp") select(all[(place - 1 + all.length) % all.length]);
      else if ((event.key === "Tab" || event.key === "Enter") && !event.shiftKey && selected()) insert(selected());
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
  // The press, not the click: a click would take the focus from the text first.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest?.("#quick-replies")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const option = event.target.closest("#quick-replies [role=option]");
    if (option) insert(option);
    if (event.target.closest("[data-quick-replies]")) isOpen() ? close() : openAll();
  });
}
