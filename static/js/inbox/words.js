// What scripts say, in the page's language: the template inbox/parts/words.html carries the sentences.

const empty = {};

function words() {
  return document.getElementById("words")?.dataset ?? empty;
}

/** Return a sentence of the page with its {names} filled in. */
export function say(name, values = {}) {
  const pattern = words()[name] ?? "";
  return pattern.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

/** Return who looks at this page. */
export function reader() {
  return words().user ?? "";
}

let offset = null;

/** Return the server's time in milliseconds; the clocks of browsers go wrong by minutes. */
export function now() {
  if (offset === null) {
    const server = Date.parse(words().now ?? "");
    offset = Number.isNaN(server) ? 0 : server - performance.timeOrigin;
    // The page was made a little before it arrived; a second does not matter, minutes would.
    if (Math.abs(offset) < 5000) offset = 0;
  }
  return Date.now() + offset;
}

let announced = 0;

/** Tell a screen reader, politely and at most every ten seconds unless it is urgent. */
export function announce(text, { urgent = false } = {}) {
  const line = document.getElementById("announcer");
  if (!line || (!urgent && Date.now() - announced < 10_000)) return;
  announced = Date.now();
  line.textContent = text;
}
