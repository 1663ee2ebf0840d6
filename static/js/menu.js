// Popover menus: arrow keys, closing after a choice, and a place beside the button where CSS anchors are missing.

function items(menu) {
  return [...menu.querySelectorAll(".menu-item")].filter((item) => !item.disabled && !item.hidden);
}

function place(menu, opener) {
  if (CSS.supports("position-area", "block-end")) return;
  const box = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const clamp = (value, most) => Math.max(8, Math.min(value, most - 8));
  const top = box.bottom + height > innerHeight ? box.top - height : box.bottom;
  menu.style.setProperty("left", `${clamp(box.left, innerWidth - width)}px`);
  menu.style.setProperty("top", `${clamp(top, innerHeight - height)}px`);
}

/** Make every present and future menu work by keyboard; dialogs get their invokers where the browser has none. */
export function connectMenus(root) {
  root.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target;
      if (!menu.matches?.(".menu")) return;
      const opener = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]:is(:focus, [data-opened])`);
      if (event.newState === "open" && opener) place(menu, opener);
    },
    true,
  );
  root.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.(".menu");
    if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key) || event.target.matches("input, textarea, select")) return;
    const choices = items(menu);
    const step = event.key === "ArrowDown" ? 1 : -1;
    const next = choices.indexOf(document.activeElement) + step;
    choices.at(next % choices.length)?.focus();
    event.preventDefault();
  });
  root.addEventListener("click", (event) => {
    const item = event.target.closest(".menu-item:not([data-keep-open])");
    if (item) item.closest("[popover]")?.hidePopover();
    if ("commandForElement" in HTMLButtonElement.prototype) return;
    const invoker = event.target.closest("[commandfor]");
    const dialog = invoker && document.getElementById(invoker.getAttribute("commandfor"));
    if (invoker?.getAttribute("command") === "show-modal") dialog?.showModal();
    if (invoker?.getAttribute("command") === "close") dialog?.close();
  });
}
