// Keys are declared in the markup: data-hotkey names them, data-says says what they do; the sheet is made from both.
// They are off while somebody types, and no Alt or AltGr letter is ever taken.
import { eventToHotkeyString, normalizeHotkey } from "../../vendor/hotkey-3.1.4/index.js";
import { focusCurrent, step } from "./queue.js";
import { openAll } from "./quick_replies.js";

const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";

function typing(target) {
  return target.closest?.(FIELDS) !== null;
}

function isUsable(element) {
  if (element.disabled) return false;
  return element.dataset.do ? true : element.checkVisibility();
}

function find(pressed) {
  const all = [...document.querySelectorAll("[data-hotkey]")].filter((element) =>
    element.dataset.hotkey.split(",").some((keys) => normalizeHotkey(keys) === pressed),
  );
  return all.reverse().find(isUsable);
}

/** On a layout without Latin letters the key's place decides. */
function pressedKey(event) {
  const key = eventToHotkeyString(event);
  const letter = event.code.match(/^Key([A-Z])$/)?.[1]?.toLowerCase();
  return letter && !event.shiftKey && /^[^\u0000-\u024f]$/.test(event.key) ? letter : key;
}

function fillSheet() {
  const body = document.querySelector("#shortcuts tbody");
  if (!body) return;
  const lines = new Map();
  for (const element of document.querySelectorAll("[data-says]")) {
    const keys = element.dataset.hotkey ?? element.dataset.saysOnly ?? "";
    lines.set(element.dataset.says, keys.split(",").filter((one) => one !== "Shift+?"));
  }
  for (const tab of document.querySelectorAll("#composer [role=tab][data-hotkey]")) {
    lines.set(tab.textContent.trim(), [tab.dataset.hotkey]);
  }
  const names = { ArrowDown: "↓", ArrowUp: "↑" };
  body.replaceChildren(
    ...[...lines].map(([says, keys]) => {
      const row = document.createElement("tr");
      const left = document.createElement("td");
      for (const key of keys) {
        const box = document.createElement("kbd");
        box.className = "kbd";
        box.textContent = names[key] ?? (key.length === 1 ? key.toUpperCase() : key);
        left.append(box, " ");
      }
      const right = document.createElement("td");
      right.textContent = says;
      row.append(left, right);
      return row;
    }),
  );
}

const deeds = {
  next: () => step(1),
  previous: () => step(-1),
  "quick-replies": openAll,
  shortcuts: () => {
    fillSheet();
    document.getElementById("shortcuts-dialog")?.showModal();
  },
  "close-dialog": () => document.querySelector("dialog[open]")?.close(),
};

function run(element) {
  const deed = deeds[element.dataset.do];
  if (deed) deed();
  else element.click();
}

function escape(event) {
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  const back = document.querySelector(".thread-back");
  if (back?.checkVisibility() && !typing(event.target)) back.click();
  else if (event.target.closest?.("#thread")) focusCurrent();
}

export function connectHotkeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") {
      escape(event);
      return;
    }
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    // Arrows scroll what has the focus; only the list and the bare page use them to walk.
    if (event.key.startsWith("Arrow")) {
      if (event.target !== document.body && !event.target.closest("#queue-list")) return;
    }
    const element = find(pressedKey(event));
    if (!element) return;
    event.preventDefault();
    run(element);
  });
  document.addEventListener("click", (event) => {
    const element = event.target.closest("[data-do]");
    if (!element || !(element.dataset.do in deeds)) return;
    event.preventDefault();
    deeds[element.dataset.do]();
  });
}
