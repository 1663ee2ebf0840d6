// Says that a page is open where no socket does: on pages without one, and while the connection of the inbox is away.
const EVERY = 20_000;
let spokenForBy = () => false;

/** Name the question whether a socket says it already. */
export function spokenFor(isOpen) {
  spokenForBy = isOpen;
}

function beat() {
  const url = document.querySelector("[data-beats-url]")?.dataset.beatsUrl;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value;
  if (!url || !token || spokenForBy()) return;
  const body = new URLSearchParams({ csrfmiddlewaretoken: token });
  fetch(url, { method: "POST", body, redirect: "manual" }).catch(() => {});
}

/** Begin. That the page was opened the server knows. */
export function startPresence() {
  setInterval(beat, EVERY);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && beat());
}
