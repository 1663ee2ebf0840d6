// Two ways of swapping that htmx does not have: "tail" merges lines into the thread by their place, "queue" merges
// rows into a list that somebody may be pointing at. Both keep focus, scroll position and half-typed text.
// The merging functions are handed in: modules that import each other cannot be served under hashed names.

/** The page's own state on elements that a morph would take back. */
const OURS = new Set(["open", "aria-expanded"]);

export function registerSwaps(htmx, { mergeQueue, mergeTail }) {
  let morph = () => {};
  htmx.registerExtension("inbox", {
    init: (api) => {
      morph = api.morph;
    },
    handle_swap: (style, target, fragment, spec) => {
      if (style === "tail") return mergeTail(target, fragment, spec, morph);
      if (style === "queue") return mergeQueue(target, fragment, morph);
      return false;
    },
    htmx_before_morph_attr: (element, { attrName }) => !OURS.has(attrName),
  });
}

/** Swap an answer that was fetched by hand: its partials only, never the title. */
export async function swapPartials(text) {
  await window.htmx.swap({ text, swap: "none", target: document.body, sourceElement: document.body });
}

/** Fetch a fragment as htmx would. Returns null when it is not to be had; a lost session reloads the page. */
export async function fetchFragment(url, options = {}) {
  const response = await fetch(url, {
    credentials: "same-origin",
    ...options,
    headers: { "HX-Request": "true", ...(options.headers ?? {}) },
  });
  if (response.status === 401) {
    location.reload();
    return { status: 401, text: "" };
  }
  return { status: response.status, text: response.ok ? await response.text() : "" };
}
