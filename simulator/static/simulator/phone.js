// Keeps the phone up to date and sends what the customer does without leaving the page.

const fragment = (html) => Object.assign(document.createElement("template"), { innerHTML: html }).content;
const problem = document.querySelector(".problem");
let hideProblem = 0;

function complain(sentence) {
  problem.textContent = sentence;
  problem.hidden = !sentence;
  clearTimeout(hideProblem);
  hideProblem = setTimeout(() => { problem.hidden = true; }, 6000);
}

// The clock of the phone runs in the time zone of the workspace.
const clock = document.querySelector("[data-clock]");
const clockFormat = new Intl.DateTimeFormat("de", { hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.clock });
const tick = () => { clock.textContent = clockFormat.format(new Date()); };
tick();
setInterval(tick, 5000);

// A stream is open only while the page is visible: what the customer cannot see is not read.
function follow(address, position, handlers) {
  let source = null;
  const open = () => {
    const url = new URL(address, location.href);
    if (position) url.searchParams.set("after", position);
    source = new EventSource(url);
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => {
        if (event.lastEventId) position = event.lastEventId;
        handle(event.data);
      });
    }
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) { source = null; setTimeout(showOrHide, 2000); }
    };
  };
  const showOrHide = () => {
    if (document.hidden) { source?.close(); source = null; } else if (!source) open();
  };
  document.addEventListener("visibilitychange", showOrHide);
  addEventListener("pagehide", () => source?.close());
  showOrHide();
}

const log = document.getElementById("log");

function placeBubble(html) {
  const fresh = fragment(html).firstElementChild;
  const old = document.getElementById(fresh.id);
  const pinned = log.scrollHeight - log.scrollTop - log.clientHeight < 80 || fresh.classList.contains("mine");
  if (old) {
    const playing = old.querySelector("voice-note.playing, dialog[open]");
    if (playing) return old.querySelector(".meta").replaceWith(fresh.querySelector(".meta"));
    const focused = [...old.querySelectorAll("button, a, input")].indexOf(document.activeElement);
    const picture = old.querySelector("img");
    if (picture) fresh.querySelector("img")?.replaceWith(picture);
    old.replaceWith(fresh);
    if (focused >= 0) fresh.querySelectorAll("button, a, input")[focused]?.focus();
  } else {
    const number = Number(fresh.dataset.number);
    const before = [...log.querySelectorAll(".message")].filter((one) => Number(one.dataset.number) < number).pop();
    let anchor = before;
    if (!before || before.dataset.day !== fresh.dataset.day) {
      const day = Object.assign(document.createElement("p"), { className: "day" });
      day.append(Object.assign(document.createElement("span"), { textContent: fresh.dataset.dayName }));
      before ? before.after(day) : log.append(day);
      anchor = day;
    }
    anchor.after(fresh);
    log.querySelector(".first").hidden = true;
  }
  if (pinned && (!old || !old.isConnected)) toEnd();
}

const toEnd = () => { log.scrollTop = log.scrollHeight; };

if (log) {
  toEnd();
  log.addEventListener("load", (event) => { if (event.target.tagName === "IMG") toEnd(); }, { capture: true, once: true });
  const [quiet, typing] = ["[data-quiet]", "[data-typing]"].map((selector) => document.querySelector(selector));
  follow(log.dataset.events, log.dataset.position, {
    bubble: placeBubble,
    typing: (on) => { quiet.hidden = on === "1"; typing.hidden = on !== "1"; },
    failing: (on) => {
      const failure = document.querySelector(".failure");
      failure?.querySelector("[role=switch]").setAttribute("aria-checked", String(on === "1"));
      if (failure) failure.elements.on.value = on === "1" ? "0" : "1";
    },
  });
}

const customers = document.getElementById("customers");
if (customers) {
  follow(customers.dataset.events, "", {
    customers: (html) => {
      const focused = document.activeElement?.closest?.(".customer")?.getAttribute("href");
      customers.replaceChildren(fragment(html));
      if (focused) customers.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
    },
  });
}

// Links of fragments carry on language, theme and toolbar of the page.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-keep-query]");
  if (link) { event.preventDefault(); location.assign(new URL(link.getAttribute("href") + location.search, location.href)); }
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  if (event.target.closest("[data-close]") || event.target.matches?.("dialog.sheet")) event.target.closest("dialog").close();
});

async function post(form, data) {
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
    if (answer.ok) return true;
    complain((await answer.json()).error);
  } catch {
    complain(document.body.dataset.offline);
  }
  return false;
}

const composer = document.getElementById("composer");
if (composer) {
  const { text, file } = composer.elements;
  const attached = composer.querySelector(".attached");
  const showFile = () => {
    attached.hidden = !file.files.length;
    attached.firstElementChild.textContent = file.files[0]?.name ?? "";
  };
  file.addEventListener("change", () => { showFile(); text.focus(); });
  attached.querySelector("button").addEventListener("click", () => { file.value = ""; showFile(); text.focus(); });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); composer.requestSubmit(); }
  });
  composer.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter?.name ? event.submitter : null;
    const data = new FormData();
    if (button) {
      data.set(button.name, button.value);
      button.closest("dialog")?.close();
    } else {
      if (!text.value.trim() && !file.files.length) return;
      data.set("text", text.value);
      if (file.files.length) data.set("file", file.files[0]);
      const kept = text.value;
      text.value = "";
      if (!(await post(composer, data))) { text.value ||= kept; return; }
      file.value = "";
      showFile();
      return;
    }
    await post(composer, data);
  });
}

document.querySelector(".failure")?.addEventListener("submit", (event) => {
  event.preventDefault();
  post(event.target, new FormData(event.target));
});

// The page around the phone may press its buttons: {phone: "photo" | "voice" | "arabic" | "survey" | "new-customer"}.
const parents = document.body.dataset.parents.split(" ");
addEventListener("message", async (event) => {
  if (!parents.includes(event.origin) || typeof event.data?.phone !== "string") return;
  if (event.data.phone === "new-customer") document.getElementById("new-customer").showModal();
  else if (composer && ["photo", "voice", "arabic", "survey"].includes(event.data.phone)) {
    const data = new FormData();
    data.set("sample", event.data.phone);
    await post(composer, data);
  }
});

class VoiceNote extends HTMLElement {
  connectedCallback() {
    if (this.audio) return;
    [this.audio, this.button, this.range] = ["audio", "button", "input"].map((name) => this.querySelector(name));
    this.words = [this.button.getAttribute("aria-label"), this.button.dataset.pause];
    this.button.addEventListener("click", () => (this.audio.paused ? this.audio.play() : this.audio.pause()));
    this.range.addEventListener("input", () => {
      if (this.audio.duration) this.audio.currentTime = (this.range.value / 100) * this.audio.duration;
    });
    for (const name of ["loadedmetadata", "timeupdate", "play", "pause", "ended"]) this.audio.addEventListener(name, () => this.show());
    this.show();
  }

  show() {
    const { duration, currentTime, paused } = this.audio;
    this.classList.toggle("playing", !paused);
    this.button.setAttribute("aria-label", this.words[paused ? 0 : 1]);
    if (!Number.isFinite(duration)) return;
    this.range.value = (currentTime / duration) * 100;
    const seconds = Math.round(currentTime > 0 ? currentTime : duration);
    this.querySelector("[data-length]").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}
customElements.define("voice-note", VoiceNote);
