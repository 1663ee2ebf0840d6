// Tabs of panels: <div role="tablist" data-tabs> with buttons that name their panel in aria-controls.
// Listeners sit on the document, so that tabs which arrive later with a swap work too.

/** Show the panel of one tab and hide its siblings'; announces it as "tab:shown" on the panel. */
export function showTab(tab) {
  for (const other of tab.closest("[data-tabs]").querySelectorAll("[role=tab]")) {
    const current = other === tab;
    other.setAttribute("aria-selected", String(current));
    other.tabIndex = current ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls"));
    if (panel) panel.hidden = !current;
  }
  const panel = document.getElementById(tab.getAttribute("aria-controls"));
  panel?.dispatchEvent(new CustomEvent("tab:shown", { bubbles: true }));
}

function neighbour(tab, key) {
  const tabs = [...tab.closest("[data-tabs]").querySelectorAll("[role=tab]")];
  const forward = getComputedStyle(tab).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const backward = forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
  const place = tabs.indexOf(tab);
  if (key === forward) return tabs[(place + 1) % tabs.length];
  if (key === backward) return tabs[(place - 1 + tabs.length) % tabs.length];
  if (key === "Home") return tabs[0];
  if (key === "End") return tabs[tabs.length - 1];
  return null;
}

/** Make every present and future tab list work by mouse and by arrow keys. */
export function connectTabs(root) {
  root.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-tabs] [role=tab]");
    if (!tab) return;
    showTab(tab);
    if (tab.dataset.focus) document.getElementById(tab.dataset.focus)?.focus();
  });
  root.addEventListener("keydown", (event) => {
    const tab = event.target.closest?.("[data-tabs] [role=tab]");
    const next = tab && neighbour(tab, event.key);
    if (!next) return;
    event.preventDefault();
    showTab(next);
    next.focus();
  });
}
