// The details panel is a drawer where there is no room for a third pane.

function panel() {
  return document.getElementById("details");
}

function show(open) {
  panel()?.classList.toggle("is-open", open);
  for (const toggle of document.querySelectorAll("[data-toggle-details]")) {
    toggle.setAttribute("aria-expanded", String(open));
  }
}

/** Open and close the drawer by its buttons and Escape; focus goes in and comes back. */
export function connectDetails(root) {
  root.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-toggle-details]");
    if (!toggle) return;
    event.preventDefault();
    const open = !panel()?.classList.contains("is-open");
    show(open);
    const target = open ? panel()?.querySelector(".details-close") : document.querySelector(".details-toggle");
    target?.focus();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !panel()?.classList.contains("is-open") || !panel().contains(event.target)) return;
    show(false);
    document.querySelector(".details-toggle")?.focus();
  });
}
