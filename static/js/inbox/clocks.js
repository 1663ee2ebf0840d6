// Clocks that the server has drawn and the page keeps going: answers due, ages of rows, the reply window.
import { announce, now, say } from "./words.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TICKING = 15 * MINUTE;

/** Say a length of time as the server does: "4 min", "3 h 20 min". */
export function duration(ms) {
  const minutes = Math.floor(ms / MINUTE);
  if (minutes < 1) return say("seconds", { seconds: Math.max(0, Math.floor(ms / 1000)) });
  if (minutes < 60) return say("minutes", { minutes });
  const hours = Math.floor(minutes / 60);
  return minutes % 60 ? say("hoursMinutes", { hours, minutes: minutes % 60 }) : say("hours", { hours });
}

function age(ms) {
  const minutes = Math.floor(ms / MINUTE);
  if (minutes < 1) return say("ageNow");
  if (minutes < 60) return say("ageMinutes", { n: minutes });
  if (minutes < 24 * 60) return say("ageHours", { n: Math.floor(minutes / 60) });
  if (minutes < 7 * 24 * 60) return say("ageDays", { n: Math.floor(minutes / (24 * 60)) });
  return null;
}

function countdown(left) {
  if (left < 0) return say("overdue", { age: age(-left) ?? "" });
  if (left < TICKING) {
    const seconds = Math.floor(left / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
  return left < 12 * HOUR ? duration(left) : null;
}

function stateOf(left, warns) {
  if (left < 0) return "overdue";
  return (Number.isNaN(warns) ? left < TICKING : now() >= warns) ? "warning" : "running";
}

/** A chip that counts down: every second under a quarter of an hour, else every minute. */
class SlaCountdown extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    this.#tick();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #tick() {
    clearTimeout(this.#timer);
    const due = Date.parse(this.dataset.due);
    const left = due - now();
    const text = countdown(left);
    const words = this.querySelector("[data-countdown]");
    if (words && text !== null && words.textContent !== text) words.textContent = text;
    const started = Date.parse(this.dataset.started);
    const ring = this.querySelector(".ring-left");
    if (ring && due > started) {
      const share = Math.max(0, Math.min(100, Math.round((100 * left) / (due - started))));
      ring.setAttribute("stroke-dasharray", `${share} 100`);
    }
    const state = stateOf(left, Date.parse(this.dataset.warns));
    if (state !== this.dataset.state) this.#cross(state);
    this.#timer = setTimeout(() => this.#tick(), left > 0 && left < TICKING ? 1000 - (now() % 1000) + 5 : 20_000);
  }

  #cross(state) {
    const before = this.dataset.state;
    this.dataset.state = state;
    this.classList.toggle("chip-warn", state === "warning");
    this.classList.toggle("chip-bad", state === "overdue");
    if (before === "warning" && state === "overdue") {
      const name = this.closest(".queue-row")?.querySelector(".queue-row-name")?.textContent;
      if (name) announce(say("nowOverdue", { name }), { urgent: true });
    }
    this.dispatchEvent(new CustomEvent("clock:crossed", { bubbles: true, detail: { state } }));
  }
}

function refreshAges() {
  for (const time of document.querySelectorAll("time.queue-row-age")) {
    const text = age(now() - Date.parse(time.dateTime));
    if (text !== null && time.textContent !== text) time.textContent = text;
  }
}

function refreshWindow() {
  const box = document.querySelector("#window [data-closes]");
  if (!box) return;
  const left = Date.parse(box.dataset.closes) - now();
  const words = box.querySelector("[data-countdown]");
  if (left <= 0) box.dispatchEvent(new CustomEvent("window:closed", { bubbles: true }));
  else if (words) words.textContent = duration(left);
}

/** Surveys that are about to be sent: whoever wants to cancel one sees how long there is. */
function refreshSurveys() {
  for (const line of document.querySelectorAll("[data-survey-due]:not(#words)")) {
    const left = Date.parse(line.dataset.surveyDue) - now();
    const text = left > 0 ? say("surveyDue", { duration: duration(left) }) : say("surveyGoing");
    if (line.textContent !== text) line.textContent = text;
  }
}

/** Start the clocks of the page. */
export function startClocks() {
  if (!customElements.get("sla-countdown")) customElements.define("sla-countdown", SlaCountdown);
  setInterval(refreshSurveys, 1000);
  setInterval(() => {
    refreshAges();
    refreshWindow();
  }, 20_000);
}
